// Messages as the commands show them: objects with the protocol's names, out of Email objects and
// what their previews open to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kith/person.h"

namespace kith {

/// id (of the stub), emailId, from, to, time, receivedAt, tier, state, subject, preview, size,
/// unread, warning, batched, activeContent, outcome, answers, blob, storedOctets, expires.
json::object row_of(Person& person, const json::object& email);

/// Of the `kith` of an Email that came by SMTP: what nobody stands for, or a step down. Empty:
/// none.
std::string smtp_warning(const json::object& kith);

/// Did the person's server deliver it as mail of a list that they joined? (protocol section 5.9)
bool came_by_list(const json::object& email);

struct ListWish {
    std::string role;                  ///< mailbox; empty: all
    std::string tier;                  ///< empty: all
    std::optional<std::size_t> limit;  ///< nullopt: all; on a terminal kOnTerminal
};
struct MailList {
    std::vector<json::object> emails;  ///< newest first
    bool more = false;                 ///< a terminal is not flooded: there are others
};
inline constexpr std::size_t kOnTerminal = 50;
/// Errors: the server's; not_found (no such mailbox).
Result<MailList> list_emails(Person& person, const ListWish& wish);
/// Under a list that was cut short.
void print_more(const Terminal& terminal);

/// Email objects by their ids, in that order; what is gone is left out.
Result<std::vector<json::object>> get_emails(Person& person, const std::vector<std::string>& ids);
/// Ids, newest first, over all pages. `filter` as Email/query takes it.
Result<std::vector<std::string>> query_emails(Person& person,
                                              const json::object& filter,
                                              std::size_t limit);

/// Which side, where a message to oneself is there twice.
enum class Side { received, own };
/// By the stub's id or a beginning of it, or by the Email's id.
/// Errors: not_found; usage (several begin so); the server's.
Result<json::object> find_email(Person& person, const std::string& id, Side side);

}  // namespace kith
