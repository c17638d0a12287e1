// In whatever pieces a payload comes, the outcome and the plain text released are the same; what is
// released is always a beginning of what was sealed; and pieces do not change what is sealed.
#include <algorithm>

#include "crypto/age_stream.h"

namespace {
using namespace kith;

struct Outcome {
    bool good = true;
    Bytes out;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Pieces of 1 octet to over a chunk, by the seed.
class Pieces {
  public:
    explicit Pieces(ByteView seed) : random_(seed) {}
    ByteView take(ByteView& rest) {
        const auto draw = random_.array<3>();
        const unsigned shift = draw[2] % 11U;  // small pieces as often as large ones
        const std::size_t size = 1 + (((std::size_t{draw[0]} << 8 | draw[1]) << 1) >> shift);
        const ByteView piece = rest.first(std::min(size, rest.size()));
        rest = rest.subspan(piece.size());
        return piece;
    }

  private:
    SeededRandom random_;
};

Outcome open_whole(const FileKey& key, ByteView payload) {
    Outcome result;
    PayloadOpener opener(key);
    result.good = opener.update(payload, result.out) && opener.finish(result.out);
    return result;
}

Outcome open_in_pieces(const FileKey& key, ByteView payload, Pieces pieces) {
    Outcome result;
    PayloadOpener opener(key);
    while (result.good && !payload.empty())
        result.good = static_cast<bool>(opener.update(pieces.take(payload), result.out));
    result.good = result.good && opener.finish(result.out);
    return result;
}

Bytes seal_in_pieces(const FileKey& key, ByteView plain, Random& random, Pieces pieces) {
    Bytes out;
    PayloadSealer sealer(key, random);
    while (!plain.empty())
        sealer.update(pieces.take(plain), out);
    sealer.finish(out);
    return out;
}

std::size_t number(ByteView octets) {
    return std::size_t{octets[0]} << 16 | std::size_t{octets[1]} << 8 | octets[2];
}

// The third octet says what is done to a sealed payload, at a place that the next three name.
void change(Bytes& payload, ByteView how) {
    const std::size_t at = number(how.subspan(1)) % payload.size();
    if (how[0] % 4 == 1)
        payload[at] ^= 0x40;
    if (how[0] % 4 == 2)
        payload.resize(at);
    if (how[0] % 4 == 3)
        payload.insert(payload.end(), payload.begin(), payload.begin() + 1 + (how[1] & 31));
}

}  // namespace

// Octets: 3 the size of the plain text, 4 what is done to it sealed, then what it repeats; or, with
// the first bit set, the payload as it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    const FileKey key;
    if (size < 8)
        return 0;
    const ByteView content = input.subspan(7);
    if ((input[0] & 0x80U) != 0) {
        KITH_CHECK(open_whole(key, content) == open_in_pieces(key, content, Pieces(input)));
        return 0;
    }
    Bytes plain(number(input) % (3 * kChunk + 2));
    for (std::size_t i = 0; i < plain.size(); ++i)
        plain[i] = content[i % content.size()];
    SeededRandom random(content);
    SeededRandom same(content);
    Bytes payload = seal_payload(key, plain, random);
    KITH_CHECK(payload.size() == sealed_size(plain.size()));
    KITH_CHECK(payload == seal_in_pieces(key, plain, same, Pieces(input)));
    const Bytes untouched = payload;
    change(payload, input.subspan(3));
    const Outcome whole = open_whole(key, payload);
    KITH_CHECK(whole == open_in_pieces(key, payload, Pieces(input)));
    KITH_CHECK(whole.good == (payload == untouched));
    KITH_CHECK(whole.out.size() <= plain.size() &&
               std::equal(whole.out.begin(), whole.out.end(), plain.begin()));
    return 0;
}
