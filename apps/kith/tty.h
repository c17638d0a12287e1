// Asking somebody at the terminal itself, wherever stdin and stdout lead.
#pragma once

#include <termios.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace kith {

/// /dev/tty, while this lives. Ctrl-C ends a question, and leaves the terminal as it was.
class Tty {
  public:
    enum class Echo { yes, no };
    explicit Tty(Echo echo);
    ~Tty();
    Tty(const Tty&) = delete;
    Tty& operator=(const Tty&) = delete;

    bool is_there() const { return changed_; }
    void say(std::string_view text) const;
    /// One line, without its end. The caller wipes a secret. Errors: denied (`what`: there is no
    /// terminal, or Ctrl-C).
    Result<std::string> ask(std::string_view prompt, const std::string& what) const;

  private:
    int file_;
    termios before_{};
    bool changed_ = false;
};

/// Is this what they want? No terminal, or anything else than y or yes: no.
bool ask_whether(std::string_view question);

}  // namespace kith
