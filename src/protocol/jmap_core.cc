#include "protocol/jmap_core.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <boost/system/error_code.hpp>
#include <cmath>
#include <optional>

namespace kith::jmap {
namespace {

template <class Enum>
struct Named {
    Enum value;
    std::string_view name;
};

constexpr std::array kMethodErrors = {
    Named{MethodError::server_unavailable, "serverUnavailable"},
    Named{MethodError::server_fail, "serverFail"},
    Named{MethodError::server_partial_fail, "serverPartialFail"},
    Named{MethodError::unknown_method, "unknownMethod"},
    Named{MethodError::invalid_arguments, "invalidArguments"},
    Named{MethodError::invalid_result_reference, "invalidResultReference"},
    Named{MethodError::forbidden, "forbidden"},
    Named{MethodError::account_not_found, "accountNotFound"},
    Named{MethodError::account_not_supported_by_method, "accountNotSupportedByMethod"},
    Named{MethodError::account_read_only, "accountReadOnly"},
    Named{MethodError::request_too_large, "requestTooLarge"},
    Named{MethodError::cannot_calculate_changes, "cannotCalculateChanges"},
    Named{MethodError::state_mismatch, "stateMismatch"},
    Named{MethodError::anchor_not_found, "anchorNotFound"},
    Named{MethodError::unsupported_sort, "unsupportedSort"},
    Named{MethodError::unsupported_filter, "unsupportedFilter"},
    Named{MethodError::too_many_changes, "tooManyChanges"},
    Named{MethodError::from_account_not_found, "fromAccountNotFound"},
    Named{MethodError::from_account_not_supported_by_method, "fromAccountNotSupportedByMethod"},
};

constexpr std::array kSetErrors = {
    Named{SetErrorType::forbidden, "forbidden"},
    Named{SetErrorType::over_quota, "overQuota"},
    Named{SetErrorType::too_large, "tooLarge"},
    Named{SetErrorType::rate_limit, "rateLimit"},
    Named{SetErrorType::not_found, "notFound"},
    Named{SetErrorType::invalid_patch, "invalidPatch"},
    Named{SetErrorType::will_destroy, "willDestroy"},
    Named{SetErrorType::invalid_properties, "invalidProperties"},
    Named{SetErrorType::singleton, "singleton"},
    Named{SetErrorType::already_exists, "alreadyExists"},
    Named{SetErrorType::mailbox_has_child, "mailboxHasChild"},
    Named{SetErrorType::mailbox_has_email, "mailboxHasEmail"},
    Named{SetErrorType::blob_not_found, "blobNotFound"},
    Named{SetErrorType::too_many_recipients, "tooManyRecipients"},
    Named{SetErrorType::forbidden_to_send, "forbiddenToSend"},
    Named{SetErrorType::cannot_unsend, "cannotUnsend"},
    Named{SetErrorType::too_many_keywords, "tooManyKeywords"},
    Named{SetErrorType::too_many_mailboxes, "tooManyMailboxes"},
    Named{SetErrorType::server_fail, "serverFail"},
};

template <class Table, class Enum>
std::string_view name_in(const Table& table, Enum value) {
    return table.at(static_cast<std::size_t>(value)).name;
}

// Boost.JSON keeps the last of two members of one name. I-JSON forbids them, so the members that
// came are counted and compared with those that were kept.
struct CountingHandler {
    // Names that basic_parser asks for. NOLINTBEGIN(readability-identifier-naming)
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);
    // NOLINTEND(readability-identifier-naming)
    using Code = json::error_code;

    json::value_stack stack = {};
    std::size_t members = 0;

    bool on_document_begin(Code& /*error*/) { return true; }
    bool on_document_end(Code& /*error*/) { return true; }
    bool on_object_begin(Code& /*error*/) { return true; }
    bool on_object_end(std::size_t count, Code& /*error*/) {
        members += count;
        stack.push_object(count);
        return true;
    }
    bool on_array_begin(Code& /*error*/) { return true; }
    bool on_array_end(std::size_t count, Code& /*error*/) {
        stack.push_array(count);
        return true;
    }
    bool on_key_part(json::string_view text, std::size_t /*so_far*/, Code& /*error*/) {
        stack.push_chars(text);
        return true;
    }
    bool on_key(json::string_view text, std::size_t /*so_far*/, Code& /*error*/) {
        stack.push_key(text);
        return true;
    }
    bool on_string_part(json::string_view text, std::size_t /*so_far*/, Code& /*error*/) {
        stack.push_chars(text);
        return true;
    }
    bool on_string(json::string_view text, std::size_t /*so_far*/, Code& /*error*/) {
        stack.push_string(text);
        return true;
    }
    bool on_number_part(json::string_view /*text*/, Code& /*error*/) { return true; }
    bool on_int64(std::int64_t number, json::string_view /*text*/, Code& /*error*/) {
        stack.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, json::string_view /*text*/, Code& /*error*/) {
        stack.push_uint64(number);
        return true;
    }
    bool on_double(double number, json::string_view /*text*/, Code& error) {
        if (!std::isfinite(number)) {
            error = json::error::exponent_overflow;
            return false;
        }
        stack.push_double(number);
        return true;
    }
    bool on_bool(bool value, Code& /*error*/) {
        stack.push_bool(value);
        return true;
    }
    bool on_null(Code& /*error*/) {
        stack.push_null();
        return true;
    }
    bool on_comment_part(json::string_view /*text*/, Code& /*error*/) { return true; }
    bool on_comment(json::string_view /*text*/, Code& /*error*/) { return true; }
};

// RFC 7493 2.1: U+FDD0 to U+FDEF, and the last two code points of every plane. Of UTF-8.
bool has_noncharacter(std::string_view text) {
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        if (octet(i) == 0xEF && octet(i + 1) == 0xB7 && octet(i + 2) >= 0x90 &&
            octet(i + 2) <= 0xAF)
            return true;
        if (octet(i) == 0xEF && octet(i + 1) == 0xBF && octet(i + 2) >= 0xBE)
            return true;
        if (octet(i) >= 0xF0 && i + 3 < text.size() && (octet(i + 1) & 0x0F) == 0x0F &&
            octet(i + 2) == 0xBF && octet(i + 3) >= 0xBE)
            return true;
    }
    return false;
}

