// A sending domain for measurements: prepares its keys, then hands over sealed messages to a real
// server over HTTPS, so many at a time, as another kithd under load would: stubs signed by a
// device, countersigned in batches. Everything is sealed and signed before the clock starts.
//
//   native_load prepare DIR                       keys and card; prints the domain's _kith record
//   native_load load DIR SERVER [options]         prints one JSON object with what was measured
//   native_load forge DIR SERVER --out FILE       writes deliveries whose signatures are bad, for
//                                                 bench/flood: each behind its length and an LF
//   native_load cards DIR SERVER [options]        the same for card look-ups
//   native_load idle DIR SERVER --connections N   opens connections, prints a line, holds them
#include <fmt/format.h>

#include <sys/resource.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "identity/card_builder.h"
#include "identity/stub_check.h"
#include "kith/sealing.h"
#include "net/http_client.h"
#include "net/io_threads.h"
#include "protocol/delivery_body.h"
#include "protocol/kith_record.h"

namespace kith {
namespace {
namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::size_t kBatch = 64;

struct Options {
    fs::path folder;
    std::string host;
    std::string address = "127.0.0.1";
    std::uint16_t port = 443;
    std::string ca;
    std::string from = "lena@load.test";
    std::string to = "bob@two.test";
    std::string token;
    std::size_t messages = 1'000;
    std::size_t in_flight = 16;
    std::size_t connections = 4;
    std::size_t size = 4'096;
    fs::path out;
};

template <class T>
T must(Result<T> result) {
    if (!result)
        throw std::runtime_error(result.error().text());
    return *std::move(result);
}

std::string read_file(const fs::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    if (!in)
        throw std::runtime_error(file.string() + " cannot be read: run native_load prepare");
    return text.str();
}

Time now() {
    return SystemClock().now();
}

SigningKey key_in(const fs::path& file) {
    return must(SigningKey::from_seed(must(parse_hex(read_file(file)))));
}

void prepare(const Options& options) {
    SystemRandom random;
    fs::create_directories(options.folder);
    for (const char* name : {"domain.key", "device.key"})
        std::ofstream(options.folder / name) << hex(random.array<32>());
    const SigningKey device = key_in(options.folder / "device.key");
    const SigningKey domain = key_in(options.folder / "domain.key");
    const Address address = must(Address::parse(options.from));
    CardBuilder builder = CardBuilder::first(
        address, recovery_commitment(SigningKey::generate(random).public_key()), now());
    builder.add_device({.name = "load",
                        .key = device.public_key(),
                        .recipient = AgeIdentity::generate(random).recipient()},
                       CardBuilder::Admission::confirmed);
    const CardSigner signer{"load", device};
    SignedCard card = must(sign_card(builder.card(), {&signer, 1}));
    if (!card.note.cosign(address.domain(), domain))
        throw std::runtime_error("the card cannot be countersigned");
    std::ofstream(options.folder / "card") << card.note.octets();
    KithRecord record;
    record.host = "mail." + address.domain();
    record.keys = {domain.public_key()};
    fmt::print("{}\n", write_kith_record(record));
}

/// The client's side of a connection pool, on a thread of its own.
class Client {
  public:
    explicit Client(const Options& options) : threads_(1) {
        HttpClientOptions http;
        http.tls = must(client_tls(options.ca));
        http.connections_per_origin = options.connections;
        http.waiting_per_origin = 1 << 20;
        http.streams_per_connection = std::max<std::size_t>(
            1, (options.in_flight + options.connections - 1) / options.connections);
        http.idle_timeout = Milliseconds(3'600'000);
        threads_.run_on(0, [&] {
            client_ = std::make_unique<HttpClient>(threads_.executor(0), std::move(http));
        });
        origin_ = {options.host, options.port, {boost::asio::ip::make_address(options.address)}};
    }
    ~Client() {
        run([](Client* self) -> awaitable<void> { co_await self->client_->stop(); }(this));
        threads_.stop();
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void run(awaitable<void> task) {
        boost::asio::co_spawn(threads_.executor(0), std::move(task), boost::asio::use_future).get();
    }
    std::future<void> begin(awaitable<void> task) {
        return boost::asio::co_spawn(
            threads_.executor(0), std::move(task), boost::asio::use_future);
    }
    awaitable<Result<HttpReply>> request(HttpCall call) {
        return client_->request(origin_, std::move(call));
    }

  private:
    IoThreads threads_;
    std::unique_ptr<HttpClient> client_;
    HttpOrigin origin_;
};

HttpReply call_once(Client& client, HttpCall call) {
    Result<HttpReply> reply = fail(ErrorKind::internal, "call");
    client.run([](Client* from, HttpCall what, Result<HttpReply>* to) -> awaitable<void> {
        *to = co_await from->request(std::move(what));
    }(&client, std::move(call), &reply));
    return must(std::move(reply));
}

/// Whole delivery bodies.
class Mill {
  public:
    Mill(const Options& options, const Card& to)
        : options_(options),
          device_(key_in(options.folder / "device.key")),
          domain_(key_in(options.folder / "domain.key")),
          card_(must(read_card(read_file(options.folder / "card")))) {
        for (const CardDevice& device : to.devices)
            recipients_.push_back(device.recipient);
    }

