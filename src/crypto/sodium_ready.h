// libsodium picks its fast implementations in sodium_init; without it all works, but slowly, and
// the choice would race with calls on other threads. Included by sources of this room alone.
#pragma once

#include <sodium.h>

#include "base/result.h"

namespace kith::detail {

/// Before the first call of libsodium; once a process, thread-safe.
inline void need_sodium() {
    static const bool ready = sodium_init() >= 0;
    KITH_CHECK(ready);
}

}  // namespace kith::detail
