#include "access/email_query.h"

#include <algorithm>
#include <set>

#include "access/email_filter.h"
#include "access/object_ids.h"
#include "access/standard_methods.h"

namespace kith {
namespace {

// A filter with OR or NOT asks the store once for each of its conditions.
constexpr std::size_t kMostQuestions = 20;

// The place of the anchor among the results, page by page.
std::optional<std::uint64_t> find_anchor(ReadContext& context,
                                         MessageFilter filter,
                                         const std::string& anchor) {
    const auto wanted = parse_object_id(IdKind::email, anchor);
    if (!wanted || !context.store.message(context.account(), *wanted))
        return std::nullopt;
    filter.limit = 1'000;
    for (filter.position = 0;; filter.position += filter.limit) {
        const auto page = context.store.messages(context.account(), filter);
        const auto found = std::ranges::find(page.ids, *wanted);
        if (found != page.ids.end())
            return static_cast<std::uint64_t>(filter.position + (found - page.ids.begin()));
        if (page.ids.empty())
            return std::nullopt;
    }
}

// What the store answers by itself: only the page that was asked for is read.
Result<jmap::QueryResult> query_in_store(ReadContext& context,
                                         const jmap::QueryArguments& asked,
                                         std::optional<MessageFilter> filter) {
    jmap::QueryResult result;
    std::optional<std::uint64_t> anchor;
    if (filter) {
        filter->limit = 0;
        const auto total = context.store.messages(context.account(), *filter).total;
        result.total = static_cast<std::uint64_t>(total);
        if (asked.anchor)
            anchor = find_anchor(context, *filter, *asked.anchor);
    }
    result.window =
        TRY(jmap::window_of(asked, result.total, anchor, context.call.limits().query_ids));
    if (filter && result.window.count > 0) {
        filter->position = static_cast<std::int64_t>(result.window.position);
        filter->limit = static_cast<std::int64_t>(result.window.count);
        for (const MessageId id : context.store.messages(context.account(), *filter).ids)
            result.ids.push_back(object_id(IdKind::email, id));
    }
    return result;
}

/// A filter tree over sets of ids: the store answers each condition, this joins the answers.
class FilterSets {
  public:
    using Ids = std::vector<MessageId>;  // sorted

    FilterSets(ReadContext& context, Ids everything)
        : context_(context), everything_(std::move(everything)) {}

    Result<Ids> find(const jmap::Filter& filter) {
        using Kind = jmap::Filter::Kind;
        if (filter.kind == Kind::condition)
            return find_condition(filter.condition);
        Ids found = filter.kind == Kind::all_of ? everything_ : Ids();
        for (const jmap::Filter& part : filter.parts) {
            const Ids more = TRY(find(part));
            found = filter.kind == Kind::all_of ? in_both(found, more) : in_either(found, more);
        }
        return filter.kind == Kind::none_of ? without(found) : found;
    }

  private:
    Result<Ids> find_condition(const json::object& condition) {
        if (++questions_ > kMostQuestions)
            return jmap::fail_method(jmap::MethodError::unsupported_filter,
                                     "more than 20 conditions with OR or NOT");
        auto filter = TRY(email_filter_of(condition));
        if (!filter)
            return Ids();
        filter->limit = INT64_MAX;
        auto ids = context_.store.messages(context_.account(), *filter).ids;
        std::ranges::sort(ids);
        return ids;
    }

    static Ids in_both(const Ids& a, const Ids& b) {
        Ids out;
        std::ranges::set_intersection(a, b, std::back_inserter(out));
        return out;
    }
    static Ids in_either(const Ids& a, const Ids& b) {
        Ids out;
        std::ranges::set_union(a, b, std::back_inserter(out));
        return out;
    }
    Ids without(const Ids& found) const {
        Ids out;
        std::ranges::set_difference(everything_, found, std::back_inserter(out));
        return out;
    }

    ReadContext& context_;
    Ids everything_;
    std::size_t questions_ = 0;
};

enum class Threads { each_email, first_email };

// OR, NOT and collapsed threads: over the ids of all Emails.
Result<jmap::QueryResult> query_by_sets(ReadContext& context,
                                        const jmap::QueryArguments& asked,
                                        Threads threads) {
    MessageFilter everything;
    everything.order = email_order_of(asked);
    everything.limit = INT64_MAX;
    const auto all = context.store.messages(context.account(), everything);
    auto matching = all.ids;
    std::ranges::sort(matching);
    if (asked.filter)
        matching = TRY(FilterSets(context, matching).find(*asked.filter));
    std::vector<std::string> ids;
    std::set<MessageId> seen;
    for (std::size_t i = 0; i < all.ids.size(); ++i)
        if (std::ranges::binary_search(matching, all.ids[i]) &&
            (threads == Threads::each_email || seen.insert(all.threads[i]).second))
            ids.push_back(object_id(IdKind::email, all.ids[i]));
    return TRY(page_of(asked, ids, context.call.limits().query_ids));
}

}  // namespace

Result<json::object> email_query(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(read_query(arguments, kEmailQuery));
    const bool collapse = TRY(jmap::read_boolean(arguments, "collapseThreads")).value_or(false);
    auto filter = email_filter_of(asked);
    const bool in_store = filter && !collapse;
    auto result = in_store
                      ? TRY(query_in_store(context, asked, *std::move(filter)))
                      : TRY(query_by_sets(
                            context, asked, collapse ? Threads::first_email : Threads::each_email));
    result.state = type_state(context.store, context.account(), ObjectType::email);
    if (in_store)
        result.changes = jmap::QueryResult::Changes::calculated;
    return jmap::query_response(asked, result);
}

}  // namespace kith
