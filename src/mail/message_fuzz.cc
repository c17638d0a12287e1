// Any octets are refused or give a view within its limits, whose texts are UTF-8 and whose file
// names are safe; without Bcc a message stays without Bcc.
#include <algorithm>

#include "base/text.h"
#include "mail/html_text.h"
#include "mail/list_post.h"
#include "mail/message.h"
#include "mail/preview.h"
#include "mail/strip_bcc.h"

namespace {

using namespace kith;

void check_name(const std::string& name) {
    KITH_CHECK(!name.empty() && name.size() < 220 && is_utf8(name));
    KITH_CHECK(!name.contains('/') && !name.contains('\\') && !name.starts_with('.'));
    KITH_CHECK(std::ranges::none_of(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets = as_text({data, size});
    const std::string stripped = strip_bcc(octets);
    KITH_CHECK(strip_bcc(stripped) == stripped);
    check_name(safe_file_name(octets));
    KITH_CHECK(html_to_text(octets).size() <= 4 * size + 16);

    const Preview shown = read_preview(octets);  // as a sender's device may have made it
    KITH_CHECK(is_utf8(shown.subject) && is_utf8(shown.text));
    KITH_CHECK(printable(shown.subject) == shown.subject);

    const MessageLimits limits{
        .octets = 1 << 20, .nesting = 16, .parts = 100, .text_octets = 10'000, .addresses = 50};
    const auto view = parse_message(octets, limits);
    if (!view)
        return 0;
    KITH_CHECK(is_utf8(view->text()) && is_utf8(view->subject()) && is_utf8(view->list_id()));
    static const Address list = *Address::parse("bees@one.test");
    const auto post = parse_message(as_list_post(octets, list, "Bees"), limits);
    KITH_CHECK(!post || post->list_id() == list_id_of(list));
    KITH_CHECK(view->to().size() <= 50 && view->attachments().size() <= 100);
    for (std::size_t i = 0; i < view->attachments().size(); ++i) {
        check_name(view->attachments()[i].name);
        (void)view->attachment(i);
    }
    (void)header_warnings(*view, "alice@one.test", "bob@two.test");
    const std::string preview = make_preview(view->subject(), view->text());
    KITH_CHECK(preview.size() <= kMaxPreviewOctets && is_utf8(preview));
    return 0;
}
