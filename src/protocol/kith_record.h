// Where a domain's server is, as DNS or /.well-known/kith says it (protocol section 6):
//     v=kith1; host=mail.one.test; port=443; key=ed25519:…; mode=testing; log=ed25519:…;
//     witness=ed25519:…
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/ed25519.h"

namespace kith {

inline constexpr std::size_t kMaxKithRecord = 4096;  ///< octets
inline constexpr std::size_t kMaxRecordKeys = 8;

struct KithRecord {
    enum class Mode { testing, enforce };

    std::string host;  ///< a normal domain
    std::uint16_t port = 443;
    std::vector<PublicKey> keys;  ///< at least one; all are good (rotation)
    Mode mode = Mode::testing;
    std::vector<PublicKey> log_keys;   ///< of the directory log (protocol 10); none: it has no log
    std::optional<PublicKey> witness;  ///< cosigns others' checkpoints

    friend bool operator==(const KithRecord&, const KithRecord&) = default;
};

/// Errors: malformed (`where` is "record: TAG"), limit.
Result<KithRecord> parse_kith_record(std::string_view text);
std::string write_kith_record(const KithRecord& record);

/// Of all TXT records of _kith.DOMAIN (each with its strings joined) the one that is a Kith record.
/// Errors: not_found when none begins with "v=kith1"; malformed when several do, or it does not
/// parse.
Result<KithRecord> pick_kith_record(std::span<const std::string> texts);

}  // namespace kith
