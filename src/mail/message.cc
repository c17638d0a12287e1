#include "mail/message.h"

#include <algorithm>

#include "base/text.h"
#include "mail/gmime.h"
#include "mail/message_parts.h"
#include "note/address.h"

namespace kith {
namespace {

constexpr std::size_t kMaxReferences = 1000;

// The header ends at the first empty line; one that goes on for ever is none.
Result<void> check_sizes(std::string_view octets, const MessageLimits& limits) {
    if (octets.size() > limits.octets)
        return fail(ErrorKind::limit,
                    "message: size",
                    "more than " + std::to_string(limits.octets) + " octets");
    const std::size_t end = std::min(octets.find("\n\n"), octets.find("\n\r\n"));
    if (std::min(end, octets.size()) > limits.header_octets)
        return fail(ErrorKind::limit, "message: header", "more than 1 MiB");
    return {};
}

// Groups are opened; how deep is GMime's affair, it does not nest them.
void add_mailboxes(InternetAddressList* list, std::size_t most, std::vector<MailAddress>& out) {
    const int count = list != nullptr ? internet_address_list_length(list) : 0;
    for (int i = 0; i < count && out.size() < most; ++i) {
        InternetAddress* const address = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(address)) {
            InternetAddressList* const members =
                internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address));
            const int inside = members != nullptr ? internet_address_list_length(members) : 0;
            for (int j = 0; j < inside && out.size() < most; ++j) {
                InternetAddress* const member = internet_address_list_get_address(members, j);
                if (INTERNET_ADDRESS_IS_MAILBOX(member))
                    out.push_back({utf8_text(internet_address_get_name(member)),
                                   utf8_text(internet_address_mailbox_get_addr(
                                       INTERNET_ADDRESS_MAILBOX(member)))});
            }
        } else if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
            out.push_back(
                {utf8_text(internet_address_get_name(address)),
                 utf8_text(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)))});
        }
    }
}

std::vector<std::string> ids_in(GMimeMessage* message, const char* name) {
    std::vector<std::string> ids;
    const char* const value = g_mime_object_get_header(GMIME_OBJECT(message), name);
    if (value == nullptr)
        return ids;
    const OwnedReferences parsed(g_mime_references_parse(nullptr, value));
    const int count = parsed ? g_mime_references_length(parsed.get()) : 0;
    for (int i = 0; i < count && ids.size() < kMaxReferences; ++i)
        ids.push_back(utf8_text(g_mime_references_get_message_id(parsed.get(), i)));
    return ids;
}

// What stands in the last "<>" of List-Id; its phrase may hold anything.
std::string list_id_in(GMimeMessage* message) {
    const char* const value = g_mime_object_get_header(GMIME_OBJECT(message), "List-Id");
    const std::string text = utf8_text(value);
    const auto open = text.rfind('<');
    const auto close = text.rfind('>');
    if (open == std::string::npos || close == std::string::npos || close < open)
        return {};
    return to_lower(trim(std::string_view(text).substr(open + 1, close - open - 1)));
}

MessageView::Made made_in(GMimeMessage* message) {
    const char* const value = g_mime_object_get_header(GMIME_OBJECT(message), "Auto-Submitted");
    const std::string text = to_lower(trim(utf8_text(value)));
    return text.empty() || text == "no" ? MessageView::Made::by_hand
                                        : MessageView::Made::automatically;
}

std::optional<Time> date_of(GMimeMessage* message) {
    GDateTime* const date = g_mime_message_get_date(message);
    if (date == nullptr)
        return std::nullopt;
    return Time(Seconds(g_date_time_to_unix(date)));
}

// The same account, sub-address and case aside. What is no Kith address is compared as text.
bool same_account(std::string_view a, std::string_view b) {
    const auto first = parse_target(a);
    const auto second = parse_target(b);
    if (first && second)
        return first->address == second->address;
    return to_lower(a) == to_lower(b);
}

bool names(const std::vector<MailAddress>& addresses, std::string_view email) {
    return std::ranges::any_of(addresses, [email](const MailAddress& address) {
        return same_account(address.email, email);
    });
}

}  // namespace

