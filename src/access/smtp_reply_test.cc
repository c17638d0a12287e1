#include "access/smtp_reply.h"

#include <gtest/gtest.h>

#include <regex>

#include "protocol/problem.h"

namespace kith {
namespace {

TEST(SmtpReply, SaysWhatBecameOfARecipient) {
    using enum RecipientState;
    EXPECT_EQ(smtp_reply(queued, "", ""), "250 2.0.0 queued");
    EXPECT_EQ(smtp_reply(delivered, "", ""), "250 2.1.5 delivered");
    EXPECT_EQ(smtp_reply(held, "", ""), "250 2.1.5 held until the recipient accepts it");
    EXPECT_EQ(smtp_reply(queued, "busy", "too much work"), "451 4.3.2 too much work");
    EXPECT_EQ(smtp_reply(needs_stamp, "stamp-needed", "A stamp is needed."),
              "450 4.7.1 A stamp is needed.");
    EXPECT_EQ(smtp_reply(refused, "no-such-account", "nobody"), "550 5.1.1 nobody");
    EXPECT_EQ(smtp_reply(refused, "too-large", ""), "552 5.3.4 too-large");
    EXPECT_EQ(smtp_reply(failed, "not-found", "domain"), "550 5.1.2 domain");
    EXPECT_EQ(smtp_reply(failed, "canceled", "cancelled by its sender"),
              "554 5.0.0 cancelled by its sender");
}

TEST(SmtpReply, WhoseTimeIsUpIsToldThatAndTheLastReason) {
    EXPECT_EQ(smtp_reply(RecipientState::failed, "unavailable", "connect: refused"),
              "554 5.4.7 connect: refused");
    EXPECT_EQ(smtp_reply(RecipientState::failed, "", ""), "554 5.4.7 no answer");
}

TEST(SmtpReply, IsOneLineWhateverTheOtherServerSaid) {
    EXPECT_EQ(smtp_reply(RecipientState::refused, "refused", "no\r\n250 2.0.0 yes\x7f"),
              "550 5.7.1 no  250 2.0.0 yes ");
    EXPECT_EQ(smtp_reply(RecipientState::refused, "never\nheard", ""), "554 5.0.0 never heard");
}

TEST(SmtpReply, EveryAnswerOfAServerHasACodeOfItsClass) {
    const std::regex waiting("45[0-9] 4\\.[0-9]\\.[0-9] x");
    const std::regex final("55[0-9] 5\\.[0-9]\\.[0-9] x");
    for (int i = 0; i <= static_cast<int>(Problem::storage); ++i) {
        const std::string type(kind_of(static_cast<Problem>(i)).type);
        EXPECT_TRUE(std::regex_match(smtp_reply(RecipientState::queued, type, "x"), waiting))
            << type;
        const auto refused = smtp_reply(RecipientState::refused, type, "x");
        EXPECT_TRUE(std::regex_match(refused, final)) << type;
        EXPECT_FALSE(refused.starts_with("554 5.0.0")) << type;
    }
}

}  // namespace
}  // namespace kith
