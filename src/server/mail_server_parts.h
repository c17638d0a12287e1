// What a MailServer is made of. Private to it: only mail_server*.cc include this.
#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "exchange/admission.h"
#include "exchange/body_fetch.h"
#include "exchange/card_push.h"
#include "exchange/dns_peer_directory.h"
#include "exchange/log_publisher.h"
#include "exchange/note_push.h"
#include "exchange/outgoing_queue.h"
#include "net/http_server.h"
#include "server/admin_socket.h"
#include "server/delivery_log.h"
#include "server/keys.h"
#include "server/mail_server.h"
#include "server/site_http.h"
#include "server/smtp_service.h"

namespace kith {

// In the order of construction; destroyed the other way round. The I/O threads have been stopped
// by then, so that nothing runs any more.
struct MailServer::Parts {
    /// What can fail, opened before the parts are put together.
    struct Opened {
        ServerKeys keys;
        std::shared_ptr<TlsIdentity> identity;
        SslContext client_tls;
        std::shared_ptr<const WitnessPolicy> policy;
        std::vector<boost::asio::ip::tcp::endpoint> listen;
    };
    static Result<Opened> open_all(const Config& config);

    Parts(const Config& with,
          std::shared_ptr<Log> to,
          Opened& opened,
          std::unique_ptr<Metrics> figures,
          std::unique_ptr<Store> from);

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

}  // namespace kith
