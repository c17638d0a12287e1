#include "mailauth/kith_signature.h"

#include "base/text.h"
#include "mailauth/dkim_check.h"
#include "mailauth/signature_writer.h"

namespace kith::mailauth {
namespace {

constexpr std::string_view kName = "Kith-Signature";
constexpr std::size_t kMaxSignatures = 8;

// i= is an address in its normal form, d= its domain, s= a device of its card.
Result<KithSignature> read(const RawField& field) {
    const DkimSignature signature = TRY(parse_dkim_signature(field.value, SignatureForm::dkim));
    if (signature.key_type != KeyType::ed25519)
        return fail(ErrorKind::malformed, "Kith-Signature", "a= is not ed25519-sha256");
    KithSignature out;
    out.field = &field;
    out.address = TRY(Address::parse_normal(signature.identity));
    out.device = TRY(parse_device_name(signature.selector));
    if (out.address.domain() != signature.domain)
        return fail(ErrorKind::malformed, "Kith-Signature", "d= is not the domain of i=");
    return out;
}

}  // namespace

std::vector<KithSignature> find_kith_signatures(const MessageDigest& message) {
    std::vector<KithSignature> out;
    for (const RawField* field : message.header.all("kith-signature")) {
        if (out.size() == kMaxSignatures)
            break;
        if (auto signature = read(*field))
            out.push_back(*std::move(signature));
    }
    return out;
}

DkimResult check_kith_signature(const MessageDigest& message,
                                const KithSignature& signature,
                                const PublicKey& key,
                                Time now) {
    const auto parsed = parse_dkim_signature(signature.field->value, SignatureForm::dkim);
    if (!parsed)
        return with({}, DkimStatus::neutral, parsed.error().text());
    DkimResult result = check_before_key(*parsed, SignatureForm::dkim, now);
    if (result.status != DkimStatus::pass)
        return result;
    return check_with_key(message, *signature.field, *parsed, KeyRecord{VerifyingKey(key)});
}

Result<std::string> sign_kith(const MessageDigest& message,
                              const Address& address,
                              const std::string& device,
                              const SigningKey& key,
                              Time now) {
    return write_signature(message,
                           kName,
                           {.domain = address.domain(),
                            .selector = TRY(parse_device_name(device)),
                            .identity = address.text(),
                            .key = &key,
                            .time = now,
                            .expiry = std::nullopt});
}

}  // namespace kith::mailauth
