// The work behind a stamp (protocol section 5.2): Equihash(96, 5), whose solutions are cheap to
// check and dear to find, and a target that says how many must be found for one that counts.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "crypto/equihash.h"

namespace kith {

/// The word in price notes and stamps.
inline constexpr std::string_view kPuzzle = "equihash-96-5";
/// A nonce, most significant octet first, and the solution for it.
inline constexpr std::size_t kNonceOctets = 8;
inline constexpr std::size_t kPuzzleSolutionOctets = kNonceOctets + kEquihashOctets;

/// One hash tells most of what is wrong, before Equihash is looked at. `effort`: Equihash
/// solutions to find on average. Errors: malformed (the form), untrusted (not under the target, or
/// no Equihash solution).
Result<void> check_puzzle(ByteView challenge, ByteView solution, std::uint64_t effort);

/// How far a search has come: enough to go on with it elsewhere.
struct SearchState {
    std::uint64_t nonce = 0;  ///< the first that is not done
    std::uint64_t tried = 0;  ///< Equihash solutions found

    friend bool operator==(const SearchState&, const SearchState&) = default;
};

struct PuzzleSearch {
    unsigned threads = 1;                     ///< 0 counts as 1; each takes 12 MB
    const std::atomic<bool>* stop = nullptr;  ///< set: gives up, within some 50 ms
    SearchState from = {};
    /// About every 100 ms, one call at a time, on any of the threads.
    std::function<void(const SearchState&)> progress = {};
};
struct PuzzleFound {
    SearchState state;              ///< to go on from, when it was stopped
    std::optional<Bytes> solution;  ///< absent: stopped, or an effort of 0
};
/// Blocks until found or stopped.
PuzzleFound solve_puzzle(ByteView challenge, std::uint64_t effort, const PuzzleSearch& search);

}  // namespace kith
