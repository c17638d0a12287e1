// What parses is written as the same octets, and convicts nobody whose key did not sign.
#include "tlog/equivocation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    static const SigningKey key = *SigningKey::from_seed(Bytes(32, 1));
    const std::string_view text = as_text({data, size});
    auto evidence = parse_equivocation(text);
    if (!evidence)
        return 0;
    KITH_CHECK(write_equivocation(*evidence) == text);
    const std::string& origin = evidence->smaller.checkpoint.origin;
    const NamedKey named{origin, key.public_key()};
    KITH_CHECK(!check_equivocation(*evidence, {&named, 1}));
    // Signed, it convicts only where the trees differ.
    if (!is_key_name(origin) || !evidence->smaller.note.cosign(origin, key) ||
        !evidence->larger.note.cosign(origin, key))
        return 0;
    if (check_equivocation(*evidence, {&named, 1}))
        KITH_CHECK(evidence->smaller.checkpoint.head != evidence->larger.checkpoint.head);
    return 0;
}
