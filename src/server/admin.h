// What an administrator may ask of a server: one JSON object in, one JSON value out. The same calls
// are carried out by the running server (through a Unix socket in its data folder that only its
// owner can open) or, where none runs, on the store directly.
#pragma once

#include <boost/json.hpp>

#include "server/config.h"
#include "server/server_context.h"

namespace kith {

/// Carries out one call, e.g. {"call": "account.list"}. Blocking: on a worker thread, not an I/O
/// one. Errors: malformed (unknown call, missing argument), not_found, conflict, io, unavailable.
Result<boost::json::value> run_admin_call(ServerContext& context,
                                          const boost::json::object& request);

/// From the command line: asks the running server, else opens the store of `config` for this one
/// call.
Result<boost::json::value> call_admin(const Config& config, const boost::json::object& request);

/// One line of JSON each way on a connected Unix socket: {"ok": value} or {"error": …}.
std::string answer_admin_line(ServerContext& context, std::string_view line);

}  // namespace kith
