// What guardians were asked for, kept in the home to be until it has served: `kith recover
// --guardians` shows it again.
#pragma once

#include <optional>

#include "kith/home.h"
#include "note/guardian_share.h"

namespace kith {

/// Nothing when nobody was asked from here. Errors: malformed, denied, io.
Result<std::optional<GuardianRequest>> kept_request(const Home& home);
Result<void> keep_request(const Home& home, const GuardianRequest& request);
void forget_request(const Home& home);

}  // namespace kith
