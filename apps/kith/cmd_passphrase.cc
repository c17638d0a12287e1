// passphrase: the home's key under a passphrase, under another one, or in the clear again.
#include "base/text.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "kith/commands.h"
#include "kith/files.h"
#include "kith/keys.h"
#include "kith/passphrase.h"

namespace kith {
namespace {

// Each file is the old one or the new one, whatever happens in between.
Result<void> write_anew(const std::filesystem::path& path,
                        const std::optional<std::string>& passphrase,
                        const AskPassphrase& old) {
    std::string text = TRY(read_key_file(path, old));
    SystemRandom random;
    auto written = write_key_file(path, text, passphrase, random);
    wipe(text);
    return written;
}

Result<std::optional<std::string>> new_passphrase(const PassphraseWish& wish) {
    if (wish.keep == PassphraseWish::Keep::in_the_clear)
        return std::optional<std::string>();
    if (!wish.file.empty())
        return std::optional(TRY(passphrase_of_file(wish.file)));
    return std::optional(TRY(ask_new_passphrase()));
}

struct Passphrases {
    std::optional<std::string> old;  ///< asked for once: all files of a home are under the same one
    std::optional<std::string> fresh;

    Passphrases() = default;
    Passphrases(const Passphrases&) = delete;
    Passphrases& operator=(const Passphrases&) = delete;
    ~Passphrases() {
        for (auto* each : {&old, &fresh})
            if (*each)
                wipe(**each);
    }
};

}  // namespace

Outcome run_passphrase(const std::filesystem::path& folder,
                       const Terminal& terminal,
                       const PassphraseWish& wish) {
    const Home home = TRY(Home::open(folder));
    const auto lock = TRY(FileLock::acquire(home.file("lock"), FileLock::Wait::yes));
    Passphrases passphrases;
    const auto ask = [&passphrases]() -> Result<std::string> {
        if (!passphrases.old)
            passphrases.old = TRY(ask_passphrase());
        return *passphrases.old;
    };
    std::string key = TRY(read_key_file(home.file("device.key"), ask));
    wipe(key);
    passphrases.fresh = TRY(new_passphrase(wish));
    TRY(write_anew(home.file("device.key"), passphrases.fresh, ask));
    const json::array files{home.file("device.key").string()};
    const bool sealed = passphrases.fresh.has_value();
    if (terminal.json)
        print_json({{"files", files}, {"passphrase", sealed}});
    else
        print_line(sealed ? "the keys are under the new passphrase"
                          : "the keys are in the clear, readable by you alone");
    return ExitCode::done;
}

}  // namespace kith
