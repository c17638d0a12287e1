// What becomes of a message to a mailing list: pure, so that every rule has its test.
#pragma once

#include <span>
#include <string>

#include "kith/list_home.h"
#include "mail/message.h"

namespace kith {

/// A message that came to the list, opened.
struct ListArrival {
    Address from;  ///< the stub's
    Hash root;
    /// Is the stub signed by a device of its sender, as far as this device can tell?
    enum class Proven { no, yes } proven = Proven::no;
    enum class Tier { unknown, known } tier = Tier::unknown;  ///< to the list's account
};

struct Judgement {
    enum class What { accept, wait, discard } what = What::accept;
    std::string why;  ///< of wait and discard: a clause for people
};

/// `posts`: those of before. `own`: the list's address and root.
Judgement judge_post(const ListArrival& arrival,
                     const MessageView& message,
                     const ListSettings& settings,
                     const Members& members,
                     std::span<const Post> posts,
                     const Moderator& own,
                     Time now);

/// Readers who found posts of this author unwanted within 30 days.
std::size_t complaints_about(const Hash& author, std::span<const Post> posts, Time now);

}  // namespace kith
