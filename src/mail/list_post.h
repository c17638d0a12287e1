// Mail of a mailing list (RFC 2369, RFC 2919): the author's message as the list passes it on, and
// how a reader tells who wrote it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mail/message.h"
#include "note/address.h"

namespace kith {

/// "bees.one.test" for bees@one.test, without "<>".
std::string list_id_of(const Address& list);

/// The message with List-Id, List-Post and List-Unsubscribe of this list and without those of
/// others, without Bcc, and without what asks each reader for a receipt. All else stays as its
/// author wrote it, From above all. `name`: for people; left out where it is not plain ASCII.
std::string as_list_post(std::string_view message, const Address& list, std::string_view name);

/// Who wrote a post of that list, as the list says; nullopt for what is no post of it.
std::optional<MailAddress> author_of_post(const MessageView& message, const Address& list);

}  // namespace kith
