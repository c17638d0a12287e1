// The directory log of one.test in the vectors: two histories of it, of which it shows one to some
// people and the other to others.
#pragma once

#include <string>
#include <vector>

#include "crypto/merkle_tests.h"
#include "identity/directory_proof.h"
#include "make_vectors/people.h"
#include "tlog/witness.h"

namespace kith::vectors {

class Directory {
  public:
    /// Both begin with the same four entries.
    enum class Face { honest, other };
    static constexpr std::uint64_t kAlice = 3;  ///< the index of her first card
    static constexpr std::uint64_t kSize = 7;

    explicit Directory(const People& people, Face face = Face::honest);

    const std::vector<DirectoryEntry>& entries() const { return entries_; }
    SignedCheckpoint checkpoint(std::uint64_t size = kSize) const;
    /// By those of two.test and three.test, or whom else, at that time.
    SignedCheckpoint cosigned(const std::vector<std::string>& domains = {"two.test", "three.test"},
                              Time time = kNow,
                              std::uint64_t size = kSize) const;
    /// Of that entry as one of alice's; under the newest checkpoint, cosigned.
    DirectoryProof prove(std::uint64_t index) const;
    std::vector<Hash> consistency(std::uint64_t before, std::uint64_t size = kSize) const;
    /// What the log asks a witness who knows the checkpoint of that size.
    AddCheckpoint request(std::uint64_t old_size, std::uint64_t size = kSize) const;
    TileReader& tiles() { return store_; }

    NamedKey named() const;
    CosignerKey cosigner(const std::string& domain) const;
    /// Two of two.test, three.test and four.test.
    std::string policy() const;

  private:
    void list(const std::string& address, const Hash& card);

    const People& people_;
    std::vector<DirectoryEntry> entries_;
    std::vector<Hash> leaves_;
    mutable reference::TileStore store_;
};

}  // namespace kith::vectors
