// /query and /queryChanges of jmap_arguments.h (RFC 8620 5.5 and 5.6).
#include <algorithm>
#include <boost/json/array.hpp>

#include "base/text.h"
#include "protocol/jmap_arguments.h"

namespace kith::jmap {
namespace {

constexpr std::size_t kMaxFilterDepth = 8;
constexpr std::size_t kMaxConditions = 100;
constexpr std::size_t kMaxComparators = 8;

Error bad(std::string_view name, const std::string& detail) {
    return fail_method(MethodError::invalid_arguments, std::string(name) + ": " + detail);
}

Error unsupported_filter(std::string description) {
    return fail_method(MethodError::unsupported_filter, std::move(description));
}

bool contains(Names names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

Result<Filter::Kind> read_operator(const json::object& filter) {
    const std::string name = TRY(read_string(filter, "operator"));
    if (name == "AND")
        return Filter::Kind::all_of;
    if (name == "OR")
        return Filter::Kind::any_of;
    if (name == "NOT")
        return Filter::Kind::none_of;
    return bad("filter", "the operator is not AND, OR or NOT");
}

// Reads a filter tree; `conditions` counts what is left of kMaxConditions.
class FilterReader {
  public:
    explicit FilterReader(Names conditions) : conditions_(conditions) {}

    Result<Filter> read(const json::value& value, std::size_t depth) {
        if (!value.is_object())
            return bad("filter", "is not an object");
        if (depth > kMaxFilterDepth || ++count_ > kMaxConditions)
            return unsupported_filter("more than 8 levels or 100 conditions");
        const json::object& object = value.get_object();
        return object.contains("operator") ? read_tree(object, depth) : read_condition(object);
    }

  private:
    Result<Filter> read_tree(const json::object& object, std::size_t depth) {
        static constexpr std::string_view kNames[] = {"operator", "conditions"};
        TRY(check_names(object, kNames));
        Filter filter;
        filter.kind = TRY(read_operator(object));
        const json::value* const parts = object.if_contains("conditions");
        if (parts == nullptr || !parts->is_array())
            return bad("filter", "\"conditions\" is not an array");
        for (const json::value& part : parts->get_array())
            filter.parts.push_back(TRY(read(part, depth + 1)));
        return filter;
    }

    Result<Filter> read_condition(const json::object& object) {
        for (const json::key_value_pair& member : object)
            if (!contains(conditions_, member.key()))
                return unsupported_filter("there is no condition \"" + printable(member.key()) +
                                          "\"");
        Filter filter;
        filter.condition = object;
        return filter;
    }

    Names conditions_;
    std::size_t count_ = 0;
};

Result<Comparator> read_comparator(const json::value& value, Names sortable) {
    if (!value.is_object())
        return bad("sort", "a comparator is not an object");
    const json::object& object = value.get_object();
    Comparator comparator;
    comparator.property = TRY(read_string(object, "property"));
    comparator.ascending = TRY(read_boolean(object, "isAscending")).value_or(true);
    const auto collation = TRY(read_optional_string(object, "collation"));
    if (!contains(sortable, comparator.property))
        return fail_method(MethodError::unsupported_sort,
                           "cannot sort by \"" + printable(comparator.property) + "\"");
    if (collation && *collation != "i;ascii-casemap")
        return fail_method(MethodError::unsupported_sort, "the collation is not known here");
    return comparator;
}

Result<std::vector<Comparator>> read_sort(const json::object& arguments, Names sortable) {
    std::vector<Comparator> sort;
    const json::value* const value = arguments.if_contains("sort");
    if (value == nullptr || value->is_null())
        return sort;
    if (!value->is_array())
        return bad("sort", "is not an array");
    if (value->get_array().size() > kMaxComparators)
        return fail_method(MethodError::unsupported_sort, "more than 8 comparators");
    for (const json::value& item : value->get_array())
        sort.push_back(TRY(read_comparator(item, sortable)));
    return sort;
}

// What /query and /queryChanges have in common.
Result<QueryArguments> read_common(const json::object& arguments, const QueryRules& rules) {
    QueryArguments out;
    out.account_id = TRY(read_string(arguments, "accountId"));
    if (!is_id(out.account_id))
        return bad("accountId", "is not an id");
    const json::value* const filter = arguments.if_contains("filter");
    if (filter != nullptr && !filter->is_null())
        out.filter = TRY(FilterReader(rules.conditions).read(*filter, 1));
    out.sort = TRY(read_sort(arguments, rules.sort));
    out.calculate_total = TRY(read_boolean(arguments, "calculateTotal")).value_or(false);
    return out;
}

// Adds a negative offset to an index; never below 0.
std::uint64_t moved(std::uint64_t index, std::int64_t by) {
    if (by >= 0)
        return index + static_cast<std::uint64_t>(by);
    const auto back = static_cast<std::uint64_t>(-by);  // kMaxInt at most
    return index > back ? index - back : 0;
}

}  // namespace

Result<QueryArguments> read_query(const json::object& arguments, const QueryRules& rules) {
    static constexpr std::string_view kNames[] = {"accountId",
                                                  "filter",
                                                  "sort",
                                                  "position",
                                                  "anchor",
                                                  "anchorOffset",
                                                  "limit",
                                                  "calculateTotal"};
    TRY(check_names(arguments, kNames, rules.more));
    QueryArguments out = TRY(read_common(arguments, rules));
    out.position = TRY(read_int(arguments, "position", 0));
    out.anchor = TRY(read_optional_string(arguments, "anchor"));
    out.anchor_offset = TRY(read_int(arguments, "anchorOffset", 0));
    out.limit = TRY(read_unsigned(arguments, "limit"));
    return out;
}

Result<Window> window_of(const QueryArguments& arguments,
                         std::uint64_t total,
                         std::optional<std::uint64_t> anchor_index,
                         std::uint64_t most) {
    Window window;
    if (arguments.anchor) {
        if (!anchor_index)
            return fail_method(MethodError::anchor_not_found);
        window.position = moved(*anchor_index, arguments.anchor_offset);
    } else {
        const bool from_end = arguments.position < 0;
        window.position = moved(from_end ? total : 0, arguments.position);
    }
    const std::uint64_t limit = std::min(arguments.limit.value_or(most), most);
    if (limit != arguments.limit)
        window.limit = limit;
    const std::uint64_t after = total - std::min(window.position, total);
    window.count = std::min(limit, after);
    return window;
}

json::object query_response(const QueryArguments& arguments, const QueryResult& result) {
    json::object out{{"accountId", arguments.account_id},
                     {"queryState", result.state},
                     {"canCalculateChanges", result.changes == QueryResult::Changes::calculated},
                     {"position", result.window.position},
                     {"ids", json::array(result.ids.begin(), result.ids.end())}};
    if (arguments.calculate_total)
        out["total"] = result.total;
    if (result.window.limit)
        out["limit"] = *result.window.limit;
    return out;
}

Result<QueryChangesArguments> read_query_changes(const json::object& arguments,
                                                 const QueryRules& rules) {
    static constexpr std::string_view kNames[] = {
        "accountId", "filter", "sort", "sinceQueryState", "maxChanges", "upToId", "calculateTotal"};
    TRY(check_names(arguments, kNames, rules.more));
    QueryChangesArguments out;
    out.query = TRY(read_common(arguments, rules));
    out.since_state = TRY(read_string(arguments, "sinceQueryState"));
    out.most = TRY(read_unsigned(arguments, "maxChanges"));
    out.up_to_id = TRY(read_optional_string(arguments, "upToId"));
    return out;
}

Result<json::object> query_changes_response(const QueryChangesArguments& arguments,
                                            const QueryChanges& changes) {
    if (arguments.most && changes.removed.size() + changes.added.size() > *arguments.most)
        return fail_method(MethodError::too_many_changes);
    json::array added;
    for (const AddedItem& item : changes.added)
        added.push_back(json::object{{"id", item.id}, {"index", item.index}});
    json::object out{{"accountId", arguments.query.account_id},
                     {"oldQueryState", arguments.since_state},
                     {"newQueryState", changes.new_state}};
    if (arguments.query.calculate_total)
        out["total"] = changes.total;
    out["removed"] = json::array(changes.removed.begin(), changes.removed.end());
    out["added"] = std::move(added);
    return out;
}

}  // namespace kith::jmap