// The depth is bounded by the parser's.
bool has_noncharacter(const json::value& value) {
    if (const json::string* const text = value.if_string())
        return has_noncharacter(std::string_view(text->data(), text->size()));
    if (const json::array* const array = value.if_array())
        return std::ranges::any_of(*array, [](const auto& item) { return has_noncharacter(item); });
    const json::object* const object = value.if_object();
    return object != nullptr && std::ranges::any_of(*object, [](const auto& member) {
               return has_noncharacter(std::string_view(member.key())) ||
                      has_noncharacter(member.value());
           });
}

// The depth is bounded by the parser's.
std::size_t count_members(const json::value& value) {
    std::size_t count = 0;
    if (const json::object* const object = value.if_object()) {
        count = object->size();
        for (const json::key_value_pair& member : *object)
            count += count_members(member.value());
    } else if (const json::array* const array = value.if_array()) {
        for (const json::value& item : *array)
            count += count_members(item);
    }
    return count;
}

}  // namespace

bool is_id(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, allowed);
}

Result<json::value> parse_json(std::string_view text, std::size_t depth) {
    json::parse_options options;
    options.max_depth = depth;
    json::basic_parser<CountingHandler> parser(options);
    parser.handler().stack.reset();
    json::error_code error;
    const std::size_t taken = parser.write_some(false, text.data(), text.size(), error);
    if (error == json::error::too_deep)
        return fail(ErrorKind::limit, "json", "nested deeper than " + std::to_string(depth));
    if (error || !parser.done() || taken != text.size())
        return fail(ErrorKind::malformed,
                    "json",
                    "at octet " + std::to_string(taken) + ": " +
                        (error ? error.message() : std::string("more than one value")));
    CountingHandler& handler = parser.handler();
    json::value value = handler.stack.release();
    if (count_members(value) != handler.members)
        return fail(ErrorKind::malformed, "json", "a member comes twice in one object");
    if (has_noncharacter(value))
        return fail(ErrorKind::malformed, "json", "a text has a code point that is no character");
    return value;
}

std::string_view name_of(MethodError error) {
    return name_in(kMethodErrors, error);
}

Error fail_method(MethodError error, std::string description) {
    return fail(ErrorKind::malformed, std::string(name_of(error)), std::move(description));
}

MethodError method_error_of(const Error& error) {
    const auto* const named =
        std::ranges::find(kMethodErrors, error.where, &Named<MethodError>::name);
    if (named != kMethodErrors.end())
        return named->value;
    switch (error.kind) {
        case ErrorKind::malformed:
            return MethodError::invalid_arguments;
        case ErrorKind::limit:
            return MethodError::request_too_large;
        case ErrorKind::unavailable:
        case ErrorKind::timeout:
            return MethodError::server_unavailable;
        case ErrorKind::denied:
            return MethodError::forbidden;
        default:
            return MethodError::server_fail;
    }
}

json::object method_error_object(const Error& error) {
    const MethodError type = method_error_of(error);
    json::object object{{"type", name_of(type)}};
    if (type == MethodError::server_fail && error.where != name_of(type))
        object["description"] = kith::name_of(error.kind);
    else if (error.where == name_of(type) && !error.detail.empty())
        object["description"] = error.detail;
    else if (error.where != name_of(type))
        object["description"] = error.where + ": " + error.detail;
    return object;
}

std::string_view name_of(SetErrorType type) {
    return name_in(kSetErrors, type);
}

json::object SetError::object() const {
    json::object out = more;
    out["type"] = name_of(type);
    if (!description.empty())
        out["description"] = description;
    if (!properties.empty())
        out["properties"] = json::array(properties.begin(), properties.end());
    return out;
}

SetError set_error_of(const Error& error) {
    switch (error.kind) {
        case ErrorKind::malformed:
            if (error.where == "patch")
                return {SetErrorType::invalid_patch, error.detail, {}, {}};
            return {SetErrorType::invalid_properties, error.detail, {error.where}, {}};
        case ErrorKind::not_found:
            return {SetErrorType::not_found, error.detail, {}, {}};
        case ErrorKind::limit:
            return {SetErrorType::too_large, error.where + ": " + error.detail, {}, {}};
        case ErrorKind::denied:
            return {SetErrorType::forbidden, error.where + ": " + error.detail, {}, {}};
        default:
            return {SetErrorType::server_fail, kith::name_of(error.kind), {}, {}};
    }
}

}  // namespace kith::jmap
