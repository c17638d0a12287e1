#include "delivery/smtp_inbound.h"

#include <gtest/gtest.h>

#include "delivery/grant_ledgers.h"
#include "delivery/settling.h"
#include "identity/people_for_tests.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

using Proof = SmtpEvidence::Proof;
using Answer = SmtpVerdict::Answer;
using Company = SmtpRecipient::Company;

// alice@one.test receives by SMTP from olga@old.test, who has no card.
class SmtpInboundTest : public ::testing::Test {
  protected:
    SystemRandom random;
    fs::path folder = fs::temp_directory_path() / ("kith-smtp-inbound-" + random_id(random));
    std::unique_ptr<Store> store;
    TokenMaker tokens{Secret::copy_of(Bytes(32, 't'))};
    SmtpInboundOptions options{.domain = "one.test", .requests_a_day = 2};
    std::unique_ptr<SmtpInbound> inbound;
    SignedCard card = first_card();
    AccountId alice = 0;
    Address olga = *Address::parse("olga@old.test");
    Bytes payload = to_bytes("sealed octets");
    Time now = kStart + Seconds(60);

    void SetUp() override {
        store = std::move(*open_store({.folder = folder, .min_free_octets = 1}));
        inbound = std::make_unique<SmtpInbound>(options, tokens);
        write([&](WriteTransaction& write) -> Result<void> {
            write.add_card({card.hash, card.root(), "alice@one.test", 1, card.note.octets(), now});
            alice = TRY(write.add_account({.address = "alice@one.test",
                                           .created = kStart,
                                           .root = card.root(),
                                           .card = card.hash}));
            return {};
        });
    }
    void TearDown() override {
        store.reset();
        fs::remove_all(folder);
    }

    void write(const Store::Work& work) { ASSERT_TRUE(store->write_and_wait(work)); }

    SmtpLetter letter(Proof proof = Proof::proven, char id = 'a') const {
        return {.from = olga,
                .proof = proof,
                .shown = "dkim=pass (old.test)",
                .id = std::string(32, id),
                .answers = {},
                .sent_at = kStart,
                .size = payload.size(),
                .blob = sha256(ByteView(payload)),
                .octets = &payload,
                .preview = {}};
    }

    std::variant<SmtpRecipient, NoSmtpRecipient> found(const std::string& to) {
        return inbound->find(*parse_target(to), *store->read(), now);
    }
    SmtpRecipient recipient(const std::string& to = "alice@one.test") {
        const auto one = found(to);
        EXPECT_TRUE(std::holds_alternative<SmtpRecipient>(one));
        return std::get<SmtpRecipient>(one);
    }

    SmtpVerdict deliver(const SmtpLetter& letter, const SmtpRecipient& to) {
        SmtpVerdict verdict;
        const SmtpVerdict before = inbound->preview(letter, to, *store->read(), now);
        write([&](WriteTransaction& write) -> Result<void> {
            verdict = TRY(inbound->commit(letter, to, "keys", write, now));
            return {};
        });
        if (verdict.account != 0)
            EXPECT_EQ(before.answer, verdict.answer);
        return verdict;
    }
    SmtpVerdict deliver(const SmtpLetter& letter) { return deliver(letter, recipient()); }

    void make_contact(const Hash& root, GrantRecord::Level level) {
        write([&](WriteTransaction& write) -> Result<void> {
            GrantRecord grant;
            grant.root = root;
            grant.address = olga.text();
            grant.level = level;
            grant.since = now;
            begin_ledger(grant, write, alice, now);
            write.put_grant(alice, grant);
            return {};
        });
    }

    std::vector<MessageRecord> in(const char* role) {
        const auto read = store->read();
        std::vector<MessageRecord> all;
        for (const MessageId id :
             read->messages(alice, {.mailbox = read->mailbox_by_role(alice, role)->id}).ids)
            all.push_back(*read->message(alice, id));
        return all;
    }
};

TEST_F(SmtpInboundTest, stranger_is_held_with_the_body_here_and_expires) {
    const SmtpVerdict verdict = deliver(letter());
    EXPECT_EQ(verdict.answer, Answer::taken);
    EXPECT_TRUE(verdict.stranger);
    const auto held = in("requests");
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].state, MessageState::held);
    EXPECT_EQ(held[0].blob_at, MessageRecord::Blob::here);
    EXPECT_EQ(held[0].expires, now + options.keep_requests.get());
    EXPECT_EQ(held[0].from_root, smtp_root(olga));
    EXPECT_TRUE(in("inbox").empty());
}

