// The text forms of keys and hashes: what parses is written back as the same text, so that no two
// texts mean one key.
#include <algorithm>

#include "base/text.h"
#include "crypto/age_keys.h"
#include "crypto/bech32.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const std::string_view text = as_text({data, size});
    if (const auto parsed = parse_bech32(text))
        KITH_CHECK(bech32(to_lower(parsed->prefix), parsed->octets) == to_lower(text));
    if (const auto recipient = parse_age_recipient(text))
        KITH_CHECK(recipient->text() == text);
    if (const auto identity = AgeIdentity::parse(text)) {
        KITH_CHECK(identity->text() == text);
        KITH_CHECK(*parse_age_recipient(identity->recipient().text()) == identity->recipient());
    }
    if (const auto key = parse_public_key(text))
        KITH_CHECK(key->text() == text);
    if (const auto hash = parse_hash(text))
        KITH_CHECK(hash->text() == text);
    if (const auto hash = parse_hash_base64(text))
        KITH_CHECK(hash->base64_text() == text);
    if (const auto octets = parse_hex(text))
        KITH_CHECK(hex(*octets) == text);
    if (const auto octets = parse_base64(text))
        KITH_CHECK(base64(*octets) == text);
    if (const auto octets = parse_base32(text))
        KITH_CHECK(base32(*octets) == text);
    // And the other way: any octets have a text.
    const ByteView octets(data, size);
    const auto again = parse_bech32(bech32("age", octets));
    KITH_CHECK(again && again->prefix == "age" && std::ranges::equal(again->octets, octets));
    KITH_CHECK(*parse_base64(base64(octets)) == Bytes(octets.begin(), octets.end()));
    KITH_CHECK(*parse_base32(base32(octets)) == Bytes(octets.begin(), octets.end()));
    return 0;
}
