#include "kith/network.h"

#include <boost/asio/use_future.hpp>
#include <utility>

namespace kith {

Network::Network(HomeConfig config) : config_(std::move(config)) {}

Network::~Network() {
    if (client_)
        boost::asio::co_spawn(threads_.executor(0), client_->stop(), boost::asio::use_future)
            .wait();
    threads_.run_on(0, [this] {
        client_.reset();
        if (resolver_)
            resolver_->stop();
        resolver_.reset();
    });
}

Result<HttpClient*> Network::client() {
    if (!client_) {
        auto tls = client_tls(config_.ca);
        if (!tls)
            return fail(
                tls.error().kind, "certificates", config_.ca.string() + ": " + tls.error().detail);
        HttpClientOptions options;
        options.tls = std::move(*tls);
        options.connections_per_origin = 1;
        options.user_agent = "kith/" KITH_VERSION;
        client_ = std::make_unique<HttpClient>(threads_.executor(0), std::move(options));
    }
    return client_.get();
}

Result<Resolver*> Network::resolver() {
    if (!resolver_) {
        ResolverOptions options;
        if (!config_.resolver.empty()) {
            // Also for zones that only that server knows, as `test.`, which no resolver forwards.
            options.forward = {config_.resolver};
            const std::string& domain = config_.address.domain();
            const auto dot = domain.rfind('.');
            options.stub_zones = {domain.substr(dot == std::string::npos ? 0 : dot + 1) + " " +
                                  config_.resolver};
        }
        if (!config_.trust_anchor.empty())
            options.trust_anchor_files = {config_.trust_anchor.string()};
        resolver_ = TRY(Resolver::create(threads_.executor(0), options));
    }
    return resolver_.get();
}

Result<HttpReply> Network::request(const HttpOrigin& origin, HttpCall call) {
    HttpClient* client = TRY(this->client());
    return wait_for(client->request(origin, std::move(call)));
}

Result<std::unique_ptr<HttpStream>> Network::open(const HttpOrigin& origin, HttpCall call) {
    HttpClient* client = TRY(this->client());
    return wait_for(client->open(origin, std::move(call)));
}

Result<Bytes> Network::next(HttpStream& stream, Milliseconds limit) {
    return wait_for(stream.next(limit));
}

Result<std::optional<ServerEvent>> Network::next(EventReader& reader, Milliseconds limit) {
    return wait_for(reader.next(limit));
}

Result<DnsTexts> Network::txt(const std::string& name) {
    Resolver* resolver = TRY(this->resolver());
    return wait_for(resolver->txt(name));
}

Result<DnsAddresses> Network::addresses(const std::string& host) {
    Resolver* resolver = TRY(this->resolver());
    return wait_for(resolver->addresses(host));
}

}  // namespace kith
