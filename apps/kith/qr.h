// A QR code for a terminal, two modules a character (half blocks), dark on light.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kith {

enum class Contrast { plain, forced };  ///< forced: with colour codes, black on white
/// Lines ended by LF. Errors: limit (too long for a code).
Result<std::string> qr_text(std::string_view content, Contrast contrast);

}  // namespace kith
