#include "mailauth/key_record.h"

#include <algorithm>

#include "crypto/hash.h"
#include "mailauth/tag_list.h"

namespace kith::mailauth {
namespace {

constexpr std::size_t kMaxRecordOctets = 8'192;

Error bad(ErrorKind kind, std::string detail) {
    return fail(kind, "key record", std::move(detail));
}

bool has(const std::vector<std::string>& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

Result<void> check_purpose(const TagList& tags) {
    if (const auto version = tags.find("v");
        version && (*version != "DKIM1" || tags.first() != "v"))
        return bad(ErrorKind::malformed, "v= is not DKIM1, or not the first");
    if (const auto hashes = tags.find("h"); hashes && !has(colon_list(*hashes), "sha256"))
        return bad(ErrorKind::denied, "h= does not allow sha256");
    if (const auto services = tags.find("s")) {
        const auto list = colon_list(*services);
        if (!has(list, "*") && !has(list, "email"))
            return bad(ErrorKind::denied, "s= does not allow mail");
    }
    return {};
}

Result<VerifyingKey> read_key(std::string_view type, const std::string& text) {
    if (text.empty())
        return bad(ErrorKind::not_found, "the key is revoked");
    const auto octets = parse_base64(text);
    if (!octets)
        return bad(ErrorKind::malformed, "p= is no base64");
    if (type == "rsa")
        return VerifyingKey(TRY(RsaPublicKey::from_der(*octets)));
    if (type == "ed25519")
        return VerifyingKey(TRY(public_key_from(*octets)));
    return bad(ErrorKind::malformed, "k= is unknown");
}

}  // namespace

Result<KeyRecord> parse_key_record(std::string_view text) {
    if (text.size() > kMaxRecordOctets)
        return bad(ErrorKind::limit, "is longer than allowed");
    const TagList tags = TRY(TagList::parse(text));
    TRY(check_purpose(tags));
    const std::string key = without_space(TRY(tags.get("p")));
    KeyRecord out{TRY(read_key(tags.find("k").value_or("rsa"), key))};
    if (const auto flags = tags.find("t")) {
        const auto list = colon_list(*flags);
        out.is_test = has(list, "y");
        out.same_domain_only = has(list, "s");
    }
    return out;
}

Result<KeyRecord> key_record_of(const Answer& answer) {
    if (answer.status == Answer::Status::temporary_error)
        return bad(ErrorKind::unavailable, "could not be looked up");
    Error error = bad(ErrorKind::not_found, "there is none");
    for (const std::string& text : answer.records) {
        auto record = parse_key_record(text);
        if (record)
            return record;
        error = std::move(record).error();
    }
    return error;
}

Question key_question(const std::string& selector, const std::string& domain) {
    return {selector + "._domainkey." + domain, RecordType::txt};
}

bool verify_signed_octets(const VerifyingKey& key, std::string_view octets, ByteView signature) {
    if (const auto* rsa = std::get_if<RsaPublicKey>(&key))
        return rsa->verify(as_bytes(octets), signature);
    return verify(std::get<PublicKey>(key), sha256(octets).view(), signature);
}

std::size_t bits_of(const VerifyingKey& key) {
    const auto* rsa = std::get_if<RsaPublicKey>(&key);
    return rsa ? rsa->bits() : 256;
}

}  // namespace kith::mailauth
