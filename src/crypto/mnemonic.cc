#include "crypto/mnemonic.h"

#include "base/text.h"
#include "crypto/hash.h"

#include <algorithm>

namespace kith {
namespace {

constexpr std::size_t kBitsOfWord = 11;
constexpr std::size_t kBitsOfChecksum = 4;
constexpr std::size_t kLettersThatTell = 4;
constexpr std::size_t kLongestWord = 8;
constexpr std::size_t kMostNearest = 3;
constexpr std::size_t kFarthest = 2;      // edits
constexpr std::size_t kMostTyped = 4096;  // octets

/// Words that were typed, in lower-case ASCII; wiped.
struct TypedWords {
    std::vector<std::string> words;

    TypedWords() = default;
    TypedWords(TypedWords&&) = default;
    TypedWords& operator=(TypedWords&&) = delete;
    TypedWords(const TypedWords&) = delete;
    TypedWords& operator=(const TypedWords&) = delete;
    ~TypedWords() {
        std::ranges::for_each(words, [](std::string& word) { wipe(word); });
    }
};

struct CodePoint {
    char32_t value = 0;
    std::size_t size = 1;
};

// Of well-formed UTF-8.
CodePoint first_of(std::string_view text) {
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto next = [&](std::size_t i) { return static_cast<char32_t>(octet(i) & 0x3FU); };
    if (octet(0) < 0x80)
        return {octet(0), 1};
    if (octet(0) < 0xE0)
        return {(octet(0) & 0x1FU) << 6 | next(1), 2};
    if (octet(0) < 0xF0)
        return {(octet(0) & 0x0FU) << 12 | next(1) << 6 | next(2), 3};
    return {(octet(0) & 0x07U) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4};
}

// U+00C0 to U+017F without their accents; "." where that is no letter of ours.
constexpr std::string_view kLatin =
    "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y"
    "aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiiiii..jjkk.llllll...."
    "nnnnnn...oooooo..rrrrrrssssssss"
    "tttt..uuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(kLatin.size() == 0x180 - 0xC0);

// What somebody means by a character: letters; nothing (a part of the letter before); nullopt: it
// parts words.
std::optional<std::string_view> letters_of(char32_t c) {
    static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz";
    static constexpr std::array<std::string_view, 7> kLigatures = {
        "ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    const auto between = [&](char32_t from, char32_t to) { return c >= from && c <= to; };
    for (const char32_t a : {U'a', U'A', U'\uFF41', U'\uFF21'})
        if (between(a, a + 25))
            return kAlphabet.substr(c - a, 1);
    if (between(0xC0, 0x17F) && kLatin[c - 0xC0] != '.')
        return kLatin.substr(c - 0xC0, 1);
    if (between(0xFB00, 0xFB06))
        return kLigatures[c - 0xFB00];
    const bool is_part =
        between(0x300, 0x36F) || between(0x200B, 0x200D) || c == 0xAD || c == 0x2060 || c == 0xFEFF;
    return is_part ? std::optional<std::string_view>("") : std::nullopt;
}

TypedWords words_of(std::string_view typed) {
    TypedWords out;
    out.words.reserve(2 * kMnemonicWords);  // of a phrase, none is moved and left behind
    bool within = false;
    for (std::size_t at = 0; at < typed.size();) {
        const CodePoint point = first_of(typed.substr(at));
        at += point.size;
        const auto letters = letters_of(point.value);
        if (!letters) {
            within = false;
        } else if (within) {
            out.words.back() += *letters;
        } else if (!letters->empty()) {
            out.words.emplace_back(*letters);
            within = true;
        }
    }
    return out;
}

// Letters to add, to leave out, to replace, or neighbours to swap (Damerau and Levenshtein, no
// letter twice). Only those up to kFarthest are of interest.
std::size_t edits_between(std::string_view a, std::string_view b) {
    using Row = std::array<std::size_t, kLongestWord + 1>;
    Row before_last{};
    Row last{};
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        Row row{};
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = last;
        last = row;
    }
    return last[b.size()];
}

std::vector<std::string_view> nearest_to(std::string_view typed) {
    if (typed.size() > kLongestWord + kFarthest)
        return {};
    std::array<std::vector<std::string_view>, kFarthest + 1> by_edits;
    for (const std::string_view word : kMnemonicWordList) {
        if (typed.size() > word.size() + kFarthest || word.size() > typed.size() + kFarthest)
            continue;
        if (const std::size_t edits = edits_between(typed, word); edits <= kFarthest)
            by_edits[edits].push_back(word);
    }
    std::vector<std::string_view> out;
    for (const auto& words : by_edits)
        for (const std::string_view word : words)
            if (out.size() < kMostNearest)
                out.push_back(word);
    return out;
}

Error bad_phrase(std::string detail) {
    return fail(ErrorKind::malformed, "phrase", std::move(detail));
}

std::size_t checksum_of(ByteView entropy) {
    return sha256(entropy).octets[0] >> (8 - kBitsOfChecksum);
}

}  // namespace

std::optional<std::size_t> find_mnemonic_word(std::string_view typed) {
    const auto at = std::ranges::lower_bound(kMnemonicWordList, typed);
    if (at == kMnemonicWordList.end())
        return std::nullopt;
    // Sorted: a word comes before all that begin with it, and four letters begin one word alone.
    const bool meant = *at == typed || (typed.size() >= kLettersThatTell && at->starts_with(typed));
    return meant ? std::optional(static_cast<std::size_t>(at - kMnemonicWordList.begin()))
                 : std::nullopt;
}

std::vector<UnknownWord> unknown_words(std::string_view typed) {
    std::vector<UnknownWord> out;
    if (typed.size() > kMostTyped || !is_utf8(typed))
        return out;
    const TypedWords all = words_of(typed);
    for (std::size_t i = 0; i < std::min(all.words.size(), 2 * kMnemonicWords); ++i)
        if (!find_mnemonic_word(all.words[i]))
            out.push_back({.place = i, .nearest = nearest_to(all.words[i])});
    return out;
}

Mnemonic Mnemonic::generate(Random& random) {
    SecretArray<kMnemonicEntropy> entropy;
    random.fill(entropy.octets());
    return Mnemonic(entropy);
}

Mnemonic Mnemonic::from_entropy(const SecretArray<kMnemonicEntropy>& entropy) {
    return Mnemonic(entropy);
}

Result<Mnemonic> Mnemonic::parse(std::string_view typed) {
    if (typed.size() > kMostTyped)
        return bad_phrase("is longer than twelve words can be");
    if (!is_utf8(typed))
        return bad_phrase("is no text (UTF-8)");
    const TypedWords all = words_of(typed);
    if (all.words.size() != kMnemonicWords)
        return bad_phrase("has " + std::to_string(all.words.size()) + " words, not twelve");
    SecretArray<kMnemonicEntropy> entropy;
    std::size_t checksum = 0;
    for (std::size_t i = 0; i < kMnemonicWords; ++i) {
        const auto place = find_mnemonic_word(all.words[i]);
        if (!place)
            return bad_phrase("word " + std::to_string(i + 1) + " is not in the list");
        for (std::size_t bit = 0; bit < kBitsOfWord; ++bit) {
            const std::size_t at = i * kBitsOfWord + bit;
            const std::size_t value = (*place >> (kBitsOfWord - 1 - bit)) & 1U;
            if (at < kMnemonicEntropy * 8)
                entropy.octets()[at / 8] |= static_cast<std::uint8_t>(value << (7 - at % 8));
            else
                checksum = checksum << 1 | value;
        }
    }
    if (checksum != checksum_of(entropy.view()))
        return bad_phrase(
            "does not hold: every word is in the list, but one is another than was written down, "
            "or two are swapped");
    return Mnemonic(entropy);
}

std::string_view Mnemonic::word(std::size_t index) const {
    const std::size_t checksum = checksum_of(entropy());
    std::size_t place = 0;
    for (std::size_t at = index * kBitsOfWord; at < (index + 1) * kBitsOfWord; ++at) {
        const std::size_t behind = at - std::min(at, kMnemonicEntropy * 8);
        const std::size_t bit = at < kMnemonicEntropy * 8
                                    ? static_cast<std::size_t>(entropy()[at / 8] >> (7 - at % 8))
                                    : checksum >> (kBitsOfChecksum - 1 - behind);
        place = place << 1 | (bit & 1U);
    }
    return kMnemonicWordList[place];
}

std::string Mnemonic::text() const {
    std::string out;
    out.reserve(kMnemonicWords * (kLongestWord + 1));  // never moved, so nothing is left behind
    for (std::size_t i = 0; i < kMnemonicWords; ++i) {
        out += i > 0 ? " " : "";
        out += word(i);
    }
    return out;
}

}  // namespace kith
