// Paying a stranger's price: the stamp for one stub (protocol section 5.2), on all cores.
#pragma once

#include <string>

#include "base/time.h"
#include "crypto/hash.h"
#include "kith/home.h"
#include "kith/terminal.h"
#include "note/price.h"

namespace kith {

/// The price note's content; its signature is the server's affair. Errors: malformed.
Result<Price> read_price(const std::string& note);

/// "about 5 s on 2 cores": what an effort costs on this machine, by a quick measurement.
std::string cost_of_effort(std::uint64_t effort);

/// Where a search keeps how far it came, what ends it, and where its bar is shown.
struct StampDesk {
    const Home& home;
    const Clock& clock;
    const Terminal& terminal;
};

/// The stamp's line, of `effort`, which is at least that of the price. Blocks; Ctrl-C (while an
/// InterruptGuard lives) stops it, and the next call goes on from there.
/// Errors: unavailable (stopped), expired (the price, before or meanwhile), malformed (a puzzle
/// that this version does not know).
Result<std::string> make_stamp(const StampDesk& desk,
                               const Price& price,
                               const Hash& stub,
                               std::uint64_t effort);

}  // namespace kith
