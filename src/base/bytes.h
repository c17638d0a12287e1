// Octets and their text forms: hex, base64 (RFC 4648 section 4), base64url, base32.
// Decoders are strict: one canonical text for each value, no white space, padding as the RFC says.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kith {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;

/// The same octets seen as text and back; no copy, the argument must outlive the view.
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT
}
inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};  // NOLINT
}
inline Bytes to_bytes(std::string_view text) {
    return {text.begin(), text.end()};
}
inline std::string to_text(ByteView bytes) {
    return std::string(as_text(bytes));
}

/// Lower-case hex, two digits an octet.
std::string hex(ByteView bytes);
/// Lower case only. Errors: malformed.
Result<Bytes> parse_hex(std::string_view text);

/// RFC 4648 section 4, with padding.
std::string base64(ByteView bytes);
/// Canonical text only: padding required, unused bits zero. Errors: malformed.
Result<Bytes> parse_base64(std::string_view text);
/// RFC 4648 section 4 without padding (as age writes it).
std::string base64_unpadded(ByteView bytes);
Result<Bytes> parse_base64_unpadded(std::string_view text);
/// RFC 4648 section 5, without padding.
std::string base64url(ByteView bytes);
Result<Bytes> parse_base64url(std::string_view text);
/// RFC 4648 section 6, lower case, without padding.
std::string base32(ByteView bytes);
Result<Bytes> parse_base32(std::string_view text);

/// Exactly N octets. Errors: malformed when the length differs.
template <std::size_t N>
Result<ByteArray<N>> exactly(ByteView bytes) {
    if (bytes.size() != N)
        return fail(ErrorKind::malformed, "length", "must be " + std::to_string(N) + " octets");
    ByteArray<N> out{};
    for (std::size_t i = 0; i < N; ++i)
        out[i] = bytes[i];
    return out;
}

}  // namespace kith
