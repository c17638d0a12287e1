// The verbs about mailing lists: what their readers do (cmd_list.cc), and whoever runs one
// (cmd_list_home.cc, cmd_list_members.cc).
#pragma once

#include "kith/commands.h"
#include "note/list_command.h"

namespace kith {

struct ListJoinWish {
    std::string list;            ///< an address or a link
    std::uint64_t per_day = 50;  ///< posts
    WaitWish wait;
};

/// The letter that asks a list for its posts.
struct Subscribing {
    std::string id;
    std::string submission;
};
/// Takes so many posts a day of the list, and asks it for them: makes the contact and the token, or
/// changes those that are there, and hands the letter over. `list` leads to this root; its token
/// may be brought along. Errors: denied (it is blocked); the server's; those of submit().
Result<Subscribing> subscribe(Person& person,
                              const Recipient& list,
                              const Hash& root,
                              std::uint64_t per_day);

Outcome run_list_join(Person& person, const ListJoinWish& wish);
Outcome run_list_leave(Person& person, const std::string& address);
/// Hands a command over, or queues it; false: the list hears of it later. Errors: io.
Result<bool> send_to_list(Person& person, const Address& list, const ListCommand& command);

struct ListSettingsWish {
    std::optional<std::string> name;
    std::optional<std::string> description;
    std::string posts;
    std::string joins;
    std::vector<std::string> moderators;     ///< to be added
    std::vector<std::string> no_moderators;  ///< to be taken away
    std::optional<std::uint64_t> author_a_day;
    std::optional<std::uint64_t> complaints;
    std::optional<std::uint64_t> at_once;
};
Outcome run_list_create(Person& person, const ListSettingsWish& wish);
/// Without a wish it shows them.
Outcome run_list_settings(Person& person, const ListSettingsWish& wish);
Outcome run_list_run(Person& person);
Outcome run_list_members(Person& person);
struct ListAddWish {
    std::vector<std::string> who;
    WaitWish wait;
};
Outcome run_list_add(Person& person, const ListAddWish& wish);
Outcome run_list_remove(Person& person, const std::vector<std::string>& who);
Outcome run_list_pending(Person& person);
struct ListApproval {
    std::string id;  ///< of a post, or the address of who asks to join
    enum class Complaints { stand, forgiven } complaints = Complaints::stand;
};
Outcome run_list_approve(Person& person, const ListApproval& approval);
Outcome run_list_reject(Person& person, const std::string& id);

}  // namespace kith
