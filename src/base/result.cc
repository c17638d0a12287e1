#include "base/result.h"

namespace kith {

const char* name_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::malformed:
            return "malformed";
        case ErrorKind::limit:
            return "limit";
        case ErrorKind::bad_signature:
            return "bad-signature";
        case ErrorKind::untrusted:
            return "untrusted";
        case ErrorKind::expired:
            return "expired";
        case ErrorKind::future:
            return "future";
        case ErrorKind::not_found:
            return "not-found";
        case ErrorKind::conflict:
            return "conflict";
        case ErrorKind::denied:
            return "denied";
        case ErrorKind::unavailable:
            return "unavailable";
        case ErrorKind::timeout:
            return "timeout";
        case ErrorKind::io:
            return "io";
        case ErrorKind::internal:
            return "internal";
    }
    return "internal";
}

std::string Error::text() const {
    std::string out = where;
    if (!detail.empty())
        out += (out.empty() ? "" : ": ") + detail;
    return out + " (" + name_of(kind) + ")";
}

Error Error::within(const std::string& outer) && {
    where = where.empty() ? outer : outer + ": " + where;
    return std::move(*this);
}

Error fail(ErrorKind kind, std::string where, std::string detail) {
    return Error{kind, std::move(where), std::move(detail)};
}

}  // namespace kith
