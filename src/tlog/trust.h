// Is a checkpoint to be believed: signed by its log, and cosigned by as many witnesses as a policy
// asks for, lately?
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tlog/checkpoint.h"
#include "tlog/cosignature.h"
#include "tlog/policy.h"

namespace kith {

/// How long a cosignature counts. A log has its newest checkpoint cosigned anew every day, whether
/// it has grown or not.
inline constexpr Seconds kCosignatureLife = std::chrono::days{7};

/// What a checkpoint is held against. References must outlive the call.
struct LogTrust {
    std::span<const NamedKey> keys;  ///< the log's, as its domain publishes them
    const WitnessPolicy& policy;
    Time now;
};

/// Answers the names of the witnesses that counted. Keys that the policy lists for the origin stand
/// in for `keys`. A witness in the log's own house (the same name up to the first "/") does not
/// count, nor does a cosignature of over kCosignatureLife ago or over kClockSkew ahead. Errors:
/// untrusted, bad_signature ("checkpoint: signature"), bad_signature ("cosignature"), untrusted
/// ("checkpoint: witnesses").
Result<std::vector<std::string>> check_checkpoint(const SignedCheckpoint& checkpoint,
                                                  const LogTrust& trust);

}  // namespace kith
