// Servers on loopback and a directory that finds them, for the tests of logs and their witnesses.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "exchange/delivery_meter.h"
#include "exchange/peer_directory.h"
#include "net/address.h"
#include "net/net_tests.h"

namespace kith {

/// A handler behind real sockets.
class LoopbackServer {
  public:
    LoopbackServer(IoThreads& threads, std::shared_ptr<HttpHandler> handler) {
        HttpServerOptions options;
        options.listen = {*parse_endpoint("127.0.0.1:0")};
        const auto certificate = testing::TestServer::authority().issue("localhost");
        server_ =
            std::move(*HttpServer::open(threads,
                                        std::move(options),
                                        *TlsIdentity::from_pem(certificate.chain, certificate.key),
                                        std::move(handler)));
    }
    HttpOrigin origin() const {
        return {.host = "localhost",
                .port = server_->endpoints().front().port(),
                .addresses = {boost::asio::ip::make_address("127.0.0.1")}};
    }
    void stop() { server_->stop(Milliseconds(500)); }

  private:
    std::unique_ptr<HttpServer> server_;
};

inline KithRecord record_with_log(const PublicKey& key) {
    KithRecord record;
    record.log_keys = {key};
    return record;
}
inline KithRecord record_with_witness(const PublicKey& key) {
    KithRecord record;
    record.witness = key;
    return record;
}

/// Knows whom it was told of; counts who was looked for.
class KnownPeers final : public PeerDirectory {
  public:
    awaitable<Result<PeerPtr>> find(std::string domain) override {
        ++asked;
        const auto found = peers.find(domain);
        if (found == peers.end())
            co_return fail(ErrorKind::not_found, "domain");
        co_return found->second;
    }
    awaitable<Result<PeerPtr>> find_again(std::string domain) override {
        return find(std::move(domain));
    }
    bool knows(const std::string& domain) override { return peers.contains(domain); }

    void add(const std::string& domain, HttpOrigin origin, KithRecord record) {
        auto peer = std::make_shared<Peer>();
        peer->domain = domain;
        peer->origin = std::move(origin);
        peer->record = std::move(record);
        peers[domain] = std::move(peer);
    }
    std::map<std::string, PeerPtr> peers;
    std::atomic<int> asked = 0;
};

class Warnings final : public DeliveryMeter {
  public:
    void answered(const DeliveryEvent& /*event*/) override {}
    void braked(const BrakeEvent& /*event*/) override {}
    void warn(std::string_view event, std::string_view /*detail*/) override {
        const std::scoped_lock lock(mutex);
        events.emplace_back(event);
    }
    std::mutex mutex;
    std::vector<std::string> events;
};

}  // namespace kith
