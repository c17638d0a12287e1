// Letters between a mailing list and its readers: what they say to a person, and the command that
// goes along.
#pragma once

#include <optional>
#include <string>

#include "kith/list_home.h"
#include "kith/outgoing.h"
#include "kith/person.h"
#include "note/list_command.h"

namespace kith {

/// By their subjects a list tells them from posts before it has the body.
inline constexpr std::string_view kJoinSubject = "subscribe";
inline constexpr std::string_view kLeaveSubject = "unsubscribe";

struct ListLetter {
    Recipient to;
    std::string id;  ///< of its stub
    std::string subject;
    std::string text;
    std::optional<ListCommand> command = std::nullopt;
    enum class Made { by_hand, automatically } made = Made::by_hand;
};
/// Errors: as compose.
Result<Outgoing> write_letter(const Person& person, const ListLetter& letter);

/// To the list, from somebody who reads it or wants to.
ListLetter command_letter(const Recipient& list, const std::string& id, const ListCommand& command);
/// From the list, to who has just joined; brings the token. The same for the same `join`.
ListLetter welcome_letter(const Address& list,
                          const ListSettings& settings,
                          const Member& member,
                          const std::string& join);
/// From the list, to who may join by `link`.
ListLetter invitation_letter(const Address& list,
                             const ListSettings& settings,
                             const Address& to,
                             const std::string& id,
                             const std::string& link);

}  // namespace kith
