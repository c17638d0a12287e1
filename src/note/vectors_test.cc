// docs/vectors: signed-notes.json, notes.json, stamps.json.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "crypto/puzzle.h"
#include "note/batch.h"
#include "note/card.h"
#include "note/confirm.h"
#include "note/link.h"
#include "note/login.h"
#include "note/outcome.h"
#include "note/price.h"
#include "note/stamp.h"
#include "note/stub.h"
#include "note/withdraw.h"
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

std::string octets_of(const json::value& one) {
    if (const json::value* note = one.as_object().if_contains("note"))
        return text_of(*note);
    return to_text(*parse_base64(text_of(one.at("note-base64"))));
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

TEST(NoteVectors, signed_notes_are_verified_or_refused_as_told) {
    const json::value all = load("signed-notes.json");
    for (const json::value& one : all.at("cases").as_array()) {
        std::vector<NamedKey> known;
        for (const json::value& key : one.at("keys").as_array())
            known.push_back(*NamedKey::parse_vkey(text_of(key)));
        const auto note = SignedNote::parse(octets_of(one));
        if (!note) {
            expect_as_told(one, note);
            continue;
        }
        const auto signers = verify_note(*note, known);
        expect_as_told(one, signers);
        if (!signers)
            continue;
        EXPECT_EQ(note->hash().text(), text_of(one.at("hash")));
        const json::array& names = one.at("signers").as_array();
        ASSERT_EQ(names.size(), signers->size());
        for (std::size_t i = 0; i < names.size(); ++i)
            EXPECT_EQ(text_of(names[i]), known[signers->at(i)].name);
    }
}

template <class T>
Result<void> timely(Result<T> value, Time now) {
    if (!value)
        return std::move(value).error();
    return check_times(*value, now);
}

Result<void> read_note(const std::string& type, const SignedNote& note, Time now) {
    if (type == "card")
        return timely(parse_card(note.text()), now);
    if (type == "stub")
        return timely(parse_stub(note), now);
    if (type == "batch")
        return timely(parse_batch(note), now);
    if (type == "price")
        return timely(parse_price(note), now);
    if (type == "confirm")
        return timely(parse_confirm(note), now);
    if (type == "outcome")
        return timely(parse_outcome(note), now);
    if (type == "login")
        return timely(parse_login(note), now);
    if (type == "withdraw")
        return timely(parse_withdraw(note), now);
    if (type == "link")
        return timely(parse_link(note), now);
    return fail(ErrorKind::internal, "unknown type", type);
}

TEST(NoteVectors, notes_of_every_type_are_taken_or_refused_as_told) {
    const json::value all = load("notes.json");
    const Time now = *parse_time(text_of(all.at("now")));
    std::size_t good = 0;
    for (const json::value& one : all.at("cases").as_array()) {
        const auto note = SignedNote::parse(octets_of(one));
        ASSERT_TRUE(note) << one.at("name");
        expect_as_told(one, read_note(text_of(one.at("type")), *note, now));
        if (!one.at("valid").as_bool())
            continue;
        ++good;
        EXPECT_EQ(note->hash().text(), text_of(one.at("hash")));
    }
    EXPECT_GT(good, 10U);
}

TEST(NoteVectors, stamps_are_taken_or_refused_as_told) {
    const json::value all = load("stamps.json");
    for (const json::value& one : all.at("cases").as_array()) {
        const auto stamp = parse_stamp(text_of(one.at("stamp")));
        if (!stamp) {
            expect_as_told(one, stamp);
            continue;
        }
        const std::string challenge = stamp_challenge(*stamp, *parse_hash(text_of(one.at("stub"))));
        const auto done = check_puzzle(as_bytes(challenge), stamp->solution, stamp->effort);
        EXPECT_EQ(done.has_value(), one.at("valid").as_bool()) << one.at("name");
        if (!done)
            EXPECT_EQ(name_of(done.error().kind), text_of(one.at("kind")));
        else
            EXPECT_EQ(challenge, text_of(one.at("challenge")));
    }
}

}  // namespace
}  // namespace kith
