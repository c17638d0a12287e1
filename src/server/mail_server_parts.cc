// The parts put together, room by room.
#include "server/mail_server_parts.h"

#include "server/own_record.h"
#include "server/part_options.h"
#include "server/resolver_options.h"

namespace kith {
namespace {

std::string base_url(const Config& config) {
    const auto port = config.listen.public_port;
    return "https://" + config.host + (port == 443 ? "" : ":" + std::to_string(port));
}

}  // namespace

MailServer::Parts::Parts(const Config& with,
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

}  // namespace kith
