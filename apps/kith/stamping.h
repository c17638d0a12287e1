// Paying a stranger's price: the stamp for one stub (protocol section 5.2), on all cores.
#pragma once

#include <string>

#include "crypto/hash.h"
#include "kith/terminal.h"
#include "note/price.h"

namespace kith {

/// The price note's content; its signature is the server's affair. Errors: malformed.
Result<Price> read_price(const std::string& note);

/// The stamp's line. Blocks; Ctrl-C (while an InterruptGuard lives) stops it.
/// Errors: unavailable (stopped), expired, malformed (a puzzle that this version does not know).
Result<std::string> make_stamp(const Price& price,
                               const Hash& stub,
                               Time now,
                               const Terminal& terminal);

}  // namespace kith
