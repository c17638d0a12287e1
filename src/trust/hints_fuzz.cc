// Tags that somebody brings: looked at only in one of the three sizes, and found exactly where the
// tag of an expected key stands in the row.
#include <algorithm>

#include "trust/hints.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    static const Address bob = *Address::parse("bob@two.test");
    static const auto message = *HintMessage::of("00112233445566778899aabbccddeeff", bob);
    static const std::vector<HintKey> keys = [] {
        SeededRandom random(Bytes(32, 7));
        std::vector<HintKey> out;
        for (int i = 0; i < 20; ++i)
            out.push_back(hint_key(make_introducer_key(random), i));
        return out;
    }();
    Bytes hints(data, data + size);
    KITH_CHECK(check_hints(hints).has_value() == (size == 128 || size == 512 || size == 2048));
    if (size < 1)
        return 0;
    // Filled up to a size that is looked at, with a tag at a place that the first octet says.
    hints.resize(std::min(size, std::size_t{2048}) <= 128 ? 128 : size <= 512 ? 512 : 2048);
    const std::size_t place = data[0] % (hints.size() / kHintOctets);
    const std::size_t which = data[0] % keys.size();
    std::ranges::copy(message.tag(keys[which]),
                      hints.begin() + static_cast<std::ptrdiff_t>(place * kHintOctets));
    const auto found = match_hints(message, keys, hints);
    KITH_CHECK(found.size() == keys.size() && found[which] == 1);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        bool there = false;
        for (std::size_t at = 0; at < hints.size(); at += kHintOctets)
            there = there || std::ranges::equal(message.tag(keys[i]),
                                                ByteView(hints).subspan(at, kHintOctets));
        KITH_CHECK(found[i] == (there ? 1 : 0));
    }
    return 0;
}
