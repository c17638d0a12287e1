// The core's own methods, and what bounds a request as a whole.
#include "access/client_fixture.h"

namespace kith {
namespace {

using ::testing::ElementsAre;

class CoreMethods : public ClientFixture {
  protected:
    void SetUp() override { alice = settled("alice@one.test", 1); }

    json::array calls_of(const std::vector<std::pair<std::string, json::object>>& calls) const {
        json::array out;
        for (const auto& [name, arguments] : calls) {
            auto with_account = arguments;
            with_account["accountId"] = alice.account_id;
            out.push_back(json::array{name, std::move(with_account), std::to_string(out.size())});
        }
        return out;
    }
    /// Without an accountId.
    json::value push(const std::string& name, json::object arguments) {
        json::array calls;
        calls.push_back(json::array{"PushSubscription/" + name, std::move(arguments), "c"});
        return at(api(alice, calls).parsed(), "/methodResponses/0");
    }

    Person alice;
};

TEST_F(CoreMethods, BlobsAreCopiedWithinTheOneAccountAlone) {
    const auto blob = upload(alice, "letter");
    const auto answer =
        ok(alice,
           "Blob/copy",
           {{"fromAccountId", alice.account_id}, {"blobIds", json::array{blob, "sha256-nothing"}}});
    EXPECT_EQ(text_at(answer, "/copied/" + blob), blob);
    EXPECT_EQ(text_at(answer, "/notCopied/sha256-nothing/type"), "notFound");
    EXPECT_EQ(error(alice, "Blob/copy", {{"fromAccountId", "a99"}, {"blobIds", json::array()}}),
              "fromAccountNotFound");
    EXPECT_EQ(error(alice, "Blob/copy", {{"fromAccountId", alice.account_id}}), "invalidArguments");
}

TEST_F(CoreMethods, ThereAreNoPushSubscriptionsAndNoneIsMade) {
    const auto none = push("get", {{"ids", json::array{"p1"}}});
    EXPECT_EQ(at(none, "/1/list"), json::value(json::array()));
    EXPECT_THAT(texts_at(none, "/1/notFound"), ElementsAre("p1"));
    EXPECT_TRUE(at(none, "/1/accountId").is_null());
    EXPECT_EQ(text_at(push("get", {{"properties", json::array{"url"}}}), "/1/type"), "forbidden");
    EXPECT_EQ(text_at(push("get", {{"accountId", alice.account_id}}), "/1/type"),
              "invalidArguments");
    const json::object wanted{{"deviceClientId", "d"}, {"url", "https://push.example/x"}};
    auto set = push("set", create_one(wanted));
    EXPECT_EQ(set_error(at(set, "/1")), "forbidden");
    EXPECT_FALSE(at(set, "/1").as_object().contains("newState"));
    EXPECT_EQ(set_error(at(push("set", destroy_one("p1")), "/1")), "notFound");
}

TEST_F(CoreMethods, TheOneIdentityStays) {
    const auto id = text_at(ok(alice, "Identity/get", {{"ids", nullptr}}), "/list/0/id");
    EXPECT_EQ(at(object(alice, "Identity", id), "/mayDelete"), json::value(false));
    EXPECT_EQ(set_error(ok(alice, "Identity/set", create_one({{"email", "x@one.test"}}))),
              "forbidden");
    EXPECT_EQ(set_error(ok(alice, "Identity/set", update_one(id, {{"name", "Alice"}}))),
              "forbidden");
    EXPECT_EQ(set_error(ok(alice, "Identity/set", destroy_one(id))), "forbidden");
    EXPECT_EQ(set_error(ok(alice, "Identity/set", destroy_one("i999"))), "notFound");
}

TEST_F(CoreMethods, CallsBehindAFullResponseAreNotRun) {
    start({.response_octets = 2'000});
    const json::object token = create_one({{"kind", "card"}, {"label", "behind"}});
    const auto answer = api(alice,
                            calls_of({{"Mailbox/get", {{"ids", nullptr}}},
                                      {"Mailbox/get", {{"ids", nullptr}}},
                                      {"Token/set", token}}))
                            .parsed();
    EXPECT_EQ(text_at(answer, "/methodResponses/0/0"), "Mailbox/get");
    EXPECT_EQ(text_at(answer, "/methodResponses/2/1/type"), "requestTooLarge");
    EXPECT_EQ(text_at(answer, "/methodResponses/2/2"), "2");
    EXPECT_THAT(query(alice, "Token"), ElementsAre());
}

TEST_F(CoreMethods, ALongResponseComesWhole) {
    std::string text(90'000, 'x');
    const auto answer = api(alice, calls_of({{"Core/echo", {{"text", text}}}})).parsed();
    EXPECT_EQ(text_at(answer, "/methodResponses/0/1/text"), text);
}

TEST_F(CoreMethods, ADeviceThatIsRevokedWritesNothingMoreInTheSameRequest) {
    clock.advance(Seconds(60));
    const auto card = card_without(alice, "laptop");
    auto phone = alice;
    ASSERT_EQ(log_in(phone, "phone").status, 200U);
    const auto answer = api(alice,
                            calls_of({{"Card/set", create_one({{"note", card.note.octets()}})},
                                      {"Token/set", create_one({{"kind", "card"}})}}))
                            .parsed();
    EXPECT_EQ(text_at(answer, "/methodResponses/0/1/created/c/hash"), card.hash.text())
        << json::serialize(answer);
    EXPECT_EQ(text_at(answer, "/methodResponses/1/1/type"), "forbidden");
    EXPECT_THAT(query(phone, "Token"), ElementsAre());
}

TEST_F(CoreMethods, AnObjectIsDestroyedOnceHoweverOftenItIsNamed) {
    const auto made = ok(alice, "Token/set", create_one({{"kind", "card"}}));
    const auto id = text_at(made, "/created/c/id");
    const auto set = ok(alice, "Token/set", {{"destroy", json::array{id, id}}});
    EXPECT_THAT(texts_at(set, "/destroyed"), ElementsAre(id));
    EXPECT_TRUE(at(set, "/notDestroyed").is_null());
}

}  // namespace
}  // namespace kith
