// docs/client-api-examples.md is a real conversation: this test has it again and compares. With
// KITH_WRITE_EXAMPLES set it writes the page instead.
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <fstream>

#include "access/client_fixture.h"
#include "access/properties.h"
#include "crypto/age_header.h"
#include "crypto/age_stream.h"
#include "note/confirm.h"
#include "note/login.h"
#include "note/stub.h"
#include "protocol/delivery_body.h"
#include "testing/vectors.h"

namespace kith {
namespace {

// JSON as people read it; RFC 8259 lets it be laid out so.
void lay_out(std::string& out, const json::value& value, std::size_t indent) {
    const std::string line = "\n" + std::string(indent + 2, ' ');
    const std::string last = "\n" + std::string(indent, ' ');
    const bool flat = json::serialize(value).size() + indent < 132;
    if (flat || value.is_primitive()) {
        out += json::serialize(value);
        return;
    }
    std::string between;
    out += value.is_object() ? "{" : "[";
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            out += std::exchange(between, ",") + line + json::serialize(json::value(member.key())) +
                   ": ";
            lay_out(out, member.value(), indent + 2);
        }
    } else {
        for (const json::value& item : value.get_array()) {
            out += std::exchange(between, ",") + line;
            lay_out(out, item, indent + 2);
        }
    }
    out += last + (value.is_object() ? "}" : "]");
}

std::string laid_out(const json::value& value) {
    std::string out;
    lay_out(out, value, 0);
    return out;
}

class Examples : public ClientFixture {
  protected:
    void SetUp() override {
        drawn_from = &seeded;
        start({});
        key = new_file_key(keys_random);
        body = to_text(seal_payload(key, as_bytes("Subject: Hello\r\n\r\nHello Bob.\r\n"), seeded));
        const std::array to{recipient_of(1)};
        header = seal_header(key, to, keys_random);
        page = kIntroduction;
    }

    static constexpr std::string_view kIntroduction =
        "# The client API by example\n\n"
        "One conversation of alice's laptop with her server, word for word; a test has it again "
        "and compares. JSON is laid out for reading. `TOKEN` stands for the bearer token, and "
        "binary bodies for themselves. What all of it means is in "
        "[`client-api.md`](client-api.md).\n";

    void say(const std::string& text) { page += "\n" + text + "\n"; }
    void block(const std::string& text) { page += "\n```\n" + text + "\n```\n"; }

    /// A request and its answer on the page.
    void show(const std::string& request, const Answer& answer) {
        std::string text = std::to_string(answer.status);
        for (const char* name : {"location",
                                 "retry-after",
                                 "content-range",
                                 "content-disposition",
                                 "www-authenticate"})
            if (const auto value = answer.headers.find(name))
                text += std::string("\n") + name + ": " + std::string(*value);
        const auto type = std::string(answer.headers.find("content-type").value_or(""));
        if (type.contains("json"))
            text += "\ncontent-type: " + type + "\n\n" + laid_out(answer.parsed());
        else if (type.starts_with("text/event-stream"))
            text += "\ncontent-type: " + type + "\n\n" + answer.body;
        else if (!answer.body.empty())
            text += "\ncontent-type: " + type + "\n\n(" + std::to_string(answer.body.size()) +
                    " octets)";
        block(request);
        block(text);
    }
    Answer show_get(const std::string& path, const std::string& token = "") {
        const auto answer = get(path, token);
        show("GET " + path + (token.empty() ? "" : "\nauthorization: Bearer TOKEN"), answer);
        return answer;
    }
    Answer show_api(json::array calls) {
        for (json::value& each : calls)
            if (each.at(0) != json::value("Core/echo"))
                each.at(1).as_object()["accountId"] = alice.account_id;
        const json::object request{
            {"using", json::array{jmap::kCore, jmap::kMail, jmap::kSubmission, jmap::kKith}},
            {"methodCalls", calls}};
        const auto answer = api(alice, calls);
        show("POST /jmap/api\nauthorization: Bearer TOKEN\ncontent-type: application/json\n\n" +
                 laid_out(request),
             answer);
        return answer;
    }
    Answer show_call(const std::string& name, json::object arguments) {
        json::array calls;
        calls.push_back(json::array{name, std::move(arguments), "0"});
        return show_api(std::move(calls));
    }

    void make_the_account();
    void look_at_mailboxes();
    void send_a_message();
    void confirm_a_thread(const json::object& order, Stub stub);
    void read_mail();
    void meet_people();
    void look_after_devices();
    void listen();
    void go_wrong();

