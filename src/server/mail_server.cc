#include "server/mail_server.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <iterator>
#include <mutex>
#include <thread>

#include "delivery/confirmation.h"
#include "exchange/body_fetch.h"
#include "exchange/card_push.h"
#include "exchange/dns_peer_directory.h"
#include "exchange/log_publisher.h"
#include "exchange/note_push.h"
#include "exchange/outgoing_queue.h"
#include "net/address.h"
#include "net/http_server.h"
#include "server/admin.h"
#include "server/admin_socket.h"
#include "server/delivery_log.h"
#include "server/keys.h"
#include "server/own_record.h"
#include "server/part_options.h"
#include "server/resolver_options.h"
#include "server/site_http.h"
#include "server/smtp_service.h"

namespace kith {
namespace {

std::string base_url(const Config& config) {
    const auto port = config.listen.public_port;
    return "https://" + config.host + (port == 443 ? "" : ":" + std::to_string(port));
}

Result<std::vector<boost::asio::ip::tcp::endpoint>> endpoints(const Config& config) {
    std::vector<boost::asio::ip::tcp::endpoint> all;
    for (const std::string& text : config.listen.https)
        all.push_back(TRY(parse_endpoint(text)));
    return all;
}

// Tells the requests of one run of the server from those of another.
std::string request_prefix(Random& random) {
    return hex(random.array<4>()) + "-";
}

/// What can fail, opened before the parts are put together.
struct Opened {
    ServerKeys keys;
    std::shared_ptr<TlsIdentity> identity;
    SslContext client_tls;
    std::shared_ptr<const WitnessPolicy> policy;
    std::vector<boost::asio::ip::tcp::endpoint> listen;
};

Result<std::shared_ptr<const WitnessPolicy>> read_policy(const std::string& file) {
    if (file.empty())
        return std::make_shared<const WitnessPolicy>();
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return fail(ErrorKind::io, file, "cannot be read");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto policy = WitnessPolicy::parse(text);
    if (!policy)
        return std::move(policy).error().within(file);
    return std::make_shared<const WitnessPolicy>(*std::move(policy));
}

Result<Opened> open_all(const Config& config) {
    SystemRandom random;
    TRY(complete_keys(config.keys_dir(), random));
    return Opened{TRY(load_keys(config.keys_dir())),
                  TRY(TlsIdentity::from_files(config.tls.certificate, config.tls.key)),
                  TRY(kith::client_tls(config.tls.extra_ca)),
                  TRY(read_policy(config.directory.policy)),
                  TRY(endpoints(config))};
}

}  // namespace

// In the order of construction; destroyed the other way round. The I/O threads have been stopped
// by then, so that nothing runs any more.
struct MailServer::Parts {
    Parts(const Config& with,
          std::shared_ptr<Log> to,
          Opened& opened,
          std::unique_ptr<Metrics> figures,
          std::unique_ptr<Store> from)
        : config(with),
          running(with),
          log(std::move(to)),
          keys(std::move(opened.keys)),
          identity(std::move(opened.identity)),
          policy(std::move(opened.policy)),
          introducers(hkdf_sha256(keys.token.view(), {}, "kith/1 introducer keys", 32)),
          cookies(hkdf_sha256(keys.token.view(), {}, "kith/1 return cookies", 32)),
          metrics(std::move(figures)),
          threads(thread_count(config.listen.threads), thread_count(config.listen.threads)),
          store(std::move(from)),
          tokens(std::move(keys.token)),
          price(config.domain, std::move(keys.price), price_bounds(config)),
          inbound(inbound_options(config), tokens, price, keys.domain),
          workers(thread_count(config.listen.threads), lanes_of(admission_options(config))),
          admission(admission_options(config), std::move(cookies), workers, clock) {}

    const Config config;  ///< at the start
    std::mutex reload_mutex;
    Config running;  ///< with what reloads have changed; under reload_mutex
    std::shared_ptr<Log> log;
    SystemClock clock;
    SystemRandom random;
    ServerKeys keys;
    std::shared_ptr<TlsIdentity> identity;
    std::shared_ptr<const WitnessPolicy> policy;
    const Secret introducers;  ///< what the introducer keys of accounts are made from
    Secret cookies;            ///< of Admission
    std::unique_ptr<Metrics> metrics;
    IoThreads threads;  ///< outlives the store and the workers, whose threads post to it
    std::unique_ptr<Store> store;
    TokenMaker tokens;
    StrangerPrice price;
    Inbound inbound;
    WorkerPool workers;
    Admission admission;
    LoadBook book;
    Time since;

