// Keys of weeks that another server hands over: what is read has one text only.
#include "trust/hint_keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const std::string_view text = as_text(ByteView(data, size));
    if (const auto keys = parse_weekly_keys(text)) {
        KITH_CHECK(write_weekly_keys(*keys) == text);
        KITH_CHECK(!keys->empty() && key_of_week(*keys, keys->back().week).has_value());
    }
    return 0;
}