    /// From here on one bit of each device's signature is another: only verifying tells.
    void forge() { forged_ = true; }

    std::vector<Bytes> make(std::size_t count, const std::string& token = "") {
        std::vector<Bytes> bodies;
        const std::size_t batch = options_.in_flight == 1 ? 1 : kBatch;
        while (bodies.size() < count)
            add_batch(bodies, std::min(batch, count - bodies.size()), token);
        return bodies;
    }

  private:
    struct Message {
        SignedNote stub;
        Bytes payload;
    };

    Message make_one() {
        std::string text =
            "From: " + options_.from + "\r\nTo: " + options_.to + "\r\nSubject: load\r\n\r\n";
        if (text.size() < options_.size)
            text += std::string(options_.size - text.size(), 'x');
        SealedMessage sealed = seal_message(text, "load", random_);
        const Sender sender{card_.card.address, "load", device_, card_.root(), card_.hash};
        const StubOrder order{.id = hex(random_.array<16>()),
                              .to = must(parse_target(options_.to)),
                              .devices = recipients_,
                              .answers = std::nullopt,
                              .time = now()};
        SignedNote stub = must(make_stub(sealed, sender, order, random_));
        return {std::move(stub), std::move(sealed.payload)};
    }

    void add_batch(std::vector<Bytes>& bodies, std::size_t count, const std::string& token) {
        std::vector<Message> messages;
        for (std::size_t i = 0; i < count; ++i)
            messages.push_back(make_one());
        std::vector<std::string_view> texts;
        for (const Message& message : messages)
            texts.push_back(message.stub.text());
        const std::string& domain = card_.card.address.domain();
        const BatchDraft draft = make_batch(domain, now(), texts);
        const SignedNote batch = must(SignedNote::sign(draft.text, domain, domain_));
        for (std::size_t i = 0; i < count; ++i) {
            DeliveryParts parts;
            if (bodies.empty())
                parts.cards = {card_.note.octets()};
            if (count == 1 && !messages[i].stub.cosign(domain, domain_))
                throw std::runtime_error("the stub cannot be countersigned");
            parts.stub = messages[i].stub.octets();
            if (forged_)
                spoil_signature(parts.stub);
            if (count > 1) {
                parts.batch = batch.octets();
                parts.path = write_batch_path(draft.paths[i]);
            }
            if (!token.empty())
                parts.token = token;
            Bytes body = to_bytes(write_delivery(parts, messages[i].payload.size()));
            body.insert(body.end(), messages[i].payload.begin(), messages[i].payload.end());
            bodies.push_back(std::move(body));
        }
    }

    // A character in the middle of the first signature's base64.
    static void spoil_signature(std::string& note) {
        const std::size_t line = note.find("\n\n") + 2;
        const std::size_t middle = note.find('\n', line) - 40;
        note[middle] = note[middle] == 'A' ? 'B' : 'A';
    }

