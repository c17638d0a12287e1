// HTML as plain text, for messages that bring no plain text and for previews. Nothing is fetched,
// nothing is run; what is not understood is left out.
#pragma once

#include <string>
#include <string_view>

namespace kith {

/// LF line ends. The input is UTF-8. Linear in its length.
std::string html_to_text(std::string_view html);

}  // namespace kith
