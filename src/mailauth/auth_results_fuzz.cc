// Any octets are refused or results that, once written, are read as the same; they are one field.
#include "base/bytes.h"
#include "mailauth/authentication_results.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    using namespace kith::mailauth;
    const auto first = parse_authentication_results(as_text({data, size}));
    if (!first)
        return 0;
    // Long values are cut and odd octets replaced: the first writing may change what was read.
    const std::string written = format_authentication_results(*first);
    const auto header = RawHeader::parse("Authentication-Results:" + written + "\r\n",
                                         {.octets = 1 << 20, .field_octets = 1 << 20});
    KITH_CHECK(header && header->fields().size() == 1);
    const AuthResultsLimits limits{.octets = 1 << 20, .results = 100};
    const auto second = parse_authentication_results(written, limits);
    KITH_CHECK(second.has_value());
    KITH_CHECK(second->results.size() == first->results.size());
    const auto third = parse_authentication_results(format_authentication_results(*second), limits);
    KITH_CHECK(third && *third == *second);
    return 0;
}
