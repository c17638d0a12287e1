#include "server/admin_log.h"

#include <fmt/format.h>

#include "exchange/log_journal.h"
#include "exchange/own_log.h"
#include "exchange/stored_tiles.h"
#include "server/keys.h"

namespace kith {
namespace {
namespace json = boost::json;

Result<std::string> domain_of(const json::object& request) {
    const json::value* value = request.if_contains("domain");
    if (value == nullptr || !value->is_string())
        return fail(ErrorKind::malformed, "domain", "is needed");
    return normal_domain(std::string(value->get_string()));
}

Result<KnownLogRecord> known(ReadTransaction& read, const std::string& domain) {
    auto log = read.known_log(domain);
    if (!log)
        return fail(
            ErrorKind::not_found, domain, "nothing is known of its log; see `kithd log list`");
    return *std::move(log);
}

std::uint64_t entries_of(const std::string& checkpoint) {
    const auto read = read_checkpoint(checkpoint);
    return read ? read->checkpoint.head.size : 0;
}

// Is there all that was published?
Result<void> check_journal(const ServerContext& context, ReadTransaction& read) {
    const auto published = TRY(LogJournal(context.config.log_dir()).checkpoint());
    if (!published)
        return {};
    const TreeHead& head = published->checkpoint.head;
    if (head.size > read.log_size())
        return fail(ErrorKind::conflict,
                    "log",
                    fmt::format("{} entries that were published are missing; see kithd(8), "
                                "DIRECTORY LOG",
                                head.size - read.log_size()));
    StoredTiles tiles(read);
    if (TRY(TileTree(tiles, head.size).root()) != head.root)
        return fail(ErrorKind::conflict,
                    "log",
                    "other entries were published than these; see kithd(8), DIRECTORY LOG");
    return {};
}

}  // namespace

Result<json::value> verify_own_log(ServerContext& context, const json::object& /*request*/) {
    const ServerKeys keys = TRY(load_keys(context.config.keys_dir()));
    const OwnLog log(context.config.domain, keys.log, keys.vrf);
    const auto read = context.store.read();
    const auto census = TRY(log.verify(*read));
    TRY(check_journal(context, *read));
    return json::value{
        {"summary",
         fmt::format("{} entries, {} of them published: whole{}",
                     census.entries,
                     census.published,
                     census.missing == 0
                         ? std::string()
                         : fmt::format("; {} cards wait for an entry", census.missing))},
        {"entries", census.entries},
        {"published", census.published},
        {"missing", census.missing}};
}

Result<json::value> list_known_logs(ServerContext& context, const json::object& /*request*/) {
    json::array rows;
    for (const KnownLogRecord& log : context.store.read()->known_logs())
        rows.push_back(
            json::object{{"domain", log.domain},
                         {"entries", entries_of(log.checkpoint)},
                         {"seen", format_time(log.updated)},
                         {"standing", log.evidence.empty() ? "good" : "contradicts itself"}});
    return json::value(std::move(rows));
}

Result<json::value> show_log_evidence(ServerContext& context, const json::object& request) {
    const std::string domain = TRY(domain_of(request));
    const auto read = context.store.read();
    const KnownLogRecord log = TRY(known(*read, domain));
    if (log.evidence.empty())
        return fail(ErrorKind::not_found, domain, "there is no evidence against its log");
    return json::value{{"domain", domain}, {"evidence", log.evidence}};
}

Result<json::value> forgive_log(ServerContext& context, const json::object& request) {
    const std::string domain = TRY(domain_of(request));
    auto work = [&](WriteTransaction& write) -> Result<void> {
        KnownLogRecord log = TRY(known(write, domain));
        log.evidence.clear();
        log.checkpoint.clear();
        log.cosigned.clear();
        log.updated = context.clock.now();
        write.put_known_log(log);
        return {};
    };
    TRY(context.store.write_and_wait(std::move(work), Store::Adds::no));
    return json::value{{"domain", domain}, {"forgiven", true}};
}

}  // namespace kith
