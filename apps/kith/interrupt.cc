#include "kith/interrupt.h"

namespace kith {
namespace {

// A signal handler can reach nothing else.
std::atomic<bool> interrupted{false};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void raise_flag(int /*signal*/) {
    interrupted = true;
}

struct sigaction handle(int signal) {
    struct sigaction action{};
    struct sigaction before{};
    action.sa_handler = raise_flag;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(signal, &action, &before);
    return before;
}

}  // namespace

InterruptGuard::InterruptGuard()
    : interrupt_before_(handle(SIGINT)), terminate_before_(handle(SIGTERM)) {}

InterruptGuard::~InterruptGuard() {
    ::sigaction(SIGINT, &interrupt_before_, nullptr);
    ::sigaction(SIGTERM, &terminate_before_, nullptr);
}

const std::atomic<bool>& InterruptGuard::flag() {
    return interrupted;
}

}  // namespace kith
