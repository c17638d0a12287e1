// What the client API works with. Everything here outlives it; everything is thread-safe.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <functional>
#include <string>

#include "access/client_limits.h"
#include "access/own_chains.h"
#include "access/push_hub.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "exchange/delivery_meter.h"
#include "exchange/ports.h"
#include "net/worker_pool.h"
#include "store/store.h"
#include "trust/token.h"

namespace kith {

struct ClientServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    Random& random;
    PushHub& hub;
    OwnChains& chains;
    const TokenMaker& tokens;
    const SigningKey& domain_key;

    CardDirectory& directory;
    Outbox& outbox;
    BodyFetcher& bodies;
    CardPublisher& publisher;
    CardLog& card_log;
    DeliveryMeter& meter;

    std::string domain;    ///< whose accounts live here
    std::string base_url;  ///< "https://mail.one.test", with the port where it is not 443
    ClientLimits limits;
    /// Told from where a device has called that is logged in; quick, from any thread; may be empty.
    std::function<void(const boost::asio::ip::address&)> called_from = {};
};

/// Who calls: a session of one device.
struct Caller {
    AccountId account = 0;
    Address address;
    Hash root;
    std::string device;
    Time expires;  ///< of the session
    Hash session;  ///< SHA-256 of its token
};

}  // namespace kith
