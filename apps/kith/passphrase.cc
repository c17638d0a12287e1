#include "kith/passphrase.h"

#include <cstdlib>

#include "crypto/secret.h"
#include "kith/files.h"
#include "kith/tty.h"

namespace kith {
namespace {

// What is typed is not shown, nor the end of its line.
Result<std::string> ask_on(const Tty& tty, std::string_view prompt) {
    if (!tty.is_there())
        return fail(ErrorKind::denied,
                    "passphrase",
                    "there is no terminal to ask on: set KITH_PASSPHRASE_FILE");
    auto line = tty.ask(prompt, "passphrase");
    if (line)
        tty.say("\n");
    return line;
}

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
    return ask_on(Tty(Tty::Echo::no), "kith: passphrase: ");
}

Result<std::string> ask_new_passphrase() {
    const Tty tty(Tty::Echo::no);
    std::string first = TRY(ask_on(tty, "kith: new passphrase: "));
    std::string second = TRY(ask_on(tty, "kith: once more: "));
    const bool same = first == second;
    wipe(second);
    if (!same || first.empty())
        return fail(ErrorKind::malformed,
                    "passphrase",
                    same ? "is empty: nothing was written" : "the two differ: nothing was written");
    return first;
}

}  // namespace kith
