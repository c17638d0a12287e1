// What the tests of note types share: a note over a text, texts with a field changed, and what
// holds for every type.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "note/note_tests.h"
#include "note/signed_note.h"

namespace kith {

inline SignedNote note_of(const std::string& text) {
    return *SignedNote::sign(text, "alice@one.test/laptop", key_of(1));
}

inline std::string without(const std::string& text, const std::string& name) {
    const std::size_t begin = text.find("\n" + name + " ") + 1;
    return text.substr(0, begin) + text.substr(text.find('\n', begin) + 1);
}

inline std::string with(const std::string& text,
                        const std::string& name,
                        const std::string& value) {
    const std::size_t begin = text.find("\n" + name + " ") + 1;
    return text.substr(0, begin) + name + " " + value + text.substr(text.find('\n', begin));
}

// What holds for every type: each of `names` is required, single, and named when it is wrong.
template <class Parse>
void expect_strict(const std::string& text,
                   const std::string& type,
                   const std::vector<std::string>& names,
                   Parse parse) {
    ASSERT_TRUE(parse(note_of(text))) << parse(note_of(text)).error().text();
    for (const std::string& name : names) {
        for (const std::string& bad :
             {without(text, name), text + name + " x\n", with(text, name, "?")}) {
            const auto result = parse(note_of(bad));
            ASSERT_FALSE(result) << bad;
            std::string where = type;
            where.append(": ").append(name);
            EXPECT_EQ(result.error().where, where) << bad;
            EXPECT_EQ(result.error().kind, ErrorKind::malformed);
        }
    }
    const auto other = parse(note_of("kith/1 alarm" + text.substr(text.find('\n'))));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().where, type + ": type");
    EXPECT_TRUE(parse(note_of(text + "later thing\n"))) << "unknown fields are ignored";
}

}  // namespace kith
