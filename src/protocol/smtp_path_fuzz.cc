// Addresses, parameters and replies of SMTP as others write them: what is taken reads back as
// itself when it is written, and never holds a line end.
#include "base/text.h"
#include "protocol/smtp_envelope.h"
#include "protocol/smtp_path.h"
#include "protocol/smtp_reply.h"

namespace kith::smtp {
namespace {

void check_mailbox(const Mailbox& mailbox) {
    const std::string text = mailbox.text();
    KITH_CHECK(text.size() <= kMaxMailbox);
    KITH_CHECK(text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    if (mailbox.domain().empty())
        return;
    const auto again = Mailbox::parse(text, Utf8::allowed);
    KITH_CHECK(again && *again == mailbox);
    KITH_CHECK(Mailbox::parse(text, Utf8::refused).has_value() != mailbox.needs_utf8());
    if (const auto target = target_of(mailbox))
        KITH_CHECK(target->address.domain() == mailbox.domain());
}

void check_replies(ByteView octets) {
    ReplyReader reader;
    while (!octets.empty()) {
        const auto reply = reader.read(octets);
        if (!reply || !*reply)
            return;
        KITH_CHECK((*reply)->code >= 200 && (*reply)->code < 600);
        KITH_CHECK((*reply)->text.size() <= ReplyReader::kMaxText);
        // What is written is a reply again.
        const std::string wire = format_reply(**reply);
        ByteView in = as_bytes(wire);
        ReplyReader second;
        const auto again = second.read(in);
        KITH_CHECK(again && *again && in.empty() && (*again)->code == (*reply)->code);
    }
}

}  // namespace
}  // namespace kith::smtp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    using namespace kith::smtp;
    const std::string_view text = as_text({data, size});
    for (const Utf8 utf8 : {Utf8::refused, Utf8::allowed}) {
        if (const auto mailbox = Mailbox::parse(text, utf8))
            check_mailbox(*mailbox);
        std::string_view rest = text;
        if (const auto mailbox = take_reverse_path(rest, utf8))
            check_mailbox(*mailbox);
        rest = text;
        if (const auto mailbox = take_forward_path(rest, utf8)) {
            KITH_CHECK(!mailbox->empty());
            check_mailbox(*mailbox);
        }
    }
    if (const auto mail = parse_mail_parameters(text))
        KITH_CHECK(*parse_mail_parameters(format_parameters(*mail)) == *mail);
    if (const auto rcpt = parse_rcpt_parameters(text))
        KITH_CHECK(*parse_rcpt_parameters(format_parameters(*rcpt)) == *rcpt);
    KITH_CHECK(*decode_xtext(encode_xtext(text)) == text);
    if (const auto decoded = decode_xtext(text))
        KITH_CHECK(*decode_xtext(encode_xtext(*decoded)) == *decoded);
    check_replies({data, size});
    return 0;
}
