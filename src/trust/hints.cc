#include "trust/hints.h"

#include <algorithm>
#include <array>

#include "crypto/hash.h"

namespace kith {
namespace {

constexpr std::array<std::size_t, 3> kSizes = {16, 64, kMostHints};

// In halves, side by side: so compilers compare four tags at a time.
struct Tags {
    std::array<std::uint32_t, kMostHints> low{}, high{};
};

std::uint32_t as_number(ByteView octets) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i)
        number |= std::uint32_t{octets[i]} << (8 * i);
    return number;
}

// Uniform: draws that would favour the small ones are thrown away.
std::size_t draw_below(std::size_t limit, Random& random) {
    const std::size_t most = 0x10000 / limit * limit;
    for (;;) {
        const auto octets = random.array<2>();
        const std::size_t drawn = octets[0] * std::size_t{256} + octets[1];
        if (drawn < most)
            return drawn % limit;
    }
}

void swap_tags(Bytes& hints, std::size_t a, std::size_t b) {
    const auto at = [&hints](std::size_t i) {
        return hints.begin() + static_cast<std::ptrdiff_t>(i * kHintOctets);
    };
    if (a != b)
        std::swap_ranges(at(a), at(a + 1), at(b));
}

// No branch on what is compared: all pairs, every time.
std::uint8_t is_among(ByteView tag, const Tags& tags, std::size_t count) {
    const std::uint32_t low = as_number(tag.first(4));
    const std::uint32_t high = as_number(tag.subspan(4));
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < count; ++i)
        found |= std::uint32_t{tags.low[i] == low} & std::uint32_t{tags.high[i] == high};
    return static_cast<std::uint8_t>(found);
}

}  // namespace

IntroducerKey make_introducer_key(Random& random) {
    IntroducerKey key;
    random.fill(key.octets());
    return key;
}

std::int64_t hint_week(Time time) {
    return std::chrono::floor<std::chrono::weeks>(time.time_since_epoch()).count();
}

// A clock may be ahead by kClockSkew, and so be in the next week.
bool is_hint_week_open(std::int64_t week, Time now) {
    return week >= hint_week(now) - 1 && week <= hint_week(now + kClockSkew);
}

HintKey hint_key(const IntroducerKey& key, std::int64_t week) {
    const Secret derived =
        hkdf_sha256(key.view(), {}, "kith/1 hints " + std::to_string(week), kSipHashKey);
    HintKey out;
    std::ranges::copy(derived.view(), out.octets().begin());
    return out;
}

Result<HintMessage> HintMessage::of(std::string_view stub_id, const Address& recipient) {
    HintMessage message{TRY(parse_hex(stub_id))};
    if (message.octets.size() != 16)
        return fail(ErrorKind::malformed, "stub: id", "not 32 hex digits");
    const std::string address = recipient.text();
    message.octets.insert(message.octets.end(), address.begin(), address.end());
    return message;
}

Bytes make_hints(const HintMessage& message, std::span<const HintKey> keys, Random& random) {
    keys = keys.first(std::min(keys.size(), kMostHints));
    std::size_t count = kSizes.back();
    for (const std::size_t size : kSizes)
        if (size >= keys.size())
            count = std::min(count, size);
    Bytes hints(count * kHintOctets);
    random.fill(hints);
    for (std::size_t i = 0; i < keys.size(); ++i)
        std::ranges::copy(message.tag(keys[i]),
                          hints.begin() + static_cast<std::ptrdiff_t>(i * kHintOctets));
    for (std::size_t i = count; i > 1; --i)
        swap_tags(hints, i - 1, draw_below(i, random));
    return hints;
}

Result<void> check_hints(ByteView hints) {
    for (const std::size_t size : kSizes)
        if (hints.size() == size * kHintOctets)
            return {};
    return fail(ErrorKind::malformed, "hints", "not 16, 64 or 256 tags");
}

std::vector<std::uint8_t> match_hints(const HintMessage& message,
                                      std::span<const HintKey> expected,
                                      ByteView hints) {
    KITH_CHECK(check_hints(hints) && expected.size() <= kMostExpectedHints);
    const std::size_t count = hints.size() / kHintOctets;
    Tags tags{};
    for (std::size_t i = 0; i < count; ++i) {
        tags.low[i] = as_number(hints.subspan(i * kHintOctets, 4));
        tags.high[i] = as_number(hints.subspan(i * kHintOctets + 4, 4));
    }
    // Always as many, so that nobody can measure how many people somebody knows.
    static const HintKey nobody;
    std::array<std::uint8_t, kMostExpectedHints> found{};
    for (std::size_t i = 0; i < kMostExpectedHints; ++i) {
        const auto tag = message.tag(i < expected.size() ? expected[i] : nobody);
        found[i] = is_among(tag, tags, count);
    }
    const auto end = found.begin() + static_cast<std::ptrdiff_t>(expected.size());
    return {found.begin(), end};
}

}  // namespace kith
