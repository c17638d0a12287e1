// A checkpoint that parses is written as the same text; cosigning it keeps its text, and verifies.
#include "tlog/checkpoint.h"
#include "tlog/cosignature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    static const SigningKey key = *SigningKey::from_seed(Bytes(32, 1));
    static const CosignerKey cosigner{"fuzz.test/witness", key.public_key()};
    const std::string_view text = as_text({data, size});
    if (const auto checkpoint = parse_checkpoint(text))
        KITH_CHECK(write_checkpoint(*checkpoint) == text);
    auto read = read_checkpoint(text);
    if (!read)
        return 0;
    KITH_CHECK(write_checkpoint(read->checkpoint) == read->note.text());
    // Whatever signatures are there: none of them is ours, unless we make it.
    const auto before = verify_cosignatures(read->note, {&cosigner, 1});
    const Time time(Seconds(1'790'000'000));
    const auto line = cosign(read->note, cosigner.name, key, time);
    if (!before || !read->note.add(*line))
        return 0;
    const auto after = verify_cosignatures(read->note, {&cosigner, 1});
    KITH_CHECK(after && after->size() == 1 && after->front().time >= time);
    return 0;
}
