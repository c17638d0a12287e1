// Any message is refused or authenticated, cut anywhere with the same outcome, after a bounded
// number of possible questions; the results are one field that can be read; nothing that claims to
// be ours is left; what Kith signs of it verifies.
#include "mailauth/authentication.h"

#include "mailauth/authentication_results.h"
#include "mailauth/kith_signature.h"
#include "mailauth/signing.h"

namespace {

using namespace kith;
using namespace kith::mailauth;

constexpr Time kNow{Seconds{1'600'000'000}};
constexpr std::size_t kMaxQuestions = 80;  // SPF's here 1, DKIM's 8, ARC's 51, DMARC's 8

const SigningKey& key() {
    static const SigningKey made = *SigningKey::from_seed(Bytes(32, 7));
    return made;
}

// Every key is ours, every domain has a policy.
Answer answer(const Question& question) {
    if (question.name.starts_with("_dmarc."))
        return {Answer::Status::records, {"v=DMARC1; p=reject"}};
    if (question.name.find("._domainkey.") != std::string::npos)
        return {Answer::Status::records, {dkim_key_record(&key())}};
    return {Answer::Status::records, {"v=spf1 ip4:192.0.2.1 -all"}};
}

// Its results field, or "" where it is refused.
std::string authenticate(std::string_view message, std::size_t step) {
    AuthenticationOptions options;
    options.authserv_id = "mx.two.test";
    options.header = {.octets = 8'192, .field_octets = 4'096, .fields = 100};
    Authentication check(
        {*IpAddress::parse("192.0.2.1"), "one.test", "alice@one.test"}, options, kNow);
    for (std::size_t at = 0; at < message.size(); at += step)
        if (!check.feed(message.substr(at, step)))
            return "";
    auto asking = std::move(check).finish();
    if (!asking)
        return "";
    std::size_t questions = 0;
    const auto out = run(*std::move(asking), [&](const Question& question) {
        KITH_CHECK(is_dns_name(question.name) && ++questions <= kMaxQuestions);
        return answer(question);
    });
    KITH_CHECK(out.aligned_author.has_value() == out.not_aligned.empty());
    const auto clean = RawHeader::parse(out.clean_header, options.header);
    KITH_CHECK(clean.has_value());
    for (const RawField& field : clean->fields())
        KITH_CHECK(!is_forged(field, options.authserv_id));
    return out.authentication_results;
}

void sign_and_check(std::string_view message) {
    const auto digest = digest_message(message);
    if (!digest)
        return;
    const auto field = sign_kith(*digest, *Address::parse("alice@one.test"), "laptop", key(), kNow);
    if (!field)
        return;
    const auto again = digest_message(*field + std::string(message));
    if (!again)
        return;  // it was as large as it may be
    const auto found = find_kith_signatures(*again);
    KITH_CHECK(!found.empty());
    KITH_CHECK(check_kith_signature(*again, found[0], key().public_key(), kNow).status ==
               DkimStatus::pass);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view message = as_text({data, size});
    const std::string whole = authenticate(message, size + 1);
    KITH_CHECK(authenticate(message, 3) == whole);
    if (!whole.empty()) {
        const auto header = RawHeader::parse(whole);
        KITH_CHECK(header && header->fields().size() == 1);
        KITH_CHECK(parse_authentication_results(header->fields()[0].value).has_value());
    }
    sign_and_check(message);
    return 0;
}
