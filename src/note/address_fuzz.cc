// Addresses, links, codes, verifier keys and times as people and other servers write them: what is
// taken has one normal form, and that form is taken as itself.
#include "base/text.h"
#include "base/time.h"
#include "note/address.h"
#include "note/link.h"
#include "note/signed_note.h"
#include "note/token_link.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const std::string_view text = as_text({data, size});
    if (const auto domain = normal_domain(text))
        KITH_CHECK(*normal_domain(*domain) == *domain && to_lower(*domain) == *domain);
    if (const auto address = Address::parse(text)) {
        KITH_CHECK(*Address::parse_normal(address->text()) == *address);
        KITH_CHECK(address->local().find('+') == std::string::npos);
        KITH_CHECK(is_key_name(address->text()) && is_key_name(address->domain()));
    }
    if (const auto address = Address::parse_normal(text))
        KITH_CHECK(address->text() == text);
    if (const auto address = Address::parse_smtp(text))
        KITH_CHECK(*Address::parse_smtp(address->text()) == *address);
    if (const auto target = parse_normal_target(text))
        KITH_CHECK(target->text() == text);
    if (const auto name = parse_device_name(text))
        KITH_CHECK(*name == text && is_key_name(*name));
    if (const auto link = parse_token_link(text)) {
        const std::string written = write_token_link(*link);
        KITH_CHECK(*parse_token_link(written) == *link);
        KITH_CHECK(write_token_link(*parse_token_link(written)) == written);
    }
    if (const auto code = LinkCode::parse(text))
        KITH_CHECK(code->text() == to_lower(text));
    if (const auto key = NamedKey::parse_vkey(text))
        KITH_CHECK(key->vkey() == text);
    if (const auto key = CosignerKey::parse_vkey(text))
        KITH_CHECK(key->vkey() == text && !NamedKey::parse_vkey(text));
    if (const auto time = parse_time(text))
        KITH_CHECK(format_time(*time) == text);
    return 0;
}
