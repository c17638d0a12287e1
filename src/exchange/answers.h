// HTTP answers : JSON, and refusals as problem details.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "base/time.h"
#include "net/http_message.h"
#include "protocol/problem.h"

namespace kith {

HttpResponse json_answer(unsigned status, const boost::json::object& body);
HttpResponse problem_answer(Problem problem, std::string detail = {});
/// The problem that a failure is; what is ours alone stays here.
HttpResponse problem_answer(const Error& error);
/// 429 or 503 with Retry-After.
HttpResponse busy_answer(Problem problem, Seconds retry_after, std::string detail = {});
/// 405 with the methods that the resource has.
HttpResponse wrong_method_answer(std::string_view allow);

}  // namespace kith
