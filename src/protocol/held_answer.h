// What a sender is told of a stub that waits (protocol section 7.2, 202): until when it is kept,
// whether it has had its day among what its recipient is shown, and what a stamp costs now. A JSON
// object.
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace kith {

struct HeldAnswer {
    Time expires;
    /// Told from the day after: of a day that is over, whoever looked or did not.
    enum class Shown { no, yes } shown = Shown::no;
    std::string price;  ///< the price note; empty: none is told

    friend bool operator==(const HeldAnswer&, const HeldAnswer&) = default;
};

std::string write_held_answer(const HeldAnswer& answer);
/// Errors: malformed, limit (128 KiB; a price note of over 64 KiB); `where` is "held: MEMBER".
Result<HeldAnswer> parse_held_answer(std::string_view body);

}  // namespace kith
