// From the configuration to what the rooms below want; and running a coroutine from plain code.
#pragma once

#include "net/io_threads.h"
#include "net/resolver.h"
#include "server/config.h"

namespace kith {

ResolverOptions resolver_options(const Config& config);

/// Runs the coroutine on the first thread and waits until it has ended; not from an I/O thread.
void run_to_end(IoThreads& threads, awaitable<void> task);

}  // namespace kith
