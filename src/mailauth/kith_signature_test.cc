#include "mailauth/kith_signature.h"

#include "mailauth/mailauth_tests.h"
#include "testing/vectors.h"

namespace kith::mailauth {
namespace {

constexpr Time kNow{Seconds{1'600'000'000}};
const std::string kLetter = crlf(
    "From: Alice <alice@one.test>\nTo: bob@two.test\n"
    "Subject: tea\n\nAt four?\n");
const Address kAlice = *Address::parse("alice@one.test");

const SigningKey& key() {
    static const SigningKey made = *SigningKey::from_seed(Bytes(32, 7));
    return made;
}

std::string signed_letter() {
    const auto digest = digest_message(kLetter);
    return *sign_kith(*digest, kAlice, "laptop", key(), kNow) + kLetter;
}

DkimResult check(const std::string& message, const PublicKey& with) {
    const auto digest = digest_message(message);
    const auto found = find_kith_signatures(*digest);
    return found.empty() ? DkimResult{} : check_kith_signature(*digest, found[0], with, kNow);
}

TEST(KithSignature, it_says_whose_card_and_which_device_to_look_for) {
    const auto digest = digest_message(signed_letter());
    const auto found = find_kith_signatures(*digest);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].address, kAlice);
    EXPECT_EQ(found[0].device, "laptop");
}

TEST(KithSignature, it_verifies_with_the_devices_key_and_no_other) {
    EXPECT_EQ(check(signed_letter(), key().public_key()).status, DkimStatus::pass);
    const SigningKey other = *SigningKey::from_seed(Bytes(32, 8));
    EXPECT_EQ(check(signed_letter(), other.public_key()).status, DkimStatus::fail);
}

TEST(KithSignature, it_survives_hops_that_add_fields_and_no_change) {
    const std::string message = signed_letter();
    EXPECT_EQ(check("Received: from a by b\r\n" + message, key().public_key()).status,
              DkimStatus::pass);
    EXPECT_EQ(check("Subject: x\r\n" + message, key().public_key()).status, DkimStatus::fail);
    EXPECT_EQ(check(message + "Buy!\r\n", key().public_key()).status, DkimStatus::fail);
}

TEST(KithSignature, what_names_no_address_and_device_is_not_found) {
    const std::string message = signed_letter();
    const std::vector<std::pair<std::string, std::string>> changes = {
        {"i=alice@one.test", "i=@one.test"},
        {"i=alice@one.test", "i=Alice@one.test"},
        {"i=alice@one.test", "i=alice@sub.one.test"},
        {"s=laptop", "s=lap_top"},
        {"a=ed25519-sha256", "a=rsa-sha256"},
        {"v=1", "v=2"}};
    for (const auto& [from, to] : changes) {
        std::string changed = message;
        ASSERT_NE(changed.find(from), std::string::npos) << from;
        changed.replace(changed.find(from), from.size(), to);
        EXPECT_TRUE(find_kith_signatures(*digest_message(changed)).empty()) << to;
    }
}

TEST(KithSignature, only_the_first_few_are_looked_at) {
    std::string message = signed_letter();
    const std::string field = message.substr(0, message.size() - kLetter.size());
    for (int i = 0; i < 20; ++i)
        message = field + message;
    EXPECT_EQ(find_kith_signatures(*digest_message(message)).size(), 8U);
}

TEST(KithSignature, it_is_no_dkim_signature) {
    const auto digest = digest_message(signed_letter());
    DnsTable dns;
    EXPECT_TRUE(run(check_dkim(&*digest, kNow, {}), dns).empty());
}

TEST(KithSignature, the_example_of_the_specification_verifies) {
    const std::string page =
        kith::testing::read_file(kith::testing::source_root() / "docs/protocol.md");
    const std::size_t begin = page.find("\nKith-Signature: ") + 1;
    ASSERT_NE(begin, 0U);
    const std::string message = crlf(page.substr(begin, page.find("```", begin) - begin));
    const SigningKey alices = *SigningKey::from_seed(sha256("alice's laptop").view());
    EXPECT_NE(page.find(alices.public_key().text()), std::string::npos);
    const auto result = check(message, alices.public_key());
    EXPECT_EQ(result.status, DkimStatus::pass) << result.reason;
}

}  // namespace
}  // namespace kith::mailauth