TEST_F(SmtpInboundTest, contact_by_address_is_delivered_only_when_the_domain_stands_for_it) {
    make_contact(smtp_root(olga), GrantRecord::Level::well_trusted);
    EXPECT_EQ(deliver(letter(Proof::proven, 'a')).tier, MessageTier::known);
    EXPECT_EQ(deliver(letter(Proof::unproven, 'b')).tier, MessageTier::unknown);
    EXPECT_EQ(in("inbox").size(), 1U);
    EXPECT_EQ(in("requests").size(), 1U);
}

TEST_F(SmtpInboundTest, contacts_mail_is_metered_in_their_ledger) {
    make_contact(smtp_root(olga), GrantRecord::Level::known);
    const auto credit = [&] {
        return ledger_of(*store->read()->grant(alice, smtp_root(olga)), now)
            .available(GrantBucket::mail, now);
    };
    const Credit before = credit();
    deliver(letter());
    EXPECT_LT(credit().text(), before.text());
}

TEST_F(SmtpInboundTest, contact_known_by_kith_who_writes_by_smtp_is_marked_as_a_step_down) {
    make_contact(sha256("a root with a card"), GrantRecord::Level::well_trusted);
    EXPECT_EQ(deliver(letter()).tier, MessageTier::known);
    const auto inbox = in("inbox");
    ASSERT_EQ(inbox.size(), 1U);
    const auto decision = parse_decision(inbox[0].decision);
    ASSERT_TRUE(decision.has_value());
    EXPECT_TRUE(decision->has(ReasonCode::smtp_step_down));
    EXPECT_TRUE(decision->flags.active_content_off);
}

TEST_F(SmtpInboundTest, what_only_claims_to_be_from_a_contact_is_not_booked_with_them) {
    const Hash root = sha256("a root with a card");
    make_contact(root, GrantRecord::Level::well_trusted);
    const std::string before = store->read()->grant(alice, root)->ledger;
    deliver(letter(Proof::unproven));
    const auto held = in("requests");
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].from_root, smtp_root(olga));
    EXPECT_EQ(store->read()->grant(alice, root)->ledger, before);
    EXPECT_TRUE(parse_decision(held[0].decision)->has(ReasonCode::smtp_step_down));
}

TEST_F(SmtpInboundTest, same_letter_again_is_one_message) {
    deliver(letter());
    EXPECT_EQ(deliver(letter()).answer, Answer::taken);
    EXPECT_EQ(in("requests").size(), 1U);
}

TEST_F(SmtpInboundTest, letter_that_the_person_removed_does_not_come_back_by_being_sent_again) {
    deliver(letter());
    const MessageId id = in("requests")[0].id;
    write([&](WriteTransaction& write) { return write.remove_message(alice, id); });
    EXPECT_EQ(deliver(letter()).answer, Answer::taken);
    EXPECT_TRUE(in("requests").empty());
}

TEST_F(SmtpInboundTest, blocked_sender_is_answered_like_a_stranger_and_nothing_is_kept) {
    make_contact(smtp_root(olga), GrantRecord::Level::blocked);
    const SmtpVerdict verdict = deliver(letter());
    EXPECT_EQ(verdict.answer, Answer::taken);
    EXPECT_EQ(verdict.account, 0);
    EXPECT_TRUE(in("requests").empty());
    EXPECT_TRUE(in("inbox").empty());
}

TEST_F(SmtpInboundTest, strangers_over_the_days_number_are_put_off_and_no_company_is_allowed_then) {
    EXPECT_EQ(recipient().company, Company::any);
    EXPECT_EQ(deliver(letter(Proof::proven, 'a')).answer, Answer::taken);
    EXPECT_EQ(deliver(letter(Proof::proven, 'b')).answer, Answer::taken);
    EXPECT_EQ(deliver(letter(Proof::proven, 'c')).answer, Answer::later);
    EXPECT_EQ(recipient().company, Company::none);
    make_contact(smtp_root(olga), GrantRecord::Level::known);
    EXPECT_EQ(deliver(letter(Proof::proven, 'd')).answer, Answer::taken) << "a contact is none";
    now += std::chrono::days(1);
    EXPECT_EQ(recipient().company, Company::any);
}

