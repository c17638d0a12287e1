// What ValiMail's tests (arc_suite_test.cc) do not ask.
#include "mailauth/arc.h"

#include "mailauth/arc_seal.h"
#include "mailauth/mailauth_tests.h"

namespace kith::mailauth {
namespace {

constexpr Time kNow{Seconds{1'600'000'000}};
const std::string kLetter = crlf(
    "From: Alice <alice@one.test>\nTo: bob@two.test\n"
    "Subject: tea\n\nAt four?\n");

const SigningKey& key() {
    static const SigningKey made = *SigningKey::from_seed(Bytes(32, 7));
    return made;
}

DnsTable dns() {
    return DnsTable()
        .txt("s1._domainkey.a.test", dkim_key_record(&key()))
        .txt("s1._domainkey.b.test", dkim_key_record(&key()));
}

ArcResult check(const std::string& message, DnsTable& table) {
    const auto digest = digest_message(message);
    EXPECT_TRUE(digest);
    return run(check_arc(&*digest, kNow), table);
}

ArcResult check(const std::string& message) {
    DnsTable table = dns();
    return check(message, table);
}

ArcSealer sealer(const std::string& domain) {
    return {.domain = domain,
            .selector = "s1",
            .key = &key(),
            .time = kNow,
            .results = domain + "; spf=pass smtp.mailfrom=x@" + domain,
            .fields = {}};
}

std::string sealed(const std::string& message, const std::string& domain) {
    const auto digest = digest_message(message);
    const auto set = seal_arc(*digest, check(message), sealer(domain));
    EXPECT_TRUE(set) << set.error().text();
    return *set + message;
}

TEST(Arc, a_chain_that_passes_names_its_sealers_and_the_newest_results) {
    const ArcResult result = check(sealed(sealed(kLetter, "a.test"), "b.test"));
    EXPECT_EQ(result.status, ArcStatus::pass) << result.reason;
    EXPECT_EQ(result.sealers, (std::vector<std::string>{"b.test", "a.test"}));
    EXPECT_EQ(result.results, "b.test; spf=pass smtp.mailfrom=x@b.test");
}

TEST(Arc, each_key_is_looked_up_once) {
    std::string message = kLetter;
    for (const char* domain : {"a.test", "b.test", "a.test", "b.test"})
        message = sealed(message, domain);
    DnsTable table = dns();
    EXPECT_EQ(check(message, table).status, ArcStatus::pass);
    EXPECT_EQ(table.asked.size(), 2U);
}

TEST(Arc, a_key_that_cannot_be_looked_up_fails_with_that_reason) {
    DnsTable table = dns();
    table.lost("s1._domainkey.a.test", RecordType::txt);
    const ArcResult result = check(sealed(kLetter, "a.test"), table);
    EXPECT_EQ(result.status, ArcStatus::fail);
    EXPECT_TRUE(result.reason.ends_with("could not be looked up (unavailable)")) << result.reason;
}

TEST(Arc, a_changed_set_in_the_middle_of_the_chain_fails) {
    std::string message = sealed(sealed(sealed(kLetter, "a.test"), "b.test"), "a.test");
    ASSERT_EQ(check(message).status, ArcStatus::pass);
    const std::size_t at = message.find("smtp.mailfrom=x@b.test");
    ASSERT_NE(at, std::string::npos);
    message.replace(at, 22, "smtp.mailfrom=y@b.test");
    EXPECT_EQ(check(message).reason, "ARC-Seal 3: does not verify");
}

TEST(Arc, a_chain_that_fails_is_sealed_as_failed_once_and_then_left) {
    std::string message = sealed(kLetter, "a.test");
    message.replace(message.find("four"), 4, "five");
    EXPECT_EQ(check(message).status, ArcStatus::fail);
    const std::string failed = sealed(message, "b.test");
    EXPECT_NE(failed.find("cv=fail"), std::string::npos);
    EXPECT_EQ(check(failed).reason, "a server before us found that the chain fails");
    EXPECT_EQ(sealed(failed, "a.test"), failed);
}

TEST(Arc, the_chain_ends_at_fifty_sets) {
    std::string message = kLetter;
    for (int i = 0; i < 50; ++i)
        message = sealed(message, "a.test");
    EXPECT_EQ(check(message).status, ArcStatus::pass);
    EXPECT_EQ(check(message).sealers.size(), kMaxArcSets);
    EXPECT_EQ(sealed(message, "a.test"), message);
}

TEST(Arc, results_that_are_no_fields_value_are_refused) {
    const auto digest = digest_message(kLetter);
    for (const char* results : {"a.test; none\r\nX-Evil: 1", "a.test\n", "a.test\r\n\r\nbody"}) {
        ArcSealer evil = sealer("a.test");
        evil.results = results;
        EXPECT_FALSE(seal_arc(*digest, {}, evil)) << results;
    }
}

}  // namespace
}  // namespace kith::mailauth