    std::shared_ptr<Resolver> resolver;
    std::unique_ptr<HttpClient> client;
    std::unique_ptr<DeliveryLog> meter;
    std::unique_ptr<DnsPeerDirectory> peers;
    std::unique_ptr<OwnLog> own_log;
    std::unique_ptr<Cosigning> cosigning;
    std::unique_ptr<LogPublisher> publisher;
    std::unique_ptr<PeerLogs> logs;
    std::unique_ptr<WitnessDesk> witness;
    std::unique_ptr<CardLookup> cards;
    std::unique_ptr<VouchIntake> vouches;
    std::unique_ptr<VouchPull> pull;
    std::unique_ptr<DeliveryIntake> intake;
    std::unique_ptr<NoteIntake> notes;
    std::unique_ptr<PublicHttp> servers;
    std::unique_ptr<OutgoingQueue> queue;
    std::unique_ptr<BodyFetch> fetch;
    std::unique_ptr<CardPush> push;
    std::unique_ptr<NotePush> note_push;

    std::unique_ptr<PushHub> hub;
    OwnChains chains;
    std::unique_ptr<ClientServices> services;
    std::unique_ptr<ClientHttp> clients;

    std::shared_ptr<SiteHttp> site;
    std::unique_ptr<HttpServer> server;
    std::unique_ptr<SmtpService> smtp;  ///< null: no mail is taken by SMTP
    std::unique_ptr<ServerContext> context;
    std::unique_ptr<AdminSocket> admin;
    std::future<void> upkeep;

    Executor home() { return threads.executor(0); }
    ChangeSink changed() {
        return [this](AccountId account, const std::set<ObjectType>& types, ModSeq state) {
            hub->changed(account, types, state);
        };
    }

