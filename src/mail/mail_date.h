// Times as header fields have them (RFC 5322 section 3.3), in UTC.
#pragma once

#include <string>

#include "base/time.h"

namespace kith {

/// "Fri, 27 Nov 2026 17:12:29 +0000"
std::string format_mail_date(Time time);

}  // namespace kith
