// Any body is refused or runs to its end; the answer is JSON with an answer for each call, and no
// larger than what came and what references may copy.
#include <boost/json/parse.hpp>

#include "base/bytes.h"
#include "protocol/jmap_arguments.h"
#include "protocol/jmap_patch.h"
#include "protocol/jmap_request.h"

namespace {

using namespace kith::jmap;

constexpr std::string_view kNames[] = {"id", "a", "b"};

void answer(Exchange& exchange, const Call& call) {
    const json::object& arguments = call.arguments;
    switch (call.method) {
        case 0:
            if (auto get = read_get(arguments, {.properties = kNames}); !get)
                return exchange.add_error(get.error());
            break;
        case 1:
            if (auto set = read_set(arguments)) {
                for (const auto& [id, patch] : set->update)
                    (void)apply_patch({{"a", json::object{{"b", 1}}}}, patch);
                for (const auto& [id, object] : set->create)
                    exchange.record_created(id, "f1");
            } else {
                return exchange.add_error(set.error());
            }
            break;
        case 2:
            if (auto query = read_query(arguments, {.conditions = kNames, .sort = kNames})) {
                auto window = window_of(*query, 10, 3, 5);
                KITH_CHECK(window && window->count <= 5);
            } else {
                return exchange.add_error(query.error());
            }
            break;
        default:
            if (auto changes = read_changes(arguments); !changes)
                return exchange.add_error(changes.error());
            break;
    }
    exchange.add_response(call.name, arguments);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const MethodTable methods = [] {
        MethodTable table;
        for (const char* const name : {"Foo/get", "Foo/set", "Foo/query", "Foo/changes"})
            table.add(name, std::string(kMail));
        return table;
    }();
    Limits limits;
    limits.size_request = 10'000;
    auto begun = Exchange::begin(kith::as_text({data, size}), {methods, limits});
    if (auto* const error = std::get_if<RequestError>(&begun)) {
        KITH_CHECK(json::parse(write_request_error(*error)).at("status") == 400);
        return 0;
    }
    auto& exchange = std::get<Exchange>(begun);
    while (auto call = exchange.next_call())
        answer(exchange, *call);
    const std::string out = exchange.finish("s");
    KITH_CHECK(json::parse(out).as_object().contains("methodResponses"));
    KITH_CHECK(out.size() < 30 * limits.size_request);
    return 0;
}
