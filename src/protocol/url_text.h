// Paths and queries of our own URLs, percent-encoded (RFC 3986 section 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kith {

/// Errors: malformed (a bad escape, or not UTF-8 after it).
Result<std::string> percent_decode(std::string_view text);
/// The value of a parameter of a query ("a=1&b=2"); nullopt when it is not there.
/// Errors: malformed, naming the parameter.
Result<std::optional<std::string>> query_parameter(std::string_view query, std::string_view name);
/// The pieces of a path behind `prefix`, decoded; nullopt when it does not begin with it.
std::optional<std::vector<std::string>> path_behind(std::string_view path, std::string_view prefix);

}  // namespace kith
