#include "identity/keystate.h"

#include <gtest/gtest.h>

#include "identity/people_for_tests.h"

namespace kith {
namespace {

using Admission = CardBuilder::Admission;
constexpr Seconds kDay = std::chrono::hours(24);

class KeyStates : public ::testing::Test {
  protected:
    Chain::Added add(const CardBuilder& builder, const std::vector<TestSigner>& signers) {
        const auto added = chain_.add(*sign_with(builder.card(), signers));
        EXPECT_TRUE(added) << added.error().text();
        return *added;
    }
    CardBuilder next(Time now) const { return CardBuilder::after(chain_.current(), now); }
    KeyStanding standing(std::uint8_t key, Time at) const {
        return key_state(chain_, key_of(key).public_key(), at).standing;
    }

    Chain chain_ = *Chain::begin(first_card());
};

TEST_F(KeyStates, devices_are_active_others_unknown) {
    EXPECT_EQ(standing(kLaptop, kStart), KeyStanding::active);
    EXPECT_EQ(standing(kLaptop, kStart - Seconds(60)), KeyStanding::active);
    EXPECT_EQ(standing(kThief, kStart), KeyStanding::unknown);
    EXPECT_EQ(key_state(chain_, key_of(kLaptop).public_key(), kStart).device, "laptop");
}

TEST_F(KeyStates, a_new_device_is_pending_for_24_hours) {
    const Time now = kStart + 10 * kDay;
    add(next(now).add_device(device_of("tablet", kTablet), Admission::pending),
        {{"laptop", kLaptop}});
    EXPECT_EQ(standing(kTablet, now - Seconds(1)), KeyStanding::unknown);
    EXPECT_EQ(standing(kTablet, now), KeyStanding::pending);
    EXPECT_TRUE(key_state(chain_, key_of(kTablet).public_key(), now).good());
    EXPECT_EQ(standing(kTablet, now + kDay), KeyStanding::active);
}

TEST_F(KeyStates, a_revocation_counts_from_its_own_date) {
    const Time now = kStart + 100 * kDay;
    CardBuilder builder = next(now);
    ASSERT_TRUE(builder.remove_device("phone", now - 3 * kDay, RevocationReason::compromised));
    add(builder, {{"laptop", kLaptop}, {"phone", kPhone}});
    EXPECT_EQ(standing(kPhone, now - 4 * kDay), KeyStanding::active);
    const KeyState state = key_state(chain_, key_of(kPhone).public_key(), now - 3 * kDay);
    EXPECT_EQ(state.standing, KeyStanding::revoked);
    EXPECT_EQ(state.reason, RevocationReason::compromised);
    EXPECT_EQ(state.since, now - 3 * kDay);
    EXPECT_EQ(state.device, "phone");
    EXPECT_FALSE(state.good());
}

TEST_F(KeyStates, a_frozen_account_has_no_good_key_until_it_is_thawed) {
    const Time now = kStart + 100 * kDay;
    add(next(now).freeze(), {{"phone", kPhone}});
    EXPECT_EQ(standing(kLaptop, now - Seconds(1)), KeyStanding::active);
    EXPECT_EQ(standing(kLaptop, now), KeyStanding::frozen);
    EXPECT_EQ(account_state(chain_, now), KeyStanding::frozen);
    EXPECT_EQ(key_state(chain_, key_of(kPhone).public_key(), now).since, now);
    add(next(now + kDay).thaw(), {{"phone", kPhone}, {"laptop", kLaptop}});
    EXPECT_EQ(standing(kLaptop, now + kDay), KeyStanding::active);
    EXPECT_EQ(standing(kLaptop, now + kDay - Seconds(1)), KeyStanding::frozen);
}

TEST_F(KeyStates, after_the_cards_end_keys_are_expired) {
    const Time end = chain_.current().card.expires;
    EXPECT_EQ(standing(kLaptop, end), KeyStanding::active);
    EXPECT_EQ(standing(kLaptop, end + Seconds(1)), KeyStanding::expired);
    EXPECT_EQ(account_state(chain_, end + Seconds(1)), KeyStanding::expired);
}

TEST_F(KeyStates, a_key_that_came_in_on_a_superseded_card_is_unknown) {
    const Time now = kStart + 100 * kDay;
    add(next(now).add_device(device_of("thief", kThief), Admission::pending),
        {{"laptop", kLaptop}});
    EXPECT_TRUE(key_state(chain_, key_of(kThief).public_key(), now).good());
    CardBuilder builder = CardBuilder::after(first_card(), now + kDay);
    builder.recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
    EXPECT_EQ(add(builder, {{"", kRecovery}}).place, Chain::Place::current);
    EXPECT_EQ(standing(kThief, now + kDay), KeyStanding::unknown);
    EXPECT_EQ(standing(kLaptop, now + kDay), KeyStanding::active);
}

TEST_F(KeyStates, every_standing_has_a_name) {
    for (const auto& [standing, name] : {std::pair(KeyStanding::active, "active"),
                                         std::pair(KeyStanding::pending, "pending"),
                                         std::pair(KeyStanding::revoked, "revoked"),
                                         std::pair(KeyStanding::frozen, "frozen"),
                                         std::pair(KeyStanding::expired, "expired"),
                                         std::pair(KeyStanding::unknown, "unknown"),
                                         std::pair(KeyStanding::disputed, "disputed")})
        EXPECT_STREQ(name_of(standing), name);
}

TEST_F(KeyStates, what_is_added_again_is_known_and_what_lost_is_superseded) {
    const Time now = kStart + 100 * kDay;
    const SignedCard one = *sign_with(next(now).card(), {{"laptop", kLaptop}});
    const SignedCard two = *sign_with(next(now + Seconds(1)).card(), {{"phone", kPhone}});
    EXPECT_EQ(chain_.add(one)->place, Chain::Place::current);
    EXPECT_EQ(chain_.add(one)->place, Chain::Place::known);
    EXPECT_EQ(chain_.add(two)->place, Chain::Place::superseded) << "the one known first stays";
    EXPECT_EQ(chain_.current().hash, one.hash);
    EXPECT_NE(chain_.find(two.hash), nullptr);
    EXPECT_EQ(chain_.line().size(), 2U);
}

TEST_F(KeyStates, cards_of_others_and_cards_without_their_past_are_refused) {
    Card card = next(kStart).card();
    card.root = sha256("somebody else");
    EXPECT_EQ(chain_.add(*sign_with(card, {{"laptop", kLaptop}})).error().where, "card: root");
    card = next(kStart).card();
    card.prev = sha256("missing");
    EXPECT_EQ(chain_.add(*sign_with(card, {{"laptop", kLaptop}})).error().where, "card: prev");
    EXPECT_EQ(chain_.size(), 1U);
    EXPECT_FALSE(resolve({}, chain_.root()));
    const auto resolution =
        resolve({first_card(), *sign_with(card, {{"laptop", kLaptop}})}, chain_.root());
    ASSERT_TRUE(resolution);
    ASSERT_EQ(resolution->refused.size(), 1U);
    EXPECT_EQ(resolution->refused[0].second.where, "card: prev");
}

}  // namespace
}  // namespace kith