struct MessageView::Parsed {
    Owned<GMimeMessage> message;
    std::size_t most_octets = 0;
    std::vector<MailAddress> from;
    std::vector<MailAddress> to;
    std::vector<MailAddress> cc;
    std::string subject;
    std::optional<Time> date;
    std::string message_id;
    std::string in_reply_to;
    std::vector<std::string> references;
    std::string list_id;
    Made made = Made::by_hand;
    MessageParts parts;
};

MessageView::MessageView(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
MessageView::MessageView(MessageView&&) noexcept = default;
MessageView& MessageView::operator=(MessageView&&) noexcept = default;
MessageView::~MessageView() = default;

const std::vector<MailAddress>& MessageView::from() const {
    return parsed_->from;
}
const std::vector<MailAddress>& MessageView::to() const {
    return parsed_->to;
}
const std::vector<MailAddress>& MessageView::cc() const {
    return parsed_->cc;
}
const std::string& MessageView::subject() const {
    return parsed_->subject;
}
std::optional<Time> MessageView::date() const {
    return parsed_->date;
}
const std::string& MessageView::message_id() const {
    return parsed_->message_id;
}
const std::string& MessageView::in_reply_to() const {
    return parsed_->in_reply_to;
}
const std::vector<std::string>& MessageView::references() const {
    return parsed_->references;
}
const std::string& MessageView::list_id() const {
    return parsed_->list_id;
}
MessageView::Made MessageView::made() const {
    return parsed_->made;
}
const std::string& MessageView::text() const {
    return parsed_->parts.text;
}
MessageView::TextFrom MessageView::text_from() const {
    return parsed_->parts.text_from;
}
std::span<const AttachmentInfo> MessageView::attachments() const {
    return parsed_->parts.attachments;
}

Result<Bytes> MessageView::attachment(std::size_t number) const {
    const MessageParts& parts = parsed_->parts;
    if (number >= parts.files.size())
        return fail(ErrorKind::not_found, "attachment", "there are not so many");
    return decoded_octets(parts.files[number], parsed_->most_octets);
}

Result<MessageView> parse_message(std::string_view octets, const MessageLimits& limits) {
    TRY(check_sizes(octets, limits));
    begin_gmime();
    const Owned<GMimeStream> stream = memory_stream(octets);
    const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    auto parsed = std::make_unique<MessageView::Parsed>();
    parsed->message.reset(g_mime_parser_construct_message(parser.get(), nullptr));
    GMimeMessage* const message = parsed->message.get();
    if (message == nullptr ||
        g_mime_header_list_get_count(g_mime_object_get_header_list(GMIME_OBJECT(message))) == 0)
        return fail(ErrorKind::malformed, "message: header", "there is none");
    parsed->most_octets = limits.octets;
    parsed->parts = TRY(read_parts(message, limits));
    add_mailboxes(g_mime_message_get_from(message), limits.addresses, parsed->from);
    add_mailboxes(g_mime_message_get_to(message), limits.addresses, parsed->to);
    add_mailboxes(g_mime_message_get_cc(message), limits.addresses, parsed->cc);
    parsed->subject = utf8_text(g_mime_message_get_subject(message));
    parsed->date = date_of(message);
    parsed->message_id = utf8_text(g_mime_message_get_message_id(message));
    const std::vector<std::string> answered = ids_in(message, "In-Reply-To");
    parsed->in_reply_to = answered.empty() ? std::string() : answered.front();
    parsed->references = ids_in(message, "References");
    parsed->list_id = list_id_in(message);
    parsed->made = made_in(message);
    return MessageView(std::move(parsed));
}

std::string_view text_of(HeaderWarning warning) {
    switch (warning) {
        case HeaderWarning::from_differs:
            return "The message says it is from somebody else than who signed it.";
        case HeaderWarning::not_named:
            break;
    }
    return "The message names you neither in To nor in Cc.";
}

std::vector<HeaderWarning> header_warnings(const MessageView& message,
                                           std::string_view from,
                                           std::string_view recipient) {
    std::vector<HeaderWarning> warnings;
    if (message.from().size() != 1 || !same_account(message.from().front().email, from))
        warnings.push_back(HeaderWarning::from_differs);
    if (!names(message.to(), recipient) && !names(message.cc(), recipient))
        warnings.push_back(HeaderWarning::not_named);
    return warnings;
}

}  // namespace kith
