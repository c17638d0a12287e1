#include "base/bytes.h"

namespace kith {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";

using Values = std::array<std::int8_t, 256>;

constexpr Values values_of(std::string_view alphabet) {
    Values values{};
    values.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return values;
}

constexpr Values kHexValues = values_of(kHex);
constexpr Values kBase64Values = values_of(kBase64);
constexpr Values kBase64UrlValues = values_of(kBase64Url);
constexpr Values kBase32Values = values_of(kBase32);

std::string encode(ByteView bytes, std::string_view alphabet, unsigned bits) {
    std::string out((bytes.size() * 8 + bits - 1) / bits, '\0');
    char* next = out.data();
    std::uint32_t pending = 0;
    unsigned count = 0;
    const std::uint32_t mask = (1U << bits) - 1;
    for (std::uint8_t octet : bytes) {
        pending = (pending << 8) | octet;
        count += 8;
        while (count >= bits) {
            count -= bits;
            *next++ = alphabet[(pending >> count) & mask];
        }
    }
    if (count > 0)
        *next = alphabet[(pending << (bits - count)) & mask];
    return out;
}

Result<Bytes> decode(std::string_view text, const Values& values, unsigned bits, const char* what) {
    Bytes out(text.size() * bits / 8);
    std::uint8_t* next = out.data();
    std::uint32_t pending = 0;
    unsigned count = 0;
    for (char c : text) {
        const std::int8_t value = values[static_cast<unsigned char>(c)];
        if (value < 0)
            return fail(ErrorKind::malformed, what, "character outside the alphabet");
        pending = (pending << bits) | static_cast<std::uint32_t>(value);
        count += bits;
        if (count >= 8) {
            count -= 8;
            *next++ = static_cast<std::uint8_t>(pending >> count);
        }
    }
    if (count >= bits)
        return fail(ErrorKind::malformed, what, "impossible length");
    if ((pending & ((1U << count) - 1)) != 0)
        return fail(ErrorKind::malformed, what, "not canonical");
    return out;
}

}  // namespace

std::string hex(ByteView bytes) {
    std::string out(bytes.size() * 2, '\0');
    char* next = out.data();
    for (std::uint8_t octet : bytes) {
        *next++ = kHex[octet >> 4];
        *next++ = kHex[octet & 15];
    }
    return out;
}

Result<Bytes> parse_hex(std::string_view text) {
    if (text.size() % 2 != 0)
        return fail(ErrorKind::malformed, "hex", "odd number of digits");
    Bytes out(text.size() / 2);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int high = kHexValues[static_cast<unsigned char>(text[2 * i])];
        const int low = kHexValues[static_cast<unsigned char>(text[2 * i + 1])];
        if (high < 0 || low < 0)
            return fail(ErrorKind::malformed, "hex", "not a lower-case hex digit");
        out[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return out;
}

std::string base64_unpadded(ByteView bytes) {
    return encode(bytes, kBase64, 6);
}

std::string base64(ByteView bytes) {
    std::string out = encode(bytes, kBase64, 6);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

Result<Bytes> parse_base64_unpadded(std::string_view text) {
    return decode(text, kBase64Values, 6, "base64");
}

Result<Bytes> parse_base64(std::string_view text) {
    if (text.size() % 4 != 0)
        return fail(ErrorKind::malformed, "base64", "length is not a multiple of four");
    std::size_t padding = 0;
    while (padding < 2 && text.ends_with('=')) {
        text.remove_suffix(1);
        ++padding;
    }
    if ((4 - text.size() % 4) % 4 != padding)
        return fail(ErrorKind::malformed, "base64", "wrong padding");
    return parse_base64_unpadded(text);
}

std::string base64url(ByteView bytes) {
    return encode(bytes, kBase64Url, 6);
}

Result<Bytes> parse_base64url(std::string_view text) {
    return decode(text, kBase64UrlValues, 6, "base64url");
}

std::string base32(ByteView bytes) {
    return encode(bytes, kBase32, 5);
}

Result<Bytes> parse_base32(std::string_view text) {
    return decode(text, kBase32Values, 5, "base32");
}

}  // namespace kith