TEST_F(SmtpInboundTest, account_chooses_what_becomes_of_strangers) {
    write([&](WriteTransaction& write) -> Result<void> {
        choose_strangers(write, alice, SmtpStrangers::challenge);
        return {};
    });
    EXPECT_EQ(recipient().company, Company::none);
    const SmtpVerdict challenged = deliver(letter());
    EXPECT_EQ(challenged.answer, Answer::refuse);
    EXPECT_EQ(challenged.refusal, Refusal::smtp_challenge);
    make_contact(smtp_root(olga), GrantRecord::Level::known);
    EXPECT_EQ(deliver(letter()).answer, Answer::taken);
    write([&](WriteTransaction& write) -> Result<void> {
        choose_strangers(write, alice, std::nullopt);
        return {};
    });
    EXPECT_EQ(recipient().strangers, SmtpStrangers::hold);
}

TEST_F(SmtpInboundTest, filter_decides_for_strangers_and_holds_while_it_is_away) {
    write([&](WriteTransaction& write) -> Result<void> {
        choose_strangers(write, alice, SmtpStrangers::filter);
        return {};
    });
    SmtpLetter one = letter();
    one.filter = SmtpLetter::Filter::failed;
    EXPECT_EQ(deliver(one).answer, Answer::refuse);
    one.filter = SmtpLetter::Filter::away;
    deliver(one);
    EXPECT_EQ(in("requests").size(), 1U);
    one = letter(Proof::unproven, 'b');
    one.filter = SmtpLetter::Filter::passed;
    EXPECT_EQ(deliver(one).tier, MessageTier::unknown);
    EXPECT_EQ(in("inbox").size(), 1U);
}

TEST_F(SmtpInboundTest, token_in_the_sub_address_lets_its_bearer_in_and_is_bound_to_them) {
    const auto made = tokens.make(TokenKind::newsletter, *Address::parse("alice@one.test"), random);
    write([&](WriteTransaction& write) -> Result<void> {
        TokenRecord record;
        record.id = made.id;
        record.kind = TokenRecord::Kind::newsletter;
        record.text = made.text;
        record.label = "shop";
        record.per_day = 5;
        record.created = now;
        write.put_token(alice, record);
        return {};
    });
    const SmtpRecipient with_token = recipient("alice+" + made.text + "@one.test");
    EXPECT_EQ(deliver(letter(), with_token).tier, MessageTier::known);
    EXPECT_EQ(store->read()->token(alice, made.id)->bound_root, smtp_root(olga));
    SmtpLetter other = letter(Proof::proven, 'b');
    other.from = *Address::parse("mallory@old.test");
    EXPECT_EQ(deliver(other, with_token).refusal, Refusal::token_foreign);
}

TEST_F(SmtpInboundTest, sub_address_that_is_no_token_is_none) {
    EXPECT_EQ(deliver(letter(), recipient("alice+shopping@one.test")).answer, Answer::taken);
    EXPECT_EQ(in("requests")[0].to, "alice+shopping@one.test");
}

TEST_F(SmtpInboundTest, accepting_a_stranger_by_smtp_books_the_engagement_and_tells_no_server) {
    deliver(letter());
    write([&](WriteTransaction& write) -> Result<void> {
        auto message = *write.message(alice, in("requests")[0].id);
        TRY(settle_message(write, alice, message, MessageOutcome::looks_hacked, now));
        return write.update_message(alice, message);
    });
    EXPECT_TRUE(store->read()->due_notes(Time::max(), 10).empty());
}

TEST_F(SmtpInboundTest, nobody_is_found_where_there_is_no_account) {
    const auto nobody = found("nobody@one.test");
    ASSERT_TRUE(std::holds_alternative<NoSmtpRecipient>(nobody));
    EXPECT_EQ(std::get<NoSmtpRecipient>(nobody).why, NoSmtpRecipient::Why::unknown);
    write([&](WriteTransaction& write) -> Result<void> {
        write.set_account_state(alice, AccountRecord::State::disabled);
        return {};
    });
    EXPECT_TRUE(std::holds_alternative<NoSmtpRecipient>(found("alice@one.test")));
}

}  // namespace
}  // namespace kith
