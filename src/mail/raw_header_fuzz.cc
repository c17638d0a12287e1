// Any octets are refused or are fields that, joined, are those octets again.
#include "base/bytes.h"
#include "mail/raw_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const std::string_view octets = as_text({data, size});
    if (const auto body = body_offset(octets)) {
        KITH_CHECK(*body <= size && octets.substr(0, *body).ends_with("\r\n"));
        KITH_CHECK(body_offset(octets, *body - 1) == body || *body < 4);
    }
    const RawHeaderLimits limits{.octets = 4'096, .field_octets = 512, .fields = 50};
    const auto header = RawHeader::parse(std::string(octets), limits);
    if (!header)
        return 0;
    KITH_CHECK(size <= limits.octets && header->fields().size() <= limits.fields);
    std::string joined;
    for (const RawField& field : header->fields()) {
        KITH_CHECK(!field.name.empty() && field.whole.size() <= limits.field_octets);
        KITH_CHECK(field.whole.starts_with(field.name) && field.whole.ends_with("\r\n"));
        KITH_CHECK(field.whole.substr(0, field.whole.size() - 2).ends_with(field.value));
        joined += field.whole;
    }
    KITH_CHECK(joined == octets);
    return 0;
}
