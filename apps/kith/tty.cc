#include "kith/tty.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.h"
#include "crypto/secret.h"

namespace kith {
namespace {

constexpr char kCtrlC = '\x03';

}  // namespace

Tty::Tty(Echo echo) : file_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (file_ < 0 || ::tcgetattr(file_, &before_) != 0)
        return;
    termios other = before_;
    // Ctrl-C is read as a character: a signal would leave the terminal without its echo.
    other.c_lflag &= ~static_cast<tcflag_t>(ISIG);
    if (echo == Echo::no)
        other.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    other.c_cc[VEOL] = kCtrlC;  // and ends the line at once
    changed_ = ::tcsetattr(file_, TCSAFLUSH, &other) == 0;
}

Tty::~Tty() {
    if (changed_)
        ::tcsetattr(file_, TCSAFLUSH, &before_);
    if (file_ >= 0)
        ::close(file_);
}

void Tty::say(std::string_view text) const {
    while (!text.empty()) {
        const ssize_t written = ::write(file_, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;  // a prompt that cannot be shown: reading will tell
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

Result<std::string> Tty::ask(std::string_view prompt, const std::string& what) const {
    if (!changed_)
        return fail(ErrorKind::denied, what, "there is no terminal to ask on");
    say(prompt);
    std::string line;
    char c = 0;
    for (;;) {
        const ssize_t got = ::read(file_, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || c == '\n')
            break;
        if (c == kCtrlC) {
            wipe(line);
            say("\n");
            return fail(ErrorKind::denied, what, "was not given");
        }
        line.push_back(c);
    }
    return line;
}

bool ask_whether(std::string_view question) {
    const Tty tty(Tty::Echo::yes);
    const auto answer = tty.ask(std::string(question) + " [y/N] ", "answer");
    const std::string word = answer ? to_lower(trim(*answer)) : std::string();
    return word == "y" || word == "yes";
}

}  // namespace kith
