#include "kith/log_audit.h"

#include <gtest/gtest.h>

#include "identity/people_for_tests.h"

namespace kith {
namespace {

using Sightings = OwnEntries::Sightings;

/// alice, with whose laptop a thief made cards, until she recovered.
class OwnEntriesTest : public ::testing::Test {
  protected:
    SignedCard first = first_card();
    SignedCard stolen = after(first, 1);
    SignedCard stolen_too = after(stolen, 2);
    SignedCard recovered = recovery();
    SignedCard another = foreign();
    Chain line = chain();

    static SignedCard after(const SignedCard& before, int hours) {
        CardBuilder builder = CardBuilder::after(before, kStart + std::chrono::hours(hours));
        builder.strangers({.stamp = hours % 2 == 0});
        return *sign_with(builder.card(), {{"laptop", kLaptop}});
    }
    SignedCard recovery() const {
        CardBuilder builder = CardBuilder::after(first, kStart + std::chrono::hours(3));
        builder.recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
        return *sign_with(builder.card(), {{"", kRecovery}});
    }
    /// A first card that somebody else made for her address.
    static SignedCard foreign() {
        CardBuilder builder =
            CardBuilder::first(*Address::parse("alice@one.test"), commitment_of(1), kStart);
        builder.add_device(device_of("laptop", kThief), CardBuilder::Admission::confirmed);
        return *sign_with(builder.card(), {{"laptop", kThief}});
    }
    Chain chain() const {
        Chain all = *Chain::begin(first);
        KITH_CHECK(all.add(recovered).has_value());
        return all;
    }
};

TEST_F(OwnEntriesTest, what_a_recovery_overruled_is_told_from_what_others_made) {
    const auto old = overruled(line, {stolen_too, stolen, another, first});
    EXPECT_EQ(old, (std::set<Hash>{stolen.hash, stolen_too.hash}));
    const Sightings seen = {{3, first.hash},
                            {5, stolen.hash},
                            {6, stolen_too.hash},
                            {7, recovered.hash},
                            {9, another.hash}};
    const auto own = sort_entries(seen, line, old, Begun::no);
    EXPECT_EQ(own.superseded, (Sightings{{5, stolen.hash}, {6, stolen_too.hash}}));
    EXPECT_EQ(own.foreign, (Sightings{{9, another.hash}}));
    EXPECT_TRUE(own.earlier.empty());
}

TEST_F(OwnEntriesTest, a_server_that_does_not_show_a_cards_signature_explains_nothing) {
    EXPECT_TRUE(overruled(line, {stolen_too}).empty());  // what it follows is not there
    const auto own = sort_entries({{3, first.hash}, {5, stolen.hash}}, line, {}, Begun::no);
    EXPECT_EQ(own.foreign, (Sightings{{5, stolen.hash}}));
}

TEST_F(OwnEntriesTest, before_the_first_own_entry_the_address_was_somebody_elses) {
    const Sightings seen = {{2, another.hash}, {3, first.hash}};
    EXPECT_EQ(sort_entries(seen, line, {}, Begun::no).earlier, (Sightings{{2, another.hash}}));
    // What was read before had it already.
    EXPECT_EQ(sort_entries(seen, line, {}, Begun::yes).foreign, (Sightings{{2, another.hash}}));
    // No own entry at all: others are shown somebody else.
    const auto alone = sort_entries({{2, another.hash}}, line, {}, Begun::no);
    EXPECT_EQ(alone.foreign, (Sightings{{2, another.hash}}));
}

}  // namespace
}  // namespace kith
