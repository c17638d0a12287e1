#include "trust/hints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "crypto/hash.h"

namespace kith {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr Time kStart = Time(Seconds(1'790'000'000));
const std::string kId = "00112233445566778899aabbccddeeff";

class Hints : public ::testing::Test {
  protected:
    HintKey key() { return hint_key(make_introducer_key(random_), hint_week(kStart)); }
    std::vector<HintKey> keys(std::size_t count) {
        std::vector<HintKey> out;
        for (std::size_t i = 0; i < count; ++i)
            out.push_back(key());
        return out;
    }

    SeededRandom random_{Bytes{7}};
    Address bob_ = *Address::parse("bob@two.test");
    HintMessage message_ = *HintMessage::of(kId, bob_);
};

TEST_F(Hints, shared_key_is_found_and_others_are_not) {
    const std::vector<HintKey> alices = keys(5);
    std::vector<HintKey> bobs = keys(3);
    bobs.insert(bobs.begin() + 1, alices[3]);
    bobs.push_back(alices[0]);
    const Bytes hints = make_hints(message_, alices, random_);
    EXPECT_THAT(match_hints(message_, bobs, hints), ElementsAre(0, 1, 0, 0, 1));
    EXPECT_THAT(match_hints(message_, {}, hints), ElementsAre());
}

TEST_F(Hints, are_16_64_or_256_whatever_is_in_them) {
    for (const auto& [held, sent] : {std::pair(0UL, 16UL),
                                     std::pair(16UL, 16UL),
                                     std::pair(17UL, 64UL),
                                     std::pair(64UL, 64UL),
                                     std::pair(65UL, 256UL),
                                     std::pair(256UL, 256UL),
                                     std::pair(400UL, 256UL)}) {
        const std::vector<HintKey> held_keys = keys(held);
        const Bytes hints = make_hints(message_, held_keys, random_);
        EXPECT_EQ(hints.size(), sent * kHintOctets);
        EXPECT_TRUE(check_hints(hints));
        const std::size_t real = std::min(held, kMostHints);
        EXPECT_THAT(match_hints(message_, std::span(held_keys).first(real), hints), Each(1));
    }
    for (const std::size_t size : {0UL, 8UL, 127UL, 129UL, 1024UL, 2056UL})
        EXPECT_EQ(check_hints(Bytes(size)).error().where, "hints");
}

TEST_F(Hints, of_another_stub_recipient_or_week_say_nothing) {
    const IntroducerKey carols = make_introducer_key(random_);
    const std::vector week{hint_key(carols, 100)};
    const std::vector next{hint_key(carols, 101)};
    const Bytes hints = make_hints(message_, week, random_);
    EXPECT_THAT(match_hints(message_, week, hints), ElementsAre(1));
    EXPECT_THAT(match_hints(message_, next, hints), ElementsAre(0));
    const auto other_stub = *HintMessage::of("ff112233445566778899aabbccddeeff", bob_);
    EXPECT_THAT(match_hints(other_stub, week, hints), ElementsAre(0));
    const auto other_person = *HintMessage::of(kId, *Address::parse("bo@two.test"));
    EXPECT_THAT(match_hints(other_person, week, hints), ElementsAre(0));
}

TEST_F(Hints, stand_anywhere_in_the_row) {
    const std::vector<HintKey> one = keys(1);
    const ByteArray<8> tag = message_.tag(one[0]);
    std::set<std::ptrdiff_t> places;
    for (int i = 0; i < 400; ++i) {
        const Bytes hints = make_hints(message_, one, random_);
        const auto found = std::ranges::search(hints, tag);
        ASSERT_FALSE(found.empty());
        places.insert((found.begin() - hints.begin()) / 8);
    }
    EXPECT_EQ(places.size(), 16U);
}

TEST_F(Hints, takes_512_keys) {
    std::vector<HintKey> many = keys(kMostExpectedHints);
    const std::vector<HintKey> last{many.back()};
    const auto found = match_hints(message_, many, make_hints(message_, last, random_));
    EXPECT_EQ(found.size(), kMostExpectedHints);
    EXPECT_EQ(std::ranges::count(found, 1), 1);
    EXPECT_EQ(found.back(), 1);
}

TEST(HintKeys, are_those_of_the_specification) {
    IntroducerKey key;
    for (std::uint8_t i = 0; i < 32; ++i)
        key.octets()[i] = i;
    const HintKey week = hint_key(key, 2951);
    EXPECT_EQ(hex(week.view()), hex(hkdf_sha256(key.view(), {}, "kith/1 hints 2951", 16).view()));
    EXPECT_NE(hex(week.view()), hex(hint_key(key, 2952).view()));
}

TEST(HintKeys, are_good_for_this_week_and_the_last) {
    const std::int64_t week = hint_week(kStart);
    EXPECT_EQ(hint_week(Time(Seconds(0))), 0);
    EXPECT_EQ(hint_week(Time(Seconds(7 * 86'400 - 1))), 0);
    EXPECT_EQ(hint_week(Time(Seconds(7 * 86'400))), 1);
    EXPECT_TRUE(is_hint_week_open(week, kStart));
    EXPECT_TRUE(is_hint_week_open(week - 1, kStart));
    EXPECT_FALSE(is_hint_week_open(week - 2, kStart));
    EXPECT_FALSE(is_hint_week_open(week + 1, kStart));
    const Time sunday_night = Time(Seconds((week + 1) * 7 * 86'400 - 10));
    EXPECT_TRUE(is_hint_week_open(week + 1, sunday_night)) << "clocks differ a little";
}

}  // namespace
}  // namespace kith
