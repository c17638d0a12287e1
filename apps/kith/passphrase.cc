#include "kith/passphrase.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "crypto/secret.h"
#include "kith/files.h"

namespace kith {
namespace {

constexpr char kCtrlC = '\x03';

/// The terminal, its echo off while this lives.
class QuietTerminal {
  public:
    QuietTerminal() : file_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
        if (file_ < 0 || ::tcgetattr(file_, &before_) != 0)
            return;
        termios quiet = before_;
        // Ctrl-C is read as a character: a signal would leave the terminal without its echo.
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        quiet.c_cc[VEOL] = kCtrlC;  // and ends the line at once
        changed_ = ::tcsetattr(file_, TCSAFLUSH, &quiet) == 0;
    }
    ~QuietTerminal() {
        if (changed_)
            ::tcsetattr(file_, TCSAFLUSH, &before_);
        if (file_ >= 0)
            ::close(file_);
    }
    QuietTerminal(const QuietTerminal&) = delete;
    QuietTerminal& operator=(const QuietTerminal&) = delete;

    Result<std::string> ask(std::string_view prompt) const {
        if (file_ < 0 || !changed_)
            return fail(ErrorKind::denied,
                        "passphrase",
                        "there is no terminal to ask on: set KITH_PASSPHRASE_FILE");
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
                return fail(ErrorKind::denied, "passphrase", "was not given");
            }
            line.push_back(c);
        }
        say("\n");
        return line;
    }

  private:
    void say(std::string_view text) const {
        if (::write(file_, text.data(), text.size()) < 0)
            return;  // a prompt that cannot be shown: reading will tell
    }

    int file_;
    termios before_{};
    bool changed_ = false;
};

}  // namespace

Result<std::string> passphrase_of_file(const std::filesystem::path& path) {
    std::string text = TRY(read_named_secret(path));
    std::string line = text.substr(0, text.find('\n'));
    wipe(text);
    if (line.ends_with('\r'))
        line.pop_back();
    if (line.empty())
        return fail(ErrorKind::malformed, path.string(), "its first line is empty");
    return line;
}

Result<std::string> ask_passphrase() {
    const char* file = std::getenv("KITH_PASSPHRASE_FILE");  // NOLINT(concurrency-mt-unsafe)
    if (file != nullptr && *file != '\0')
        return passphrase_of_file(file);
    return QuietTerminal().ask("kith: passphrase: ");
}

Result<std::string> ask_new_passphrase() {
    const QuietTerminal terminal;
    std::string first = TRY(terminal.ask("kith: new passphrase: "));
    std::string second = TRY(terminal.ask("kith: once more: "));
    const bool same = first == second;
    wipe(second);
    if (!same || first.empty())
        return fail(ErrorKind::malformed,
                    "passphrase",
                    same ? "is empty: nothing was written" : "the two differ: nothing was written");
    return first;
}

}  // namespace kith
