// What a person asks of a mailing list (protocol section 5.9): the attachment of a message to it.
// Who asks is proven by the stub that the message comes with, so nobody is subscribed by somebody
// else.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/hash.h"

namespace kith {

/// The media type of the attachment.
inline constexpr std::string_view kListCommandType = "application/vnd.kith.list";
inline constexpr std::size_t kMaxListCommand = 1'024;  ///< octets

struct ListCommand {
    enum class Action { join, leave, report } action = Action::join;
    Hash list;               ///< the list's root: it is for no other
    std::string token = {};  ///< of join: what the list is to bring with its mail
    std::string post = {};   ///< of report: the id of the post's stub

    friend bool operator==(const ListCommand&, const ListCommand&) = default;
};
/// Errors: malformed, limit; `where` is "list: FIELD".
Result<ListCommand> parse_list_command(std::string_view text);
std::string write_list_command(const ListCommand& command);

}  // namespace kith
