// How a step of the inbound corridor (inbound.h) answers a part of a delivery that is not good.
#pragma once

#include "base/result.h"
#include "protocol/problem.h"

namespace kith {

/// A failure of the sender's making, in the words of protocol section 7.2. problem_of() is for
/// failures that may be ours.
ProblemDetails problem_of_part(const Error& error);

}  // namespace kith
