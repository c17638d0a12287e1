// The Authenticated Received Chain (RFC 8617): what mail servers on the way found, signed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/time.h"
#include "mailauth/asking.h"
#include "mailauth/message_digest.h"

namespace kith::mailauth {

enum class ArcStatus { none, pass, fail };
const char* name_of(ArcStatus status);

struct ArcResult {
    ArcStatus status = ArcStatus::none;
    std::string reason;                ///< for fail
    std::vector<std::string> sealers;  ///< d= of each seal, the newest first; only for pass
    /// The newest set's ARC-Authentication-Results, behind "i=N;"; only for pass.
    std::string results;
};

inline constexpr std::size_t kMaxArcSets = 50;

/// The chain up to the newest set. A key that cannot be looked up now is a fail, too, with that
/// reason. `message` must outlive the Asking.
Asking<ArcResult> check_arc(const MessageDigest* message, Time now);

}  // namespace kith::mailauth
