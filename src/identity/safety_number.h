// What two people read to each other to be sure of each other's root (protocol section 3.2).
#pragma once

#include <array>
#include <string>

#include "crypto/hash.h"

namespace kith {

/// Twelve groups of five digits; the same for both.
std::array<std::string, 12> safety_number(const Hash& one, const Hash& other);
/// Three lines of four groups, each line ended by LF.
std::string safety_number_text(const Hash& one, const Hash& other);

}  // namespace kith
