#include "access/client_fixture.h"

namespace kith {
namespace {

using ::testing::ElementsAre;

class Mailboxes : public ClientFixture {
  protected:
    void SetUp() override { alice = settled("alice@one.test", 1); }

    json::object set(json::object arguments) {
        return ok(alice, "Mailbox/set", std::move(arguments));
    }
    std::string make(const std::string& name, const std::string& parent = "") {
        json::object object{{"name", name}};
        if (!parent.empty())
            object["parentId"] = parent;
        const auto made = set(create_one(std::move(object)));
        const auto id = text_at(made, "/created/c/id");
        EXPECT_FALSE(id.empty()) << json::serialize(made);
        return id;
    }
    std::string letter_in(const std::string& box) {
        auto email = draft(alice, upload(alice, "letter"), std::string(32, 'a'));
        email["mailboxIds"] = json::object{{box, true}};
        return make_email(alice, email);
    }

    Person alice;
};

TEST_F(Mailboxes, ANewAccountHasThoseWithRoles) {
    const auto all = ok(alice, "Mailbox/get", {{"ids", nullptr}});
    std::vector<std::string> roles;
    for (const json::value& each : at(all, "/list").as_array())
        roles.push_back(text_at(each, "/role"));
    EXPECT_THAT(roles,
                ElementsAre("inbox", "requests", "drafts", "sent", "archive", "junk", "trash"));
    EXPECT_EQ(at(all, "/list/0/myRights/mayDelete"), json::value(false));
    EXPECT_EQ(at(all, "/list/0/totalEmails"), json::value(0));
}

TEST_F(Mailboxes, GetGivesWhatIsAskedFor) {
    const auto inbox = mailbox(alice, "inbox");
    const auto some =
        ok(alice,
           "Mailbox/get",
           {{"ids", json::array{inbox, "f999", "nonsense"}}, {"properties", json::array{"name"}}});
    EXPECT_EQ(at(some, "/list"),
              json::value(json::array{json::object{{"id", inbox}, {"name", "Inbox"}}}));
    EXPECT_THAT(texts_at(some, "/notFound"), ElementsAre("f999", "nonsense"));
    EXPECT_EQ(
        error(alice, "Mailbox/get", {{"ids", json::array()}, {"properties", json::array{"wrong"}}}),
        "invalidArguments");
}

TEST_F(Mailboxes, AreMadeRenamedMovedAndDestroyed) {
    const auto before = state(alice, "Mailbox");
    const auto work = make("Work");
    const auto letters = make("Letters", work);
    EXPECT_EQ(text_at(object(alice, "Mailbox", letters), "/parentId"), work);
    auto changes = ok(alice, "Mailbox/changes", {{"sinceState", before}});
    EXPECT_THAT(texts_at(changes, "/created"), ElementsAre(work, letters));

    const auto middle = state(alice, "Mailbox");
    set(update_one(letters, {{"name", "Post"}, {"parentId", nullptr}, {"sortOrder", 7}}));
    const auto post_box = object(alice, "Mailbox", letters);
    EXPECT_EQ(text_at(post_box, "/name"), "Post");
    EXPECT_TRUE(at(post_box, "/parentId").is_null());
    EXPECT_EQ(at(post_box, "/sortOrder"), json::value(7));
    changes = ok(alice, "Mailbox/changes", {{"sinceState", middle}});
    EXPECT_THAT(texts_at(changes, "/updated"), ElementsAre(letters));

    const auto gone = set(destroy_one(letters));
    EXPECT_THAT(texts_at(gone, "/destroyed"), ElementsAre(letters));
    EXPECT_EQ(text_at(gone, "/newState"), state(alice, "Mailbox"));
    EXPECT_EQ(set_error(set(destroy_one(letters))), "notFound");
}

TEST_F(Mailboxes, OneThatIsNamedBeforeItsParentIsMadeStillFindsIt) {
    const auto made =
        set({{"create",
              json::object{{"low", json::object{{"name", "Low"}, {"parentId", "#up"}}},
                           {"up", json::object{{"name", "Up"}}}}}});
    EXPECT_EQ(text_at(object(alice, "Mailbox", text_at(made, "/created/low/id")), "/parentId"),
              text_at(made, "/created/up/id"));
}

TEST_F(Mailboxes, BadOnesAreRefusedByTheirProperties) {
    const auto refused = [&](json::object object) {
        return bad_properties(set(create_one(std::move(object))));
    };
    EXPECT_THAT(refused({}), ElementsAre("name"));
    EXPECT_THAT(refused({{"name", "a\nb"}}), ElementsAre("name"));
    EXPECT_THAT(refused({{"name", 7}}), ElementsAre("name"));
    EXPECT_THAT(refused({{"name", "Inbox"}}), ElementsAre("name"));
    EXPECT_THAT(refused({{"name", "x"}, {"role", "inbox"}}), ElementsAre("role"));
    EXPECT_THAT(refused({{"name", "x"}, {"parentId", "f999"}}), ElementsAre("parentId"));
    EXPECT_THAT(refused({{"name", "x"}, {"totalEmails", 3}}), ElementsAre("totalEmails"));
    EXPECT_THAT(refused({{"name", "x"}, {"sortOrder", -1}}), ElementsAre("sortOrder"));
}

TEST_F(Mailboxes, NoneIsItsOwnAncestorNorTooDeep) {
    start({.mailbox_depth = 3});
    const auto one = make("one");
    const auto two = make("two", one);
    const auto three = make("three", two);
    EXPECT_THAT(bad_properties(set(update_one(one, {{"parentId", three}}))),
                ElementsAre("parentId"));
    EXPECT_THAT(bad_properties(set(update_one(one, {{"parentId", one}}))), ElementsAre("parentId"));
    EXPECT_THAT(bad_properties(set(create_one({{"name", "four"}, {"parentId", three}}))),
                ElementsAre("parentId"));
}

TEST_F(Mailboxes, ThoseWithARoleStayAsTheyAre) {
    const auto inbox = mailbox(alice, "inbox");
    EXPECT_EQ(set_error(set(destroy_one(inbox))), "forbidden");
    EXPECT_EQ(set_error(set(update_one(inbox, {{"name", "Mine"}}))), "forbidden");
    EXPECT_EQ(set_error(set(update_one(inbox, {{"role", nullptr}}))), "invalidProperties");
}

TEST_F(Mailboxes, AFullOneOrOneWithChildrenIsNotDestroyedByAccident) {
    const auto up = make("Up");
    const auto low = make("Low", up);
    EXPECT_EQ(set_error(set(destroy_one(up))), "mailboxHasChild");
    const auto email = letter_in(low);
    EXPECT_EQ(at(object(alice, "Mailbox", low), "/totalEmails"), json::value(1));
    EXPECT_EQ(set_error(set(destroy_one(low))), "mailboxHasEmail");
    auto with_all = destroy_one(low);
    with_all["onDestroyRemoveEmails"] = true;
    EXPECT_THAT(texts_at(set(with_all), "/destroyed"), ElementsAre(low));
    EXPECT_TRUE(object(alice, "Email", email).is_null());
}

TEST_F(Mailboxes, AreAsManyAsMayBe) {
    start({.mailboxes = 8});
    make("eighth");
    EXPECT_EQ(set_error(set(create_one({{"name", "ninth"}}))), "overQuota");
}

TEST_F(Mailboxes, ASetForAnotherStateIsNotDone) {
    auto arguments = create_one({{"name", "x"}});
    arguments["ifInState"] = "0";
    EXPECT_EQ(error(alice, "Mailbox/set", arguments), "stateMismatch");
    arguments["ifInState"] = state(alice, "Mailbox");
    EXPECT_FALSE(text_at(set(arguments), "/created/c/id").empty());
}

TEST_F(Mailboxes, AreFoundByWhatTheyAre) {
    const auto work = make("Work");
    const auto letters = make("Letters", work);
    EXPECT_THAT(query(alice, "Mailbox", {{"filter", json::object{{"parentId", work}}}}),
                ElementsAre(letters));
    EXPECT_THAT(query(alice, "Mailbox", {{"filter", json::object{{"name", "LETT"}}}}),
                ElementsAre(letters));
    EXPECT_THAT(query(alice,
                      "Mailbox",
                      {{"filter", json::object{{"hasAnyRole", false}}},
                       {"sort", json::array{json::object{{"property", "name"}}}}}),
                ElementsAre(letters, work));
    EXPECT_THAT(
        query(alice,
              "Mailbox",
              {{"filter",
                json::object{{"operator", "NOT"},
                             {"conditions", json::array{json::object{{"hasAnyRole", true}}}}}},
               {"sort", json::array{json::object{{"property", "name"}}}},
               {"sortAsTree", true}}),
        ElementsAre(work, letters));
    EXPECT_EQ(error(alice, "Mailbox/query", {{"filter", json::object{{"hasAnyRole", "yes"}}}}),
              "invalidArguments");
    const auto window =
        ok(alice, "Mailbox/query", {{"position", 1}, {"limit", 2}, {"calculateTotal", true}});
    EXPECT_EQ(texts_at(window, "/ids").size(), 2U);
    EXPECT_EQ(at(window, "/total"), json::value(9));
}

TEST_F(Mailboxes, MayBeLeftOutOfTheList) {
    const auto junk = mailbox(alice, "junk");
    set(update_one(junk, {{"isSubscribed", false}}));
    EXPECT_EQ(at(object(alice, "Mailbox", junk), "/isSubscribed"), json::value(false));
    EXPECT_THAT(query(alice, "Mailbox", {{"filter", json::object{{"isSubscribed", false}}}}),
                ElementsAre(junk));
}

}  // namespace
}  // namespace kith
