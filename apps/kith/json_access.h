// Reading JSON that somebody else made without exceptions: what is missing or of another type is
// empty. For one thread at a time.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kith {

namespace json = boost::json;

/// Errors: malformed, limit (depth 64).
Result<json::value> parse_json(std::string_view text);
Result<json::object> parse_json_object(std::string_view text);

std::string text_at(const json::object& object, std::string_view name);
std::optional<std::string> maybe_text_at(const json::object& object, std::string_view name);
std::int64_t number_at(const json::object& object, std::string_view name);
bool flag_at(const json::object& object, std::string_view name);
/// A shared empty one where there is none.
const json::object& object_at(const json::object& object, std::string_view name);
const json::array& array_at(const json::object& object, std::string_view name);
std::vector<std::string> texts_at(const json::object& object, std::string_view name);
/// The value itself, or null.
json::value value_at(const json::object& object, std::string_view name);
/// The objects of an array; what is none is left out.
std::vector<const json::object*> objects_in(const json::array& array);

std::string as_std(const json::string& text);
inline json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

}  // namespace kith