    const Options& options_;
    bool forged_ = false;
    SystemRandom random_;
    SigningKey device_;
    SigningKey domain_;
    SignedCard card_;
    std::vector<AgeRecipient> recipients_;
};

/// What the workers share.
struct Run {
    std::size_t next = 0;
    std::size_t count = 0;
    unsigned expected = 201;
    std::size_t failed = 0;
    std::string first_failure;
    std::vector<double> milliseconds;
};

template <class MakeCall>
awaitable<void> worker(Client* client, Run* run, MakeCall* make) {
    while (run->next < run->count) {
        HttpCall call = (*make)(run->next++);
        const auto began = steady_clock::now();
        const auto reply = co_await client->request(std::move(call));
        const std::chrono::duration<double, std::milli> took = steady_clock::now() - began;
        if (reply && reply->status == run->expected) {
            run->milliseconds.push_back(took.count());
            continue;
        }
        if (run->failed++ == 0)
            run->first_failure = reply ? fmt::format("{} {}", reply->status, as_text(reply->body))
                                       : reply.error().text();
    }
}

/// Seconds of processor time that this process has used.
double own_cpu() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

template <class MakeCall>
void measure(const Options& options, Client& client, Run& run, MakeCall make) {
    const auto began = steady_clock::now();
    const double cpu_before = own_cpu();
    std::vector<std::future<void>> workers;
    for (std::size_t i = 0; i < options.in_flight; ++i)
        workers.push_back(client.begin(worker(&client, &run, &make)));
    for (auto& each : workers)
        each.get();
    const double seconds = std::chrono::duration<double>(steady_clock::now() - began).count();
    std::ranges::sort(run.milliseconds);
    const auto at = [&](double part) {
        const auto done = static_cast<double>(run.milliseconds.size());
        return run.milliseconds.empty()
                   ? 0.0
                   : run.milliseconds[static_cast<std::size_t>(part * (done - 1))];
    };
    fmt::print(
        "{{\"accepted\": {}, \"failed\": {}, \"seconds\": {:.4f}, \"per_second\": {:.1f}, "
        "\"p50_ms\": {:.3f}, \"p99_ms\": {:.3f}, \"own_cpu_s\": {:.3f}}}\n",
        run.milliseconds.size(),
        run.failed,
        seconds,
        static_cast<double>(run.milliseconds.size()) / seconds,
        at(0.5),
        at(0.99),
        own_cpu() - cpu_before);
    if (run.failed != 0)
        fmt::print(
            stderr, "native_load: {} failed, the first: {}\n", run.failed, run.first_failure);
}

Card recipient_card(const Options& options, Client& client) {
    HttpCall call;
    call.path = "/kith/1/cards/" + options.to;
    const HttpReply reply = call_once(client, std::move(call));
    return must(read_card(as_text(reply.body))).card;
}

int load(const Options& options) {
    Client client(options);
    Mill mill(options, recipient_card(options, client));
    std::vector<Bytes> bodies = mill.make(options.messages, options.token);
    Run run;
    run.count = bodies.size();
    measure(options, client, run, [&bodies](std::size_t index) {
        HttpCall call;
        call.method = "POST";
        call.path = "/kith/1/deliveries";
        call.body = std::move(bodies[index]);
        return call;
    });
    return run.failed == 0 ? 0 : 1;
}

int forge(const Options& options) {
    Mill mill(options, [&] {
        Client client(options);
        return recipient_card(options, client);
    }());
    mill.forge();
    std::ofstream out(options.out, std::ios::binary);
    for (const Bytes& body : mill.make(options.messages))
        out << body.size() << '\n' << as_text(body);
    return out.flush() ? 0 : 1;
}

int look_up_cards(const Options& options) {
    Client client(options);
    Run run;
    run.count = options.messages;
    run.expected = 200;
    measure(options, client, run, [&options](std::size_t /*index*/) {
        HttpCall call;
        call.path = "/kith/1/cards/" + options.to;
        return call;
    });
    return run.failed == 0 ? 0 : 1;
}

int hold_connections(const Options& options) {
    std::vector<std::unique_ptr<Client>> clients;
    Options one = options;
    one.connections = one.in_flight = 1;
    for (std::size_t i = 0; i < options.connections; ++i) {
        clients.push_back(std::make_unique<Client>(one));
        HttpCall call;
        call.path = "/healthz";
        call_once(*clients.back(), std::move(call));
    }
    fmt::print("{{\"connections\": {}}}\n", clients.size());
    std::fflush(stdout);
    std::string line;
    std::getline(std::cin, line);
    return 0;
}

void add_server_options(CLI::App& verb, Options& options) {
    verb.add_option("dir", options.folder)->required();
    verb.add_option("host", options.host, "The server's name")->required();
    verb.add_option("--address", options.address)->capture_default_str();
    verb.add_option("--port", options.port)->capture_default_str();
    verb.add_option("--ca", options.ca, "PEM file");
    verb.add_option("--to", options.to)->capture_default_str();
    verb.add_option("--token", options.token);
    verb.add_option("--messages", options.messages)->capture_default_str();
    verb.add_option("--in-flight", options.in_flight)->capture_default_str();
    verb.add_option("--connections", options.connections)->capture_default_str();
    verb.add_option("--size", options.size, "Octets of a message")->capture_default_str();
}

int run_main(int argc, char** argv) {
    CLI::App app{"Load for a Kith server", "native_load"};
    app.require_subcommand(1);
    Options options;
    auto* keys = app.add_subcommand("prepare", "Keys and card of the sending domain");
    keys->add_option("dir", options.folder)->required();
    auto* deliveries = app.add_subcommand("load", "Deliveries");
    add_server_options(*deliveries, options);
    auto* forged = app.add_subcommand("forge", "Writes deliveries with bad signatures");
    add_server_options(*forged, options);
    forged->add_option("--out", options.out, "The file")->required();
    auto* cards = app.add_subcommand("cards", "Card look-ups");
    add_server_options(*cards, options);
    auto* idle = app.add_subcommand("idle", "Idle connections");
    add_server_options(*idle, options);
    CLI11_PARSE(app, argc, argv);
    if (keys->parsed())
        prepare(options);
    if (deliveries->parsed())
        return load(options);
    if (forged->parsed())
        return forge(options);
    if (cards->parsed())
        return look_up_cards(options);
    return idle->parsed() ? hold_connections(options) : 0;
}

}  // namespace
}  // namespace kith

int main(int argc, char** argv) {
    try {
        return kith::run_main(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "native_load: %s\n", error.what());
        return 1;
    }
}
