#include "exchange/answers.h"

#include <boost/json/serialize.hpp>

namespace kith {
namespace {

HttpResponse problem_with(const ProblemDetails& details) {
    auto response = problem_response(static_cast<unsigned>(details.status), write_problem(details));
    response.headers.add("cache-control", "no-store");
    return response;
}

}  // namespace

HttpResponse json_answer(unsigned status, const boost::json::object& body) {
    auto response = text_response(status, "application/json", boost::json::serialize(body));
    response.headers.add("cache-control", "no-store");
    return response;
}

HttpResponse problem_answer(Problem problem, std::string detail) {
    return problem_with(make_problem(problem, std::move(detail)));
}

HttpResponse problem_answer(const Error& error) {
    return problem_with(problem_of(error));
}

HttpResponse busy_answer(Problem problem, Seconds retry_after, std::string detail) {
    auto response = problem_answer(problem, std::move(detail));
    response.headers.add("retry-after", std::to_string(retry_after.count()));
    return response;
}

HttpResponse wrong_method_answer(std::string_view allow) {
    auto response = problem_answer(Problem::method_not_allowed);
    response.headers.add("allow", std::string(allow));
    return response;
}

}  // namespace kith
