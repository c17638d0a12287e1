// A post on its way to the readers of a list: sealed once, a stub for each reader, submitted to the
// list's server in as few submissions as may be.
//
// It can be broken off anywhere and begun again. What has been done is what the server has: the
// Sent copy, found by the post's id, and the readers of its submissions. Each submission is there
// whole or not at all, so nobody is left out and nobody is written to twice; and were a stub made a
// second time, its receiver would know the id.
#pragma once

#include <string>

#include "kith/list_home.h"
#include "kith/person.h"

namespace kith {

struct FannedOut {
    std::size_t left = 0;  ///< readers who cannot be written to now
    std::string why;       ///< of the first of them
};
/// Hands `post` over for every subscriber of before it was accepted, but its author. Blocks.
/// Errors: the server's; untrusted (the message cannot be opened).
Result<FannedOut> fan_out(Person& person,
                          const ListSettings& settings,
                          const Members& members,
                          const Post& post);

/// What the readers' servers said: of each reader the state and answer, as recipients_of gives
/// them.
Result<json::array> answers_to(Person& person, const Post& post);

}  // namespace kith
