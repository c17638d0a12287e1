// Where the server of a domain is (protocol section 6): DNS, then the well-known page; or what the
// person said. What was found is kept in the home for its TTL, so that most commands ask no DNS.
#pragma once

#include "kith/network.h"
#include "protocol/kith_record.h"

namespace kith {

/// What `/.well-known/kith` says: a record, with or without an LF at its end (protocol section 6).
Result<KithRecord> parse_kith_page(std::string_view page);

/// Errors: not_found (no Kith server for the domain), unavailable, timeout, untrusted (bogus DNS),
/// malformed.
Result<HttpOrigin> find_server(Network& network, const HomeConfig& config);

enum class Freshness { cached, anew };
/// The same through server.json of the home.
Result<HttpOrigin> server_of(const Home& home, Network& network, Freshness freshness);

/// "HOST" or "HOST:PORT". Errors: usage.
Result<void> read_server_option(std::string_view text, HomeConfig& config);

}  // namespace kith