    SeededRandom seeded{Bytes(32, 'e')};
    SeededRandom keys_random{Bytes(32, 'f')};
    FileKey key;
    std::string body;
    std::string header;
    std::string page;
    Person alice;
};

void Examples::make_the_account() {
    say("## Account and login");
    alice = make_person("alice@one.test", 1);
    invite("4k2n-x7qd-pm3c");
    const auto parts = write_part("invite", "4k2n-x7qd-pm3c") +
                       write_part("card", alice.cards.front().note.octets());
    const auto made = register_person(alice, "4k2n-x7qd-pm3c");
    show("POST /kith/1/accounts\n\n" + parts, made);
    const auto nonce = show_get("/kith/1/login?address=alice@one.test");
    const Login login{.address = *Address::parse(alice.address),
                      .device = "laptop",
                      .domain = "one.test",
                      .nonce = text_at(nonce.parsed(), "/nonce"),
                      .time = clock.now()};
    const auto note =
        SignedNote::sign(write_login(login), alice.address + "/laptop", key_of(alice.laptop));
    const auto in = post("/kith/1/login", note->octets(), "", "text/plain; charset=utf-8");
    show("POST /kith/1/login\n\n" + note->octets(), in);
    alice.token = text_at(in.parsed(), "/token");
    show_get("/.well-known/jmap");
    show_get("/jmap/session", alice.token);
}

void Examples::look_at_mailboxes() {
    say("## Mailbox");
    show_call("Mailbox/get",
              {{"ids", nullptr}, {"properties", json::array{"name", "role", "unreadEmails"}}});
    show_call("Mailbox/set", create_one({{"name", "Invoices"}, {"parentId", nullptr}}));
    show_call("Mailbox/changes", {{"sinceState", "1"}, {"maxChanges", 5}});
    show_call("Mailbox/query", {{"filter", json::object{{"role", "inbox"}}}});
}

void Examples::send_a_message() {
    say("## Upload, Email/set, EmailSubmission/set: a message is sent\n\n"
        "The payload is uploaded once. One request makes the Sent copy and hands in a stub for "
        "each recipient; the copy leaves Drafts when that has gone well.");
    const auto path = "/jmap/upload/" + alice.account_id + "/";
    const auto up = post(path, body, alice.token);
    show("POST " + path + "\nauthorization: Bearer TOKEN\n\n(" + std::to_string(body.size()) +
             " octets)",
         up);
    const auto stub = Stub{.id = std::string(32, 'a'),
                           .time = clock.now(),
                           .expires = clock.now() + std::chrono::days(14),
                           .from = *Address::parse(alice.address),
                           .root = alice.card().root(),
                           .card = alice.card().hash,
                           .to = *parse_target("bob@two.test"),
                           .blob = sha256(body),
                           .size = body.size(),
                           .keys = header,
                           .preview = seal_preview(key, as_bytes("Hello\nHello Bob.")),
                           .answers = std::nullopt};
    const auto signed_stub =
        SignedNote::sign(write_stub(stub), alice.address + "/laptop", key_of(1));
    auto letter = draft(alice, text_at(up.parsed(), "/blobId"), stub.id);
    auto& sealed = letter["kith"].as_object();
    sealed["keys"] = base64(as_bytes(header));
    sealed["preview"] = base64(stub.preview);
    sealed["to"] = json::array{"bob@two.test"};
    json::object recipient{{"email", "bob@two.test"},
                           {"parameters",
                            json::object{{"stub", signed_stub->octets()},
                                         {"bcc", false},
                                         {"token", nullptr},
                                         {"stamp", nullptr}}}};
    json::array recipients;
    recipients.push_back(std::move(recipient));
    const json::object order{{"identityId", "i" + alice.account_id.substr(1)},
                             {"emailId", "#copy"},
                             {"envelope", json::object{{"rcptTo", std::move(recipients)}}}};
    const json::object then{{"mailboxIds", json::object{{mailbox(alice, "sent"), true}}},
                            {"keywords/$draft", nullptr}};
    const auto sent = show_api(
        {json::array{"Email/set", json::object{{"create", json::object{{"copy", letter}}}}, "0"},
         json::array{"EmailSubmission/set",
                     json::object{{"create", json::object{{"send", order}}},
                                  {"onSuccessUpdateEmail", json::object{{"#send", then}}}},
                     "1"}});
    const auto id = text_at(sent.parsed(), "/methodResponses/1/1/created/send/id");
    ASSERT_FALSE(id.empty()) << sent.body;
    say("Not sent after all; what is queued is taken back:");
    show_call("EmailSubmission/set", update_one(id, {{"undoStatus", "canceled"}}));
    show_call("EmailSubmission/get", {{"ids", json::array{id}}});
    show_call("Identity/get", {{"ids", nullptr}});
    confirm_a_thread(order, stub);
}

