#include "protocol/jmap_arguments.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/system/error_code.hpp>
#include <cmath>
#include <set>

#include "base/text.h"

namespace kith::jmap {
namespace {

Error bad(std::string_view name, const std::string& detail) {
    return fail_method(MethodError::invalid_arguments, std::string(name) + ": " + detail);
}

std::string string_of(const json::value& value) {
    const json::string& text = value.get_string();
    return {text.data(), text.size()};
}

const json::value* find_argument(const json::object& arguments, std::string_view name) {
    const json::value* const value = arguments.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

// RFC 8620 1.3; a number written as 5.0 is the integer 5.
std::optional<std::int64_t> int_of(const json::value& value) {
    std::int64_t number = 0;
    if (value.is_int64()) {
        number = value.get_int64();
    } else if (value.is_double() && std::trunc(value.get_double()) == value.get_double() &&
               std::abs(value.get_double()) <= static_cast<double>(kMaxInt)) {
        number = static_cast<std::int64_t>(value.get_double());
    } else {
        return std::nullopt;
    }
    return number >= -kMaxInt && number <= kMaxInt ? std::optional(number) : std::nullopt;
}

bool contains(Names names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool has_form(std::string_view id, IdForm form) {
    return form == IdForm::id ? is_id(id) : !id.empty() && id.size() <= 1024;
}

Result<std::string> read_account(const json::object& arguments) {
    std::string account = TRY(read_string(arguments, "accountId"));
    if (!is_id(account))
        return bad("accountId", "is not an id");
    return account;
}

json::array array_of(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

}  // namespace

Result<std::string> read_string(const json::object& arguments, std::string_view name) {
    auto value = TRY(read_optional_string(arguments, name));
    if (!value)
        return bad(name, "is missing");
    return *std::move(value);
}

Result<std::optional<std::string>> read_optional_string(const json::object& arguments,
                                                        std::string_view name) {
    const json::value* const value = find_argument(arguments, name);
    if (value == nullptr)
        return std::optional<std::string>();
    if (!value->is_string())
        return bad(name, "is not a string");
    return std::optional(string_of(*value));
}

Result<std::optional<std::uint64_t>> read_unsigned(const json::object& arguments,
                                                   std::string_view name) {
    const json::value* const value = find_argument(arguments, name);
    if (value == nullptr)
        return std::optional<std::uint64_t>();
    const auto number = int_of(*value);
    if (!number || *number < 0)
        return bad(name, "is not an integer of 0 to 2^53 - 1");
    return std::optional(static_cast<std::uint64_t>(*number));
}

Result<std::int64_t> read_int(const json::object& arguments,
                              std::string_view name,
                              std::int64_t otherwise) {
    const json::value* const value = arguments.if_contains(name);
    if (value == nullptr)
        return otherwise;
    const auto number = int_of(*value);
    if (!number)
        return bad(name, "is not an integer between -2^53 and 2^53");
    return *number;
}

Result<std::optional<bool>> read_boolean(const json::object& arguments, std::string_view name) {
    const json::value* const value = arguments.if_contains(name);
    if (value == nullptr)
        return std::optional<bool>();
    if (!value->is_bool())
        return bad(name, "is neither true nor false");
    return std::optional(value->get_bool());
}

Result<std::optional<std::vector<std::string>>> read_strings(const json::object& arguments,
                                                             std::string_view name) {
    using Texts = std::optional<std::vector<std::string>>;
    const json::value* const value = find_argument(arguments, name);
    if (value == nullptr)
        return Texts();
    if (!value->is_array())
        return bad(name, "is not an array");
    Texts texts(std::in_place);
    for (const json::value& item : value->get_array()) {
        if (!item.is_string())
            return bad(name, "is not an array of strings");
        texts->push_back(string_of(item));
    }
    return texts;
}

Result<void> check_names(const json::object& arguments, Names known, Names more) {
    for (const json::key_value_pair& member : arguments)
        if (!contains(known, member.key()) && !contains(more, member.key()))
            return bad(printable(member.key()), "is not an argument of this method");
    return {};
}

bool GetArguments::wants(std::string_view property) const {
    return !properties || std::ranges::find(*properties, property) != properties->end();
}

Result<GetArguments> read_get(const json::object& arguments, const GetRules& rules) {
    static constexpr std::string_view kNames[] = {"accountId", "ids", "properties"};
    TRY(check_names(arguments, kNames, rules.more));
    GetArguments out;
    out.account_id = TRY(read_account(arguments));
    if (auto ids = TRY(read_strings(arguments, "ids"))) {
        if (ids->size() > rules.most)
            return fail_method(MethodError::request_too_large,
                               "more than " + std::to_string(rules.most) + " ids");
        std::set<std::string> seen;
        out.ids.emplace();
        for (std::string& id : *ids) {
            if (!has_form(id, rules.ids))
                return bad("ids", "\"" + printable(id) + "\" is not an id");
            if (seen.insert(id).second)
                out.ids->push_back(std::move(id));
        }
    }
    out.properties = TRY(read_strings(arguments, "properties"));
    if (out.properties) {
        for (const std::string& property : *out.properties)
            if (!contains(rules.properties, property))
                return bad("properties", "there is no \"" + printable(property) + "\"");
        if (!out.wants("id"))
            out.properties->emplace_back("id");
    }
    return out;
}

void select_properties(json::object& record, const GetArguments& arguments) {
    if (!arguments.properties)
        return;
    json::object kept;
    for (json::key_value_pair& member : record)
        if (arguments.wants(member.key()))
            kept.emplace(member.key(), std::move(member.value()));
    record = std::move(kept);
}

json::object get_response(const GetArguments& arguments,
                          std::string state,
                          json::array list,
                          const std::vector<std::string>& not_found) {
    return {{"accountId", arguments.account_id},
            {"state", std::move(state)},
            {"list", std::move(list)},
            {"notFound", array_of(not_found)}};
}

Result<ChangesArguments> read_changes(const json::object& arguments) {
    static constexpr std::string_view kNames[] = {"accountId", "sinceState", "maxChanges"};
    TRY(check_names(arguments, kNames));
    ChangesArguments out;
    out.account_id = TRY(read_account(arguments));
    out.since_state = TRY(read_string(arguments, "sinceState"));
    out.most = TRY(read_unsigned(arguments, "maxChanges"));
    if (out.most == 0U)
        return bad("maxChanges", "must be greater than 0");
    return out;
}

json::object changes_response(const ChangesArguments& arguments, const Changes& changes) {
    return {{"accountId", arguments.account_id},
            {"oldState", arguments.since_state},
            {"newState", changes.new_state},
            {"hasMoreChanges", changes.has_more},
            {"created", array_of(changes.created)},
            {"updated", array_of(changes.updated)},
            {"destroyed", array_of(changes.destroyed)}};
}

}  // namespace kith::jmap
