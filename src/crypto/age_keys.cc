#include "crypto/age_keys.h"

#include "crypto/bech32.h"
#include "crypto/x25519.h"

#include <algorithm>

namespace kith {
namespace {

// Prefix, "1", 52 groups of five bits, checksum.
constexpr std::size_t kRecipientText = 3 + 1 + 52 + 6;
constexpr std::size_t kIdentityText = 15 + 1 + 52 + 6;

}  // namespace

std::string AgeRecipient::text() const {
    return bech32("age", point);
}

Result<AgeRecipient> parse_age_recipient(std::string_view text) {
    if (text.size() != kRecipientText)
        return fail(ErrorKind::malformed, "age recipient", "must be 62 characters");
    const Bech32Text parsed = TRY(parse_bech32(text));
    if (parsed.prefix != "age")
        return fail(ErrorKind::malformed, "age recipient", "must begin with age1");
    return AgeRecipient{TRY(exactly<32>(parsed.octets))};
}

AgeIdentity::AgeIdentity(const SecretArray<32>& scalar)
    : scalar_(scalar), recipient_{x25519_public(scalar)} {}

AgeIdentity AgeIdentity::generate(Random& random) {
    SecretArray<32> scalar;
    random.fill(scalar.octets());
    return AgeIdentity(scalar);
}

Result<AgeIdentity> AgeIdentity::parse(std::string_view text) {
    if (text.size() != kIdentityText)
        return fail(ErrorKind::malformed, "age identity", "must be 74 characters");
    Bech32Text parsed = TRY(parse_bech32(text));
    SecretArray<32> scalar;
    const bool good = parsed.prefix == "AGE-SECRET-KEY-" && parsed.octets.size() == 32;
    if (good)
        std::copy(parsed.octets.begin(), parsed.octets.end(), scalar.octets().begin());
    wipe(parsed.octets);
    if (!good)
        return fail(ErrorKind::malformed, "age identity", "must be AGE-SECRET-KEY-1…");
    return AgeIdentity(scalar);
}

std::string AgeIdentity::text() const {
    std::string text = bech32("AGE-SECRET-KEY-", scalar_.view());
    for (char& c : text)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return text;
}

}  // namespace kith
