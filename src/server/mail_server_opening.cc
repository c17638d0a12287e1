// The server is opened: files and keys, the parts, the ports; then everything starts.
#include <fstream>
#include <iterator>

#include "net/address.h"
#include "server/admin.h"
#include "server/mail_server_parts.h"
#include "server/part_options.h"

namespace kith {
namespace {

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

}  // namespace

Result<MailServer::Parts::Opened> MailServer::Parts::open_all(const Config& config) {
    SystemRandom random;
    TRY(complete_keys(config.keys_dir(), random));
    return Opened{TRY(load_keys(config.keys_dir())),
                  TRY(TlsIdentity::from_files(config.tls.certificate, config.tls.key)),
                  TRY(kith::client_tls(config.tls.extra_ca)),
                  TRY(read_policy(config.directory.policy)),
                  TRY(endpoints(config))};
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

Result<std::unique_ptr<MailServer>> MailServer::open(const Config& config,
                                                     std::shared_ptr<Log> log) {
    Parts::Opened opened = TRY(Parts::open_all(config));
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

}  // namespace kith
