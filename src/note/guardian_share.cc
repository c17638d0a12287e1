#include "note/guardian_share.h"

#include <algorithm>

namespace kith {
namespace {

constexpr std::size_t kSeedOctets = 32;
constexpr std::size_t kTimeOctets = 5;
constexpr std::size_t kHashOctets = 32;
constexpr std::size_t kRequestOctets = 1 + kTimeOctets + 2 * kHashOctets;
constexpr std::string_view kScheme = "kith:";
constexpr std::string_view kQuery = "?recover=";
constexpr std::size_t kGroups = 3;
constexpr std::uint64_t kGroupLimit = 100'000;
constexpr std::size_t kGroupDigits = 5;

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "request", std::move(detail));
}

Result<SigningKey> read_seed(std::string_view value) {
    Bytes octets = TRY(as_base64(value));
    auto key = SigningKey::from_seed(octets);
    wipe(octets);
    return key;
}

Result<GuardianShare> read_share(std::string_view text) {
    const Fields fields = TRY(Fields::parse(text, "guardian"));
    Address address = TRY(fields.required("address", as_address));
    const Hash root = TRY(fields.required("root", as_hash));
    auto keys = TRY(fields.list("guardian-key", kMaxGuardians, as_key));
    SigningKey key = TRY(fields.required("seed", read_seed));
    if (std::ranges::find(keys, key.public_key()) == keys.end())
        return fail(ErrorKind::malformed, "seed", "is of none of the keys");
    return GuardianShare{std::move(address), root, std::move(keys), std::move(key)};
}

std::uint64_t big_endian(ByteView octets) {
    std::uint64_t value = 0;
    for (const std::uint8_t octet : octets)
        value = value << 8 | octet;
    return value;
}

Hash hash_at(ByteView octets) {
    Hash hash;
    std::ranges::copy(octets, hash.octets.begin());
    return hash;
}

}  // namespace

Result<GuardianShare> parse_guardian_share(std::string_view text) {
    auto share = read_share(text);
    return share ? std::move(share) : std::move(share).error().within("guardian");
}

std::string write_guardian_share(const GuardianShare& share) {
    FieldWriter out("guardian");
    out.add("address", share.address.text()).add("root", share.root.text());
    for (const PublicKey& key : share.keys)
        out.add("guardian-key", key.text());
    std::string seed = base64(share.key.seed().first(kSeedOctets));
    out.add("seed", seed);
    wipe(seed);
    return out.take();
}

Result<GuardianRequest> parse_guardian_request(std::string_view link) {
    const std::size_t mark = link.find(kQuery);
    if (!link.starts_with(kScheme) || mark == std::string_view::npos)
        return bad("is not kith:ADDRESS?recover=…");
    auto address = Address::parse(link.substr(kScheme.size(), mark - kScheme.size()));
    if (!address)
        return bad("the address: " + address.error().detail);
    const auto octets = parse_base32(link.substr(mark + kQuery.size()));
    if (!octets || octets->size() != kRequestOctets || octets->front() > 1)
        return bad("was not copied whole");
    const ByteView rest = ByteView(*octets).subspan(1);
    GuardianRequest request;
    request.address = *std::move(address);
    request.freeze =
        octets->front() == 1 ? GuardianRequest::Freeze::yes : GuardianRequest::Freeze::no;
    request.time = Time(Seconds(static_cast<std::int64_t>(big_endian(rest.first(kTimeOctets)))));
    request.replacement = hash_at(rest.subspan(kTimeOctets, kHashOctets));
    request.prev = hash_at(rest.subspan(kTimeOctets + kHashOctets));
    return request;
}

std::string write_guardian_request(const GuardianRequest& request) {
    Bytes octets{static_cast<std::uint8_t>(request.freeze == GuardianRequest::Freeze::yes ? 1 : 0)};
    const auto seconds = static_cast<std::uint64_t>(request.time.time_since_epoch().count());
    for (std::size_t i = kTimeOctets; i > 0; --i)
        octets.push_back(static_cast<std::uint8_t>(seconds >> (8 * (i - 1))));
    octets.insert(
        octets.end(), request.replacement.octets.begin(), request.replacement.octets.end());
    octets.insert(octets.end(), request.prev.octets.begin(), request.prev.octets.end());
    return std::string(kScheme) + request.address.text() + std::string(kQuery) + base32(octets);
}

std::string spoken_number(const GuardianRequest& request) {
    const Hash hash =
        sha256(as_bytes("kith/1 guardian request\n" + write_guardian_request(request)));
    std::string text;
    for (std::size_t i = 0; i < kGroups; ++i) {
        std::string group = std::to_string(big_endian(hash.view().subspan(i * 5, 5)) % kGroupLimit);
        group.insert(0, kGroupDigits - group.size(), '0');
        text += (text.empty() ? "" : " ") + group;
    }
    return text;
}

}  // namespace kith
