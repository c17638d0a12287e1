// ValiMail's tests of ARC: validating chains, and adding to them.
#include <algorithm>

#include "base/text.h"
#include "mailauth/arc.h"
#include "mailauth/arc_seal.h"
#include "mailauth/mailauth_tests.h"
#include "mailauth/tag_list.h"
#include "testing/vectors.h"

namespace kith::mailauth {
namespace {

namespace json = boost::json;

constexpr std::size_t kValidations = 171;
constexpr std::size_t kSignings = 17;
constexpr Time kNow{Seconds{1'600'000'000}};

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

DnsTable dns_of(const json::object& records) {
    DnsTable out;
    for (const auto& [name, text] : records)
        out.txt(std::string(name), text_of(text));
    return out;
}

TEST(ArcSuite, every_chain_is_judged_as_it_says) {
    const auto folder = kith::testing::vectors();
    if (!folder)
        GTEST_SKIP() << "no vectors";
    std::size_t count = 0;
    for (const json::value& part : read_yaml(*folder / "arc/arc-draft-validation-tests.yml")) {
        DnsTable dns = dns_of(part.at("txt-records").as_object());
        for (const auto& [name, test] : part.at("tests").as_object()) {
            ++count;
            const auto digest = digest_message(crlf(text_of(test.at("message"))));
            ASSERT_TRUE(digest) << name << digest.error().text();
            const ArcResult result = run(check_arc(&*digest, kNow), dns);
            // Nothing is said of chains that a server before us found failed.
            std::string wanted = to_lower(text_of(test.at("cv")));
            if (wanted.empty())
                wanted = "fail";
            EXPECT_EQ(name_of(result.status), wanted) << name << ": " << result.reason;
        }
    }
    EXPECT_EQ(count, kValidations);
}

// The bodies of our own Authentication-Results, joined.
std::string results_for(const RawHeader& header, const std::string& authserv_id) {
    std::string out = authserv_id;
    for (const RawField* field : header.all("authentication-results")) {
        const std::string_view value = trim_space(field->value);
        const std::size_t end = value.find(';');
        if (trim_space(value.substr(0, end)) == authserv_id)
            out += "; " + std::string(trim_space(value.substr(end + 1)));
    }
    return out;
}

std::string relaxed(std::string_view name, std::string_view value) {
    const std::string whole = std::string(name) + ": " + std::string(value) + "\r\n";
    return canonical_field({name, value, whole}, Canonicalization::relaxed);
}

void check_signing(std::string_view name, const json::object& part, const json::object& test) {
    const auto digest = digest_message(crlf(text_of(test.at("message"))));
    ASSERT_TRUE(digest) << name;
    const RsaSigningKey key = *RsaSigningKey::from_pem(text_of(part.at("privatekey")));
    DnsTable dns = dns_of(part.at("txt-records").as_object());
    const ArcResult chain = run(check_arc(&*digest, kNow), dns);
    const auto sealed =
        seal_arc(*digest,
                 chain,
                 {.domain = text_of(part.at("domain")),
                  .selector = text_of(part.at("sel")),
                  .key = &key,
                  .time = Time(Seconds(test.at("t").as_int64())),
                  .results = results_for(digest->header, text_of(test.at("srv-id"))),
                  .fields = colon_list(text_of(test.at("sig-headers")))});
    ASSERT_TRUE(sealed) << name << sealed.error().text();
    const auto header = RawHeader::parse(*sealed);
    ASSERT_TRUE(header) << name;
    for (const auto& [field, tag] : {std::pair("arc-seal", "AS"),
                                     std::pair("arc-message-signature", "AMS"),
                                     std::pair("arc-authentication-results", "AAR")}) {
        std::string wanted;
        for (const char c : trim_space(text_of(test.at(tag))))
            wanted += c == '\n' ? std::string("\r\n ") : std::string(1, c);
        if (wanted.empty()) {
            EXPECT_EQ(header->count(field), 0U) << name;
            continue;
        }
        ASSERT_EQ(header->count(field), 1U) << name;
        const std::string made(header->only(field)->value);
        if (std::string_view(tag) == "AAR")
            EXPECT_EQ(relaxed(field, made), relaxed(field, wanted)) << name;
        else
            EXPECT_EQ(without_space(made), without_space(wanted)) << name << ": " << chain.reason;
    }
}

TEST(ArcSuite, every_set_is_made_as_it_says) {
    const auto folder = kith::testing::vectors();
    if (!folder)
        GTEST_SKIP() << "no vectors";
    std::size_t count = 0;
    for (const json::value& part : read_yaml(*folder / "arc/arc-draft-sign-tests.yml"))
        for (const auto& [name, test] : part.at("tests").as_object()) {
            check_signing(name, part.as_object(), test.as_object());
            ++count;
        }
    EXPECT_EQ(count, kSignings);
}

}  // namespace
}  // namespace kith::mailauth
