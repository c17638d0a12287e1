#include "access/client_fixture.h"
#include "note/link.h"
#include "protocol/delivery_body.h"

namespace kith {
namespace {

using ::testing::ElementsAre;

constexpr std::uint8_t kNew = 7;

class Devices : public ClientFixture {
  protected:
    void SetUp() override { alice = settled("alice@one.test", 1); }

    json::object set(json::object arguments) {
        return ok(alice, "DeviceLink/set", std::move(arguments));
    }
    std::string place() { return text_at(set(create_one({})), "/created/c/id"); }
    std::string link_note(const LinkCode& code,
                          const std::string& address = "alice@one.test") const {
        Link link{.address = *Address::parse(address),
                  .device = "tablet",
                  .key = key_of(kNew).public_key(),
                  .recipient = recipient_of(kNew),
                  .time = clock.now()};
        link.mac = link_mac(link, code);
        return SignedNote::sign(write_link(link), address + "/tablet", key_of(kNew))->octets();
    }
    Answer post_link(const std::string& id, const std::string& note) {
        return post("/kith/1/links", write_part("id", id) + write_part("link", note));
    }
    std::string standing(const std::string& id) {
        return text_at(get("/kith/1/links/" + id).parsed(), "/state");
    }

    Person alice;
};

TEST_F(Devices, ThoseOfTheCardAreListed) {
    const auto all = ok(alice, "Device/get", {{"ids", nullptr}});
    EXPECT_EQ(at(all, "/list").as_array().size(), 2U);
    const auto laptop = object(alice, "Device", "laptop");
    EXPECT_EQ(at(laptop, "/current"), json::value(true));
    EXPECT_EQ(at(laptop, "/revoked"), json::value(false));
    EXPECT_EQ(text_at(laptop, "/key"), key_of(alice.laptop).public_key().text());
    EXPECT_EQ(text_at(laptop, "/lastSeenAt"), format_time(clock.now()));
    EXPECT_TRUE(at(object(alice, "Device", "phone"), "/lastSeenAt").is_null());
    EXPECT_THAT(texts_at(ok(alice, "Device/get", {{"ids", json::array{"tablet"}}}), "/notFound"),
                ElementsAre("tablet"));
}

TEST_F(Devices, ANewOneIsLinkedByTheCodeOfAnOldOne) {
    const auto made = set(create_one({}));
    const auto id = text_at(made, "/created/c/id");
    EXPECT_EQ(text_at(made, "/created/c/code-id"), id);
    EXPECT_EQ(text_at(made, "/created/c/expires"),
              format_time(clock.now() + std::chrono::minutes(10)));
    EXPECT_EQ(standing(id), "waiting");

    const auto code = *LinkCode::make(id, random);
    const auto posted = post_link(id, link_note(code));
    EXPECT_EQ(posted.status, 201U) << posted.body;
    EXPECT_EQ(standing(id), "waiting");

    const auto seen = object(alice, "DeviceLink", id);
    const auto link = parse_link(*SignedNote::parse(text_at(seen, "/link")));
    ASSERT_TRUE(link);
    EXPECT_TRUE(check_link_mac(*link, code));

    auto builder = CardBuilder::after(alice.card(), clock.now());
    builder.add_device({.name = link->device, .key = link->key, .recipient = link->recipient},
                       CardBuilder::Admission::pending);
    const auto card = *sign_with(builder.card(), {{"laptop", alice.laptop}});
    const auto published = ok(alice, "Card/set", create_one({{"note", card.note.octets()}}));
    ASSERT_EQ(text_at(published, "/created/c/hash"), card.hash.text())
        << json::serialize(published);
    const auto linked = get("/kith/1/links/" + id).parsed();
    EXPECT_EQ(text_at(linked, "/state"), "linked");
    EXPECT_EQ(read_card(text_at(linked, "/card"))->hash, card.hash);
}

TEST_F(Devices, TheFirstNoteInAPlaceStays) {
    const auto id = place();
    const auto note = link_note(*LinkCode::make(id, random));
    EXPECT_EQ(post_link(id, note).status, 201U);
    EXPECT_EQ(post_link(id, note).status, 201U);
    const auto second = post_link(id, link_note(*LinkCode::make(id, random)));
    EXPECT_EQ(second.status, 403U);
    EXPECT_EQ(text_at(object(alice, "DeviceLink", id), "/link"), note);
}

TEST_F(Devices, ARefusedOneIsTold) {
    const auto id = place();
    set(destroy_one(id));
    EXPECT_EQ(standing(id), "refused");
    EXPECT_EQ(post_link(id, link_note(*LinkCode::make(id, random))).status, 404U);
    const auto other = place();
    set(update_one(other, {{"state", "refused"}}));
    EXPECT_EQ(standing(other), "refused");
    EXPECT_EQ(set_error(set(update_one(other, {{"state", "linked"}}))), "invalidProperties");
}

TEST_F(Devices, APlaceExpiresAfterTenMinutes) {
    const auto id = place();
    clock.advance(std::chrono::minutes(10));
    EXPECT_EQ(standing(id), "expired");
    EXPECT_EQ(post_link(id, link_note(*LinkCode::make(id, random))).status, 404U);
}

TEST_F(Devices, BadLinksAreRefused) {
    const auto id = place();
    const auto code = *LinkCode::make(id, random);
    EXPECT_EQ(post("/kith/1/links", "nonsense").status, 400U);
    EXPECT_EQ(post_link(id, "nonsense").status, 400U);
    EXPECT_EQ(post_link("aaaaaaaa", link_note(code)).status, 404U);
    EXPECT_EQ(post_link(id, link_note(code, "bob@one.test")).status, 404U);
    EXPECT_EQ(get("/kith/1/links/aaaaaaaa").status, 404U);
    EXPECT_EQ(get("/kith/1/links/a/b").status, 404U);
    EXPECT_EQ(get("/kith/1/links").status, 405U);
}

TEST_F(Devices, OthersDoNotSeeThePlace) {
    const auto id = place();
    const auto bob = settled("bob@one.test", 11);
    EXPECT_TRUE(object(bob, "DeviceLink", id).is_null());
    EXPECT_EQ(set_error(ok(bob, "DeviceLink/set", destroy_one(id))), "notFound");
    EXPECT_EQ(error(bob, "DeviceLink/get", {{"ids", nullptr}}), "invalidArguments");
    EXPECT_EQ(set_error(set(create_one({{"id", "mine"}}))), "invalidProperties");
}

}  // namespace
}  // namespace kith
