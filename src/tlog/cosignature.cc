#include "tlog/cosignature.h"

#include <algorithm>
#include <optional>

namespace kith {
namespace {

constexpr std::size_t kTimeOctets = 8;

Bytes big_endian(std::uint64_t value) {
    Bytes octets;
    for (int shift = 56; shift >= 0; shift -= 8)
        octets.push_back(static_cast<std::uint8_t>(value >> shift));
    return octets;
}

// nullopt: over 2^63 - 1, or too short to hold a time.
std::optional<Time> read_time(ByteView octets) {
    if (octets.size() < kTimeOctets || octets.front() > 0x7F)
        return std::nullopt;
    std::int64_t seconds = 0;
    for (const std::uint8_t octet : octets.first(kTimeOctets))
        seconds = seconds * 256 + octet;
    return Time(Seconds(seconds));
}

Result<Time> verify_one(const SignedNote& checkpoint,
                        const CosignerKey& key,
                        const NoteSignature& line) {
    const std::optional<Time> time = read_time(line.octets);
    if (!time || !verify(key.key,
                         as_bytes(cosigned_text(checkpoint.text(), *time)),
                         ByteView(line.octets).subspan(kTimeOctets)))
        return fail(
            ErrorKind::bad_signature, "cosignature", "that of " + key.name + " does not verify");
    return *time;
}

}  // namespace

std::string cosigned_text(std::string_view checkpoint_text, Time time) {
    return "cosignature/v1\ntime " + std::to_string(time.time_since_epoch().count()) + "\n" +
           std::string(checkpoint_text);
}

Result<NoteSignature> cosign(const SignedNote& checkpoint,
                             const std::string& witness,
                             const SigningKey& key,
                             Time time) {
    if (!is_key_name(witness))
        return fail(ErrorKind::malformed, "witness", "is not the name of a key");
    const auto seconds = time.time_since_epoch().count();
    KITH_CHECK(seconds >= 0);
    Bytes octets = big_endian(static_cast<std::uint64_t>(seconds));
    const Signature signature = key.sign(as_bytes(cosigned_text(checkpoint.text(), time)));
    octets.insert(octets.end(), signature.begin(), signature.end());
    return NoteSignature{witness, CosignerKey{witness, key.public_key()}.id(), std::move(octets)};
}

Result<std::vector<Cosignature>> verify_cosignatures(const SignedNote& checkpoint,
                                                     std::span<const CosignerKey> known) {
    std::vector<Cosignature> found;
    for (std::size_t i = 0; i < known.size(); ++i) {
        std::optional<Time> latest;
        for (const NoteSignature& line : checkpoint.signatures()) {
            if (line.key_name != known[i].name || line.key_id != known[i].id())
                continue;
            const Time time = TRY(verify_one(checkpoint, known[i], line));
            latest = latest ? std::max(*latest, time) : time;
        }
        if (latest)
            found.push_back({i, *latest});
    }
    return found;
}

}  // namespace kith
