// Email/queryChanges (RFC 8620 section 5.6), out of the list of changes that the store keeps: what
// changed is looked for among the results, nothing else is.
#include <algorithm>
#include <set>

#include "access/email_filter.h"
#include "access/email_query.h"
#include "access/object_ids.h"

namespace kith {
namespace {

constexpr std::int64_t kPage = 1'000;

// An Email's place is when it came, which stays. Whether it is among the results stays, too, unless
// the filter looks at one of these.
bool is_on_what_changes(const MessageFilter& filter) {
    return filter.mailbox || filter.tier || filter.state || filter.has_keyword ||
           filter.not_keyword;
}

/// Where Emails are among the results of a query that the store answers by itself.
class Places {
  public:
    Places(ReadContext& context, MessageFilter filter)
        : context_(context), filter_(std::move(filter)) {}

    /// Among the results of the very second when it came.
    bool has(const std::string& id) {
        const auto number = parse_object_id(IdKind::email, id);
        const auto message =
            number ? context_.store.message(context_.account(), *number) : std::nullopt;
        if (!message)
            return false;
        MessageFilter then = filter_;
        then.after = std::max(filter_.after.value_or(message->received_at), message->received_at);
        then.before =
            std::min(filter_.before.value_or(Time::max()), message->received_at + Seconds(1));
        then.limit = INT64_MAX;
        const auto found = context_.store.messages(context_.account(), then).ids;
        return std::ranges::find(found, *number) != found.end();
    }

    /// With their indexes, lowest first. Reads no further than the last of them.
    std::vector<jmap::AddedItem> of(std::set<std::string> wanted) {
        std::vector<jmap::AddedItem> found;
        MessageFilter page = filter_;
        page.limit = kPage;
        for (page.position = 0; !wanted.empty(); page.position += kPage) {
            const auto ids = context_.store.messages(context_.account(), page).ids;
            if (ids.empty())
                break;
            for (std::size_t i = 0; i < ids.size(); ++i)
                if (auto id = object_id(IdKind::email, ids[i]); wanted.erase(id) > 0)
                    found.push_back({std::move(id), static_cast<std::uint64_t>(page.position) + i});
        }
        return found;
    }

    std::uint64_t total() {
        MessageFilter none = filter_;
        none.limit = 0;
        return static_cast<std::uint64_t>(context_.store.messages(context_.account(), none).total);
    }

  private:
    ReadContext& context_;
    const MessageFilter filter_;
};

// Behind `up_to` a client has nothing: where results only come and go, it need not be told.
void leave_out_behind(Places& places, const std::string& up_to, jmap::QueryChanges& changes) {
    if (!places.has(up_to))
        return;
    const auto last = places.of({up_to});
    if (!last.empty())
        std::erase_if(changes.added,
                      [&](const jmap::AddedItem& item) { return item.index > last.front().index; });
}

}  // namespace

Result<json::object> email_query_changes(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(read_query_changes(arguments, kEmailQuery));
    if (TRY(jmap::read_boolean(arguments, "collapseThreads")).value_or(false))
        return jmap::fail_method(jmap::MethodError::cannot_calculate_changes,
                                 "threads are collapsed");
    const auto filter = email_filter_of(asked.query);
    if (!filter)
        return jmap::fail_method(jmap::MethodError::cannot_calculate_changes,
                                 "the filter has OR or NOT");
    const auto since = TRY(query_changes_since(context, ObjectType::email, asked.since_state));
    jmap::QueryChanges changes{
        .new_state = since.new_state, .total = 0, .removed = since.destroyed, .added = {}};
    std::vector<std::string> candidates = since.created;
    if (!*filter || is_on_what_changes(**filter)) {
        changes.removed.insert(changes.removed.end(), since.updated.begin(), since.updated.end());
        candidates.insert(candidates.end(), since.updated.begin(), since.updated.end());
    }
    if (*filter) {
        Places places(context, **filter);
        std::erase_if(candidates, [&](const std::string& id) { return !places.has(id); });
        changes.added = places.of({candidates.begin(), candidates.end()});
        if (asked.up_to_id && !is_on_what_changes(**filter))
            leave_out_behind(places, *asked.up_to_id, changes);
        if (asked.query.calculate_total)
            changes.total = places.total();
    }
    return jmap::query_changes_response(asked, changes);
}

}  // namespace kith
