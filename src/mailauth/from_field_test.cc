#include "mailauth/from_field.h"

#include "mailauth/mailauth_tests.h"

namespace kith::mailauth {
namespace {

// The authors' addresses with spaces between, or the error.
std::string authors(std::string_view value) {
    const auto read = parse_mailboxes(value);
    if (!read)
        return read.error().text();
    std::string out;
    for (const Author& author : *read)
        out += (out.empty() ? "" : " ") + author.text();
    return out;
}

TEST(FromField, mailboxes_in_all_their_forms_are_read) {
    EXPECT_EQ(authors(" alice@one.test"), "alice@one.test");
    EXPECT_EQ(authors("Alice <alice@one.test>"), "alice@one.test");
    EXPECT_EQ(authors("\"Doe, Alice\" <Alice.Doe@One.TEST>"), "Alice.Doe@one.test");
    EXPECT_EQ(authors("A. B. Doe\r\n <a@one.test> (home (or not\\)))"), "a@one.test");
    EXPECT_EQ(authors("=?utf-8?q?=C3=84nn?= <a@one.test>"), "a@one.test");
    EXPECT_EQ(authors("<a+b=c@one.test>"), "a+b=c@one.test");
    EXPECT_EQ(authors("\"a b\"@one.test"), "\"a b\"@one.test");
    EXPECT_EQ(authors("Änn <änn@bücher.test>"), "änn@xn--bcher-kva.test");
    EXPECT_EQ(authors("a@one.test <A@one.test>"), "A@one.test");
}

TEST(FromField, several_mailboxes_and_groups_are_read) {
    EXPECT_EQ(authors("a@one.test, B <b@two.test>,"), "a@one.test b@two.test");
    EXPECT_EQ(authors("x@one.test, Us: a@one.test, b@one.test;, y@one.test"),
              "x@one.test a@one.test b@one.test y@one.test");
    EXPECT_EQ(authors("Us: a@one.test;"), "a@one.test");
}

TEST(FromField, the_name_does_not_count_but_the_address) {
    EXPECT_EQ(authors("\"ceo@bank.test\" <m@evil.test>"), "m@evil.test");
    EXPECT_EQ(authors("(ceo@bank.test) m@evil.test"), "m@evil.test");
    EXPECT_EQ(authors("ceo@bank.test <m@evil.test>"),
              "From: a name is another address (malformed)");
    EXPECT_EQ(authors("<ceo@bank.test> <m@evil.test>"),
              "From: an address has white space in it (malformed)");
    EXPECT_EQ(authors("m@evil.test ceo@bank.test"),
              "From: an address has white space in it (malformed)");
    EXPECT_EQ(authors("<ceo@bank.test>, <m@evil.test>"), "ceo@bank.test m@evil.test");
}

TEST(FromField, what_readers_may_take_differently_is_refused) {
    for (const char* value : {"",
                              "alice",
                              "Alice",
                              "@one.test",
                              "alice@",
                              "alice@one",
                              "a..b@one.test",
                              ".a@one.test",
                              "a.@one.test",
                              "a @one.test",
                              "a@ one.test",
                              "a(x)@one.test",
                              "<a@one.test",
                              "a@one.test>",
                              "<a@one.test> x",
                              "a@[192.0.2.1]",
                              "<@b.test,@c.test:a@one.test>",
                              "Us: ;",
                              "Us:",
                              ": a@one.test;",
                              "a@one.test; b@one.test",
                              "\"a",
                              "(a",
                              "a@b@one.test",
                              "\"x\".a@one.test",
                              "\"a\tb\"@one.test",
                              "a@one_.\xFF",
                              "\xFF@one.test",
                              "a@one.test, , <>"})
        EXPECT_FALSE(parse_mailboxes(value)) << value;
    EXPECT_FALSE(parse_mailboxes(std::string_view("a@one.test\0b", 12)));
}

TEST(FromField, too_many_authors_are_refused) {
    std::string value;
    for (int i = 0; i < 21; ++i)
        value += "a@one.test,";
    EXPECT_EQ(authors(value), "From: names too many authors (limit)");
}

TEST(FromField, there_must_be_one_field) {
    EXPECT_EQ(authors_of(*RawHeader::parse("To: x\r\n")).error().text(),
              "From: is missing (malformed)");
    EXPECT_EQ(
        authors_of(*RawHeader::parse("From: a@one.test\r\nfrom: b@one.test\r\n")).error().text(),
        "From: is there several times (malformed)");
    EXPECT_TRUE(authors_of(*RawHeader::parse("From: a@one.test\r\n")));
}

}  // namespace
}  // namespace kith::mailauth