// The account has begun as many threads as it may in this hour.
void Examples::confirm_a_thread(const json::object& order, Stub stub) {
    say("More new threads than usual wait until the person has seen them; the account is one that "
        "may begin one in an hour. `stub` is what waits: a confirmation names its hash, and "
        "another "
        "device than wrote it signs, here the phone.");
    ClientLimits limits;
    limits.new_threads_in_hour = 1;
    start(limits);
    stub.id = "3f2504e04f8911d39a0c0305e82c3301";
    const auto waits = *SignedNote::sign(write_stub(stub), alice.address + "/laptop", key_of(1));
    auto letter = draft(alice, "sha256-" + sha256(body).hex_text(), stub.id);
    letter["kith"].as_object()["to"] = json::array{"bob@two.test"};
    auto again = order;
    again["emailId"] = make_email(alice, letter);
    again["envelope"].at("rcptTo").at(0).at("parameters").as_object()["stub"] = waits.octets();
    const auto made =
        show_call("EmailSubmission/set", {{"create", json::object{{"more", std::move(again)}}}});
    const auto id = text_at(made.parsed(), "/methodResponses/0/1/created/more/id");
    ASSERT_FALSE(id.empty()) << made.body;
    const Confirmation confirmation{.address = *Address::parse(alice.address),
                                    .root = alice.card().root(),
                                    .time = clock.now(),
                                    .recovery_key = std::nullopt,
                                    .stubs = {waits.hash()}};
    const auto note = SignedNote::sign(
        write_confirm(confirmation), alice.address + "/phone", key_of(alice.phone));
    const auto gone = show_call("EmailSubmission/confirm", {{"note", note->octets()}});
    EXPECT_EQ(at(gone.parsed(), "/methodResponses/0/1/confirmed"), json::value(1));
    start({});
}

void Examples::read_mail() {
    say("## Email and Thread: mail is found, read, marked\n\n"
        "A query and the objects that it found in one request.");
    clock.advance(Seconds(60));
    MessageRecord message;
    message.stub_id = std::string(32, 'b');
    message.stub = "(the stub, a signed note)";
    message.from = "bob@two.test";
    message.from_root = sha256("bob");
    message.size = body.size();
    message.blob = sha256(body);
    message.tier = MessageTier::known;
    message.decision =
        R"({"outcome":"deliver","tier":"known","text":"Delivered: bob@two.test is known to you.",)"
        R"("reasons":[{"code":"grant","text":"bob@two.test is known to you"}]})";
    message.reply_token = "r";
    const auto id = "m" + std::to_string(deliver(alice, message));
    show_api({json::array{
                  "Email/query",
                  json::object{{"filter",
                                json::object{{"operator", "AND"},
                                             {"conditions",
                                              json::array{json::object{{"tier", "known"}},
                                                          json::object{{"notKeyword", "$seen"}}}}}},
                               {"sort",
                                json::array{json::object{{"property", "receivedAt"},
                                                         {"isAscending", false}}}},
                               {"limit", 10},
                               {"calculateTotal", true}},
                  "0"},
              json::array{
                  "Email/get",
                  json::object{
                      {"#ids",
                       json::object{{"resultOf", "0"}, {"name", "Email/query"}, {"path", "/ids"}}}},
                  "1"}});
    const auto email_now = object(alice, "Email", id);
    const auto path = "/jmap/download/" + alice.account_id + "/" + text_at(email_now, "/blobId") +
                      "/hello.age?accept=application/octet-stream";
    HttpCall part;
    part.path = path;
    part.headers = {{"authorization", "Bearer " + alice.token}, {"range", "bytes=0-15"}};
    show("GET " + path + "\nauthorization: Bearer TOKEN\nrange: bytes=0-15", call(part));
    show_call("Email/set", update_one(id, {{"keywords/$seen", true}}));
    show_call("Thread/get", {{"ids", json::array{text_at(email_now, "/threadId")}}});
}

