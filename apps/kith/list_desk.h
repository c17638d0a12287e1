// Where what comes to a mailing list is taken: commands are carried out, posts are accepted, wait
// for a moderator, or are thrown away. Each step may be done twice: whoever is broken off begins
// again.
#pragma once

#include <functional>
#include <string>

#include "kith/list_home.h"
#include "kith/list_judging.h"
#include "kith/opened_mail.h"
#include "kith/person.h"
#include "note/list_command.h"

namespace kith {

/// What happened, for whoever looks on.
struct ListNews {
    enum class What {
        joined,
        asks,
        left,
        moved,
        dropped,
        complaint,
        waits,
        accepted,
        discarded,
        sent
    };
    What what = What::accepted;
    std::string who = {};
    std::string id = {};  ///< of a post
    std::string subject = {};
    std::string why = {};
};
std::string_view name_of(ListNews::What what);

class ListDesk {
  public:
    using Tell = std::function<void(const ListNews&)>;
    /// What it refers to must outlive it. `root`: the list's own.
    ListDesk(Person& person, const ListHome& list, const Hash& root, Tell tell)
        : person_(person), list_(list), root_(root), tell_(std::move(tell)) {}

    /// done: nothing is to be done with the message any more.
    enum class Taken { open, done };
    /// A message of the inbox. Errors: those that pass; the server's.
    Result<Taken> take(const json::object& email);
    /// Somebody wants to be heard who brings no more than a stamp or a card token.
    Result<void> hold(const json::object& email, const std::string& subject);

    /// Reads it no more, whoever said so.
    Result<void> drop(const Hash& root, const std::string& why);
    /// Their old server has shown where a reader is: they keep their place, and what comes for them
    /// waits until they join from there. Errors: untrusted (that is not what the card says).
    Result<void> follow(const Member& member, std::string_view card);
    /// A reader from now on: a contact, who is told so. `join`: by which message.
    Result<void> welcome(const Member& member, const std::string& join);
    /// Who was heard once is no contact for that.
    Result<void> forget_stranger(const Hash& root);

  private:
    Result<Taken> take_opened(const json::object& email, const OpenedMail& opened, Post post);
    Result<Taken> obey(const ListCommand& command,
                       const ListArrival& arrival,
                       const std::string& stub_id);
    Result<Taken> join(const ListCommand& command,
                       const ListArrival& arrival,
                       const std::string& stub_id);
    Result<Taken> complain(const ListCommand& command, const ListArrival& arrival);
    Result<Taken> judge(const MessageView& message, const ListArrival& arrival, Post post);
    Result<Taken> discard(Post post, const std::string& why);

    Person& person_;
    const ListHome& list_;
    Hash root_;
    Tell tell_;
};

/// The post that an Email would be, in the state pending.
Result<Post> post_of(const json::object& email);
/// Removes a contact; one that is not there is no error.
Result<void> remove_contact(Person& person, const Hash& root);

}  // namespace kith
