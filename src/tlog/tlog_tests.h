// A log and witnesses with fixed keys, for the tests of logs.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "crypto/merkle_tests.h"
#include "note/note_tests.h"
#include "tlog/checkpoint.h"
#include "tlog/cosignature.h"

namespace kith {

inline constexpr Time kLogStart = Time(Seconds(1'790'000'000));

/// A log of which every state can be had again.
class TestLog {
  public:
    explicit TestLog(std::string origin = "one.test/kith/1/log", std::uint8_t key = 70)
        : origin_(std::move(origin)), key_(key_of(key)) {}

    /// Appends so many leaves; different `flavour`, different leaves.
    TestLog& grow(std::size_t count, const std::string& flavour = "") {
        for (std::size_t i = 0; i < count; ++i)
            append(merkle_leaf(as_bytes(flavour + std::to_string(leaves_.size()))));
        return *this;
    }
    void append(const Hash& leaf) {
        leaves_.push_back(leaf);
        KITH_CHECK(store_.append({&leaf, 1}).has_value());
    }
    SignedCheckpoint at(std::uint64_t size) const {
        return *sign_checkpoint({origin_, head(size), {}}, key_);
    }
    SignedCheckpoint now() const { return at(leaves_.size()); }
    TreeHead head(std::uint64_t size) const {
        return {size, reference::root(std::span(leaves_).first(size))};
    }
    std::vector<Hash> from(std::uint64_t before, std::uint64_t size) const {
        return reference::consistency(before, std::span(leaves_).first(size));
    }
    const std::vector<Hash>& leaves() const { return leaves_; }
    reference::TileStore& tiles() { return store_; }
    const std::string& origin() const { return origin_; }
    const SigningKey& key() const { return key_; }
    NamedKey named() const { return {origin_, key_.public_key()}; }

  private:
    std::string origin_;
    SigningKey key_;
    std::vector<Hash> leaves_;
    reference::TileStore store_;
};

/// The witness of N.test, for N = 2, 3, ….
inline std::string witness_name_of(std::uint8_t number) {
    return std::to_string(number) + ".test/kith/1/witness";
}
inline CosignerKey cosigner_of(std::uint8_t number) {
    return {witness_name_of(number), key_of(number).public_key()};
}
inline void cosign_by(SignedCheckpoint& checkpoint, std::uint8_t number, Time time = kLogStart) {
    const auto line = cosign(checkpoint.note, witness_name_of(number), key_of(number), time);
    KITH_CHECK(line && checkpoint.note.add(*line).has_value());
}
inline void cosign_by(SignedCheckpoint& checkpoint, std::initializer_list<std::uint8_t> numbers) {
    for (const std::uint8_t number : numbers)
        cosign_by(checkpoint, number);
}

}  // namespace kith
