// Listening to what a person's server tells of changes (docs/client-api.md, push), for commands
// that run until they are ended: `kith watch`, `kith list run`.
#pragma once

#include <functional>

#include "base/result.h"
#include "kith/person.h"

namespace kith {

struct PushWork {
    const char* types;  ///< of objects, with commas between them
    /// Before the stream is asked for; may be empty.
    std::function<Result<void>()> prepare;
    /// The stream stands: what changed until now is looked for. `first`: for the first time.
    std::function<Result<void>(bool first)> begin;
    /// The server said something: that there are changes, or that it is still there.
    std::function<Result<void>(bool changes)> heard;
    /// About twice a second.
    std::function<Result<void>()> meanwhile;
};

/// Until the person interrupts it, or nobody reads the output any more. Where the server is away,
/// says so and asks again, after pauses of 1 to 60 seconds. Errors: those that do not pass.
Result<void> listen_to_push(Person& person, const PushWork& work);

/// Server or network are away: to try again may help.
bool may_pass(const Error& error);

}  // namespace kith
