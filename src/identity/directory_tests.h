// A domain's directory log with fixed keys, for the tests of this room.
#pragma once

#include <string>
#include <vector>

#include "identity/directory_proof.h"
#include "tlog/tlog_tests.h"

namespace kith {

inline const Address kAlice = *Address::parse("alice@one.test");
inline const Address kBob = *Address::parse("bob@one.test");

inline VrfKey vrf_of(std::uint8_t number) {
    return *VrfKey::from_seed(Bytes(32, number));
}

/// The log of one.test.
class TestDirectory {
  public:
    TestDirectory() { append(DirectoryEntry::of_key(vrf_.public_key())); }

    /// Lists the card with that text; answers the index.
    std::uint64_t list(const Address& address, const std::string& card) {
        append(DirectoryEntry::of_card(label(address), sha256(card)));
        return entries_.size() - 1;
    }
    DirectoryLabel label(const Address& address) const {
        return label_of(vrf_.prove(as_bytes(address.text())).output);
    }
    /// With the log's newest checkpoint, cosigned by 2.test and 3.test.
    DirectoryProof prove(const Address& address, std::uint64_t index) {
        SignedCheckpoint checkpoint = log_.now();
        cosign_by(checkpoint, {2, 3});
        TileTree tree(log_.tiles(), entries_.size());
        return *make_directory_proof(tree,
                                     std::move(checkpoint),
                                     vrf_.public_key(),
                                     vrf_.prove(as_bytes(address.text())).proof,
                                     index);
    }
    const std::vector<DirectoryEntry>& entries() const { return entries_; }
    const VrfKey& vrf() const { return vrf_; }
    const TestLog& log() const { return log_; }

  private:
    void append(const DirectoryEntry& entry) {
        entries_.push_back(entry);
        log_.append(entry.leaf());
    }

    VrfKey vrf_ = vrf_of(1);
    TestLog log_;
    std::vector<DirectoryEntry> entries_;
};

}  // namespace kith
