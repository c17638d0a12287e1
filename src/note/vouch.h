// A vouch: an introducer's server stands for somebody, once, towards one recipient whom it does not
// know (protocol section 5.3).
#pragma once

#include <string>

#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

inline constexpr std::size_t kMaxVouch = 4096;  ///< octets, signatures included
inline constexpr Seconds kMaxVouchLife = std::chrono::days{7};

struct Vouch {
    std::string serial;  ///< 32 hex digits; good once
    Time time;
    Time expires;
    std::string domain;  ///< the introducer's; signs
    Hash introducer;     ///< root
    Hash subject;        ///< root of whom it is for
    Hash recipient;      ///< commitment

    friend bool operator==(const Vouch&, const Vouch&) = default;
};

/// What stands for the recipient before the introducer's server: SHA-256 over "kith/1 recipient"
/// LF, the address, LF, and 32 octets that are drawn anew for each.
Hash recipient_commitment(const Address& recipient, const ByteArray<32>& nonce);

/// Form only. Errors: malformed, limit; `where` is "vouch: FIELD".
Result<Vouch> parse_vouch(const SignedNote& note);
std::string write_vouch(const Vouch& vouch);
/// Errors: future ("vouch: time"), expired ("vouch: expires").
Result<void> check_times(const Vouch& vouch, Time now);

}  // namespace kith
