// A domain's DMARC policy (RFC 7489 section 6.3).
#pragma once

#include <string_view>

#include "mailauth/dmarc.h"

namespace kith::mailauth {

enum class Alignment { relaxed, strict };

struct DmarcRecord {
    DmarcPolicy policy = DmarcPolicy::none;            ///< p=
    DmarcPolicy subdomain_policy = DmarcPolicy::none;  ///< sp=, by default p=
    Alignment dkim = Alignment::relaxed;               ///< adkim=
    Alignment spf = Alignment::relaxed;                ///< aspf=
    bool milder = false;                               ///< pct=0 or t=y
};

/// "v=DMARC1", then a ";" or nothing.
bool is_dmarc_record(std::string_view text);
/// Errors: malformed.
Result<DmarcRecord> parse_dmarc_record(std::string_view text);

}  // namespace kith::mailauth
