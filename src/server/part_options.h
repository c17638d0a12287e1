// What the configuration means for each part of the server: at the start, and again at a reload.
#pragma once

#include <cstddef>
#include <cstdint>

#include "access/client_limits.h"
#include "delivery/inbound.h"
#include "exchange/admission.h"
#include "exchange/dns_peer_directory.h"
#include "exchange/outgoing_queue.h"
#include "net/http_client.h"
#include "net/http_limits.h"
#include "server/config.h"
#include "server/metrics.h"
#include "server/site_http.h"
#include "store/store.h"

namespace kith {

/// 0: one thread for each core.
std::size_t thread_count(std::uint64_t wanted);

StoreOptions store_options(const Config& config, Metrics& metrics);
InboundOptions inbound_options(const Config& config);
PriceBounds price_bounds(const Config& config);
HttpClientOptions client_options(const Config& config, SslContext tls);
ClientLimits client_limits(const Config& config);
HttpLimits http_limits(const Config& config);
PeerDirectoryOptions peer_options(const Config& config);
OutgoingOptions outgoing_options(const Config& config);
AdmissionOptions admission_options(const Config& config);
SiteRules site_rules(const Config& config);

}  // namespace kith
