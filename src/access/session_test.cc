#include "access/client_fixture.h"

namespace kith {
namespace {

class Sessions : public ClientFixture {
  protected:
    void SetUp() override { alice = settled("alice@one.test", 1); }
    Person alice;
};

TEST_F(Sessions, TheWellKnownPathLeadsToTheSessionObject) {
    const auto answer = get("/.well-known/jmap");
    EXPECT_EQ(answer.status, 307U);
    EXPECT_EQ(answer.headers.find("location"), "https://mail.one.test/jmap/session");
    EXPECT_EQ(post("/.well-known/jmap", "").status, 405U);
}

TEST_F(Sessions, TheObjectSaysWhoCallsAndWhatThereIs) {
    const auto answer = get("/jmap/session", alice.token);
    ASSERT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.headers.find("cache-control"), "no-store");
    const auto session = answer.parsed();
    EXPECT_EQ(text_at(session, "/username"), "alice@one.test");
    EXPECT_EQ(text_at(session, "/apiUrl"), "https://mail.one.test/jmap/api");
    EXPECT_EQ(text_at(session, "/primaryAccounts/" + std::string(jmap::kMail)), alice.account_id);
    const auto account = "/accounts/" + alice.account_id;
    EXPECT_EQ(at(session, account + "/isPersonal"), json::value(true));
    const auto capabilities = account + "/accountCapabilities/";
    EXPECT_EQ(at(session, capabilities + std::string(jmap::kMail) + "/maxMailboxesPerEmail"),
              json::value(1));
    EXPECT_EQ(text_at(session, capabilities + std::string(jmap::kKith) + "/root"),
              alice.card().root().text());
    EXPECT_EQ(text_at(session, "/capabilities/" + std::string(jmap::kKith) + "/domain"),
              "one.test");
    EXPECT_TRUE(at(session, "/capabilities/" + std::string(jmap::kCore)).is_object());
    EXPECT_TRUE(at(session, "/capabilities/" + std::string(jmap::kSubmission)).is_object());
}

TEST_F(Sessions, OtherPathsAndMethodsAreRefused) {
    EXPECT_EQ(get("/jmap/nothing", alice.token).status, 404U);
    EXPECT_EQ(post("/jmap/session", "", alice.token).status, 405U);
    EXPECT_EQ(get("/jmap/api", alice.token).status, 405U);
    EXPECT_EQ(get("/jmap/upload/" + alice.account_id + "/", alice.token).status, 405U);
    EXPECT_EQ(post("/jmap/eventsource/", "", alice.token).status, 405U);
}

TEST_F(Sessions, TheHandlerKnowsItsPaths) {
    for (const char* path : {"/kith/1/accounts",
                             "/kith/1/login",
                             "/kith/1/links",
                             "/kith/1/links/abcdefgh",
                             "/.well-known/jmap",
                             "/jmap/session",
                             "/jmap/api"})
        EXPECT_TRUE(ClientHttp::serves(path)) << path;
    for (const char* path : {"/",
                             "/kith/1/deliveries",
                             "/kith/1/linksabc",
                             "/kith/1/login/x",
                             "/.well-known/kith",
                             "/jmapx"})
        EXPECT_FALSE(ClientHttp::serves(path)) << path;
}

class Api : public Sessions {
  protected:
    Answer send(const std::string& body, const std::string& type = "application/json") {
        return post("/jmap/api", body, alice.token, type);
    }
    void expect_refused(const Answer& answer, const std::string& type) {
        EXPECT_EQ(answer.status, 400U);
        EXPECT_EQ(text_at(answer.parsed(), "/type"), "urn:ietf:params:jmap:error:" + type);
    }
};

TEST_F(Api, RequestsThatCannotBeProcessedAreRefusedAsAWhole) {
    expect_refused(send("{"), "notJSON");
    expect_refused(send("{}", "text/plain"), "notJSON");
    expect_refused(send("{}"), "notRequest");
    expect_refused(send(R"({"using":["urn:example:none"],"methodCalls":[]})"), "unknownCapability");
}

TEST_F(Api, LimitsOfARequestAreNamed) {
    const auto token = alice.token;
    start({.request_octets = 300, .calls_in_request = 2});
    json::array three;
    for (int i = 0; i < 3; ++i)
        three.push_back(json::array{"Core/echo", json::object(), "c"});
    const auto many = api(alice, three);
    expect_refused(many, "limit");
    EXPECT_EQ(text_at(many.parsed(), "/limit"), "maxCallsInRequest");
    const auto lengthy = send(std::string(301, ' '));
    expect_refused(lengthy, "limit");
    EXPECT_EQ(text_at(lengthy.parsed(), "/limit"), "maxSizeRequest");
}

TEST_F(Api, SoManyRequestsAndUploadsAtOnceAndNoMore) {
    start({.concurrent_requests = 0, .concurrent_uploads = 0});
    const auto request = api(alice, {});
    expect_refused(request, "limit");
    EXPECT_EQ(text_at(request.parsed(), "/limit"), "maxConcurrentRequests");
    const auto upload = post("/jmap/upload/" + alice.account_id + "/", "x", alice.token);
    expect_refused(upload, "limit");
    EXPECT_EQ(text_at(upload.parsed(), "/limit"), "maxConcurrentUpload");
}

TEST_F(Api, MethodsExistOnlyWithTheirCapability) {
    EXPECT_EQ(error(alice, "Mailbox/copy", {}), "unknownMethod");
    const auto answer = send(R"({"using":["urn:ietf:params:jmap:core"],)"
                             R"("methodCalls":[["Mailbox/get",{"accountId":"a1"},"c"]]})");
    EXPECT_EQ(text_at(answer.parsed(), "/methodResponses/0/1/type"), "unknownMethod");
}

TEST_F(Api, AnotherAccountIsNotFound) {
    const auto bob = settled("bob@one.test", 11);
    EXPECT_EQ(error(alice, "Mailbox/get", {{"accountId", bob.account_id}, {"ids", nullptr}}),
              "accountNotFound");
    EXPECT_EQ(error(alice, "Mailbox/get", {{"accountId", "a99"}, {"ids", nullptr}}),
              "accountNotFound");
}

TEST_F(Api, ArgumentsThatAreNotKnownAreInvalid) {
    for (const std::string type : {"Mailbox",
                                   "Thread",
                                   "Identity",
                                   "Email",
                                   "EmailSubmission",
                                   "Card",
                                   "Contact",
                                   "Request",
                                   "Token",
                                   "Device"})
        EXPECT_EQ(error(alice, type + "/get", {{"ids", json::array()}, {"wrong", 1}}),
                  "invalidArguments")
            << type;
}

TEST_F(Api, AQueryLimitsAndAlterationsAreCheckedForEveryType) {
    for (const std::string type :
         {"Mailbox", "Email", "EmailSubmission", "Contact", "Request", "Token"}) {
        EXPECT_EQ(error(alice, type + "/query", {{"filter", json::object{{"wrong", 1}}}}),
                  "unsupportedFilter")
            << type;
        EXPECT_EQ(error(alice,
                        type + "/query",
                        {{"sort", json::array{json::object{{"property", "wrong"}}}}}),
                  "unsupportedSort")
            << type;
        EXPECT_EQ(error(alice, type + "/queryChanges", {{"sinceQueryState", "99999"}}),
                  "cannotCalculateChanges")
            << type;
        EXPECT_EQ(error(alice, type + "/queryChanges", {{"sinceQueryState", 1}}),
                  "invalidArguments")
            << type;
    }
}

TEST_F(Api, ChangesSinceAnUnknownStateCannotBeCalculated) {
    for (const std::string type : {"Mailbox",
                                   "Thread",
                                   "Identity",
                                   "Email",
                                   "EmailSubmission",
                                   "Contact",
                                   "Request",
                                   "Token",
                                   "Device"}) {
        EXPECT_EQ(error(alice, type + "/changes", {{"sinceState", "nonsense"}}),
                  "cannotCalculateChanges")
            << type;
        const auto none = ok(alice, type + "/changes", {{"sinceState", state(alice, type)}});
        EXPECT_EQ(at(none, "/created"), json::value(json::array())) << type;
        EXPECT_EQ(text_at(none, "/newState"), state(alice, type)) << type;
    }
}

TEST_F(Api, CallsOfOneRequestReferToEachOther) {
    const auto answer = api(
        alice,
        {json::array{"Mailbox/set",
                     json::object{{"accountId", alice.account_id},
                                  {"create", json::object{{"p", json::object{{"name", "Up"}}}}}},
                     "0"},
         json::array{
             "Mailbox/set",
             json::object{
                 {"accountId", alice.account_id},
                 {"create",
                  json::object{{"k", json::object{{"name", "Below"}, {"parentId", "#p"}}}}}},
             "1"},
         json::array{"Mailbox/query",
                     json::object{{"accountId", alice.account_id},
                                  {"filter", json::object{{"name", "Below"}}}},
                     "2"},
         json::array{
             "Mailbox/get",
             json::object{
                 {"accountId", alice.account_id},
                 {"#ids",
                  json::object{{"resultOf", "2"}, {"name", "Mailbox/query"}, {"path", "/ids"}}}},
             "3"}});
    const auto parsed = answer.parsed();
    const auto parent = text_at(parsed, "/methodResponses/0/1/created/p/id");
    EXPECT_FALSE(parent.empty());
    EXPECT_EQ(text_at(parsed, "/methodResponses/3/1/list/0/parentId"), parent);
    EXPECT_EQ(text_at(parsed, "/sessionState"),
              text_at(get("/jmap/session", alice.token).parsed(), "/state"));
}

}  // namespace
}  // namespace kith
