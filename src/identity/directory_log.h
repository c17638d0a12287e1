// A domain's directory log (protocol section 10): what stands in it, and how somebody follows it.
//
// An entry says "this is a card of somebody here". Whose is told by a label that only the domain
// can compute and anybody can check (crypto/vrf.h), so that reading the log does not list its
// addresses. Which labels mean what must not depend on who asks: the first entry of a log is its
// VRF key.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/merkle.h"
#include "crypto/vrf.h"
#include "tlog/checkpoint.h"

namespace kith {

/// "one.test/kith/1/log": the origin of a domain's log, and the name under which its key signs.
std::string log_origin(std::string_view domain);
/// "one.test/kith/1/witness": the name under which a domain cosigns others' checkpoints.
std::string witness_name(std::string_view domain);
/// The keys of a domain's log under its name.
std::vector<NamedKey> log_keys(std::string_view domain, std::span<const PublicKey> keys);

/// What an address's entries stand under: the first half of the VRF's output for its text.
using DirectoryLabel = ByteArray<32>;
DirectoryLabel label_of(const VrfOutput& output);

struct DirectoryEntry {
    static constexpr std::size_t kOctets = 64;
    ByteArray<32> label{};
    ByteArray<32> value{};

    /// The first entry of every log, and never another. Its label is a constant: no address has it.
    static DirectoryEntry of_key(const VrfPublicKey& key);
    /// `card` is the hash of a card's text.
    static DirectoryEntry of_card(const DirectoryLabel& label, const Hash& card);

    /// label ‖ value: what is in an entry bundle.
    ByteArray<kOctets> octets() const;
    /// Its leaf in the tree.
    Hash leaf() const { return merkle_leaf(octets()); }

    friend bool operator==(const DirectoryEntry&, const DirectoryEntry&) = default;
};
/// Errors: malformed ("entry": not 64 octets).
Result<DirectoryEntry> parse_directory_entry(ByteView octets);

/// Follows a log entry by entry, looking for one's own label: a card there that its owner did not
/// make was shown to somebody. Reading every entry is the proof that nothing was left out; what it
/// told counts once check() is good. For one thread at a time.
class DirectoryMonitor {
  public:
    struct Sighting {
        std::uint64_t index = 0;
        Hash card;

        friend bool operator==(const Sighting&, const Sighting&) = default;
    };

    /// `read` is the edge of what was read before; as made, that is nothing.
    DirectoryMonitor(const VrfPublicKey& key, const DirectoryLabel& own, MerkleEdge read = {})
        : key_(key), own_(own), read_(std::move(read)) {}

    /// The log's next entries, in their order: which are one's own.
    /// Errors: conflict ("log: key") when the log does not begin with that key.
    Result<std::vector<Sighting>> read(std::span<const DirectoryEntry> entries);
    /// Is all that was read the checkpoint's tree? Errors: conflict ("log: size", "log: root").
    Result<void> check(const Checkpoint& checkpoint) const;
    /// To go on from another time.
    const MerkleEdge& edge() const { return read_; }

  private:
    VrfPublicKey key_;
    DirectoryLabel own_;
    MerkleEdge read_;
};

}  // namespace kith