void Examples::meet_people() {
    say("## Card, Contact, Request, Token: people");
    auto bob = make_person("bob@two.test", 31);
    ASSERT_TRUE(bob.cards.front().note.cosign("two.test", key_of(61)));
    directory.cards.emplace(bob.address, bob.card());
    directory.failures.emplace("dave@four.test",
                               fail(ErrorKind::not_found, "domain", "four.test has no Kith"));
    show_call("Card/get", {{"ids", json::array{"bob@two.test", "dave@four.test"}}});
    write([&](WriteTransaction& store_now) -> Result<void> {
        store_now.add_card({.hash = bob.card().hash,
                            .root = bob.card().root(),
                            .address = bob.address,
                            .serial = 1,
                            .note = bob.card().note.octets(),
                            .first_seen = clock.now()});
        return {};
    });
    show_call("Contact/set",
              create_one({{"address", bob.address},
                          {"root", bob.card().root().text()},
                          {"level", "well-trusted"},
                          {"name", "Bob"},
                          {"verified", true}}));
    show_call("Contact/get", {{"ids", nullptr}});
    MessageRecord message;
    message.stub_id = std::string(32, 'c');
    message.from = "mallory@three.test";
    message.from_root = sha256("mallory");
    message.size = 6;
    message.blob = sha256("sealed");
    message.blob_at = MessageRecord::Blob::elsewhere;
    message.state = MessageState::held;
    message.expires = clock.now() + std::chrono::days(14);
    message.decision =
        R"({"outcome":"hold","tier":"unknown","text":"Held: a stranger with a stamp.",)"
        R"("reasons":[{"code":"stamp","effort":4096,"text":"a stamp of effort 4096"}]})";
    const auto requests = mailbox(alice, "requests");
    message.mailbox = std::stoll(requests.substr(1));
    const auto id = "m" + std::to_string(deliver(alice, message));
    show_call("Request/get", {{"ids", nullptr}});
    show_call("Request/set", update_one(id, {{"action", "accept"}}));
    show_call("Token/set",
              create_one({{"kind", "newsletter"}, {"label", "The Daily"}, {"perDay", 3}}));
}

void Examples::look_after_devices() {
    say("## Device and DeviceLink");
    show_call("Device/get", {{"ids", nullptr}});
    show_call("DeviceLink/set", create_one({}));
}

void Examples::listen() {
    say("## Push\n\nA client that was away says what it knew, and is told what has changed since.");
    const std::string path = "/jmap/eventsource/?types=Email,EmailDelivery&closeafter=state&ping=0";
    const std::string known = "Email=8,EmailDelivery=7";
    HttpCall http_call;
    http_call.path = path;
    http_call.headers = {{"authorization", "Bearer " + alice.token}, {"last-event-id", known}};
    show("GET " + path + "\nauthorization: Bearer TOKEN\nlast-event-id: " + known,
         call(std::move(http_call)));
}

void Examples::go_wrong() {
    say("## Errors\n\nThe request as a whole, a method, an object.");
    const auto refused = [&](const std::string& text) {
        show("POST /jmap/api\nauthorization: Bearer TOKEN\ncontent-type: application/json\n\n" +
                 text,
             post("/jmap/api", text, alice.token, "application/json"));
    };
    refused(R"({"using":["urn:ietf:params:jmap:core"],"methodCalls":[],"x":1e400})");
    refused(R"({"using":["urn:example:none"],"methodCalls":[]})");
    show_call("Mailbox/copy", {});
    show_call("Email/changes", {{"sinceState", "987654321"}});
    show_call("Mailbox/set", {{"ifInState", "1"}, {"destroy", json::array()}});
    show_call("Mailbox/set",
              create_one({{"name", "Inbox"}, {"parentId", "f999"}, {"role", "inbox"}}));
    show_get("/jmap/session", "made-up");
}

TEST_F(Examples, OfThePageAreWhatTheServerSays) {
    make_the_account();
    look_at_mailboxes();
    send_a_message();
    read_mail();
    meet_people();
    look_after_devices();
    listen();
    go_wrong();
    const auto path = testing::source_root() / "docs" / "client-api-examples.md";
    if (std::getenv("KITH_WRITE_EXAMPLES") != nullptr) {
        std::ofstream(path, std::ios::binary) << page;
        return;
    }
    EXPECT_TRUE(testing::read_file(path) == page)
        << "the server says something else now: KITH_WRITE_EXAMPLES=1 writes the page anew";
}

}  // namespace
}  // namespace kith
