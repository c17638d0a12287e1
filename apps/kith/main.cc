// kith: a person's command. Grammar in cli_grammar.cc, the verbs in commands.h.
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "kith/cli_grammar.h"

namespace kith {
namespace {

ExitCode run(int argc, char** argv) {
    const Chosen chosen = read_command_line(argc, argv);
    if (chosen.over)
        return *chosen.over;
    const Terminal terminal = Terminal::detect(chosen.json);
    const auto home = chosen.home.empty() ? default_home() : std::filesystem::absolute(chosen.home);
    const auto act = [&]() -> Outcome {
        if (chosen.without)
            return chosen.without(home, terminal);
        const auto person = TRY(Person::open(home, terminal));
        return chosen.with_person(*person);
    };
    const Outcome outcome = act();
    return outcome ? *outcome : print_failure(terminal, outcome.error());
}

// Nobody reads on (head): no failure. What a full disk did not take is one.
bool output_is_lost() {
    if (!output_ended())
        return false;
    pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
    return ::poll(&out, 1, 0) < 0 || (out.revents & POLLERR) == 0;
}

}  // namespace
}  // namespace kith

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        const kith::ExitCode code = kith::run(argc, argv);
        if (!kith::output_is_lost())
            return static_cast<int>(code);
        kith::print_notice("the output cannot be written: is the disk full?");
        return static_cast<int>(kith::ExitCode::failed);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "kith: internal error: %s\n", error.what());
        return static_cast<int>(kith::ExitCode::failed);
    }
}
