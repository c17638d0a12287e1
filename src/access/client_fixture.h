// What the tests of this room share: a real store in a folder of its own, a real HTTPS server, and
// people whose devices call it. Time stands still unless a test moves it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json/serialize.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "access/client_http.h"
#include "identity/people_for_tests.h"
#include "net/net_tests.h"

namespace kith {

/// Other rooms' doings, as the tests want them.
class FakeDirectory final : public CardDirectory {
  public:
    awaitable<Result<FetchedChain>> fetch(Address address) override;
    // Set before the server is asked.
    std::map<std::string, SignedCard> cards;
    std::map<std::string, Error> failures;
    Time now;
};
class FakeOutbox final : public Outbox {
  public:
    void notify() override { ++notified; }
    std::atomic<int> notified{0};
};
class FakeFetcher final : public BodyFetcher {
  public:
    explicit FakeFetcher(std::unique_ptr<Store>& store) : store_(store) {}
    awaitable<Result<void>> fetch_held(AccountId account, MessageId message) override;
    std::atomic<bool> reachable{true};
    std::atomic<bool> declined_meanwhile{false};  ///< the person declines while the body comes

  private:
    std::unique_ptr<Store>& store_;
};
class FakePublisher final : public CardPublisher {
  public:
    void publish(AccountId account, SignedCard card) override;
    std::atomic<int> published{0};
};

class FakeCardLog final : public CardLog {
  public:
    Result<void> add(WriteTransaction& write, const Address& address, const Hash& card) override;
    void notify() override { ++notified; }
    std::atomic<int> notified{0};
};

class FakeMeter final : public DeliveryMeter {
  public:
    void answered(const DeliveryEvent& /*event*/) override {}
    void braked(const BrakeEvent& event) override;
    void warn(std::string_view /*event*/, std::string_view /*detail*/) override {}
    std::vector<BrakeEvent> brakes();

  private:
    std::mutex mutex_;
    std::vector<BrakeEvent> brakes_;
};

/// Somebody with a laptop, a phone and a recovery key, made of the numbers of test keys.
struct Person {
    std::string address;
    std::uint8_t laptop = 0;
    std::uint8_t phone = 0;
    std::uint8_t recovery = 0;
    std::vector<SignedCard> cards;  ///< the chain
    std::string token;
    std::string account_id;

    const SignedCard& card() const { return cards.back(); }
    std::uint8_t number_of(const std::string& device) const {
        return device == "laptop" ? laptop : phone;
    }
};

/// What a JSON pointer leads to ("/list/0/id"); null when there is nothing.
json::value at(const json::value& in, std::string_view pointer);
/// The same as a text; empty when it is none.
std::string text_at(const json::value& in, std::string_view pointer);
/// The strings of an array, in their order.
std::vector<std::string> texts_at(const json::value& in, std::string_view pointer);
/// {"create": {"c": object}}, {"update": {id: patch}}, {"destroy": [id]}
json::object create_one(json::object object);
json::object update_one(const std::string& id, json::object patch);
json::object destroy_one(const std::string& id);
/// The type of the SetError of the one object of a /set, and the properties that it names.
std::string set_error(const json::value& response);
std::vector<std::string> bad_properties(const json::value& response);

struct Answer {
    unsigned status = 0;
    HttpHeaders headers;
    std::string body;

    json::value parsed() const;
    /// The last word of a problem's type.
    std::string problem() const;
};

class ClientFixture : public ::testing::Test {
  protected:
    ClientFixture();
    ~ClientFixture() override;

    // The store, by hand.
    void write(const Store::Work& work);
    void invite(const std::string& code, const std::string& address = "");

    // Calls.
    Answer call(HttpCall http);
    Answer get(const std::string& path, const std::string& token = "");
    Answer post(const std::string& path,
                std::string body,
                const std::string& token = "",
                const std::string& type = "application/octet-stream");

    // People.
    Person make_person(const std::string& address, std::uint8_t keys) const;
    /// The next card, without the device: signed by the recovery key.
    SignedCard card_without(const Person& person, const std::string& device) const;
    Answer register_person(Person& person, const std::string& code);
    Answer log_in(Person& person, const std::string& device = "laptop");
    /// Invited, registered, logged in.
    Person settled(const std::string& address, std::uint8_t keys);

    // JMAP. `arguments` without accountId.
    Answer api(const Person& person, const json::array& method_calls);
    /// The response's name and arguments: [name, arguments].
    json::array method(const Person& person, const std::string& name, json::object arguments);
    /// The arguments of the response; a failed expectation when it is an error.
    json::object ok(const Person& person, const std::string& name, json::object arguments);
    /// The type of the `error` response.
    std::string error(const Person& person, const std::string& name, json::object arguments);
    std::string state(const Person& person, const std::string& type);
    /// The only object of that id, as TYPE/get gives it.
    json::value object(const Person& person, const std::string& type, const std::string& id);
    /// The ids that TYPE/query gives.
    std::vector<std::string> query(const Person& person,
                                   const std::string& type,
                                   json::object arguments = {});

    // Things in the account.
    std::string mailbox(const Person& person, const std::string& role);
    std::string upload(const Person& person, const std::string& octets);
    /// Of an Email of one's own: as Email/set create wants it.
    json::object draft(const Person& person,
                       const std::string& blob_id,
                       const std::string& stub_id,
                       const std::string& role = "drafts");
    std::string make_email(const Person& person, const json::object& email);
    /// As if it had been delivered.
    MessageId deliver(const Person& to, MessageRecord message);

    testing::TemporaryFolder folder;
    SystemRandom random;
    Random* drawn_from = &random;  ///< the server's; another one counts from the next start()
    ManualClock clock{kStart + Seconds(60)};
    SigningKey domain_key = key_of(60);
    TokenMaker tokens{Secret::copy_of(Bytes(32, 't'))};
    PushHub hub{4};
    OwnChains chains;
    FakeDirectory directory;
    FakeOutbox outbox;
    FakePublisher publisher;
    FakeCardLog card_log;
    FakeMeter meter;
    std::unique_ptr<Store> store;
    FakeFetcher fetcher{store};
    std::unique_ptr<WorkerPool> workers;
    std::unique_ptr<ClientServices> services;
    std::shared_ptr<ClientHttp> http;
    IoThreads server_thread{2};
    IoThreads client_thread{1};
    std::unique_ptr<HttpServer> server;
    std::unique_ptr<HttpClient> client;

    HttpOrigin origin() const;
    void start(ClientLimits limits);
    void stop();
};

/// The age header that a test's messages have: for one device.
std::string test_keys();

}  // namespace kith
