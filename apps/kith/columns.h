// How wide text stands on a terminal: East Asian characters and emoji take two columns, combining
// marks none. Pure; the tables are those of Unicode's East_Asian_Width, coarsely.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kith {

/// `text`: well-formed UTF-8 without control characters (printable()).
std::size_t columns_of(std::string_view text);
/// As it is where it fits; else its beginning and "…", together at most `width` columns.
std::string cut_to_columns(std::string_view text, std::size_t width);

}  // namespace kith
