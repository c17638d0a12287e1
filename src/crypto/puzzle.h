// Proof of work behind one interface: a plain target over BLAKE2b now, Equihash later
// (protocol 5.2).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace kith {

/// Thread-safe: it has no state.
class Puzzle {
  public:
    Puzzle() = default;
    Puzzle(const Puzzle&) = delete;
    Puzzle& operator=(const Puzzle&) = delete;
    virtual ~Puzzle() = default;

    /// The word in price notes and stamps.
    virtual std::string_view name() const = 0;
    /// Errors: malformed (the solution's form), untrusted (not under the target).
    virtual Result<void> check(ByteView challenge,
                               ByteView solution,
                               std::uint64_t effort) const = 0;

    struct Work {
        unsigned threads = 1;                               ///< 0 counts as 1
        const std::atomic<bool>* stop = nullptr;            ///< set: gives up
        std::function<void(std::uint64_t tried)> progress;  ///< about every 100 ms, one thread
    };
    /// A solution, or nothing when stopped or for an effort of 0. Blocks; `effort` attempts on
    /// average.
    virtual std::optional<Bytes> solve(ByteView challenge,
                                       std::uint64_t effort,
                                       const Work& work) const = 0;
};

/// "blake2b": 8 octets whose BLAKE2b-512 with the challenge before them is under the target.
std::unique_ptr<Puzzle> make_target_puzzle();

}  // namespace kith
