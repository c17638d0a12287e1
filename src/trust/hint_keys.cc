#include "trust/hint_keys.h"

#include <algorithm>

#include "base/text.h"

namespace kith {
namespace {

constexpr std::int64_t kEpochWeeks = 4;
constexpr std::uint64_t kMostWeek = 10'000'000;

Error malformed(const char* why) {
    return fail(ErrorKind::malformed, "introducer", why);
}

Result<WeeklyKey> parse_line(std::string_view line) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos)
        return malformed("not a week and a key");
    const auto week = parse_decimal(line.substr(0, space), kMostWeek);
    const auto octets = parse_hex(line.substr(space + 1));
    if (!week || !octets || octets->size() != kSipHashKey)
        return malformed("not a week and a key of 32 hex digits");
    WeeklyKey out{.week = static_cast<std::int64_t>(*week), .key = {}};
    std::ranges::copy(*octets, out.key.octets().begin());
    return out;
}

}  // namespace

IntroducerKey introducer_key_of(ByteView server_secret, const Hash& introducer, std::int64_t week) {
    const Secret derived = hkdf_sha256(server_secret,
                                       introducer.view(),
                                       "kith/1 introducer " + std::to_string(week / kEpochWeeks),
                                       32);
    IntroducerKey key;
    std::ranges::copy(derived.view(), key.octets().begin());
    return key;
}

std::vector<WeeklyKey> weekly_keys(ByteView server_secret, const Hash& introducer, Time now) {
    std::vector<WeeklyKey> keys;
    const std::int64_t first = hint_week(now);
    for (std::int64_t week = first; week < first + kWeeksHanded; ++week)
        keys.push_back({week, hint_key(introducer_key_of(server_secret, introducer, week), week)});
    return keys;
}

std::string write_weekly_keys(std::span<const WeeklyKey> keys) {
    std::string text;
    for (const WeeklyKey& each : keys)
        text += std::to_string(each.week) + " " + hex(each.key.view()) + "\n";
    return text;
}

Result<std::vector<WeeklyKey>> parse_weekly_keys(std::string_view text) {
    if (text.size() > kMaxWeeklyKeys)
        return fail(ErrorKind::limit, "introducer", "more than 512 octets");
    if (text.empty() || !text.ends_with('\n'))
        return malformed("not lines");
    std::vector<WeeklyKey> keys;
    for (const std::string_view line : split(text.substr(0, text.size() - 1), '\n')) {
        WeeklyKey key = TRY(parse_line(line));
        if (!keys.empty() && key.week <= keys.back().week)
            return malformed("the weeks do not rise");
        keys.push_back(key);
    }
    return keys;
}

std::optional<HintKey> key_of_week(std::span<const WeeklyKey> keys, std::int64_t week) {
    const auto found = std::ranges::find(keys, week, &WeeklyKey::week);
    return found == keys.end() ? std::nullopt : std::optional(found->key);
}

}  // namespace kith
