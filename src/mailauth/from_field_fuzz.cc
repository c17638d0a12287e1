// Any octets are refused or authors within their limits; an author written plainly is read as the
// same.
#include <algorithm>

#include "base/text.h"
#include "mailauth/dns.h"
#include "mailauth/from_field.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    using namespace kith::mailauth;
    const auto authors = parse_mailboxes(as_text({data, size}));
    if (!authors)
        return 0;
    KITH_CHECK(!authors->empty() && authors->size() <= kMaxAuthors);
    for (const Author& author : *authors) {
        KITH_CHECK(is_domain_name(author.domain) && is_utf8(author.local));
        KITH_CHECK(!author.local.empty() && author.local.size() <= 128);
        const auto again = parse_mailboxes("X <" + author.text() + ">");
        KITH_CHECK(again && again->size() == 1 && again->front() == author);
    }
    return 0;
}
