#include "mail/list_post.h"

#include <algorithm>
#include <array>

#include "mail/header_fields.h"

namespace kith {
namespace {

constexpr std::size_t kMostName = 60;  ///< one line
// A receipt of every reader to the author would tell who reads the list.
constexpr std::array<std::string_view, 5> kDropped = {
    "bcc", "resent-bcc", "sender", "disposition-notification-to", "return-receipt-to"};

bool is_dropped(std::string_view name) {
    return name.starts_with("list-") || std::ranges::find(kDropped, name) != kDropped.end();
}

// As a quoted string; nothing where that cannot hold it.
std::string phrase(std::string_view name) {
    const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
    if (name.empty() || name.size() > kMostName || !std::ranges::all_of(name, is_plain))
        return {};
    return "\"" + std::string(name) + "\" ";
}

}  // namespace

std::string list_id_of(const Address& list) {
    return list.local() + "." + list.domain();
}

std::string as_list_post(std::string_view message, const Address& list, std::string_view name) {
    const auto first_end = message.find('\n');
    const bool crlf =
        first_end != std::string_view::npos && first_end > 0 && message[first_end - 1] == '\r';
    const std::string end = crlf ? "\r\n" : "\n";
    return "Sender: " + list.text() + end + "List-Id: " + phrase(name) + "<" + list_id_of(list) +
           ">" + end + "List-Post: <mailto:" + list.text() + ">" + end +
           "List-Unsubscribe: <mailto:" + list.text() + "?subject=unsubscribe>" + end +
           without_fields(message, is_dropped);
}

std::optional<MailAddress> author_of_post(const MessageView& message, const Address& list) {
    if (message.list_id() != list_id_of(list) || message.from().size() != 1)
        return std::nullopt;
    return message.from().front();
}

}  // namespace kith
