// DMARC (RFC 7489): does what SPF or DKIM proved belong to the domain in From, and what does that
// domain want done where it does not?
#pragma once

#include <string>
#include <vector>

#include "mailauth/asking.h"
#include "mailauth/dkim.h"
#include "mailauth/from_field.h"
#include "mailauth/public_suffix.h"
#include "mailauth/spf.h"

namespace kith::mailauth {

enum class DmarcStatus {
    none,       ///< the domain has no policy
    pass,       ///< an aligned identifier passed
    fail,       ///< none did; or From cannot be judged (several fields, no address)
    temperror,  ///< the policy, or what it depends on, could not be looked up now
    permerror,  ///< the policy's record is wrong
};
const char* name_of(DmarcStatus status);

/// What the domain asks for (p=, sp=). pct= is not drawn by lot: 1 to 100 all mean "always", and 0
/// is one step milder, as its successor t=y is.
enum class DmarcPolicy { none, quarantine, reject };
const char* name_of(DmarcPolicy policy);

struct DmarcResult {
    DmarcStatus status = DmarcStatus::none;
    std::string reason;
    std::string from_domain;                      ///< empty where From names no one domain
    std::string policy_domain;                    ///< where the record was found
    DmarcPolicy policy = DmarcPolicy::none;       ///< as published for from_domain
    DmarcPolicy disposition = DmarcPolicy::none;  ///< what to do with this message: none on pass
    enum class AlignedBy { nothing, spf, dkim };
    AlignedBy aligned_by = AlignedBy::nothing;
    std::string aligned_domain;  ///< of MAIL FROM, HELO or d=
};

struct DmarcRequest {
    Result<std::vector<Author>> authors;  ///< authors_of
    SpfResult spf;
    std::vector<DkimResult> dkim;
};

/// Several authors in one From field: each domain is judged, and the strictest failure counts (RFC
/// 7489 section 6.6.1). Several From fields, or none: fail, and the disposition is reject.
Asking<DmarcResult> check_dmarc(DmarcRequest request, PublicSuffixList suffixes);

}  // namespace kith::mailauth
