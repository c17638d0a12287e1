// Whatever configuration is taken is written back as one that means the same.
#include "base/bytes.h"
#include "server/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto config = kith::parse_config(kith::as_text({data, size}), "fuzz.toml");
    if (!config)
        return 0;
    const std::string text = kith::write_config(*config);
    const auto again = kith::parse_config(text, "again.toml");
    KITH_CHECK(again && kith::write_config(*again) == text);
    return 0;
}
