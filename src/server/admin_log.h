// What an administrator asks about directory logs (protocol section 10): `kithd log …`.
#pragma once

#include <boost/json.hpp>

#include "server/server_context.h"

namespace kith {

/// Reads all of this domain's log. Answers `entries`, `published`, `missing`, `summary`.
Result<boost::json::value> verify_own_log(ServerContext& context,
                                          const boost::json::object& request);
/// The other domains' logs: `domain`, `entries`, `seen`, `standing` ("good" or "contradicts
/// itself").
Result<boost::json::value> list_known_logs(ServerContext& context,
                                           const boost::json::object& request);
/// `domain`: the evidence that its log lies, as text.
Result<boost::json::value> show_log_evidence(ServerContext& context,
                                             const boost::json::object& request);
/// `domain`: forgets the evidence, and what was seen of the log: it is met anew.
Result<boost::json::value> forgive_log(ServerContext& context, const boost::json::object& request);

}  // namespace kith
