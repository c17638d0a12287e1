#include "note/price.h"

#include "note/stamp.h"

namespace kith {
namespace {

Result<Price> read_fields(std::string_view text) {
    const Fields fields = TRY(Fields::parse(text, "price"));
    Price price;
    price.domain = TRY(fields.required("domain", as_domain));
    price.puzzle = TRY(fields.required("puzzle", as_puzzle));
    price.effort = TRY(fields.required("effort", as_effort));
    price.seed = TRY(fields.required("seed", as_id));
    price.time = TRY(fields.required("time", as_time));
    price.expires = TRY(fields.required("expires", as_time));
    if (price.expires <= price.time)
        return fail(ErrorKind::malformed, "expires", "not after time");
    return price;
}

}  // namespace

Result<Price> parse_price(const SignedNote& note) {
    auto price = read_fields(note.text());
    return price ? std::move(price) : std::move(price).error().within("price");
}

std::string write_price(const Price& price) {
    return FieldWriter("price")
        .add("domain", price.domain)
        .add("puzzle", price.puzzle)
        .add("effort", std::to_string(price.effort))
        .add("seed", price.seed)
        .add("time", format_time(price.time))
        .add("expires", format_time(price.expires))
        .take();
}

Result<void> check_times(const Price& price, Time now) {
    if (auto good = check_not_future(price.time, now); !good)
        return std::move(good).error().within("price");
    if (auto good = check_not_expired(price.expires, now); !good)
        return std::move(good).error().within("price");
    return {};
}

}  // namespace kith
