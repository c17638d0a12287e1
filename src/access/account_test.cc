#include "access/client_fixture.h"
#include "protocol/delivery_body.h"

namespace kith {
namespace {

class Accounts : public ClientFixture {};

TEST_F(Accounts, AnInvitationMakesAnAccountWhoseCardTheDomainHasSigned) {
    auto alice = make_person("alice@one.test", 1);
    invite("welcome");
    const auto made = register_person(alice, "welcome");
    ASSERT_EQ(made.status, 201U) << made.body;
    EXPECT_EQ(text_at(made.parsed(), "/address"), "alice@one.test");
    EXPECT_EQ(text_at(made.parsed(), "/domain"), "one.test");
    EXPECT_EQ(text_at(made.parsed(), "/accountId").front(), 'a');
    const std::array keys{domain_key.public_key()};
    EXPECT_TRUE(listed_by(alice.card(), keys));
    EXPECT_TRUE(store->read()->log_entry_of(alice.card().hash));
    EXPECT_EQ(card_log.notified, 1);
    EXPECT_EQ(log_in(alice).status, 200U);
}

TEST_F(Accounts, AnInvitationIsGoodOnce) {
    auto alice = make_person("alice@one.test", 1);
    auto bob = make_person("bob@one.test", 11);
    invite("welcome");
    EXPECT_EQ(register_person(alice, "welcome").status, 201U);
    const auto second = register_person(bob, "welcome");
    EXPECT_EQ(second.status, 403U);
    EXPECT_EQ(second.problem(), "invitation-invalid");
}

TEST_F(Accounts, WhatWasAskedAgainIsAnsweredAgain) {
    auto alice = make_person("alice@one.test", 1);
    invite("welcome");
    const auto first = register_person(alice, "welcome");
    EXPECT_EQ(register_person(alice, "welcome").body, first.body);
}

TEST_F(Accounts, AnInvitationForSomebodyElseOrPastItsTimeIsRefused) {
    auto alice = make_person("alice@one.test", 1);
    invite("for bob", "bob@one.test");
    EXPECT_EQ(register_person(alice, "for bob").problem(), "invitation-invalid");
    EXPECT_EQ(register_person(alice, "never made").problem(), "invitation-invalid");
    invite("old");
    clock.advance(std::chrono::days(8));
    auto later = make_person("alice@one.test", 1);
    EXPECT_EQ(register_person(later, "old").problem(), "invitation-invalid");
}

TEST_F(Accounts, AnAddressIsGivenOnce) {
    settled("alice@one.test", 1);
    auto thief = make_person("alice@one.test", 21);
    invite("second");
    const auto refused = register_person(thief, "second");
    EXPECT_EQ(refused.status, 409U);
    EXPECT_EQ(refused.problem(), "address-taken");
}

TEST_F(Accounts, ACardThatCannotMakeAnAccountIsUnprocessable) {
    invite("welcome");
    auto stranger = make_person("alice@two.test", 1);
    EXPECT_EQ(register_person(stranger, "welcome").status, 422U);

    auto old = make_person("alice@one.test", 1);
    clock.advance(Seconds(3600));
    EXPECT_EQ(register_person(old, "welcome").status, 422U);

    auto alice = make_person("alice@one.test", 1);
    alice.cards.front() = *sign_with(alice.card().card, {{"laptop", kThief}});
    EXPECT_EQ(register_person(alice, "welcome").status, 422U);

    for (const std::string& body :
         {std::string("nonsense"), std::string(), write_part("invite", "welcome")}) {
        const auto refused = post("/kith/1/accounts", body);
        EXPECT_EQ(refused.status, 422U) << body;
        EXPECT_EQ(refused.problem(), "malformed") << body;
    }
}

TEST_F(Accounts, AreOnlyPosted) {
    const auto answer = get("/kith/1/accounts");
    EXPECT_EQ(answer.status, 405U);
    EXPECT_EQ(answer.headers.find("allow"), "POST");
}

TEST_F(Accounts, ANetworkMakesNoMoreThanItsShare) {
    start({.accounts_in_hour = 2});
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(post("/kith/1/accounts", "nonsense").status, 422U);
    const auto refused = post("/kith/1/accounts", "nonsense");
    EXPECT_EQ(refused.status, 429U);
    EXPECT_TRUE(refused.headers.find("retry-after"));
    clock.advance(Seconds(3600));
    EXPECT_EQ(post("/kith/1/accounts", "nonsense").status, 422U);
}

}  // namespace
}  // namespace kith
