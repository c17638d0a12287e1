// People and a server for the tests of what is heard on somebody's word.
#pragma once

#include <gtest/gtest.h>

#include "delivery/grant_ledgers.h"
#include "delivery/inbound.h"
#include "delivery/outcome_notes.h"
#include "delivery/settling.h"
#include "identity/people_for_tests.h"

namespace kith {

inline constexpr Seconds kDay{86'400};

inline Secret key_of_server(char name) {
    return Secret::copy_of(Bytes(32, static_cast<std::uint8_t>(name)));
}

/// Somebody with one device; their domain's key has the next number.
struct Somebody {
    SignedCard card;
    std::uint8_t device = 0;

    static Somebody at(const std::string& address, std::uint8_t number) {
        CardBuilder builder =
            CardBuilder::first(*Address::parse(address), commitment_of(kRecovery), kStart);
        builder.add_device(device_of("laptop", number), CardBuilder::Admission::confirmed);
        Somebody made{*sign_with(builder.card(), {{"laptop", number}}), number};
        EXPECT_TRUE(made.card.note.cosign(made.address().domain(), made.domain_key()));
        return made;
    }
    const Address& address() const { return card.card.address; }
    SigningKey domain_key() const { return key_of(static_cast<std::uint8_t>(device + 1)); }
    std::vector<PublicKey> domain_keys() const { return {domain_key().public_key()}; }
    IntroducedPerson person() const { return {address(), card.root()}; }
    std::string signed_by_both(const std::string& text) const {
        SignedNote note = *SignedNote::sign(text, card.card.key_name("laptop"), key_of(device));
        EXPECT_TRUE(note.cosign(address().domain(), domain_key()));
        return note.octets();
    }
};

/// bob@two.test knows carol@three.test; alice@one.test is a stranger to him, whom she may stand
/// for.
class WordTest : public ::testing::Test {
  protected:
    SystemRandom random;
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("kith-introductions-" + random_id(random));
    std::unique_ptr<Store> store;
    TokenMaker tokens{key_of_server('t')};
    StrangerPrice price{"two.test", key_of_server('p'), {.least = 2}};
    SigningKey domain_key = key_of(61);
    InboundOptions options;
    std::unique_ptr<Inbound> inbound;
    AccountId bob = 0;
    Somebody bob_self = Somebody::at("bob@two.test", 100);
    Somebody alice = Somebody::at("alice@one.test", 110);
    Somebody carol = Somebody::at("carol@three.test", 120);
    std::string body = "sealed octets";
    Time now = kStart + Seconds(60);

    void SetUp() override {
        store = std::move(*open_store({.folder = folder, .min_free_octets = 1}));
        options.domain = "two.test";
        inbound = std::make_unique<Inbound>(options, tokens, price, domain_key);
        bob = add_account(bob_self);
        grant(bob, carol, GrantRecord::Level::known);
    }
    void TearDown() override {
        store.reset();
        std::filesystem::remove_all(folder);
    }

    AccountId add_account(const Somebody& who) {
        AccountId id = 0;
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            AccountRecord account;
            account.address = who.address().text();
            account.created = kStart;
            account.root = who.card.root();
            account.card = who.card.hash;
            id = TRY(write.add_account(account));
            if (!write.card(who.card.hash))
                write.add_card({who.card.hash,
                                who.card.root(),
                                who.address().text(),
                                static_cast<std::int64_t>(who.card.card.serial),
                                who.card.note.octets(),
                                kStart});
            return {};
        }));
        return id;
    }
    void grant(AccountId account, const Somebody& to, GrantRecord::Level level) {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            GrantRecord record;
            record.root = to.card.root();
            record.address = to.address().text();
            record.level = level;
            begin_ledger(record, write, account, kStart);
            write.put_grant(account, record);
            return {};
        }));
    }
    std::string credit(AccountId account, const Somebody& of, GrantBucket bucket) {
        const auto grant = store->read()->grant(account, of.card.root());
        return grant ? ledger_of(*grant, now).available(bucket, now).text() : "none";
    }
    std::string word_of_carol() { return credit(bob, carol, GrantBucket::introductions); }

    Introduction introduction(const Somebody& of) {
        return {.id = random_id(random),
                .time = now,
                .expires = now + kMaxIntroductionLife,
                .from = carol.address(),
                .root = carol.card.root(),
                .card = carol.card.hash,
                .people = {of.person(), bob_self.person()}};
    }

    DeliveryParts parts(const Somebody& from, std::string id = {}) {
        Stub stub;
        stub.id = id.empty() ? random_id(random) : id;
        stub.time = now;
        stub.expires = now + 30 * kDay;
        stub.from = from.address();
        stub.root = from.card.root();
        stub.card = from.card.hash;
        stub.to = *parse_target("bob@two.test");
        stub.blob = sha256(body);
        stub.size = body.size();
        stub.keys = "keys";
        DeliveryParts out;
        out.cards = {from.card.note.octets()};
        out.stub = from.signed_by_both(write_stub(stub));
        return out;
    }
    DeliveryParts letter(const Introduction& introduction) {
        DeliveryParts out = parts(carol);
        out.introduction = carol.signed_by_both(write_introduction(introduction));
        return out;
    }

    std::string deliver(DeliveryParts parts, const Somebody& from) {
        auto read = inbound->read(std::move(parts), now);
        if (const auto* problem = std::get_if<ProblemDetails>(&read))
            return std::to_string(problem->status) + " " + problem->detail;
        const Candidate& candidate = std::get<Candidate>(read);
        Verdict verdict;
        const ArrivedBody arrived{to_bytes(body), false};
        const auto keys = from.domain_keys();
        const auto done = store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            verdict = TRY(inbound->commit(candidate, keys, write, &arrived, now));
            return {};
        });
        if (!done)
            return done.error().text();
        if (verdict.answer != Verdict::Answer::problem)
            return std::to_string(verdict.status());
        return std::to_string(verdict.status()) + " " + verdict.problem.detail;
    }
    void introduce(const Somebody& who) {
        ASSERT_EQ(deliver(letter(introduction(who)), carol), "201");
    }

    MessageRecord newest() {
        const auto read = store->read();
        MessageId last = 0;
        for (const MessageId id : read->messages(bob, {.limit = 100'000}).ids)
            last = std::max(last, id);
        return *read->message(bob, last);
    }
    Decision newest_decision() { return *parse_decision(newest().decision); }
    void say(MessageOutcome outcome) {
        MessageRecord message = newest();
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            TRY(settle_message(write, bob, message, outcome, now));
            return write.update_message(bob, message);
        }));
    }
};

}  // namespace kith
