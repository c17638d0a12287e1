// Ctrl-C while something long runs: it stops at the next good moment instead of in the middle.
#pragma once

#include <atomic>
#include <csignal>

namespace kith {

/// While one lives, SIGINT and SIGTERM raise a flag; a second signal ends the process as usual.
class InterruptGuard {
  public:
    InterruptGuard();
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;
    static const std::atomic<bool>& flag();

  private:
    // Guards nest: the inner one gives back what it found.
    struct sigaction interrupt_before_{};
    struct sigaction terminate_before_{};
};

}  // namespace kith
