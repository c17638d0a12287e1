#include "exchange/smtp_letter_judging.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

using mailauth::AuthenticationOutcome;
using mailauth::DkimStatus;
using mailauth::DmarcPolicy;
using mailauth::DmarcStatus;
using Proof = SmtpEvidence::Proof;

RawHeader header(const std::string& from) {
    return *RawHeader::parse("From: " + from + "\r\nSubject: x\r\n");
}

AuthenticationOutcome outcome(DmarcStatus dmarc, DmarcPolicy disposition = DmarcPolicy::none) {
    AuthenticationOutcome all;
    all.header = header("Olga <Olga@Old.test>");
    all.dmarc.status = dmarc;
    all.dmarc.disposition = disposition;
    return all;
}

mailauth::DkimResult signature(DkimStatus status, const std::string& domain) {
    mailauth::DkimResult result;
    result.status = status;
    result.domain = domain;
    return result;
}

Proof proof_of(const AuthenticationOutcome& all, DomainMode mode = DomainMode::any) {
    const auto sender = sender_of(all, mode, "one.test");
    EXPECT_TRUE(sender.has_value());
    return sender ? sender->proof : Proof::refuted;
}

TEST(SmtpLetterJudging, author_is_the_one_address_of_the_one_from_field) {
    EXPECT_EQ(author_of(header("Olga <Olga@Old.test>"))->text(), "olga@old.test");
    EXPECT_EQ(author_of(header("\"olga smith\"@old.test"))->text(), "\"olga smith\"@old.test");
    EXPECT_FALSE(author_of(header("olga@old.test, oleg@old.test")).has_value());
    EXPECT_FALSE(author_of(header("nobody")).has_value());
    EXPECT_FALSE(author_of(*RawHeader::parse("Subject: x\r\n")).has_value());
    EXPECT_FALSE(author_of(*RawHeader::parse("From: a@b.test\r\nFrom: c@b.test\r\n")).has_value());
}

TEST(SmtpLetterJudging, domain_stands_for_a_letter_by_dmarc) {
    EXPECT_EQ(proof_of(outcome(DmarcStatus::pass)), Proof::proven);
    EXPECT_EQ(proof_of(outcome(DmarcStatus::fail)), Proof::unproven);
    EXPECT_EQ(proof_of(outcome(DmarcStatus::fail, DmarcPolicy::quarantine)), Proof::doubted);
    EXPECT_EQ(proof_of(outcome(DmarcStatus::fail, DmarcPolicy::reject)), Proof::refuted);
    EXPECT_EQ(proof_of(outcome(DmarcStatus::permerror)), Proof::unproven);
}

TEST(SmtpLetterJudging, without_a_policy_only_a_signature_of_the_very_domain_counts) {
    AuthenticationOutcome all = outcome(DmarcStatus::none);
    EXPECT_EQ(proof_of(all), Proof::unproven);
    all.dkim.push_back(signature(DkimStatus::pass, "test"));
    EXPECT_EQ(proof_of(all), Proof::unproven);
    all.dkim.push_back(signature(DkimStatus::fail, "old.test"));
    EXPECT_EQ(proof_of(all), Proof::unproven);
    all.dkim.push_back(signature(DkimStatus::pass, "old.test"));
    EXPECT_EQ(proof_of(all), Proof::proven);
    // A policy that fails is not mended by it.
    all.dmarc.status = DmarcStatus::fail;
    EXPECT_EQ(proof_of(all), Proof::unproven);
}

TEST(SmtpLetterJudging, our_own_domain_and_one_that_enforces_are_not_written_for_by_others) {
    AuthenticationOutcome all = outcome(DmarcStatus::none);
    all.header = header("alice@one.test");
    EXPECT_EQ(proof_of(all), Proof::refuted);
    all.dmarc.status = DmarcStatus::pass;
    EXPECT_EQ(proof_of(all), Proof::proven);
    EXPECT_EQ(proof_of(outcome(DmarcStatus::pass), DomainMode::enforced), Proof::enforced);
}

TEST(SmtpLetterJudging, what_dns_does_not_answer_is_asked_for_later_and_not_guessed) {
    const auto sender = sender_of(outcome(DmarcStatus::temperror), DomainMode::any, "one.test");
    ASSERT_FALSE(sender.has_value());
    EXPECT_EQ(sender.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace kith
