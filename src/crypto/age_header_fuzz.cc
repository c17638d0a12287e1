// Whatever header parses is written back to the very same octets (no two texts mean one header),
// and is found at the head of a file at its own length.
#include "crypto/age_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = kith::as_text({data, size});
    const auto length = kith::age_header_length(text);
    if (length)
        KITH_CHECK(*length <= size && *length > 0 && text[*length - 1] == '\n');
    if (const auto header = kith::parse_age_header(text)) {
        KITH_CHECK(header->write() == text);
        KITH_CHECK(length && *length == size);
    }
    return 0;
}
