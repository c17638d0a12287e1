#include "kith/waiting_requests.h"

#include "kith/json_access.h"

namespace kith {
namespace {

constexpr std::size_t kAtOnce = 250;  // any server gives so many

}  // namespace

Result<std::vector<json::object>> waiting_requests(Person& person) {
    std::vector<json::object> all;
    for (std::size_t position = 0;; position += kAtOnce) {
        const auto page = TRY(
            person.server().call("Request/query", {{"position", position}, {"limit", kAtOnce}}));
        const auto ids = texts_at(page, "ids");
        if (ids.empty())
            return all;
        const auto got = TRY(
            person.server().call("Request/get", {{"ids", json::array(ids.begin(), ids.end())}}));
        for (const json::object* each : objects_in(array_at(got, "list")))
            all.push_back(*each);
        if (ids.size() < kAtOnce)
            return all;
    }
}

}  // namespace kith
