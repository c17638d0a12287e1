// Paths, queries and ranges of a request line: what is decoded is UTF-8 and no longer than what
// came; a range lies within the body.
#include "base/bytes.h"
#include "base/text.h"
#include "protocol/byte_range.h"
#include "protocol/url_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const std::string_view text = as_text({data, size});
    if (const auto decoded = percent_decode(text)) {
        KITH_CHECK(is_utf8(*decoded) && decoded->size() <= size);
        if (text.find('%') == std::string_view::npos)
            KITH_CHECK(*decoded == text);
    }
    if (const auto value = query_parameter(text, "from"); value && *value)
        KITH_CHECK(is_utf8(**value) && text.find("from=") != std::string_view::npos);
    if (const auto pieces = path_behind(text, "/kith/1/")) {
        std::size_t octets = 0;
        for (const std::string& piece : *pieces) {
            KITH_CHECK(is_utf8(piece));
            octets += piece.size() + 1;
        }
        KITH_CHECK(!pieces->empty() && octets <= size);
    }
    for (const std::uint64_t total :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, UINT64_MAX})
        if (const auto range = parse_range(text, total); range && *range)
            KITH_CHECK((*range)->first <= (*range)->last && (*range)->last < total);
    return 0;
}
