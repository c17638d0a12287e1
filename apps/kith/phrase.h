// The recovery phrase at the command line: shown once and asked back, typed, or kept in a file that
// the person names (protocol section 3.4).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "crypto/mnemonic.h"

namespace kith {

/// Where a command takes the phrase from.
struct PhraseSource {
    std::string file;  ///< empty: see ask
    enum class Ask { no, yes } ask = Ask::no;

    bool is_given() const { return !file.empty() || ask == Ask::yes; }
};
/// Requires: source.is_given(). Errors: as phrase_of_file; malformed (says which word is none);
/// denied (no terminal).
Result<Mnemonic> read_phrase(const PhraseSource& source);

/// Lines that begin with # are left out. Errors: io, denied (others may read it), malformed.
Result<Mnemonic> phrase_of_file(const std::filesystem::path& path);
/// Mode 0600; `label` goes into a comment. Errors: conflict (there is a file), io.
Result<void> write_phrase_file(const std::filesystem::path& path,
                               const Mnemonic& phrase,
                               std::string_view label);
/// Shows the words on the terminal's second screen, which keeps nothing, and asks for three of
/// them. Errors: denied (no terminal, Ctrl-C, or three wrong answers).
Result<void> show_phrase(const Mnemonic& phrase, Random& random);

}  // namespace kith
