// recovery.json: twelve words, their entropy, and the recovery keys that they give.
#include <boost/json/array.hpp>

#include "identity/recovery_phrase.h"
#include "make_vectors/vectors.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;

constexpr std::string_view kPhrase =
    "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic";

json::array keys_of(const Mnemonic& phrase) {
    json::array out;
    for (const std::uint64_t number : {1U, 2U, 3U, 10U}) {
        const PublicKey key = recovery_key_of(phrase, number).public_key();
        out.push_back({{"number", number},
                       {"key", key.text()},
                       {"recovery", recovery_commitment(key).text()}});
    }
    return out;
}

json::object case_of(std::string_view name, std::string_view phrase) {
    return {{"name", name}, {"phrase", phrase}};
}

}  // namespace

json::value recovery_vectors() {
    json::array cases;
    const auto good = [&](std::string_view name, std::string_view phrase) {
        json::object out = case_of(name, phrase);
        const auto parsed = Mnemonic::parse(phrase);
        expect_good(out, parsed);
        out["entropy"] = hex(parsed->entropy());
        out["keys"] = keys_of(*parsed);
        cases.push_back(out);
    };
    const auto bad = [&](std::string_view name, std::string_view phrase) {
        json::object out = case_of(name, phrase);
        expect_refusal(out, Mnemonic::parse(phrase), {ErrorKind::malformed, "phrase"});
        cases.push_back(out);
    };
    good("twelve words", kPhrase);
    good("all bits zero",
         "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
         "about");
    good("all bits one", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong");
    good("numbered, with capitals, the first four letters of each word",
         "1. Ozon 2. Dril 3. Grab 4. Fibe 5. Curt 6. Grac 7. Pudd 8. Than 9. Crui 10. Elde "
         "11. Eigh 12. Picn");
    good("full-width letters, accents and a ligature",
         "\uFF4F\uFF5A\uFF4F\uFF4E\uFF45\u3000drill grab \uFB01ber curt\u00E1in gra\u0301ce "
         "pudding thank cruise elder eight picnic");
    bad("two words swapped",
        "drill ozone grab fiber curtain grace pudding thank cruise elder eight picnic");
    bad("a word that is not in the list",
        "ozone drill grab fiber curtain grace puddle thank cruise elder eight picnic");
    bad("eleven words", kPhrase.substr(0, kPhrase.rfind(' ')));
    bad("three letters of a word",
        "ozo drill grab fiber curtain grace pudding thank cruise elder eight picnic");
    return {{"description",
             "Recovery phrases (protocol section 3.4): what was typed, its entropy, and some of "
             "the recovery keys with what a card that commits to them says in `recovery`."},
            {"cases", cases}};
}

}  // namespace kith::vectors
