#include "kith/json_access.h"

namespace kith {
namespace {

const json::value* find(const json::object& object, std::string_view name) {
    return object.if_contains(name);
}

}  // namespace

Result<json::value> parse_json(std::string_view text) {
    json::error_code error;
    json::parse_options options;
    options.max_depth = 64;
    json::value value = json::parse(text, error, {}, options);
    if (error)
        return fail(ErrorKind::malformed, "json", error.message());
    return value;
}

Result<json::object> parse_json_object(std::string_view text) {
    json::value value = TRY(parse_json(text));
    if (!value.is_object())
        return fail(ErrorKind::malformed, "json", "is not an object");
    return std::move(value.get_object());
}

std::string as_std(const json::string& text) {
    return {text.data(), text.size()};
}

std::string text_at(const json::object& object, std::string_view name) {
    return maybe_text_at(object, name).value_or("");
}

std::optional<std::string> maybe_text_at(const json::object& object, std::string_view name) {
    const json::value* value = find(object, name);
    if (value == nullptr || !value->is_string())
        return std::nullopt;
    return as_std(value->get_string());
}

std::int64_t number_at(const json::object& object, std::string_view name) {
    const json::value* value = find(object, name);
    if (value == nullptr)
        return 0;
    if (value->is_int64())
        return value->get_int64();
    if (value->is_uint64())
        return static_cast<std::int64_t>(value->get_uint64());
    return value->is_double() ? static_cast<std::int64_t>(value->get_double()) : 0;
}

bool flag_at(const json::object& object, std::string_view name) {
    const json::value* value = find(object, name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

const json::object& object_at(const json::object& object, std::string_view name) {
    static const json::object none;
    const json::value* value = find(object, name);
    return value != nullptr && value->is_object() ? value->get_object() : none;
}

const json::array& array_at(const json::object& object, std::string_view name) {
    static const json::array none;
    const json::value* value = find(object, name);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

std::vector<std::string> texts_at(const json::object& object, std::string_view name) {
    std::vector<std::string> texts;
    for (const json::value& value : array_at(object, name))
        if (value.is_string())
            texts.push_back(as_std(value.get_string()));
    return texts;
}

json::value value_at(const json::object& object, std::string_view name) {
    const json::value* value = find(object, name);
    return value == nullptr ? json::value(nullptr) : *value;
}

std::vector<const json::object*> objects_in(const json::array& array) {
    std::vector<const json::object*> objects;
    for (const json::value& value : array)
        if (value.is_object())
            objects.push_back(&value.get_object());
    return objects;
}

}  // namespace kith
