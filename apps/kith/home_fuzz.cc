// The files of a home and what servers answer in JSON: refused, or written back as the same.
#include "kith/home.h"
#include "kith/json_access.h"
#include "kith/keys.h"
#include "kith/list_home.h"
#include "kith/pins.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const std::string_view text = as_text({data, size});
    if (const auto config = parse_home_config(text)) {
        const auto again = parse_home_config(write_home_config(*config));
        KITH_CHECK(again && *again == *config);
    }
    if (const auto pins = parse_pins(text)) {
        const auto again = parse_pins(write_pins(*pins));
        KITH_CHECK(again && *again == *pins);
    }
    if (const auto settings = parse_list_settings(text)) {
        const auto again = parse_list_settings(write_list_settings(*settings));
        KITH_CHECK(again && *again == *settings);
    }
    if (const auto members = parse_members(text)) {
        const auto again = parse_members(write_members(*members));
        KITH_CHECK(again && *again == *members);
    }
    if (const auto post = parse_post(text)) {
        const auto again = parse_post(write_post(*post));
        KITH_CHECK(again && *again == *post);
    }
    // Not written back: a number beyond a double's range reads as infinite, which JSON cannot say.
    (void)parse_json(text).has_value();
    (void)parse_device_keys(text).has_value();
    return 0;
}
