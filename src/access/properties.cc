#include "access/properties.h"

#include <algorithm>

#include "base/text.h"
#include "protocol/jmap_patch.h"

namespace kith {

namespace {

// A null in a patch takes the property away (RFC 8620 5.3); one that is null anyway stays so.
bool restore_null(json::object& object, const json::key_value_pair& member) {
    if (!member.value().is_null())
        return false;
    object[member.key()] = nullptr;
    return true;
}

}  // namespace

std::unexpected<jmap::SetError> refuse(jmap::SetErrorType type, std::string description) {
    jmap::SetError error;
    error.type = type;
    error.description = std::move(description);
    return std::unexpected(std::move(error));
}

std::unexpected<jmap::SetError> refuse_property(std::string property, std::string description) {
    auto error = refuse(jmap::SetErrorType::invalid_properties, std::move(description));
    error.error().properties.push_back(std::move(property));
    return error;
}

std::unexpected<jmap::SetError> refuse_property(std::string property, const Error& error) {
    return refuse_property(std::move(property), error.where + ": " + error.detail);
}

Properties::Properties(const json::object& object, jmap::Names known) : object_(object) {
    for (const auto& member : object)
        if (std::ranges::find(known, std::string_view(member.key())) == known.end())
            bad(member.key(), "is not a property that can be set");
}

const json::value* Properties::find(std::string_view name) const {
    const json::value* value = object_.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

bool Properties::has(std::string_view name) const {
    return find(name) != nullptr;
}

void Properties::bad(std::string_view name, std::string_view why) {
    if (std::ranges::find(bad_, name) == bad_.end())
        bad_.emplace_back(name);
    if (!description_.empty())
        description_ += "; ";
    description_ += printable(name);
    description_ += ' ';
    description_ += why;
}

std::unexpected<jmap::SetError> Properties::error() const {
    auto error = refuse(jmap::SetErrorType::invalid_properties, description_);
    error.error().properties = bad_;
    return error;
}

std::optional<std::string> Properties::text(std::string_view name, std::size_t most_octets) {
    const json::value* value = find(name);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_string() || value->get_string().size() > most_octets) {
        bad(name, "must be a string of at most " + std::to_string(most_octets) + " octets");
        return std::nullopt;
    }
    return text_of(value->get_string());
}

std::string Properties::required_text(std::string_view name, std::size_t most_octets) {
    if (!has(name))
        bad(name, "is missing");
    return text(name, most_octets).value_or("");
}

std::optional<bool> Properties::boolean(std::string_view name) {
    const json::value* value = find(name);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_bool()) {
        bad(name, "must be true or false");
        return std::nullopt;
    }
    return value->get_bool();
}

std::optional<std::int64_t> Properties::integer(std::string_view name,
                                                std::int64_t least,
                                                std::int64_t most) {
    const json::value* value = find(name);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
        bad(name, "must be an integer of " + std::to_string(least) + " to " + std::to_string(most));
        return std::nullopt;
    }
    return value->get_int64();
}

std::optional<Time> Properties::time(std::string_view name) {
    const auto value = text(name, 64);
    if (!value)
        return std::nullopt;
    const auto time = parse_time(*value);
    if (!time) {
        bad(name, "must be a time like 2026-11-23T10:00:00Z");
        return std::nullopt;
    }
    return *time;
}

const json::object* Properties::object(std::string_view name) {
    const json::value* value = find(name);
    if (value == nullptr)
        return nullptr;
    if (!value->is_object())
        bad(name, "must be an object");
    return value->if_object();
}

std::optional<Bytes> Properties::base64(std::string_view name, std::size_t most_octets) {
    const auto value = text(name, most_octets * 2);
    if (!value)
        return std::nullopt;
    auto octets = parse_base64(*value);
    if (!octets || octets->size() > most_octets) {
        bad(name, "must be base64 of at most " + std::to_string(most_octets) + " octets");
        return std::nullopt;
    }
    return *std::move(octets);
}

OrSetError<json::object> patched(const json::object& current,
                                 const json::object& patch,
                                 jmap::Names changeable,
                                 const json::object& defaults) {
    auto applied = jmap::apply_patch(current, patch, defaults);
    if (!applied)
        return refuse(jmap::SetErrorType::invalid_patch, applied.error().detail);
    jmap::SetError error;
    error.type = jmap::SetErrorType::invalid_properties;
    for (const auto& member : *applied) {
        const json::value* before = current.if_contains(member.key());
        const bool may =
            std::ranges::find(changeable, std::string_view(member.key())) != changeable.end();
        if (!may && (before == nullptr || *before != member.value()))
            error.properties.emplace_back(member.key());
    }
    for (const auto& member : current)
        if (!applied->contains(member.key()) && !restore_null(*applied, member))
            error.properties.emplace_back(member.key());
    if (error.properties.empty())
        return *std::move(applied);
    error.description = "only the server sets these";
    return std::unexpected(std::move(error));
}

bool is_plain_text(std::string_view text, std::size_t most_octets) {
    const auto is_control = [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet < 0x20 || octet == 0x7f;
    };
    return text.size() <= most_octets && is_utf8(text) && std::ranges::none_of(text, is_control);
}

std::string text_of(const json::string& text) {
    return {text.data(), text.size()};
}

json::value time_or_null(const std::optional<Time>& time) {
    return time ? json::value(format_time(*time)) : json::value(nullptr);
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

}  // namespace kith
