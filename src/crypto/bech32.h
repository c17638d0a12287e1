// Bech32 (BIP 173) as age uses it: no length limit of 90, lower case or upper case throughout.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace kith {

/// Lower case.
std::string bech32(std::string_view prefix, ByteView octets);

struct Bech32Text {
    std::string prefix;  ///< as written
    Bytes octets;        ///< the caller wipes a secret
};
/// Errors: malformed (mixed case, checksum, padding, alphabet).
Result<Bech32Text> parse_bech32(std::string_view text);

}  // namespace kith
