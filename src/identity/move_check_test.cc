#include "identity/move_check.h"

#include <gtest/gtest.h>

#include "identity/people_for_tests.h"

namespace kith {
namespace {

class MoveCheck : public ::testing::Test {
  protected:
    static constexpr std::uint8_t kLaptop = 1;
    const Address old_ = *Address::parse("alice@one.test");
    const Address new_ = *Address::parse("alice@two.test");
    const Time now_ = kStart + Seconds(60);
    SignedCard first_ = [] {
        CardBuilder builder =
            CardBuilder::first(*Address::parse("alice@one.test"), commitment_of(kRecovery), kStart);
        builder.add_device(device_of("laptop", kLaptop), CardBuilder::Admission::confirmed);
        return *sign_with(builder.card(), {{"laptop", kLaptop}});
    }();

    SignedCard moves(std::uint8_t recovery = kRecovery) const {
        auto builder = CardBuilder::after(first_, now_);
        builder.move_to(new_).recover(key_of(recovery).public_key(), commitment_of(kNextRecovery));
        return *sign_with(builder.card(), {{"", recovery}});
    }
    Chain chain() const { return resolve({first_}, first_.hash)->chain; }
    std::string where(std::string_view card, const Address& asked) const {
        const auto to = moved_to(chain(), asked, card);
        return to ? to->text() : to.error().where;
    }
};

TEST_F(MoveCheck, believes_a_card_that_follows_what_is_pinned) {
    const SignedCard card = moves();
    EXPECT_EQ(where(card.note.octets(), old_), "alice@two.test");
    Chain whole = chain();
    ASSERT_TRUE(whole.add(card));
    EXPECT_EQ(*moved_to(whole, old_, card.note.octets()), new_);
}

TEST_F(MoveCheck, believes_no_server_that_makes_one_up) {
    EXPECT_NE(where(moves(77).note.octets(), old_), "alice@two.test");
    EXPECT_EQ(where(moves().note.octets(), new_), "card: address");
    EXPECT_EQ(where(first_.note.octets(), old_), "card: moved");
    EXPECT_FALSE(moved_to(chain(), old_, "alice@one.test is mallory@evil.test now"));
}

TEST_F(MoveCheck, believes_no_card_that_another_one_has_overtaken) {
    Chain stays = chain();
    auto builder = CardBuilder::after(first_, now_);
    builder.recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
    ASSERT_TRUE(stays.add(*sign_with(builder.card(), {{"", kRecovery}})));
    EXPECT_FALSE(moved_to(stays, old_, moves().note.octets()));
}

}  // namespace
}  // namespace kith
