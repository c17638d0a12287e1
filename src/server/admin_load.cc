#include "server/admin_load.h"

#include <fmt/format.h>

namespace kith {
namespace {
namespace json = boost::json;

constexpr std::int64_t kRows = 10;
constexpr std::int64_t kMostRows = 4'096;

json::array rows_json(const std::vector<LoadBook::Row>& rows, const char* name) {
    json::array out;
    for (const LoadBook::Row& row : rows)
        out.push_back(json::object{{name, row.name},
                                   {"taken", row.tally.taken},
                                   {"held", row.tally.held},
                                   {"asked", row.tally.asked},
                                   {"refused", row.tally.refused},
                                   {"shed", row.tally.shed},
                                   {"octets", row.tally.octets}});
    return out;
}

}  // namespace

Result<json::value> show_load(ServerContext& context, const json::object& request) {
    if (context.running == nullptr)
        return fail(ErrorKind::unavailable, "top", "no kithd runs here");
    std::int64_t rows = kRows;
    if (const json::value* wish = request.if_contains("rows")) {
        if (!wish->is_int64() || wish->get_int64() < 1 || wish->get_int64() > kMostRows)
            return fail(ErrorKind::malformed, "rows", fmt::format("must be 1 to {}", kMostRows));
        rows = wish->get_int64();
    }
    const RunningServer::Load load = context.running->load(static_cast<std::size_t>(rows));
    json::array classes;
    for (const RunningServer::Load::Class& each : load.classes)
        classes.push_back(
            json::object{{"class", each.name}, {"waiting", each.waiting}, {"share", each.share}});
    json::array shed;
    for (const LoadBook::Shed& each : load.book.shed)
        shed.push_back(json::object{
            {"reason", each.reason}, {"lately", each.lately}, {"sinceStart", each.since_start}});
    return json::value{{"seconds", LoadBook::kWindow.count()},
                       {"loaded", load.loaded},
                       {"connections", load.connections},
                       {"connectionsRefused", load.connections_refused},
                       {"classes", std::move(classes)},
                       {"shed", std::move(shed)},
                       {"domains", rows_json(load.book.domains, "domain")},
                       {"networks", rows_json(load.book.networks, "network")}};
}

}  // namespace kith
