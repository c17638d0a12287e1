#include "kith/phrase.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "kith/files.h"
#include "kith/tty.h"

namespace kith {
namespace {

constexpr std::size_t kAskedBack = 3;
constexpr int kTries = 3;
constexpr std::string_view kSecondScreen = "\033[?1049h\033[H";
constexpr std::string_view kFirstScreen = "\033[?1049l";

std::string without_comments(std::string_view text) {
    std::string words;
    for (const std::string_view line : split(text, '\n'))
        if (!line.starts_with('#'))
            words.append(line).append(1, '\n');
    return words;
}

// What the person can mend: which word, and what it might have been.
Error explain(const Error& error, std::string_view typed, const std::string& where) {
    std::string detail = "the recovery phrase " + error.detail;
    for (const UnknownWord& unknown : unknown_words(typed)) {
        detail += "; word " + std::to_string(unknown.place + 1) + " is none";
        if (!unknown.nearest.empty())
            detail += " (" + std::string(unknown.nearest.front()) + "?)";
    }
    return fail(ErrorKind::denied, where, detail);
}

Result<Mnemonic> parse_typed(const std::string& typed, const std::string& where) {
    auto phrase = Mnemonic::parse(typed);
    if (!phrase)
        return explain(phrase.error(), typed, where);
    return phrase;
}

std::set<std::size_t> draw_places(Random& random) {
    std::set<std::size_t> places;
    while (places.size() < kAskedBack) {
        Bytes lot(1);
        random.fill(lot);
        // 252 is the largest multiple of twelve that fits: no place is likelier than another.
        if (lot[0] < 252)
            places.insert(lot[0] % kMnemonicWords);
    }
    return places;
}

void show_words(const Tty& tty, const Mnemonic& phrase) {
    tty.say(kSecondScreen);
    tty.say(
        "Your recovery phrase. Write it on paper, in this order, and keep it away from your "
        "devices:\nwhoever has it has your account, and without it a stolen device cannot be "
        "undone.\n\n");
    for (std::size_t i = 0; i < kMnemonicWords; ++i) {
        const std::string number = std::to_string(i + 1);
        tty.say(std::string(4 - number.size(), ' ') + number + "  ");
        tty.say(phrase.word(i));
        tty.say("\n");
    }
}

Result<void> ask_back(const Tty& tty, const Mnemonic& phrase, std::size_t place) {
    for (int i = 0; i < kTries; ++i) {
        std::string typed =
            TRY(tty.ask("kith: word " + std::to_string(place + 1) + " of the recovery phrase: ",
                        "recovery phrase"));
        const auto found = find_mnemonic_word(to_lower(trim(typed)));
        wipe(typed);
        if (found && kMnemonicWordList[*found] == phrase.word(place))
            return {};
    }
    return fail(ErrorKind::denied,
                "recovery phrase",
                "was not written down: nothing was done, begin again for another one");
}

}  // namespace

Result<Mnemonic> phrase_of_file(const std::filesystem::path& path) {
    std::string text = TRY(read_named_secret(path));
    std::string words = without_comments(text);
    wipe(text);
    auto phrase = parse_typed(words, path.string());
    wipe(words);
    return phrase;
}

Result<void> write_phrase_file(const std::filesystem::path& path,
                               const Mnemonic& phrase,
                               std::string_view label) {
    std::error_code error;
    if (std::filesystem::exists(path, error))
        return fail(ErrorKind::conflict,
                    path.string(),
                    "is there already: name another file for the recovery phrase");
    std::string text = "# kith recovery phrase of " + std::string(label) +
                       "; print it, keep it away from your devices, remove this file\n";
    std::string words = phrase.text();
    text += words + "\n";
    wipe(words);
    auto written = write_private_file(path, text);
    wipe(text);
    return written;
}

Result<Mnemonic> read_phrase(const PhraseSource& source) {
    if (!source.file.empty())
        return phrase_of_file(source.file);
    const Tty tty(Tty::Echo::yes);
    std::string typed = TRY(tty.ask("kith: the twelve words: ", "recovery phrase"));
    auto phrase = parse_typed(typed, "typed");
    wipe(typed);
    return phrase;
}

Result<void> show_phrase(const Mnemonic& phrase, Random& random) {
    const Tty tty(Tty::Echo::yes);
    if (!tty.is_there())
        return fail(ErrorKind::denied,
                    "recovery phrase",
                    "there is no terminal to show it on: name a file for it with --recovery-file");
    show_words(tty, phrase);
    const auto written = tty.ask(
        "\nPress Enter when it is on paper; three words are asked for then. ", "recovery phrase");
    tty.say(kFirstScreen);
    TRY(Result<std::string>(written));
    for (const std::size_t place : draw_places(random))
        TRY(ask_back(tty, phrase, place));
    return {};
}

}  // namespace kith
