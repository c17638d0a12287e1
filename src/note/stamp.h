// A stamp: the answer to a price, one line (protocol section 5.2). Here is its form and what is
// hashed; how a solution is found and checked is the puzzle's affair.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/hash.h"

namespace kith {

inline constexpr std::size_t kMaxStamp = 512;  ///< octets of the line
inline constexpr std::uint64_t kMaxEffort = std::uint64_t{1} << 48;

// How the values parse, here and in a price note.
Result<std::string> as_puzzle(std::string_view value);    ///< 1 to 32 of a-z 0-9 "-"
Result<std::uint64_t> as_effort(std::string_view value);  ///< 1 to kMaxEffort

struct Stamp {
    std::string puzzle;
    std::uint64_t effort = 0;
    std::string seed;
    Bytes solution;

    friend bool operator==(const Stamp&, const Stamp&) = default;
};

/// "puzzle effort seed base64(solution)", no LF. Errors: malformed, limit; `where` is "stamp".
Result<Stamp> parse_stamp(std::string_view line);
std::string write_stamp(const Stamp& stamp);

/// "kith/1 stamp" LF puzzle LF effort LF seed LF stub-hash LF.
std::string stamp_challenge(const Stamp& stamp, const Hash& stub);

}  // namespace kith
