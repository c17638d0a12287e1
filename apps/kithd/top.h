// `kithd top`: who loads the server, drawn again and again.
#pragma once

#include <cstdint>

#include "kithd/verbs.h"

namespace kith {

struct TopOptions {
    std::int64_t rows = 10;
    std::int64_t every = 2;  ///< seconds
    bool once = false;
};

/// Until it is interrupted, or once; answers the exit code. With --json: one line each time.
int run_top(const Options& options, const TopOptions& top);

}  // namespace kith
