// DKIM signatures (RFC 6376, 8301, 8463) checked: each in the words of RFC 8601.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "mailauth/asking.h"
#include "mailauth/message_digest.h"

namespace kith::mailauth {

/// RFC 8601 section 2.7.1.
enum class DkimStatus {
    none,       ///< not signed
    pass,       ///< verifies, and nothing speaks against believing it
    fail,       ///< header or body is not what was signed
    policy,     ///< may verify, but is of a kind not believed: l=, expired, a weak algorithm or key
    neutral,    ///< its syntax is wrong, or its key is marked as a test (t=y)
    temperror,  ///< the key could not be looked up now
    permerror,  ///< there is no usable key, or From is not signed
};
const char* name_of(DkimStatus status);

struct DkimResult {
    DkimStatus status = DkimStatus::none;
    std::string reason;     ///< a sentence for people where it is not a pass
    std::string domain;     ///< d=, as A-labels in lower case; empty where it could not be read
    std::string selector;   ///< s=
    std::string identity;   ///< i=, by default "@" and d=
    std::string algorithm;  ///< a=
    std::string signature;  ///< the first octets of b= (RFC 6008), to tell signatures apart
    std::size_t key_bits = 0;
};

class KnownKeys;

struct DkimOptions {
    std::size_t signatures = 8;  ///< from the top; more are not looked at
    KnownKeys* keys = nullptr;   ///< whoever has it lends it; without, each key is read anew
};

/// All signatures of the message, from the top; nothing for one that has none. `message` must
/// outlive the Asking.
Asking<std::vector<DkimResult>> check_dkim(const MessageDigest* message,
                                           Time now,
                                           DkimOptions options);

}  // namespace kith::mailauth
