// Tokens that somebody brings: none passes but what was made, for whom it was made, in the octets
// in which it was made.
#include "note/token_link.h"
#include "trust/token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    static const TokenMaker maker(Secret::copy_of(Bytes(32, 7)));
    static const Address bob = *Address::parse("bob@two.test");
    static const Address alice = *Address::parse("alice@one.test");
    static const Time now = *parse_time("2026-11-23T10:00:00Z");
    // The fuzzer sees the tokens below in our memory, and may well bring one of them.
    const std::string_view brought = as_text({data, size});
    if (maker.check(brought, bob, alice, now))
        KITH_CHECK(is_token(brought) && !maker.check(brought, alice, bob, now));
    // The first octet says which is made, the next two how it is changed.
    if (size < 3)
        return 0;
    SeededRandom random(ByteView(data, size));
    const auto kind = static_cast<TokenKind>(data[0] % 4);
    const auto made = kind == TokenKind::reply ? maker.make_reply(bob, alice, now, random)
                                               : maker.make(kind, bob, random);
    KITH_CHECK(is_token(made.text));
    const auto checked = maker.check(made.text, bob, alice, now);
    KITH_CHECK(checked && checked->kind == kind && checked->id == made.id);
    KITH_CHECK(!maker.check(made.text, alice, bob, now));
    KITH_CHECK(kind != TokenKind::reply || !maker.check(made.text, bob, bob, now));
    KITH_CHECK(kind != TokenKind::reply ||
               !maker.check(made.text, bob, alice, now + kReplyTokenLife + std::chrono::days{2}));
    std::string changed = made.text;
    changed[data[1] % changed.size()] = static_cast<char>(data[2]);
    KITH_CHECK(changed == made.text || !maker.check(changed, bob, alice, now));
    KITH_CHECK(!maker.check(made.text + static_cast<char>(data[2]), bob, alice, now));
    return 0;
}
