#include "protocol/byte_range.h"

#include <algorithm>

#include "base/text.h"

namespace kith {
namespace {

constexpr std::string_view kUnit = "bytes=";

Error nothing_of_it() {
    return fail(ErrorKind::limit, "range", "is behind the end");
}

// The last octets: "-500".
Result<std::optional<ByteRange>> suffix(std::string_view text, std::uint64_t total) {
    const auto length = parse_decimal(text);
    if (!length)
        return std::optional<ByteRange>();
    if (*length == 0 || total == 0)
        return nothing_of_it();
    return std::optional(ByteRange{total - std::min(*length, total), total - 1});
}

}  // namespace

std::string ByteRange::text(std::uint64_t total) const {
    return "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" +
           std::to_string(total);
}

Result<std::optional<ByteRange>> parse_range(std::string_view header, std::uint64_t total) {
    using Range = std::optional<ByteRange>;
    if (!header.starts_with(kUnit))
        return Range();
    const auto spec = trim(header.substr(kUnit.size()));
    const auto dash = spec.find('-');
    if (dash == std::string_view::npos || spec.contains(','))
        return Range();
    if (dash == 0)
        return suffix(spec.substr(1), total);
    const auto first = parse_decimal(spec.substr(0, dash));
    const auto end = spec.substr(dash + 1);
    const auto last = end.empty() ? Result<std::uint64_t>(UINT64_MAX) : parse_decimal(end);
    if (!first || !last || *last < *first)
        return Range();
    if (*first >= total)
        return nothing_of_it();
    return Range(ByteRange{*first, std::min(*last, total - 1)});
}

}  // namespace kith
