#include "delivery/inbound_problems.h"

namespace kith {

ProblemDetails problem_of_part(const Error& error) {
    const auto with = [&](Problem problem) {
        return make_problem(problem,
                            error.where + (error.detail.empty() ? "" : ": " + error.detail));
    };
    switch (error.kind) {
        case ErrorKind::bad_signature:
            return with(Problem::bad_signature);
        case ErrorKind::untrusted:
            return with(error.where.ends_with("domain") ? Problem::wrong_domain
                                                        : Problem::bad_signature);
        case ErrorKind::expired:
            return with(Problem::expired);
        case ErrorKind::future:
            return with(Problem::future);
        case ErrorKind::limit:
            return with(Problem::too_large);
        default:
            return with(Problem::malformed);
    }
}

}  // namespace kith
