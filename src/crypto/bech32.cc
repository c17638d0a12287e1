#include "crypto/bech32.h"

#include "base/text.h"
#include "crypto/secret.h"

#include <algorithm>

namespace kith {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksum = 6;

std::uint32_t polymod(std::uint32_t sum, std::uint8_t value) {
    constexpr std::uint32_t generator[] = {
        0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = sum >> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (unsigned i = 0; i < 5; ++i)
        if (((top >> i) & 1U) != 0)
            sum ^= generator[i];
    return sum;
}

std::uint32_t sum_of(std::string_view prefix, ByteView values) {
    std::uint32_t sum = 1;
    for (char c : prefix)
        sum = polymod(sum, static_cast<std::uint8_t>(static_cast<unsigned char>(c) >> 5));
    sum = polymod(sum, 0);
    for (char c : prefix)
        sum = polymod(sum, static_cast<std::uint8_t>(c & 31));
    for (std::uint8_t value : values)
        sum = polymod(sum, value);
    return sum;
}

// Groups of 8 bits to groups of 5, the last one padded with zeros; then room for the checksum.
Secret to_fives(ByteView octets) {
    Secret out((octets.size() * 8 + 4) / 5 + kChecksum);
    std::size_t at = 0;
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (std::uint8_t octet : octets) {
        pending = (pending << 8) | octet;
        for (bits += 8; bits >= 5; bits -= 5)
            out.octets()[at++] = (pending >> (bits - 5)) & 31U;
    }
    if (bits > 0)
        out.octets()[at] = (pending << (5 - bits)) & 31U;
    return out;
}

Result<Bytes> from_fives(ByteView values) {
    Bytes out;
    out.reserve(values.size() * 5 / 8);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (std::uint8_t value : values) {
        pending = (pending << 5) | value;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(static_cast<std::uint8_t>(pending >> bits));
        }
    }
    if (bits >= 5 || (pending & ((1U << bits) - 1)) != 0) {
        wipe(out);
        return fail(ErrorKind::malformed, "bech32", "padding");
    }
    return out;
}

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

}  // namespace

// What is encoded may be a secret key: no copy of it is left behind.
std::string bech32(std::string_view prefix, ByteView octets) {
    const Secret values = to_fives(octets);
    const std::uint32_t sum = sum_of(to_lower(prefix), values.view()) ^ 1U;
    std::string out;
    out.reserve(prefix.size() + 1 + values.size());
    out.append(prefix).append("1");
    for (std::uint8_t value : values.view().first(values.size() - kChecksum))
        out += kAlphabet[value];
    for (unsigned i = 0; i < kChecksum; ++i)
        out += kAlphabet[(sum >> (5 * (5 - i))) & 31U];
    return out;
}

Result<Bech32Text> parse_bech32(std::string_view text) {
    const auto bad = [](const char* why) { return fail(ErrorKind::malformed, "bech32", why); };
    if (std::ranges::any_of(text, [](char c) { return c < 33 || c > 126; }))
        return bad("character");
    if (std::ranges::any_of(text, is_upper) && std::ranges::any_of(text, is_lower))
        return bad("mixed case");
    const std::size_t one = text.rfind('1');
    if (one == std::string_view::npos || one == 0 || one + 1 + kChecksum > text.size())
        return bad("separator");
    const std::string_view data = text.substr(one + 1);
    Secret values(data.size());
    for (std::size_t i = 0; i < data.size(); ++i) {
        const char c = is_upper(data[i]) ? static_cast<char>(data[i] - 'A' + 'a') : data[i];
        const std::size_t value = kAlphabet.find(c);
        if (value == std::string_view::npos)
            return bad("character");
        values.octets()[i] = static_cast<std::uint8_t>(value);
    }
    if (sum_of(to_lower(text.substr(0, one)), values.view()) != 1)
        return bad("checksum");
    const ByteView body = values.view().first(values.size() - kChecksum);
    return Bech32Text{std::string(text.substr(0, one)), TRY(from_fives(body))};
}

}  // namespace kith
