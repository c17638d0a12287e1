// Mnemonics against BIP-39's published vectors (trezor/python-mnemonic, vectors.json), and what
// people make of twelve words.
#include "crypto/mnemonic.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/text.h"
#include "crypto/hash.h"

namespace kith {
namespace {

struct PublishedVector {
    std::string_view entropy;
    std::string_view words;
    std::string_view seed;
};

// Those of twelve words; the seeds with the passphrase "TREZOR".
constexpr std::array<PublishedVector, 8> kPublished = {{
    {"00000000000000000000000000000000",
     "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
     "about",
     "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
     "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04"},
    {"7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
     "legal winner thank year wave sausage worth useful legal winner thank yellow",
     "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6f"
     "a457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607"},
    {"80808080808080808080808080808080",
     "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
     "d71de856f81a8acc65e6fc851a38d4d7ec216fd0796d0a6827a3ad6ed5511a30"
     "fa280f12eb2e47ed2ac03b5c462a0358d18d69fe4f985ec81778c1b370b652a8"},
    {"ffffffffffffffffffffffffffffffff",
     "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
     "ac27495480225222079d7be181583751e86f571027b0497b5b5d11218e0a8a13"
     "332572917f0f8e5a589620c6f15b11c61dee327651a14c34e18231052e48c069"},
    {"9e885d952ad362caeb4efe34a8e91bd2",
     "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic",
     "274ddc525802f7c828d8ef7ddbcdc5304e87ac3535913611fbbfa986d0c9e547"
     "6c91689f9c8a54fd55bd38606aa6a8595ad213d4c9c9f9aca3fb217069a41028"},
    {"c0ba5a8e914111210f2bd131f3d5e08d",
     "scheme spot photo card baby mountain device kick cradle pact join borrow",
     "ea725895aaae8d4c1cf682c1bfd2d358d52ed9f0f0591131b559e2724bb234fc"
     "a05aa9c02c57407e04ee9dc3b454aa63fbff483a8b11de949624b9f1831a9612"},
    {"23db8160a31d3e0dca3688ed941adbf3",
     "cat swing flag economy stadium alone churn speed unique patch report train",
     "deb5f45449e615feff5640f2e49f933ff51895de3b4381832b3139941c57b592"
     "05a42480c52175b6efcffaa58a2503887c1e8b363a707256bdd2b587b46541f5"},
    {"f30f8c1da665478f49b001d94c5fc452",
     "vessel ladder alter error federal sibling chat ability sun glass valve picture",
     "2aaa9242daafcee6aa9d7269f17d4efe271e1b9a529178d7dc139cd18747090b"
     "f9d60295d0ce74309a78852a9caadf0af48aae1c6253839624076224374bc63f"},
}};

SecretArray<kMnemonicEntropy> entropy_of(std::string_view text) {
    return SecretArray<kMnemonicEntropy>(*exactly<kMnemonicEntropy>(*parse_hex(text)));
}

std::string bip39_seed(const std::string& words) {
    constexpr std::string_view salt = "mnemonicTREZOR";
    ByteArray<64> seed{};
    EXPECT_EQ(PKCS5_PBKDF2_HMAC(words.data(),
                                static_cast<int>(words.size()),
                                as_bytes(salt).data(),
                                static_cast<int>(salt.size()),
                                2048,
                                EVP_sha512(),
                                static_cast<int>(seed.size()),
                                seed.data()),
              1);
    return hex(seed);
}

std::string text_of(std::string_view typed) {
    const auto phrase = Mnemonic::parse(typed);
    return phrase ? phrase->text() : phrase.error().text();
}

TEST(Mnemonic, the_list_is_the_published_one) {
    std::string file;
    for (const std::string_view word : kMnemonicWordList)
        file += std::string(word) + "\n";
    EXPECT_EQ(sha256(file).hex_text(),
              "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
}

TEST(Mnemonic, published_vectors_hold_both_ways) {
    for (const PublishedVector& one : kPublished) {
        const Mnemonic phrase = Mnemonic::from_entropy(entropy_of(one.entropy));
        EXPECT_EQ(phrase.text(), one.words);
        // The very text of BIP-39: its key stretching comes to the published seed.
        EXPECT_EQ(bip39_seed(phrase.text()), one.seed);
        const auto parsed = Mnemonic::parse(one.words);
        ASSERT_TRUE(parsed) << one.words;
        EXPECT_EQ(hex(parsed->entropy()), one.entropy);
    }
}

TEST(Mnemonic, words_come_one_by_one_as_in_the_text) {
    const Mnemonic phrase = Mnemonic::from_entropy(entropy_of(kPublished[4].entropy));
    const auto words = split(kPublished[4].words, ' ');
    for (std::size_t i = 0; i < kMnemonicWords; ++i)
        EXPECT_EQ(phrase.word(i), words[i]);
}

TEST(Mnemonic, a_new_one_is_what_the_generator_drew) {
    SeededRandom random(as_bytes("a"));
    SeededRandom same(as_bytes("a"));
    const Mnemonic phrase = Mnemonic::generate(random);
    EXPECT_EQ(hex(phrase.entropy()), hex(same.array<16>()));
    EXPECT_NE(phrase.text(), Mnemonic::generate(random).text());
}

TEST(Mnemonic, is_taken_however_it_is_typed) {
    const std::string words(kPublished[4].words);
    for (const std::string_view typed :
         {"OZONE Drill grab fiber curtain grace pudding thank cruise elder eight picnic",
          "  ozone\tdrill\r\ngrab fiber\ncurtain grace pudding thank cruise elder eight picnic\n",
          "1. ozone 2. drill 3. grab 4. fiber 5. curtain 6. grace 7. pudding 8. thank 9. cruise "
          "10. elder 11. eight 12. picnic",
          "ozone,drill,grab,fiber,curtain,grace,pudding,thank,cruise,elder,eight,picnic",
          "ozon dril grab fibe curt grac pudd than crui elde eigh picn",
          // Full-width letters, an ideographic space, a ligature, accents of either kind, a dotless
          // i, a soft hyphen, a no-break space.
          "\uFF2F\uFF5A\uFF4F\uFF4E\uFF45\u3000drill grab \uFB01ber curt\u00E1in gra\u0301ce "
          "pudd\u0131ng thank cru\u00ADise elder\u00A0eight picnic\uFEFF"})
        EXPECT_EQ(text_of(typed), words) << typed;
}

TEST(Mnemonic, what_is_no_phrase_is_refused_with_a_reason_and_without_its_words) {
    const auto why = [](std::string_view typed) {
        const auto phrase = Mnemonic::parse(typed);
        EXPECT_FALSE(phrase);
        EXPECT_EQ(phrase.error().kind, ErrorKind::malformed);
        EXPECT_EQ(phrase.error().where, "phrase");
        return phrase.error().detail;
    };
    EXPECT_EQ(why(""), "has 0 words, not twelve");
    EXPECT_EQ(why("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo"), "has 11 words, not twelve");
    EXPECT_EQ(why("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong zoo"),
              "has 13 words, not twelve");
    EXPECT_EQ(why("zoo zoo zzo zoo zoo zoo zoo zoo zoo zoo zoo wrong"),
              "word 3 is not in the list");
    EXPECT_EQ(why("zoo zoo zo zoo zoo zoo zoo zoo zoo zoo zoo wrong"), "word 3 is not in the list")
        << "fewer than four letters are no word";
    EXPECT_NE(why("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong zoo").find("swapped"),
              std::string::npos);
    EXPECT_EQ(why("zoo \xff"), "is no text (UTF-8)");
    EXPECT_EQ(why(std::string(5000, 'a')), "is longer than twelve words can be");
}

TEST(Mnemonic, every_swap_of_two_neighbours_of_a_published_phrase_is_noticed_or_changes_nothing) {
    std::size_t noticed = 0;
    std::size_t swaps = 0;
    for (const PublishedVector& one : kPublished) {
        auto words = split(one.words, ' ');
        for (std::size_t i = 0; i + 1 < words.size(); ++i) {
            if (words[i] == words[i + 1])
                continue;
            std::swap(words[i], words[i + 1]);
            std::string text;
            for (const std::string_view word : words)
                text += std::string(word) + " ";
            noticed += Mnemonic::parse(text) ? 0 : 1;
            std::swap(words[i], words[i + 1]);
            ++swaps;
        }
    }
    // The checksum has four bits: about one swap in sixteen goes unnoticed.
    EXPECT_GT(noticed * 16, swaps * 14);
}

TEST(Mnemonic, a_word_is_found_by_itself_or_by_four_letters) {
    const auto found = [](std::string_view typed) {
        const auto place = find_mnemonic_word(typed);
        return place ? kMnemonicWordList[*place] : std::string_view("-");
    };
    EXPECT_EQ(found("abandon"), "abandon");
    EXPECT_EQ(found("aban"), "abandon");
    EXPECT_EQ(found("abando"), "abandon");
    EXPECT_EQ(found("aba"), "-");
    EXPECT_EQ(found("act"), "act");
    EXPECT_EQ(found("acti"), "action");
    EXPECT_EQ(found("zoo"), "zoo");
    EXPECT_EQ(found("zooo"), "-");
    EXPECT_EQ(found("abandons"), "-");
    EXPECT_EQ(found(""), "-");
    for (const std::string_view word : kMnemonicWordList) {
        EXPECT_EQ(found(word), word);
        EXPECT_EQ(found(word.substr(0, 4)), word);
    }
}

TEST(Mnemonic, a_typing_error_is_named_by_its_place_with_the_nearest_words) {
    const auto unknown = unknown_words("zoo zzo abandon abandno acid qqqqqqqqqq woh");
    ASSERT_EQ(unknown.size(), 4U);
    EXPECT_EQ(unknown[0].place, 1U);
    EXPECT_EQ(unknown[0].nearest.front(), "zoo");
    EXPECT_EQ(unknown[1].place, 3U);
    EXPECT_EQ(unknown[1].nearest, std::vector<std::string_view>{"abandon"});
    EXPECT_EQ(unknown[2].place, 5U);
    EXPECT_TRUE(unknown[2].nearest.empty());
    EXPECT_EQ(unknown[3].nearest.size(), 3U);
    EXPECT_TRUE(unknown_words(kPublished[0].words).empty());
}

}  // namespace
}  // namespace kith
