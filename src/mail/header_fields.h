// A message's header, field by field, as octets: what stays is left as it was written.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace kith {

/// The message without the header fields of which `drops` says so, by their names in lower case.
std::string without_fields(std::string_view message,
                           const std::function<bool(std::string_view)>& drops);

}  // namespace kith
