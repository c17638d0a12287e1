#include "kith/since.h"

#include <optional>

#include "base/text.h"
#include "identity/chain.h"
#include "kith/exit_code.h"

namespace kith {
namespace {

std::optional<Seconds> ago(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    const auto number = parse_decimal(text.substr(0, text.size() - 1), 100'000);
    if (!number)
        return std::nullopt;
    const auto count = static_cast<std::int64_t>(*number);
    switch (text.back()) {
        case 'm':
            return Seconds(count * 60);
        case 'h':
            return Seconds(count * 3600);
        case 'd':
            return Seconds(count * 86'400);
        default:
            return std::nullopt;
    }
}

}  // namespace

Result<Time> parse_since(std::string_view text, Time now) {
    auto time = parse_time(text);
    if (!time)
        time = parse_time(std::string(text) + "T00:00:00Z");
    if (const auto before = ago(text))
        time = now - *before;
    if (!time)
        return usage_error("--since: write 2026-11-20T08:00:00Z, 2026-11-20, or 36h or 2d (ago)");
    // A little later the card is signed: the span must hold then, too.
    if (*time > now || now - *time > kMaxLookBack - Seconds(600))
        return usage_error("--since: a time within the last 30 days");
    return time;
}

}  // namespace kith
