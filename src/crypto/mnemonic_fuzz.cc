// What somebody types as a recovery phrase: what is taken is twelve words of the list, written back
// as the same phrase, and none of them is unknown; what is offered instead is in the list.
#include "base/text.h"
#include "crypto/mnemonic.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const std::string_view typed = as_text({data, size});
    const auto unknown = unknown_words(typed);
    for (const UnknownWord& word : unknown)
        for (const std::string_view near : word.nearest)
            KITH_CHECK(find_mnemonic_word(near).has_value());
    const auto phrase = Mnemonic::parse(typed);
    if (!phrase)
        return 0;
    KITH_CHECK(unknown.empty());
    const std::string text = phrase->text();
    KITH_CHECK(split(text, ' ').size() == kMnemonicWords);
    const auto again = Mnemonic::parse(text);
    KITH_CHECK(again && equal_in_constant_time(again->entropy(), phrase->entropy()));
    return 0;
}
