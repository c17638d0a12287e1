// docs/vectors: cards.json, chains.json, recovery.json, stubs.json.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "identity/card_builder.h"
#include "identity/keystate.h"
#include "identity/recovery_phrase.h"
#include "identity/safety_number.h"
#include "identity/stub_check.h"
#include "testing/vectors.h"

namespace kith {
namespace {

namespace json = boost::json;

json::value load(const char* name) {
    return json::parse(testing::read_file(testing::source_root() / "docs/vectors" / name));
}

std::string text_of(const json::value& value) {
    return std::string(value.as_string());
}

std::vector<std::string> texts_of(const json::value& value) {
    std::vector<std::string> out;
    for (const json::value& text : value.as_array())
        out.push_back(text_of(text));
    return out;
}

template <class T>
void expect_as_told(const json::value& one, const Result<T>& result) {
    const std::string name = text_of(one.at("name"));
    ASSERT_EQ(result.has_value(), one.at("valid").as_bool()) << name;
    if (result)
        return;
    EXPECT_EQ(name_of(result.error().kind), text_of(one.at("kind"))) << name;
    EXPECT_EQ(result.error().where, text_of(one.at("where"))) << name;
}

void expect_change(const json::value& told, const CardChange& change) {
    EXPECT_EQ(text_of(told.at("by")), name_of(change.by));
    EXPECT_EQ(texts_of(told.at("signers")), change.signers);
    EXPECT_EQ(texts_of(told.at("added")), change.added);
    EXPECT_EQ(texts_of(told.at("confirmed")), change.confirmed);
    EXPECT_EQ(texts_of(told.at("removed")), change.removed);
    EXPECT_EQ(told.at("froze").as_bool(), change.froze);
    EXPECT_EQ(told.at("thawed").as_bool(), change.thawed);
    EXPECT_EQ(told.at("moved").as_bool(), change.moved);
    EXPECT_EQ(told.at("replaced").as_bool(), change.replaced);
}

TEST(IdentityVectors, a_card_may_follow_or_not_as_told) {
    const json::value all = load("cards.json");
    for (const json::value& one : all.at("cases").as_array()) {
        const auto card = read_card(text_of(one.at("card")));
        ASSERT_TRUE(card) << one.at("name");
        if (one.at("prev").is_null()) {
            expect_as_told(one, verify_first(*card));
            continue;
        }
        const auto prev = read_card(text_of(one.at("prev")));
        ASSERT_TRUE(prev) << one.at("name");
        const auto change = verify_next(*prev, *card);
        expect_as_told(one, change);
        if (!change)
            continue;
        EXPECT_EQ(card->hash.text(), text_of(one.at("hash")));
        expect_change(one.at("change"), *change);
    }
}

TEST(IdentityVectors, chains_come_to_what_is_told) {
    const json::value all = load("chains.json");
    for (const json::value& one : all.at("cases").as_array()) {
        const std::string name = text_of(one.at("name"));
        std::vector<SignedCard> cards;
        for (const json::value& note : one.at("cards").as_array())
            cards.push_back(*read_card(text_of(note)));
        const auto resolution = resolve(cards, *parse_hash(text_of(one.at("root"))));
        ASSERT_TRUE(resolution) << name;
        std::vector<std::string> refused;
        for (const auto& [hash, why] : resolution->refused)
            refused.push_back(hash.text());
        EXPECT_EQ(refused, texts_of(one.at("refused"))) << name;
        const Chain& chain = resolution->chain;
        EXPECT_EQ(chain.standing() == Chain::Standing::good ? "good" : "disputed",
                  text_of(one.at("standing")));
        EXPECT_EQ(chain.current().hash.text(), text_of(one.at("current"))) << name;
        std::vector<std::string> line;
        for (const SignedCard* card : chain.line())
            line.push_back(card->hash.text());
        EXPECT_EQ(line, texts_of(one.at("line"))) << name;
        for (const json::value& state : one.at("keys").as_array())
            EXPECT_EQ(name_of(key_state(chain,
                                        *parse_public_key(text_of(state.at("key"))),
                                        *parse_time(text_of(state.at("at"))))
                                  .standing),
                      text_of(state.at("standing")))
                << name;
    }
    for (const json::value& one : all.at("safety-numbers").as_array())
        EXPECT_EQ(safety_number_text(*parse_hash(text_of(one.at("one"))),
                                     *parse_hash(text_of(one.at("other")))),
                  text_of(one.at("text")));
}

TEST(IdentityVectors, phrases_give_the_recovery_keys_that_are_told) {
    const json::value all = load("recovery.json");
    for (const json::value& one : all.at("cases").as_array()) {
        const auto phrase = Mnemonic::parse(text_of(one.at("phrase")));
        expect_as_told(one, phrase);
        if (!phrase)
            continue;
        EXPECT_EQ(hex(phrase->entropy()), text_of(one.at("entropy")));
        for (const json::value& told : one.at("keys").as_array()) {
            const auto key =
                recovery_key_of(*phrase, told.at("number").to_number<std::uint64_t>()).public_key();
            EXPECT_EQ(key.text(), text_of(told.at("key")));
            EXPECT_EQ(recovery_commitment(key).text(), text_of(told.at("recovery")));
        }
    }
}

Result<CheckedStub> check_case(const json::value& one) {
    const SignedNote note = TRY(SignedNote::parse(text_of(one.at("stub"))));
    const Stub stub = TRY(parse_stub(note));
    const SignedCard card = TRY(read_card(text_of(one.at("card"))));
    std::vector<PublicKey> keys;
    for (const json::value& key : one.at("domain-keys").as_array())
        keys.push_back(TRY(parse_public_key(text_of(key))));
    std::optional<BatchEvidence> batch;
    if (const json::value* octets = one.as_object().if_contains("batch"))
        batch = BatchEvidence{TRY(SignedNote::parse(text_of(*octets))),
                              TRY(parse_batch_path(text_of(one.at("path"))))};
    VerifiedNotes verified;
    return check_stub(note,
                      stub,
                      {.card = card,
                       .domain_keys = keys,
                       .batch = batch ? &*batch : nullptr,
                       .verified = verified});
}

TEST(IdentityVectors, stubs_are_taken_or_refused_as_told) {
    const json::value all = load("stubs.json");
    for (const json::value& one : all.at("cases").as_array()) {
        const auto checked = check_case(one);
        expect_as_told(one, checked);
        if (!checked)
            continue;
        EXPECT_EQ(checked->device, text_of(one.at("device")));
        EXPECT_EQ(checked->by == CheckedStub::Countersigned::on_stub ? "stub" : "batch",
                  text_of(one.at("by")));
    }
}

}  // namespace
}  // namespace kith
