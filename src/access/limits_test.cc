#include <gtest/gtest.h>

#include "access/in_flight.h"
#include "access/object_ids.h"
#include "access/own_chains.h"
#include "access/properties.h"
#include "identity/people_for_tests.h"
#include "net/net_tests.h"
#include "net/rate_gate.h"

namespace kith {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;

TEST(RateGate, LetsSoManyPassAndRefillsEvenly) {
    RateGate gate(2, Seconds(60));
    const TimePoint start;
    EXPECT_TRUE(gate.pass("a", start));
    EXPECT_TRUE(gate.pass("a", start));
    EXPECT_FALSE(gate.pass("a", start));
    EXPECT_TRUE(gate.pass("b", start));
    EXPECT_FALSE(gate.pass("a", start + Seconds(29)));
    EXPECT_TRUE(gate.pass("a", start + Seconds(31)));
    EXPECT_FALSE(gate.pass("a", start + Seconds(31)));
}

TEST(RateGate, ForgetsTheLongestQuietWhenItIsFull) {
    RateGate gate(1, Seconds(60), 2);
    const TimePoint start;
    EXPECT_TRUE(gate.pass("a", start));
    EXPECT_TRUE(gate.pass("b", start));
    EXPECT_TRUE(gate.pass("c", start));
    EXPECT_FALSE(gate.pass("b", start));
    EXPECT_TRUE(gate.pass("a", start));
}

TEST(InFlight, GivesPlacesUpToTheLimitAndTakesThemBack) {
    InFlight places;
    auto first = places.enter(1, 2);
    auto second = places.enter(1, 2);
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(places.enter(1, 2));
    EXPECT_TRUE(places.enter(2, 2));
    second.reset();
    EXPECT_TRUE(places.enter(1, 2));
}

TEST(ObjectIds, AreOfOneKind) {
    EXPECT_EQ(object_id(IdKind::email, 7), "m7");
    EXPECT_EQ(parse_object_id(IdKind::email, "m7"), 7);
    for (const char* text : {"", "m", "7", "f7", "m07", "m-7", "m7x", "m99999999999999999999"})
        EXPECT_FALSE(parse_object_id(IdKind::email, text)) << text;
}

TEST(ObjectIds, OfBlobsAreTheirHashes) {
    const auto hash = sha256("x");
    EXPECT_EQ(parse_blob_id(blob_id(hash)), hash);
    EXPECT_FALSE(parse_blob_id(hash.text()));
    EXPECT_FALSE(parse_blob_id("sha256-00"));
}

TEST(Properties, GatherAllThatIsWrong) {
    constexpr std::string_view known[] = {"text", "flag", "number", "object", "time", "octets"};
    const json::object object{{"text", 1},
                              {"flag", "yes"},
                              {"number", 11},
                              {"object", json::array()},
                              {"time", "now"},
                              {"octets", "?"},
                              {"more", nullptr}};
    Properties properties(object, known);
    EXPECT_FALSE(properties.text("text", 10));
    EXPECT_FALSE(properties.boolean("flag"));
    EXPECT_FALSE(properties.integer("number", 0, 10));
    EXPECT_EQ(properties.object("object"), nullptr);
    EXPECT_FALSE(properties.time("time"));
    EXPECT_FALSE(properties.base64("octets", 10));
    EXPECT_FALSE(properties.good());
    EXPECT_EQ(properties.error().error().properties.size(), 7U);
}

TEST(Properties, APatchChangesOnlyWhatMayChange) {
    const json::object current{{"id", "1"}, {"name", "old"}, {"size", 1}};
    constexpr std::string_view changeable[] = {"name"};
    const auto renamed = patched(current, {{"name", "new"}}, changeable);
    ASSERT_TRUE(renamed);
    EXPECT_EQ(renamed->at("name"), json::value("new"));
    EXPECT_TRUE(patched(current, {{"size", 1}}, changeable));
    EXPECT_FALSE(patched(current, {{"size", 2}}, changeable));
    EXPECT_FALSE(patched(current, {{"more", 2}}, changeable));
    EXPECT_FALSE(patched(current, {{"size", nullptr}}, changeable));
}

TEST(OwnChains, AreReadAgainWhenACardWasAdded) {
    const testing::TemporaryFolder folder;
    const auto store = *open_store({.folder = folder.path() / "store", .min_free_octets = 1});
    const auto add = [&](const SignedCard& card) {
        return store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            write.add_card({.hash = card.hash,
                            .root = card.root(),
                            .address = card.card.address.text(),
                            .serial = static_cast<std::int64_t>(card.card.serial),
                            .note = card.note.octets(),
                            .first_seen = kStart});
            return {};
        });
    };
    OwnChains chains(1);
    const auto first = first_card();
    EXPECT_FALSE(chains.get(*store->read(), first.hash));
    ASSERT_TRUE(add(first));
    const auto once = chains.get(*store->read(), first.hash);
    ASSERT_TRUE(once);
    EXPECT_EQ(*chains.get(*store->read(), first.hash), *once);
    auto builder = CardBuilder::after(first, kStart + Seconds(60));
    builder.freeze();
    const auto second = *sign_with(builder.card(), {{"laptop", kLaptop}});
    ASSERT_TRUE(add(second));
    EXPECT_EQ((*chains.get(*store->read(), first.hash))->current().hash, second.hash);
}

}  // namespace
}  // namespace kith
