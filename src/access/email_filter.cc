#include "access/email_filter.h"

#include <algorithm>

#include "access/email_object.h"
#include "access/object_ids.h"
#include "base/text.h"

namespace kith {
namespace {

using Form = ConditionRule::Form;
constexpr ConditionRule kConditions[] = {{"inMailbox", Form::text},
                                         {"after", Form::time},
                                         {"before", Form::time},
                                         {"hasKeyword", Form::text},
                                         {"notKeyword", Form::text},
                                         {"from", Form::text},
                                         {"tier", Form::text},
                                         {"state", Form::text},
                                         {"stubId", Form::text}};
constexpr std::string_view kSort[] = {"receivedAt"};
constexpr std::string_view kMore[] = {"collapseThreads"};

Error no_such_filter(std::string why) {
    return jmap::fail_method(jmap::MethodError::unsupported_filter, std::move(why));
}

/// Gathers the conditions of a filter into the one that the store answers. Errors:
/// unsupportedFilter for what that cannot say (OR, NOT, two mailboxes at once).
class FilterBuilder {
  public:
    Result<void> add(const jmap::Filter& filter) {
        if (filter.kind == jmap::Filter::Kind::condition)
            return add_condition(filter.condition);
        const bool alone = filter.kind == jmap::Filter::Kind::any_of && filter.parts.size() == 1;
        if (filter.kind != jmap::Filter::Kind::all_of && !alone)
            return no_such_filter("only AND is answered");
        for (const jmap::Filter& part : filter.parts)
            TRY(add(part));
        return {};
    }

    Result<void> add_condition(const json::object& condition) {
        for (const auto& member : condition)
            TRY(add_one(member.key(), text_of(member.value().get_string())));
        return {};
    }

    /// nullopt: nothing can match.
    std::optional<MessageFilter> take() && {
        return impossible_ ? std::nullopt : std::optional(std::move(filter_));
    }

  private:
    Result<void> add_one(std::string_view name, const std::string& value) {
        if (name == "inMailbox")
            return set(filter_.mailbox, parse_object_id(IdKind::mailbox, value));
        if (name == "tier")
            return set(filter_.tier, parse_message_tier(value));
        if (name == "state")
            return set(filter_.state, parse_message_state(value));
        if (name == "stubId")
            return set(filter_.stub_id, std::optional(value));
        if (name == "hasKeyword")
            return set(filter_.has_keyword, std::optional(to_lower(value)));
        if (name == "notKeyword")
            return set(filter_.not_keyword, std::optional(to_lower(value)));
        if (name == "from")
            return set(filter_.from_contains, std::optional(to_lower(value)));
        const Time time = *parse_time(value);  // its form was checked
        if (name == "after")
            filter_.after = std::max(filter_.after.value_or(time), time);
        else
            filter_.before = std::min(filter_.before.value_or(time), time);
        return {};
    }

    // Two different values of one condition cannot be said to the store.
    template <class T>
    Result<void> set(std::optional<T>& place, std::optional<T> value) {
        if (!value)
            impossible_ = true;
        else if (place && *place != *value)
            return no_such_filter("a condition stands twice");
        else
            place = std::move(value);
        return {};
    }

    MessageFilter filter_;
    bool impossible_ = false;
};

}  // namespace

const QueryForm kEmailQuery{.conditions = kConditions, .sort = kSort, .more = kMore};

MessageFilter::Order email_order_of(const jmap::QueryArguments& asked) {
    return !asked.sort.empty() && asked.sort.front().ascending ? MessageFilter::Order::oldest_first
                                                               : MessageFilter::Order::newest_first;
}

Result<std::optional<MessageFilter>> email_filter_of(const jmap::QueryArguments& asked) {
    FilterBuilder builder;
    if (asked.filter)
        TRY(builder.add(*asked.filter));
    auto filter = std::move(builder).take();
    if (filter)
        filter->order = email_order_of(asked);
    return filter;
}

Result<std::optional<MessageFilter>> email_filter_of(const json::object& condition) {
    FilterBuilder builder;
    TRY(builder.add_condition(condition));
    return std::move(builder).take();
}

}  // namespace kith
