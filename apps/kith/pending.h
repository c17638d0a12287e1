// The hashes of stubs that are not final yet, or wait in somebody's Requests: a stamp is computed
// over one, and the server does not give them back. pending/ID.json in the home, for so long.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "kith/home.h"

namespace kith {

using PendingStubs = std::map<std::string, Hash>;  ///< by recipient

Result<void> write_pending(const Home& home, const std::string& stub_id, const PendingStubs& stubs);
/// Errors: not_found, malformed, io.
Result<PendingStubs> read_pending(const Home& home, const std::string& stub_id);
/// Of which messages there are any.
std::vector<std::string> pending_ids(const Home& home);
void drop_pending(const Home& home, const std::string& stub_id);

}  // namespace kith