    Result<void> make_network(SslContext tls);
    void make_logs();
    void make_exchange();
    void make_access();
    Result<void> listen(Opened& opened);
    Metrics::Gauges gauges();
    Result<ConfigChanges> reload();
    void adjust(const Config& to);
    void expire_waiting();
};

Result<void> MailServer::Parts::make_network(SslContext tls) {
    Result<std::shared_ptr<Resolver>> made = fail(ErrorKind::internal, "resolver");
    threads.run_on(0, [&] {
        made = Resolver::create(home(), resolver_options(config));
        client = std::make_unique<HttpClient>(home(), client_options(config, std::move(tls)));
    });
    resolver = TRY(std::move(made));
    peers = std::make_unique<DnsPeerDirectory>(
        home(), *resolver, *client, *store, workers, clock, peer_options(config));
    return {};
}

void MailServer::Parts::make_logs() {
    meter = std::make_unique<DeliveryLog>(*log, *metrics, book, clock);
    own_log = std::make_unique<OwnLog>(config.domain, keys.log, keys.vrf);
    cosigning = std::make_unique<Cosigning>(
        CosignServices{*store, workers, *peers, *client, *own_log, config.directory.witnesses});
    publisher = std::make_unique<LogPublisher>(
        home(),
        LogServices{
            *store, workers, clock, *own_log, LogJournal(config.log_dir()), *cosigning, *meter},
        config.directory.checkpoint_interval);
    logs = std::make_unique<PeerLogs>(
        PeerLogServices{*store,
                        workers,
                        clock,
                        *peers,
                        *client,
                        *meter,
                        policy,
                        config.log_dir() / "evidence",
                        config.domain,
                        [this](SignedCheckpoint seen) { publisher->shown(std::move(seen)); }});
    witness = std::make_unique<WitnessDesk>(
        WitnessServices{*store, workers, clock, *peers, *logs, keys.witness, config.domain});
}

void MailServer::Parts::make_exchange() {
    const KithRecord record = own_record(config, keys);
    cards = std::make_unique<CardLookup>(*peers,
                                         *client,
                                         *store,
                                         workers,
                                         clock,
                                         *logs,
                                         changed(),
                                         Milliseconds(config.federation.lookup_timeout));
    vouches = std::make_unique<VouchIntake>(
        VouchServices{*store, clock, *peers, keys.domain, config.domain, record.keys});
    pull = std::make_unique<VouchPull>(home(),
                                       VouchPullServices{*store,
                                                         workers,
                                                         clock,
                                                         random,
                                                         inbound,
                                                         *peers,
                                                         *client,
                                                         *vouches,
                                                         *meter,
                                                         changed(),
                                                         config.domain});
    intake = std::make_unique<DeliveryIntake>(IntakeServices{*store,
                                                             workers,
                                                             clock,
                                                             inbound,
                                                             *peers,
                                                             *cards,
                                                             *logs,
                                                             *pull,
                                                             *meter,
                                                             admission,
                                                             changed(),
                                                             config.domain,
                                                             record.keys,
                                                             config.limits.blob_octets});
    notes = std::make_unique<NoteIntake>(
        home(), NoteServices{*store, workers, clock, *cards, *peers, *meter, admission, changed()});
    servers = std::make_unique<PublicHttp>(PublicServices{*store,
                                                          workers,
                                                          clock,
                                                          *intake,
                                                          *notes,
                                                          *own_log,
                                                          *witness,
                                                          *vouches,
                                                          config.domain,
                                                          write_kith_record(record)});
    queue = std::make_unique<OutgoingQueue>(
        home(),
        OutgoingServices{
            {*store, tokens, keys.domain, random, config.domain, *own_log, introducers},
            workers,
            clock,
            inbound,
            *peers,
            *client,
            *meter,
            changed(),
            *logs,
            *pull},
        outgoing_options(config));
    fetch = std::make_unique<BodyFetch>(home(),
                                        FetchServices{*store,
                                                      workers,
                                                      clock,
                                                      random,
                                                      *peers,
                                                      *client,
                                                      *meter,
                                                      changed(),
                                                      config.domain,
                                                      Milliseconds(config.federation.body_timeout),
                                                      Milliseconds(config.federation.body_delay)});
    push = std::make_unique<CardPush>(
        home(),
        PushServices{*store, workers, clock, random, *peers, *client, *meter, config.domain});
    note_push = std::make_unique<NotePush>(home(),
                                           NotePushServices{*store,
                                                            workers,
                                                            clock,
                                                            random,
                                                            *peers,
                                                            *client,
                                                            *meter,
                                                            changed(),
                                                            keys.domain,
                                                            config.domain});
}

void MailServer::Parts::make_access() {
    const ClientLimits limits = client_limits(config);
    hub = std::make_unique<PushHub>(limits.event_sources);
    services = std::make_unique<ClientServices>(
        ClientServices{.store = *store,
                       .workers = workers,
                       .clock = clock,
                       .random = random,
                       .hub = *hub,
                       .chains = chains,
                       .tokens = tokens,
                       .domain_key = keys.domain,
                       .directory = *cards,
                       .outbox = *queue,
                       .bodies = *fetch,
                       .publisher = *push,
                       .card_log = *publisher,
                       .meter = *meter,
                       .domain = config.domain,
                       .base_url = base_url(config),
                       .limits = limits,
                       .called_from = [this](const auto& from) { admission.note_device(from); }});
    clients = std::make_unique<ClientHttp>(*services, std::move(keys.nonce));
}

Metrics::Gauges MailServer::Parts::gauges() {
    const auto read = store->read();
    Metrics::Gauges gauges;
    gauges.accounts = static_cast<double>(read->accounts().size());
    gauges.queued_recipients = static_cast<double>(read->queue_size());
    std::error_code unknown;
    const auto space = std::filesystem::space(config.data_dir, unknown);
    gauges.free_octets = unknown ? 0 : static_cast<double>(space.available);
    gauges.store_healthy = store->health() ? 1 : 0;
    gauges.since = static_cast<double>(since.time_since_epoch().count());
    gauges.strangers_effort = static_cast<double>(price.effort(clock.now()));
    gauges.http = server->counts();
    if (smtp)
        gauges.smtp = smtp->counts();
    gauges.loaded = admission.is_loaded() ? 1 : 0;
    gauges.waiting = static_cast<double>(workers.waiting());
    gauges.connections_out = client->connections();
    gauges.log_entries = static_cast<double>(read->log_size());
    gauges.log_stalled = own_log->is_stalled() ? 1 : 0;
    const auto seen = read->known_logs();
    gauges.logs_contradicting = static_cast<double>(std::ranges::count_if(
        seen, [](const KnownLogRecord& known) { return !known.evidence.empty(); }));
    return gauges;
}

Result<void> MailServer::Parts::listen(Opened& opened) {
    site = std::make_shared<SiteHttp>(SiteServices{*servers,
                                                   *clients,
                                                   *metrics,
                                                   book,
                                                   *log,
                                                   clock,
                                                   [this] { return gauges(); },
                                                   workers,
                                                   *store},
                                      site_rules(config));
    HttpServerOptions options;
    options.listen = std::move(opened.listen);
    options.limits = http_limits(config);
    options.id_prefix = request_prefix(random);
    options.shut_out = [this](const boost::asio::ip::address& from) {
        return admission.is_shut_out(from);
    };
    options.can_wait = [this](const boost::asio::ip::address& from) {
        return admission.can_wait(from);
    };
    options.log = [this](const std::string& line) { log->warn("http", {{"detail", line}}); };
    server = TRY(HttpServer::open(threads, std::move(options), identity, site));
    smtp = TRY(SmtpService::open(
        config,
        SmtpServiceParts{
            *store,
            workers,
            threads,
            clock,
            random,
            tokens,
            *resolver,
            *meter,
            changed(),
            [this](const std::string& line) { log->warn("smtp", {{"detail", line}}); },
            [this](const boost::asio::ip::address& from) { return admission.is_shut_out(from); }},
        identity));
    return {};
}

MailServer::MailServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

MailServer::~MailServer() = default;

Result<std::unique_ptr<MailServer>> MailServer::open(const Config& config,
                                                     std::shared_ptr<Log> log) {
    Opened opened = TRY(open_all(config));
    auto metrics = std::make_unique<Metrics>();
    auto store = TRY(open_store(store_options(config, *metrics)));
    auto parts = std::make_unique<Parts>(
        config, std::move(log), opened, std::move(metrics), std::move(store));
    parts->since = parts->clock.now();
    TRY(parts->make_network(std::move(opened.client_tls)));
    if (const auto kept = parts->store->read()->value(kStrangerPriceKey))
        if (const auto restored = parts->price.restore(*kept); !restored)
            parts->log->warn("price-not-restored", {{"detail", restored.error().text()}});
    parts->make_logs();
    parts->make_exchange();
    parts->make_access();
    std::unique_ptr<MailServer> server(new MailServer(std::move(parts)));
    Parts& all = *server->parts_;
    all.context = std::make_unique<ServerContext>(
        ServerContext{all.config, *all.store, all.clock, all.random, server.get()});
    TRY(all.listen(opened));
    all.queue->start();
    all.fetch->start();
    all.push->start();
    all.publisher->start();
    all.note_push->start();
    // Last: it reaches everything above.
    all.admin = TRY(AdminSocket::open(config.admin_socket(), [&all](std::string_view line) {
        return answer_admin_line(*all.context, line);
    }));
    return server;
}

MailServer::Status MailServer::status() const {
    Status status;
    status.since = parts_->since;
    const auto counts = parts_->server->counts();
    status.connections = counts.connections;
    status.requests = counts.requests;
    const auto good = parts_->store->health();
    status.store = good ? "good" : good.error().text();
    return status;
}

RunningServer::Load MailServer::load(std::size_t rows) const {
    Load load;
    load.loaded = parts_->admission.is_loaded();
    const auto counts = parts_->server->counts();
    load.connections = counts.connections;
    load.connections_refused = counts.connections_refused;
    const auto lanes = parts_->workers.lanes();
    for (std::size_t i = 0; i < kArrivalClasses; ++i)
        load.classes.push_back({.name = name_of(static_cast<ArrivalClass>(i)),
                                .waiting = parts_->workers.waiting(i),
                                .share = lanes[i].share});
    load.book = parts_->book.report(rows, parts_->clock.steady());
    return load;
}

void MailServer::Parts::adjust(const Config& to) {
    inbound.set_limits(inbound_options(to));
    price.set_bounds(price_bounds(to));
    intake->set_most_blob_octets(to.limits.blob_octets);
    const ClientLimits limits = client_limits(to);
    services->limits.adjust(limits);
    clients->set_rates(limits);
    hub->set_most(limits.event_sources);
    queue->set_options(outgoing_options(to));
    publisher->set_interval(to.directory.checkpoint_interval);
    const HttpClientOptions calls = client_options(to, {});
    client->set_connections_per_origin(calls.connections_per_origin);
    client->set_connect_timeout(calls.connect_timeout);
    peers->set_options(peer_options(to));
    cards->set_timeout(Milliseconds(to.federation.lookup_timeout));
    fetch->set_timeout(Milliseconds(to.federation.body_timeout));
    fetch->set_delay(Milliseconds(to.federation.body_delay));
    admission.set_options(admission_options(to));
    const StoreOptions options = store_options(to, *metrics);
    store->set_limits(options.min_free_octets, options.queue_limit);
    server->set_limits(http_limits(to));
    if (smtp)
        smtp->adjust(to);
    site->set_rules(site_rules(to));
}

// What can fail comes first, so that a failure leaves everything as it was.
Result<ConfigChanges> MailServer::Parts::reload() {
    const std::scoped_lock lock(reload_mutex);
    log->reopen();
    const Config wanted = running.file.empty() ? running : TRY(load_config(running.file));
    TRY(log->change(wanted.log.level, wanted.log.file));
    if (auto read = identity->reload_files(wanted.tls.certificate, wanted.tls.key); !read) {
        (void)log->change(running.log.level, running.log.file);
        return std::move(read).error();
    }
    ConfigChanges changes = compare(running, wanted);
    running = with_changes_taken(running, wanted);
    adjust(running);
    return changes;
}

Result<ConfigChanges> MailServer::reload() {
    auto done = parts_->reload();
    const auto list = [](const std::vector<std::string>& keys) {
        return fmt::format("{}", fmt::join(keys, ","));
    };
    if (!done)
        parts_->log->error("reload-failed", {{"detail", done.error().text()}});
    else
        parts_->log->info(
            "reloaded",
            {{"changed", list(done->taken)}, {"need_restart", list(done->need_restart)}});
    return done;
}

void MailServer::retry_queue() {
    parts_->queue->forget_failures();
}

void MailServer::changed(AccountId account, const std::set<ObjectType>& types, ModSeq state) {
    parts_->hub->changed(account, types, state);
}

void MailServer::end_account(AccountId account) {
    parts_->hub->end_account(account);
}

Result<void> MailServer::health() const {
    return parts_->store->health();
}

// What waited for a person who did not come.
void MailServer::Parts::expire_waiting() {
    const Time now = clock.now();
    if (store->read()->unconfirmed_expired(now, 1).empty())
        return;
    std::map<AccountId, std::uint64_t> expired;
    std::map<AccountId, ModSeq> states;
    const auto done = store->write_and_wait(
        [&](WriteTransaction& write) -> Result<void> {
            expired = expire_unconfirmed(write, now);
            for (const auto& [account, recipients] : expired)
                states[account] = write.modseq(account);
            return {};
        },
        Store::Adds::no);
    if (!done) {
        log->warn("upkeep-failed", {{"detail", done.error().text()}});
        return;
    }
    for (const auto& [account, recipients] : expired) {
        hub->changed(account, {ObjectType::submission}, states[account]);
        meter->braked(
            {.what = BrakeEvent::What::expired, .account = account, .recipients = recipients});
    }
}

void MailServer::begin_upkeep() {
    if (parts_->upkeep.valid() && parts_->upkeep.wait_for(Seconds(0)) != std::future_status::ready)
        return;
    parts_->upkeep = std::async(std::launch::async, [parts = parts_.get()] {
        const auto done = parts->store->maintain(parts->clock.now());
        if (!done)
            parts->log->warn("upkeep-failed", {{"detail", done.error().text()}});
        if (!done)
            return;
        parts->expire_waiting();
        for (const auto& [account, state] : done->changed)
            parts->hub->changed(account, {ObjectType::email, ObjectType::mailbox}, state);
        if (done->expired_requests + done->removed_blobs > 0)
            parts->log->info("upkeep",
                             {{"expired_requests", std::to_string(done->expired_requests)},
                              {"removed_blobs", std::to_string(done->removed_blobs)},
                              {"freed_octets", std::to_string(done->freed_octets)}});
    });
}

bool MailServer::stop(Milliseconds limit) {
    Parts& all = *parts_;
    all.admin.reset();
    all.hub->end_all();
    bool clean = all.smtp == nullptr || all.smtp->stop(limit);
    clean = (all.server == nullptr || all.server->stop(limit)) && clean;
    auto stop_home = [](Parts* parts, Milliseconds within) -> awaitable<void> {
        co_await parts->queue->stop(within);
        co_await parts->fetch->stop(within);
        co_await parts->push->stop(within);
        co_await parts->publisher->stop(within);
        co_await parts->note_push->stop(within);
        co_await parts->pull->stop(within);
        co_await parts->notes->stop(within);
        co_await parts->client->stop();
        parts->resolver->stop();
    };
    run_to_end(all.threads, stop_home(&all, limit));
    if (all.upkeep.valid())
        all.upkeep.wait();
    all.threads.stop();
    return clean;
}

}  // namespace kith
