#include "access/client_fixture.h"

#include "access/object_ids.h"
#include "access/properties.h"
#include "crypto/age_header.h"
#include "note/login.h"
#include "protocol/delivery_body.h"

namespace kith {

using testing::await;

// --- other rooms --------------------------------------------------------------------------------

awaitable<Result<FetchedChain>> FakeDirectory::fetch(Address address) {
    if (const auto failure = failures.find(address.text()); failure != failures.end())
        co_return failure->second;
    const auto found = cards.find(address.text());
    if (found == cards.end())
        co_return fail(ErrorKind::not_found, "address", "there is no such account");
    auto chain = CO_TRY(Chain::begin(found->second));
    co_return FetchedChain{std::move(chain), true, now};
}

awaitable<Result<void>> FakeFetcher::fetch_held(AccountId account, MessageId message) {
    if (!reachable)
        co_return fail(ErrorKind::unavailable, "body", "the sender's server does not answer");
    co_return store_->write_and_wait([=, this](WriteTransaction& store) -> Result<void> {
        auto held = store.message(account, message);
        if (!held)
            return fail(ErrorKind::not_found, "message");
        store.add_small_blob(held->blob, as_bytes("sealed"), held->received_at);
        held->blob_at = MessageRecord::Blob::here;
        held->state = declined_meanwhile ? MessageState::declined : MessageState::delivered;
        return store.update_message(account, *held);
    });
}

void FakePublisher::publish(AccountId /*account*/, SignedCard /*card*/) {
    ++published;
}

void FakeMeter::braked(const BrakeEvent& event) {
    const std::scoped_lock lock(mutex_);
    brakes_.push_back(event);
}

std::vector<BrakeEvent> FakeMeter::brakes() {
    const std::scoped_lock lock(mutex_);
    return brakes_;
}

Result<void> FakeCardLog::add(WriteTransaction& write, const Address& address, const Hash& card) {
    write.add_log_entry(as_bytes(address.text()), card);
    return {};
}

// --- the server
// ------------------------------------------------------------------------------------

ClientFixture::ClientFixture() {
    directory.now = clock.now();
    auto opened = open_store({.folder = folder.path() / "store", .min_free_octets = 1});
    KITH_CHECK(opened.has_value());
    store = *std::move(opened);
    start({});
}

ClientFixture::~ClientFixture() {
    stop();
    store.reset();
}

void ClientFixture::start(ClientLimits limits) {
    stop();
    workers = std::make_unique<WorkerPool>(2, 1024);
    services = std::make_unique<ClientServices>(ClientServices{.store = *store,
                                                               .workers = *workers,
                                                               .clock = clock,
                                                               .random = *drawn_from,
                                                               .hub = hub,
                                                               .chains = chains,
                                                               .tokens = tokens,
                                                               .domain_key = domain_key,
                                                               .directory = directory,
                                                               .outbox = outbox,
                                                               .bodies = fetcher,
                                                               .publisher = publisher,
                                                               .card_log = card_log,
                                                               .meter = meter,
                                                               .domain = "one.test",
                                                               .base_url = "https://mail.one.test",
                                                               .limits = limits});
    http = std::make_shared<ClientHttp>(*services, Secret::copy_of(Bytes(32, 'n')));
    const auto certificate = testing::TestServer::authority().issue("mail.one.test");
    auto identity = TlsIdentity::from_pem(certificate.chain, certificate.key);
    KITH_CHECK(identity.has_value());
    HttpServerOptions options;
    options.listen = {{boost::asio::ip::address_v4::loopback(), 0}};
    auto open = HttpServer::open(server_thread, std::move(options), *identity, http);
    KITH_CHECK(open.has_value());
    server = *std::move(open);
    client = testing::TestServer::make_client(client_thread.executor(0));
}

void ClientFixture::stop() {
    if (client)
        await(client_thread.executor(0), client->stop());
    hub.end_all();
    server.reset();
    workers.reset();
}

HttpOrigin ClientFixture::origin() const {
    return {"mail.one.test",
            server->endpoints().front().port(),
            {boost::asio::ip::address_v4::loopback()}};
}

void ClientFixture::write(const Store::Work& work) {
    const auto done = store->write_and_wait(work);
    ASSERT_TRUE(done) << done.error().text();
}

void ClientFixture::invite(const std::string& code, const std::string& address) {
    write([&](WriteTransaction& write) -> Result<void> {
        write.add_invitation({.code = sha256(code),
                              .address = address,
                              .created = clock.now(),
                              .expires = clock.now() + std::chrono::days(7)});
        return {};
    });
}

// --- calls
// -----------------------------------------------------------------------------------------

json::value at(const json::value& in, std::string_view pointer) {
    boost::system::error_code none;
    const auto* found = in.find_pointer(pointer, none);
    return found == nullptr ? json::value(nullptr) : *found;
}

std::string text_at(const json::value& in, std::string_view pointer) {
    const auto found = at(in, pointer);
    return found.is_string() ? text_of(found.get_string()) : std::string();
}

std::vector<std::string> texts_at(const json::value& in, std::string_view pointer) {
    std::vector<std::string> texts;
    const auto found = at(in, pointer);
    if (found.is_array())
        for (const json::value& each : found.get_array())
            texts.push_back(each.is_string() ? text_of(each.get_string()) : std::string());
    return texts;
}

json::object create_one(json::object object) {
    return {{"create", json::object{{"c", std::move(object)}}}};
}

json::object update_one(const std::string& id, json::object patch) {
    return {{"update", json::object{{id, std::move(patch)}}}};
}

json::object destroy_one(const std::string& id) {
    return {{"destroy", json::array{id}}};
}

namespace {

json::value only_error(const json::value& response) {
    for (const char* name : {"/notCreated", "/notUpdated", "/notDestroyed"}) {
        const auto errors = at(response, name);
        if (errors.is_object() && errors.get_object().size() == 1)
            return errors.get_object().begin()->value();
    }
    return nullptr;
}

}  // namespace

std::string set_error(const json::value& response) {
    return text_at(only_error(response), "/type");
}

std::vector<std::string> bad_properties(const json::value& response) {
    return texts_at(only_error(response), "/properties");
}

json::value Answer::parsed() const {
    auto value = jmap::parse_json(body);
    EXPECT_TRUE(value) << body;
    return value ? *std::move(value) : json::value();
}

std::string Answer::problem() const {
    const auto value = parsed();
    const auto type = text_of(value.as_object().at("type").as_string());
    return type.substr(type.rfind(':') + 1);
}

Answer ClientFixture::call(HttpCall http_call) {
    auto reply = await(client_thread.executor(0), client->request(origin(), std::move(http_call)));
    EXPECT_TRUE(reply) << reply.error().text();
    return reply ? Answer{reply->status, reply->headers, to_text(reply->body)} : Answer{};
}

Answer ClientFixture::get(const std::string& path, const std::string& token) {
    HttpCall http_call;
    http_call.path = path;
    http_call.reply_limit = 64 << 20;
    if (!token.empty())
        http_call.headers.add("authorization", "Bearer " + token);
    return call(std::move(http_call));
}

Answer ClientFixture::post(const std::string& path,
                           std::string body,
                           const std::string& token,
                           const std::string& type) {
    HttpCall http_call;
    http_call.method = "POST";
    http_call.path = path;
    http_call.body = to_bytes(body);
    http_call.headers.add("content-type", type);
    if (!token.empty())
        http_call.headers.add("authorization", "Bearer " + token);
    return call(std::move(http_call));
}

// --- people
// ----------------------------------------------------------------------------------------

Person ClientFixture::make_person(const std::string& address, std::uint8_t keys) const {
    Person person;
    person.address = address;
    person.laptop = keys;
    person.phone = static_cast<std::uint8_t>(keys + 1);
    person.recovery = static_cast<std::uint8_t>(keys + 2);
    auto builder =
        CardBuilder::first(*Address::parse(address), commitment_of(person.recovery), clock.now());
    builder.add_device(device_of("laptop", person.laptop), CardBuilder::Admission::confirmed)
        .add_device(device_of("phone", person.phone), CardBuilder::Admission::confirmed);
    person.cards.push_back(*sign_with(builder.card(), {{"laptop", person.laptop}}));
    return person;
}

SignedCard ClientFixture::card_without(const Person& person, const std::string& device) const {
    auto builder = CardBuilder::after(person.card(), clock.now());
    KITH_CHECK(builder.remove_device(device, clock.now(), RevocationReason::lost).has_value());
    builder.recover(key_of(person.recovery).public_key(), commitment_of(99));
    return *sign_with(builder.card(), {{"", person.recovery}});
}

Answer ClientFixture::register_person(Person& person, const std::string& code) {
    auto answer =
        post("/kith/1/accounts",
             write_part("invite", code) + write_part("card", person.cards.front().note.octets()));
    if (answer.status == 201) {
        const auto made = answer.parsed();
        person.account_id = text_of(made.at("accountId").as_string());
        person.cards = {*read_card(text_of(made.at("card").as_string()))};
    }
    return answer;
}

Answer ClientFixture::log_in(Person& person, const std::string& device) {
    const auto nonce = get("/kith/1/login?address=" + person.address);
    if (nonce.status != 200)
        return nonce;
    const Login login{.address = *Address::parse(person.address),
                      .device = device,
                      .domain = "one.test",
                      .nonce = text_of(nonce.parsed().at("nonce").as_string()),
                      .time = clock.now()};
    const auto note = SignedNote::sign(
        write_login(login), person.address + "/" + device, key_of(person.number_of(device)));
    auto answer = post("/kith/1/login", note->octets(), "", "text/plain; charset=utf-8");
    if (answer.status == 200)
        person.token = text_of(answer.parsed().at("token").as_string());
    return answer;
}

Person ClientFixture::settled(const std::string& address, std::uint8_t keys) {
    auto person = make_person(address, keys);
    invite("code of " + address);
    const auto made = register_person(person, "code of " + address);
    EXPECT_EQ(made.status, 201U) << made.body;
    const auto in = log_in(person);
    EXPECT_EQ(in.status, 200U) << in.body;
    return person;
}

// --- JMAP
// ------------------------------------------------------------------------------------------

Answer ClientFixture::api(const Person& person, const json::array& method_calls) {
    const json::object request{
        {"using", json::array{jmap::kCore, jmap::kMail, jmap::kSubmission, jmap::kKith}},
        {"methodCalls", method_calls}};
    return post("/jmap/api", json::serialize(request), person.token, "application/json");
}

json::array ClientFixture::method(const Person& person,
                                  const std::string& name,
                                  json::object arguments) {
    if (!arguments.contains("accountId"))
        arguments["accountId"] = person.account_id;
    json::array calls;  // by hand: braces around one array would be a copy of it
    calls.push_back(json::array{name, std::move(arguments), "c"});
    const auto answer = api(person, calls);
    EXPECT_EQ(answer.status, 200U) << answer.body;
    const auto parsed = answer.parsed();
    const auto& responses = parsed.at("methodResponses").as_array();
    return responses.empty() ? json::array{"", json::object()} : responses.at(0).as_array();
}

json::object ClientFixture::ok(const Person& person,
                               const std::string& name,
                               json::object arguments) {
    const auto response = method(person, name, std::move(arguments));
    EXPECT_EQ(response.at(0), json::value(name)) << json::serialize(response);
    return response.at(1).as_object();
}

std::string ClientFixture::error(const Person& person,
                                 const std::string& name,
                                 json::object arguments) {
    const auto response = method(person, name, std::move(arguments));
    EXPECT_EQ(response.at(0), json::value("error")) << json::serialize(response);
    const auto* type = response.at(1).as_object().if_contains("type");
    return type == nullptr ? "" : text_of(type->as_string());
}

std::string ClientFixture::state(const Person& person, const std::string& type) {
    json::object arguments{{"ids", json::array()}};
    return text_of(ok(person, type + "/get", arguments).at("state").as_string());
}

json::value ClientFixture::object(const Person& person,
                                  const std::string& type,
                                  const std::string& id) {
    return at(ok(person, type + "/get", {{"ids", json::array{id}}}), "/list/0");
}

std::vector<std::string> ClientFixture::query(const Person& person,
                                              const std::string& type,
                                              json::object arguments) {
    return texts_at(ok(person, type + "/query", std::move(arguments)), "/ids");
}

// --- things
// ----------------------------------------------------------------------------------------

std::string ClientFixture::mailbox(const Person& person, const std::string& role) {
    const auto found = ok(person, "Mailbox/query", {{"filter", json::object{{"role", role}}}})
                           .at("ids")
                           .as_array();
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? "" : text_of(found.at(0).as_string());
}

std::string ClientFixture::upload(const Person& person, const std::string& octets) {
    const auto answer = post("/jmap/upload/" + person.account_id + "/", octets, person.token);
    EXPECT_EQ(answer.status, 201U) << answer.body;
    return text_of(answer.parsed().at("blobId").as_string());
}

json::object ClientFixture::draft(const Person& person,
                                  const std::string& blob_id,
                                  const std::string& stub_id,
                                  const std::string& role) {
    return {{"mailboxIds", json::object{{mailbox(person, role), true}}},
            {"keywords", json::object{{"$draft", true}, {"$seen", true}}},
            {"blobId", blob_id},
            {"kith",
             json::object{{"keys", base64(as_bytes(test_keys()))},
                          {"preview", base64(as_bytes("sealed preview"))},
                          {"stubId", stub_id},
                          {"to", json::array{"bob@two.test", "carol@three.test"}}}}};
}

std::string ClientFixture::make_email(const Person& person, const json::object& email) {
    const auto set = ok(person, "Email/set", {{"create", json::object{{"e", email}}}});
    EXPECT_TRUE(set.at("created").is_object()) << json::serialize(set);
    return set.at("created").is_object() ? text_of(set.at("created").at("e").at("id").as_string())
                                         : "";
}

MessageId ClientFixture::deliver(const Person& to, MessageRecord message) {
    MessageId id = 0;
    const AccountId account = *parse_object_id(IdKind::account, to.account_id);
    message.to = to.address;
    if (message.received_at == Time())
        message.received_at = clock.now();
    message.sent_at = message.received_at;
    message.keys = test_keys();
    ModSeq now = 0;
    write([&](WriteTransaction& write) -> Result<void> {
        if (message.mailbox == 0)
            message.mailbox = write.mailbox_by_role(account, "inbox").value_or(MailboxRecord()).id;
        id = TRY(write.add_message(account, message)).id;
        now = write.modseq(account);
        return {};
    });
    hub.changed(account, {ObjectType::email, ObjectType::mailbox}, now);
    return id;
}

std::string test_keys() {
    SeededRandom random(Bytes(32, 'k'));
    const auto recipient = recipient_of(1);
    const std::array to{recipient};
    const auto key = new_file_key(random);
    return seal_header(key, to, random);
}

}  // namespace kith
