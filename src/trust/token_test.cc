#include "trust/token.h"

#include <gtest/gtest.h>

#include "note/token_link.h"

namespace kith {
namespace {

Address address(std::string_view text) {
    return *Address::parse(text);
}

class Token : public ::testing::Test {
  protected:
    static TokenMaker maker(std::uint8_t number) {
        return TokenMaker(Secret::copy_of(Bytes(32, number)));
    }

    ErrorKind refused(std::string_view token,
                      const Address& account,
                      const Address& sender,
                      Time when) {
        const auto checked = maker_.check(token, account, sender, when);
        EXPECT_FALSE(checked) << token;
        return checked ? ErrorKind::internal : checked.error().kind;
    }

    SeededRandom random_{Bytes(32, 9)};
    TokenMaker maker_ = maker(1);
    Address bob_ = address("bob@two.test");
    Address alice_ = address("alice@one.test");
    Address carol_ = address("carol@three.test");
    Time now_ = *parse_time("2026-11-23T10:00:00Z");
};

TEST_F(Token, of_each_kind_is_known_again) {
    for (const TokenKind kind : {TokenKind::invite, TokenKind::newsletter, TokenKind::card}) {
        const auto made = maker_.make(kind, bob_, random_);
        EXPECT_TRUE(is_token(made.text)) << made.text;
        const auto checked = maker_.check(made.text, bob_, alice_, now_);
        ASSERT_TRUE(checked) << checked.error().text();
        EXPECT_EQ(*checked, (CheckedToken{kind, made.id, std::nullopt, std::nullopt}));
    }
}

TEST_F(Token, reply_is_for_its_addressee_and_ninety_days) {
    const auto made = maker_.make_reply(bob_, alice_, now_, random_);
    EXPECT_TRUE(is_token(made.text));
    const auto checked = maker_.check(made.text, bob_, alice_, now_ + kReplyTokenLife - Seconds(1));
    ASSERT_TRUE(checked) << checked.error().text();
    EXPECT_EQ(checked->kind, TokenKind::reply);
    EXPECT_EQ(checked->id, made.id);
    EXPECT_EQ(checked->made, now_);
    EXPECT_EQ(checked->expires, now_ + kReplyTokenLife);
    EXPECT_EQ(refused(made.text, bob_, carol_, now_), ErrorKind::bad_signature);
    EXPECT_EQ(refused(made.text, bob_, alice_, *checked->expires), ErrorKind::expired);
}

TEST_F(Token, is_good_for_its_account_alone) {
    const auto made = maker_.make(TokenKind::invite, bob_, random_);
    EXPECT_EQ(refused(made.text, carol_, alice_, now_), ErrorKind::bad_signature);
    const auto reply = maker_.make_reply(bob_, alice_, now_, random_);
    EXPECT_EQ(refused(reply.text, carol_, alice_, now_), ErrorKind::bad_signature);
}

TEST_F(Token, of_another_server_key_is_forged) {
    const auto made = maker(2).make(TokenKind::invite, bob_, random_);
    EXPECT_EQ(refused(made.text, bob_, alice_, now_), ErrorKind::bad_signature);
}

TEST_F(Token, no_other_character_is_accepted_anywhere) {
    for (const std::string& text : {maker_.make(TokenKind::card, bob_, random_).text,
                                    maker_.make_reply(bob_, alice_, now_, random_).text}) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            std::string changed = text;
            changed[i] = changed[i] == 'n' ? 'r' : 'n';
            EXPECT_FALSE(maker_.check(changed, bob_, alice_, now_)) << i;
        }
        EXPECT_FALSE(maker_.check(text + "a", bob_, alice_, now_));
        EXPECT_FALSE(maker_.check(text.substr(1), bob_, alice_, now_));
    }
}

TEST_F(Token, kind_cannot_be_swapped) {
    std::string text = maker_.make(TokenKind::card, bob_, random_).text;
    text[0] = 'i';
    EXPECT_EQ(refused(text, bob_, alice_, now_), ErrorKind::bad_signature);
}

TEST_F(Token, what_is_not_ours_by_its_look_is_malformed) {
    for (const std::string& text : {std::string(),
                                    std::string("i"),
                                    std::string(37, 'x'),
                                    std::string(37, '1'),
                                    std::string(200, 'i')})
        EXPECT_EQ(refused(text, bob_, alice_, now_), ErrorKind::malformed) << text;
}

TEST_F(Token, two_are_never_the_same) {
    EXPECT_NE(maker_.make(TokenKind::invite, bob_, random_).text,
              maker_.make(TokenKind::invite, bob_, random_).text);
}

TEST(TokenKinds, names_parse_back) {
    for (const TokenKind kind :
         {TokenKind::invite, TokenKind::newsletter, TokenKind::card, TokenKind::reply})
        EXPECT_EQ(*parse_token_kind(name_of(kind)), kind);
    EXPECT_FALSE(parse_token_kind("gift"));
}

}  // namespace
}  // namespace kith
