// SPF (RFC 7208): may this client send mail in the name of that domain?
#pragma once

#include <cstddef>
#include <string>

#include "base/time.h"
#include "mailauth/asking.h"
#include "mailauth/ip_address.h"

namespace kith::mailauth {

/// RFC 7208 section 2.6.
enum class SpfStatus { none, neutral, pass, fail, softfail, temperror, permerror };
const char* name_of(SpfStatus status);

struct SpfRequest {
    IpAddress client;
    std::string helo;          ///< as the client said it
    std::string reverse_path;  ///< MAIL FROM without "<>"; empty: postmaster@HELO is checked
    std::string receiver;      ///< our own host name, for explanations
    Time now;                  ///< for the macro %{t} of explanations
};

struct SpfResult {
    SpfStatus status = SpfStatus::none;
    std::string domain;       ///< what was checked, lower case: of MAIL FROM, else of HELO
    std::string reason;       ///< a sentence for people: the mechanism that matched, or the error
    std::string explanation;  ///< the domain's own (exp=), printable ASCII; only for fail
};

/// RFC 7208 section 4.6.4.
struct SpfLimits {
    std::size_t terms = 10;        ///< that ask DNS
    std::size_t void_lookups = 2;  ///< that find nothing
    std::size_t names = 10;        ///< MX or PTR names of one term
};

Asking<SpfResult> check_spf(SpfRequest request, SpfLimits limits = {});

}  // namespace kith::mailauth
