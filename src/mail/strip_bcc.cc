#include "mail/strip_bcc.h"

#include "mail/header_fields.h"

namespace kith {

std::string strip_bcc(std::string_view message) {
    return without_fields(
        message, [](std::string_view name) { return name == "bcc" || name == "resent-bcc"; });
}

}  // namespace kith
