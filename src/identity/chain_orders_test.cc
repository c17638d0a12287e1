// Every order of what a thief and an owner can do: nothing lets a thief who has one device keep the
// account, nothing but two devices or the recovery key thaws, two recoveries are always a dispute.
#include <gtest/gtest.h>

#include <algorithm>

#include "identity/keystate.h"
#include "identity/people_for_tests.h"

namespace kith {
namespace {

using Admission = CardBuilder::Admission;
constexpr Seconds kDay = std::chrono::hours(24);
constexpr Seconds kStep = std::chrono::hours(13);  // two steps outlive `pending`

// The laptop (old enough for anything) is stolen; the phone and the phrase are the owner's.
enum class Act {
    thief_adds,
    thief_confirms,
    thief_removes,
    thief_thaws,
    thief_forks,
    owner_freezes,
    owner_recovers,
};
constexpr std::array kActs = {Act::thief_adds,
                              Act::thief_confirms,
                              Act::thief_removes,
                              Act::thief_thaws,
                              Act::thief_forks,
                              Act::owner_freezes,
                              Act::owner_recovers};

struct World {
    Chain chain;
    Time now;
    std::uint8_t thief_devices = 0;
    bool recovered = false;
    bool frozen_in_time = false;  // before the thief had two confirmed devices
    std::vector<SignedCard> published{};
};

std::string thief_name(std::uint8_t number) {
    return "thief" + std::to_string(number);
}

std::vector<TestSigner> thief_keys(const World& world) {
    std::vector<TestSigner> keys = {{"laptop", kLaptop}};
    for (std::uint8_t i = 0; i < world.thief_devices; ++i)
        keys.push_back({thief_name(i), static_cast<std::uint8_t>(kThief + i)});
    return keys;
}

bool is_thief(const PublicKey& key) {
    if (key == key_of(kLaptop).public_key())
        return true;
    for (std::uint8_t i = 0; i < 8; ++i)
        if (key == key_of(static_cast<std::uint8_t>(kThief + i)).public_key())
            return true;
    return false;
}

std::size_t confirmed_of_thief(const Card& card) {
    return static_cast<std::size_t>(std::ranges::count_if(
        card.devices, [](const CardDevice& d) { return !d.pending && is_thief(d.key); }));
}

// Adds the card if the rules take it, and holds every thaw and removal to its needs.
void publish(World& world, const Card& card, const std::vector<TestSigner>& signers) {
    const auto signed_card = sign_with(card, signers);
    if (!signed_card)
        return;
    const SignedCard* const before = world.chain.find(*card.prev);
    ASSERT_NE(before, nullptr);
    const Card prev = before->card;
    const auto added = world.chain.add(*signed_card);
    if (!added)
        return;
    world.published.push_back(*signed_card);
    const CardChange& change = added->change;
    if (!change.thawed && change.removed.empty())
        return;
    std::size_t voices = 0;
    bool senior = false;
    for (const std::string& name : change.signers) {
        const CardDevice& device = *prev.device(name);
        voices += device.pending ? 0 : 1;
        senior = senior || card.time - device.added >= 90 * kDay;
    }
    EXPECT_TRUE(change.by == CardChange::By::recovery || (voices >= 2 && senior));
}

Card recovery_card(const World& world, const SignedCard& prev, std::uint8_t next) {
    CardBuilder builder = CardBuilder::after(prev, world.now);
    for (const CardDevice& device : prev.card.devices)
        EXPECT_TRUE(
            builder.remove_device(device.name, device.added, RevocationReason::compromised));
    builder.thaw()
        .add_device(device_of("desk" + std::to_string(next), next), Admission::confirmed)
        .recover(key_of(kRecovery).public_key(),
                 commitment_of(static_cast<std::uint8_t>(next + 100)));
    return builder.card();
}

void thief_acts(World& world, Act act) {
    const bool forks = act == Act::thief_forks;
    const SignedCard& prev = forks ? *world.chain.line().front() : world.chain.current();
    CardBuilder builder = CardBuilder::after(prev, world.now);
    if (act == Act::thief_adds || forks) {
        const auto number = static_cast<std::uint8_t>(kThief + world.thief_devices);
        builder.add_device(device_of(thief_name(world.thief_devices), number), Admission::pending);
        ++world.thief_devices;
    }
    if (act == Act::thief_confirms)
        for (std::uint8_t i = 0; i < world.thief_devices; ++i)
            (void)builder.confirm_device(thief_name(i)).has_value();
    if (act == Act::thief_removes)
        for (const CardDevice& device : prev.card.devices)
            if (!is_thief(device.key))
                EXPECT_TRUE(
                    builder.remove_device(device.name, world.now, RevocationReason::replaced));
    if (act == Act::thief_thaws)
        builder.thaw();
    publish(world, builder.card(), thief_keys(world));
}

void perform(World& world, Act act) {
    world.now += kStep;
    if (act == Act::owner_freezes) {
        const std::size_t thieves = confirmed_of_thief(world.chain.current().card);
        publish(world,
                CardBuilder::after(world.chain.current(), world.now).freeze().card(),
                {{"phone", kPhone}});
        if (world.chain.current().card.frozen && thieves < 2)
            world.frozen_in_time = true;
    } else if (act == Act::owner_recovers) {
        // From what the owner's phone last saw of its own: the first card will do.
        if (!world.recovered)
            publish(world, recovery_card(world, *world.chain.line().front(), 5), {{"", kRecovery}});
        world.recovered = true;
    } else {
        thief_acts(world, act);
    }
}

void expect_sound(const World& world) {
    EXPECT_EQ(world.chain.standing(), Chain::Standing::good);
    if (world.recovered) {
        EXPECT_TRUE(world.chain.current().card.device("desk5"));
        for (std::uint8_t i = 0; i < world.thief_devices; ++i)
            EXPECT_FALSE(key_state(world.chain,
                                   key_of(static_cast<std::uint8_t>(kThief + i)).public_key(),
                                   world.now)
                             .good());
        EXPECT_EQ(key_state(world.chain, key_of(kLaptop).public_key(), world.now).standing,
                  KeyStanding::revoked);
    } else if (world.frozen_in_time) {
        EXPECT_TRUE(world.chain.current().card.frozen);
        EXPECT_EQ(account_state(world.chain, world.now), KeyStanding::frozen);
    }
}

// All sequences of so many acts, repetition allowed; prefixes are shared.
void explore(const World& world, int depth) {
    if (depth == 0 || ::testing::Test::HasFailure())
        return;
    for (const Act act : kActs) {
        World next = world;
        perform(next, act);
        expect_sound(next);
        explore(next, depth - 1);
    }
}

World fresh() {
    return {.chain = *Chain::begin(first_card()), .now = kStart + 100 * kDay};
}

TEST(ChainOrders, no_order_lets_a_thief_of_one_device_keep_or_thaw_the_account) {
    explore(fresh(), 4);
}

TEST(ChainOrders, a_thief_with_a_day_of_peace_still_loses_to_the_recovery_key) {
    World world = fresh();
    for (const Act act : {Act::thief_adds, Act::owner_freezes, Act::thief_confirms})
        perform(world, act);
    EXPECT_TRUE(world.chain.current().card.frozen);
    world = fresh();
    for (const Act act :
         {Act::thief_adds, Act::thief_thaws, Act::thief_confirms, Act::thief_removes})
        perform(world, act);
    ASSERT_EQ(world.chain.current().card.device("phone"), nullptr)
        << "unopposed, two devices of the thief remove the owner's";
    perform(world, Act::owner_recovers);
    expect_sound(world);
    for (const Act act : kActs) {
        perform(world, act);
        expect_sound(world);
    }
}

TEST(ChainOrders, the_outcome_does_not_depend_on_the_order_of_arrival) {
    World world = fresh();
    for (const Act act : {Act::thief_adds,
                          Act::owner_freezes,
                          Act::thief_forks,
                          Act::owner_recovers,
                          Act::thief_forks})
        perform(world, act);
    std::vector<SignedCard> cards = world.published;
    cards.push_back(first_card());
    ASSERT_EQ(cards.size(), 6U);
    const auto less = [](const SignedCard& a, const SignedCard& b) { return a.hash < b.hash; };
    std::ranges::sort(cards, less);
    do {
        const auto resolution = resolve(cards, first_card().hash);
        ASSERT_TRUE(resolution);
        EXPECT_TRUE(resolution->refused.empty());
        EXPECT_EQ(resolution->chain.current().hash, world.chain.current().hash);
    } while (std::ranges::next_permutation(cards, less).found);
}

// A thief who has the phrase, too: both recover, from the same card or from different ones.
TEST(ChainOrders, two_recoveries_are_a_dispute_in_every_order) {
    std::vector<Act> acts = {Act::thief_adds, Act::owner_freezes, Act::owner_recovers};
    do {
        for (std::size_t at = 0; at <= acts.size(); ++at) {
            for (const bool from_first : {true, false}) {
                World world = fresh();
                for (std::size_t i = 0; i <= acts.size(); ++i) {
                    if (i == at) {
                        world.now += kStep;
                        const bool owner_was_first = world.recovered;
                        // After the owner's recovery the old phrase signs nothing that follows it.
                        const SignedCard& prev = from_first || owner_was_first
                                                     ? *world.chain.line().front()
                                                     : world.chain.current();
                        publish(world, recovery_card(world, prev, 6), {{"", kRecovery}});
                    }
                    if (i < acts.size())
                        perform(world, acts[i]);
                }
                EXPECT_EQ(world.chain.standing(), Chain::Standing::disputed);
                EXPECT_EQ(account_state(world.chain, world.now), KeyStanding::disputed);
                for (const std::uint8_t key : {std::uint8_t{5}, std::uint8_t{6}})
                    EXPECT_FALSE(
                        key_state(world.chain, key_of(key).public_key(), world.now).good());
            }
        }
    } while (std::ranges::next_permutation(acts).found);
}

TEST(ChainOrders, a_flood_of_forks_does_not_keep_the_recovery_out) {
    World world = fresh();
    for (int i = 0; i < 40; ++i) {
        world.now += Seconds(1);
        publish(world, CardBuilder::after(first_card(), world.now).card(), {{"laptop", kLaptop}});
    }
    EXPECT_LE(world.chain.size(), Chain::kMaxLosers + 2);
    perform(world, Act::owner_recovers);
    expect_sound(world);
}

}  // namespace
}  // namespace kith
