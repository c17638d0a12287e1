#include "trust/token.h"

#include <algorithm>
#include <array>

#include "crypto/hash.h"

namespace kith {
namespace {

constexpr std::size_t kMacOctets = 12;
constexpr std::size_t kHeadOctets = 10;  ///< id, or time and id
constexpr std::size_t kTimeOctets = 4;
constexpr std::size_t kTextSize = 1 + 36;  ///< base32 of 22 octets

struct KindName {
    TokenKind kind;
    char letter;
    std::string_view name;
};
constexpr std::array kKinds = {
    KindName{TokenKind::invite, 'i', "invite"},
    KindName{TokenKind::newsletter, 'n', "newsletter"},
    KindName{TokenKind::card, 'c', "card"},
    KindName{TokenKind::reply, 'r', "reply"},
};

char letter_of(TokenKind kind) {
    return std::ranges::find(kKinds, kind, &KindName::kind)->letter;
}

Time time_in(ByteView head) {
    std::uint32_t seconds = 0;
    for (const std::uint8_t octet : head.first(kTimeOctets))
        seconds = seconds << 8 | octet;
    return Time(Seconds(seconds));
}

ByteArray<kTimeOctets> octets_of(Time time) {
    const auto seconds = time.time_since_epoch().count();
    KITH_CHECK(seconds >= 0 && seconds <= UINT32_MAX);  // the year 2106
    ByteArray<kTimeOctets> octets;
    for (std::size_t i = 0; i < kTimeOctets; ++i)
        octets[i] = static_cast<std::uint8_t>(seconds >> (8 * (kTimeOctets - 1 - i)));
    return octets;
}

}  // namespace

std::string_view name_of(TokenKind kind) {
    return std::ranges::find(kKinds, kind, &KindName::kind)->name;
}

Result<TokenKind> parse_token_kind(std::string_view text) {
    const auto* const found = std::ranges::find(kKinds, text, &KindName::name);
    if (found == kKinds.end())
        return fail(ErrorKind::malformed, "token kind", "is not one");
    return found->kind;
}

TokenMaker::TokenMaker(Secret key) : key_(std::move(key)) {
    KITH_CHECK(key_.size() == 32);
}

ByteArray<12> TokenMaker::mac(char kind,
                              const Address& account,
                              std::string_view addressee,
                              ByteView head) const {
    std::string message = "kith/1 token\n";
    message += kind;
    message += "\n" + account.text() + "\n" + std::string(addressee) + "\n";
    message += as_text(head);
    const ByteArray<32> whole = hmac_sha256(key_.view(), as_bytes(message));
    ByteArray<kMacOctets> cut;
    std::copy_n(whole.begin(), kMacOctets, cut.begin());
    return cut;
}

std::string TokenMaker::seal(char kind,
                             const Address& account,
                             std::string_view addressee,
                             ByteView head) const {
    Bytes octets(head.begin(), head.end());
    const ByteArray<kMacOctets> tag = mac(kind, account, addressee, head);
    octets.insert(octets.end(), tag.begin(), tag.end());
    return kind + base32(octets);
}

TokenMaker::Made TokenMaker::make(TokenKind kind, const Address& account, Random& random) const {
    KITH_CHECK(kind != TokenKind::reply);
    const auto id = random.array<kHeadOctets>();
    return {seal(letter_of(kind), account, {}, id), hex(id)};
}

TokenMaker::Made TokenMaker::make_reply(const Address& account,
                                        const Address& addressee,
                                        Time now,
                                        Random& random) const {
    const ByteArray<kTimeOctets> made = octets_of(now);
    const auto id = random.array<kHeadOctets - kTimeOctets>();
    ByteArray<kHeadOctets> head;
    std::copy(made.begin(), made.end(), head.begin());
    std::copy(id.begin(), id.end(), head.begin() + kTimeOctets);
    return {seal('r', account, addressee.text(), head), hex(id)};
}

Result<CheckedToken> TokenMaker::check(std::string_view token,
                                       const Address& account,
                                       const Address& sender,
                                       Time now) const {
    if (token.size() != kTextSize)
        return fail(ErrorKind::malformed, "token", "is not of this server");
    const auto* const kind = std::ranges::find(kKinds, token.front(), &KindName::letter);
    const auto octets = parse_base32(token.substr(1));
    if (kind == kKinds.end() || !octets || octets->size() != kHeadOctets + kMacOctets)
        return fail(ErrorKind::malformed, "token", "is not of this server");
    const ByteView head = ByteView(*octets).first(kHeadOctets);
    const bool reply = kind->kind == TokenKind::reply;
    const ByteArray<kMacOctets> good =
        mac(kind->letter, account, reply ? sender.text() : std::string(), head);
    if (!equal_in_constant_time(good, ByteView(*octets).subspan(kHeadOctets)))
        return fail(ErrorKind::bad_signature, "token", "is not for this sender and recipient");
    if (!reply)
        return CheckedToken{kind->kind, hex(head), std::nullopt, std::nullopt};
    const Time made = time_in(head);
    const Time expires = made + kReplyTokenLife;
    if (now >= expires)
        return fail(ErrorKind::expired, "token", "was good until " + format_time(expires));
    return CheckedToken{TokenKind::reply, hex(head.subspan(kTimeOctets)), made, expires};
}

}  // namespace kith
