// A price: what a domain asks of strangers (protocol section 5.2).
#pragma once

#include <string>

#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

struct Price {
    std::string domain;
    std::string puzzle;        ///< "equihash-96-5"; others are for later versions
    std::uint64_t effort = 0;  ///< solutions to find on average
    std::string seed;          ///< 32 hex digits
    Time time;
    Time expires;

    friend bool operator==(const Price&, const Price&) = default;
};

/// Form only. Errors: malformed, limit; `where` is "price: FIELD".
Result<Price> parse_price(const SignedNote& note);
std::string write_price(const Price& price);
/// Errors: future ("price: time"), expired ("price: expires").
Result<void> check_times(const Price& price, Time now);

}  // namespace kith
