#include "mailauth/dkim.h"

#include <algorithm>

#include "base/text.h"
#include "mailauth/dkim_check.h"
#include "mailauth/known_keys.h"

namespace kith::mailauth {
namespace {

DkimStatus status_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::unavailable:
        case ErrorKind::timeout:
            return DkimStatus::temperror;
        case ErrorKind::untrusted:
            return DkimStatus::policy;
        default:
            return DkimStatus::permerror;
    }
}

std::string domain_in(const std::string& identity) {
    return to_lower(std::string_view(identity).substr(identity.rfind('@') + 1));
}

Asking<DkimResult> check_one(const MessageDigest* message,
                             const RawField* field,
                             Time now,
                             KnownKeys* keys) {
    const auto signature = parse_dkim_signature(field->value, SignatureForm::dkim);
    if (!signature)
        co_return with({}, DkimStatus::neutral, signature.error().text());
    DkimResult result = check_before_key(*signature, SignatureForm::dkim, now);
    if (result.status != DkimStatus::pass)
        co_return result;
    const Answer answer = co_await Ask(key_question(signature->selector, signature->domain));
    const auto key = keys != nullptr ? keys->record_of(answer) : key_record_of(answer);
    co_return check_with_key(*message, *field, *signature, key);
}

}  // namespace

const char* name_of(DkimStatus status) {
    switch (status) {
        case DkimStatus::none:
            return "none";
        case DkimStatus::pass:
            return "pass";
        case DkimStatus::fail:
            return "fail";
        case DkimStatus::policy:
            return "policy";
        case DkimStatus::neutral:
            return "neutral";
        case DkimStatus::temperror:
            return "temperror";
        case DkimStatus::permerror:
            return "permerror";
    }
    return "none";
}

DkimResult describe(const DkimSignature& signature) {
    return {.status = DkimStatus::pass,
            .reason = "",
            .domain = signature.domain,
            .selector = signature.selector,
            .identity = signature.identity,
            .algorithm = signature.algorithm,
            .signature = base64(signature.signature).substr(0, 8)};
}

DkimResult with(DkimResult result, DkimStatus status, std::string reason) {
    result.status = status;
    result.reason = std::move(reason);
    return result;
}

DkimResult check_before_key(const DkimSignature& signature, SignatureForm form, Time now) {
    DkimResult out = describe(signature);
    if (form == SignatureForm::dkim && !signature.signs("from"))
        return with(std::move(out), DkimStatus::permerror, "From is not signed");
    if (!signature.key_type)
        return with(std::move(out), DkimStatus::policy, "the algorithm is not believed");
    if (signature.counts_body)
        return with(std::move(out), DkimStatus::policy, "l= leaves the end of the body unsigned");
    if (signature.expiry && *signature.expiry <= now)
        return with(std::move(out), DkimStatus::policy, "the signature has expired");
    return out;
}

DkimResult check_with_key(const MessageDigest& message,
                          const RawField& field,
                          const DkimSignature& signature,
                          const Result<KeyRecord>& record) {
    DkimResult out = describe(signature);
    if (!record)
        return with(std::move(out), status_of(record.error().kind), record.error().text());
    out.key_bits = bits_of(record->key);
    const bool rsa = std::holds_alternative<RsaPublicKey>(record->key);
    if (rsa != (signature.key_type == KeyType::rsa))
        return with(std::move(out), DkimStatus::permerror, "the key is for another algorithm");
    if (record->same_domain_only && domain_in(signature.identity) != signature.domain)
        return with(std::move(out), DkimStatus::permerror, "the key is not for subdomains in i=");
    if (!std::ranges::equal(message.body_hash(signature.body_form).view(), signature.body_hash))
        return with(std::move(out), DkimStatus::fail, "the body is not what was signed");
    const std::string octets =
        signed_octets(message.header, signature.fields, field, signature.header_form);
    if (!verify_signed_octets(record->key, octets, signature.signature))
        return with(std::move(out), DkimStatus::fail, "the signature does not verify");
    if (record->is_test)
        return with(std::move(out), DkimStatus::neutral, "the key is marked as a test (t=y)");
    return out;
}

Asking<std::vector<DkimResult>> check_dkim(const MessageDigest* message,
                                           Time now,
                                           DkimOptions options) {
    std::vector<DkimResult> out;
    for (const RawField* field : message->header.all("dkim-signature")) {
        if (out.size() == options.signatures)
            break;
        out.push_back(co_await check_one(message, field, now, options.keys));
    }
    co_return out;
}

}  // namespace kith::mailauth
