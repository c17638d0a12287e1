// Twelve words for 128 bits, as BIP-39 writes them (English list): what a person can put on paper
// and type again. BIP-39's own step from words to a key (PBKDF2) is not used here: the entropy is
// the secret, identity/recovery_phrase.h derives from it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/random.h"
#include "crypto/secret.h"

namespace kith {

inline constexpr std::size_t kMnemonicWords = 12;
inline constexpr std::size_t kMnemonicEntropy = 16;  ///< octets
/// Sorted.
extern const std::array<std::string_view, 2048> kMnemonicWordList;

/// The place in the list of the word that somebody means who typed this: the word itself, or at
/// least the first four letters of it. Lower case only.
std::optional<std::size_t> find_mnemonic_word(std::string_view typed);

/// A word that was typed and is in no list.
struct UnknownWord {
    std::size_t place = 0;                  ///< 0 for the first
    std::vector<std::string_view> nearest;  ///< of the list, the nearest first; perhaps none
};
/// Among the first 24. For the person who typed the text, and for nobody else: near words are near
/// the secret.
std::vector<UnknownWord> unknown_words(std::string_view typed);

/// A secret; wiped when it goes. The words are made when they are asked for.
class Mnemonic {
  public:
    static Mnemonic generate(Random& random);
    static Mnemonic from_entropy(const SecretArray<kMnemonicEntropy>& entropy);
    /// As somebody types or pastes it: case does not matter, nor accents, full-width letters,
    /// ligatures and what else of a letter's look Unicode can encode; all that is no letter parts
    /// words, so that numbers and commas may stand between them.
    /// Errors: malformed ("phrase"): not twelve words; one that is not in the list; a checksum that
    /// does not hold, so that two words are swapped or one is another. Says places, never words.
    static Result<Mnemonic> parse(std::string_view typed);

    /// Requires: index < 12.
    std::string_view word(std::size_t index) const;
    /// All of them, a space between. The caller wipes it.
    std::string text() const;
    ByteView entropy() const { return entropy_.view(); }

  private:
    explicit Mnemonic(const SecretArray<kMnemonicEntropy>& entropy) : entropy_(entropy) {}

    SecretArray<kMnemonicEntropy> entropy_;
};

}  // namespace kith
