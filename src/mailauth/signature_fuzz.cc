// Any octets as a field's value or a TXT record: refused, or a signature, seal or key within its
// limits; taking b= out twice is taking it out once.
#include "mailauth/arc_sets.h"
#include "mailauth/dkim_signature.h"
#include "mailauth/dmarc_record.h"
#include "mailauth/key_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    using namespace kith::mailauth;
    const std::string_view text = as_text({data, size});
    const std::string without = without_signature(text);
    KITH_CHECK(without.size() <= size && without_signature(without) == without);

    for (const SignatureForm form : {SignatureForm::dkim, SignatureForm::arc_message}) {
        const auto signature = parse_dkim_signature(text, form);
        if (!signature)
            continue;
        KITH_CHECK(is_domain_name(signature->domain) && is_domain_name(signature->selector));
        KITH_CHECK(is_dns_name(key_question(signature->selector, signature->domain).name));
        KITH_CHECK(!signature->signature.empty() && !signature->fields.empty());
    }
    const std::string whole = "ARC-Seal:" + std::string(text) + "\r\n";
    if (const auto header = RawHeader::parse(whole); header && header->fields().size() == 1) {
        const RawField& field = header->fields().front();
        if (const auto seal = parse_arc_seal(field))
            KITH_CHECK(is_domain_name(seal->domain) && is_domain_name(seal->selector));
        KITH_CHECK(own_octets(field, Canonicalization::relaxed).size() <= whole.size());
    }
    if (const auto record = parse_key_record(text))
        KITH_CHECK(bits_of(record->key) >= 256);
    (void)parse_dmarc_record(text);
    return 0;
}
