#include "delivery/inbound.h"

#include <gtest/gtest.h>
#include <time.h>

#include "crypto/puzzle.h"
#include "delivery/correspondents.h"
#include "delivery/grant_ledgers.h"
#include "delivery/request_slots.h"
#include "delivery/settling.h"
#include "delivery/taking_back.h"
#include "delivery/void_replies.h"
#include "identity/people_for_tests.h"
#include "note/stamp.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr std::uint8_t kOneTest = 60;  ///< one.test's domain key
constexpr std::uint8_t kTwoTest = 61;

Secret key_of_server(char name) {
    return Secret::copy_of(Bytes(32, static_cast<std::uint8_t>(name)));
}

// bob@two.test receives from alice@one.test, who may be anybody to him.
class InboundTest : public ::testing::Test {
  protected:
    SystemRandom random;
    fs::path folder = fs::temp_directory_path() / ("kith-inbound-" + random_id(random));
    std::unique_ptr<Store> store;
    TokenMaker tokens{key_of_server('t')};
    StrangerPrice price{"two.test", key_of_server('p'), {.least = 2}};
    SigningKey domain_key = key_of(kTwoTest);
    InboundOptions options;
    std::unique_ptr<Inbound> inbound;
    Address bob_address = *Address::parse("bob@two.test");
    AccountId bob = 0;
    SignedCard alice = listed(first_card(), kOneTest);
    std::vector<PublicKey> one_test{key_of(kOneTest).public_key()};
    std::string body = "sealed octets";
    Time now = kStart + Seconds(60);

    void SetUp() override {
        store = std::move(*open_store({.folder = folder, .min_free_octets = 1}));
        options.domain = "two.test";
        inbound = std::make_unique<Inbound>(options, tokens, price, domain_key);
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            AccountRecord account;
            account.address = "bob@two.test";
            account.created = kStart;
            bob = TRY(write.add_account(account));
            return {};
        }));
    }
    void TearDown() override {
        store.reset();
        fs::remove_all(folder);
    }

    static SignedCard listed(SignedCard card, std::uint8_t domain) {
        EXPECT_TRUE(card.note.cosign(card.card.address.domain(), key_of(domain)));
        return card;
    }

    Stub stub(const std::string& id = std::string(32, 'a')) const {
        Stub out;
        out.id = id;
        out.time = kStart;
        out.expires = kStart + std::chrono::days(30);
        out.from = alice.card.address;
        out.root = alice.root();
        out.card = alice.hash;
        out.to = *parse_target("bob@two.test");
        out.blob = sha256(body);
        out.size = body.size();
        out.keys = "keys";
        return out;
    }

    DeliveryParts parts(const Stub& stub,
                        std::uint8_t device = kLaptop,
                        std::uint8_t domain = kOneTest) const {
        SignedNote note =
            *SignedNote::sign(write_stub(stub), alice.card.key_name("laptop"), key_of(device));
        EXPECT_TRUE(note.cosign(stub.from.domain(), key_of(domain)));
        DeliveryParts out;
        out.cards = {alice.note.octets()};
        out.stub = note.octets();
        return out;
    }

    void grant(GrantRecord::Level level) {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            GrantRecord record;
            record.root = alice.root();
            record.address = "alice@one.test";
            record.level = level;
            begin_ledger(record, write, bob, kStart);
            write.put_grant(bob, record);
            return {};
        }));
    }

    void forget() {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            write.remove_grant(bob, alice.root());
            return {};
        }));
    }

    std::string mail_credit() {
        const auto grant = store->read()->grant(bob, alice.root());
        return ledger_of(*grant, now).available(GrantBucket::mail, now).text();
    }

    void change_ledger(const std::function<void(GrantLedger&)>& change) {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            GrantLedger ledger = ledger_of(*write.grant(bob, alice.root()), now);
            change(ledger);
            write.put_grant_ledger(bob, alice.root(), write_grant_ledger(ledger));
            return {};
        }));
    }

    std::string make_token(TokenRecord record, TokenKind kind) {
        const auto made = tokens.make(kind, bob_address, random);
        record.id = made.id;
        record.text = made.text;
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            write.put_token(bob, record);
            return {};
        }));
        return made.text;
    }

    std::string stamp_for(const DeliveryParts& parts, std::uint64_t times = 1) const {
        const Price asked = price.current(now);
        Stamp stamp{.puzzle = asked.puzzle,
                    .effort = times * asked.effort,
                    .seed = asked.seed,
                    .solution = {}};
        const Hash hash = SignedNote::parse(parts.stub)->hash();
        const std::string challenge = stamp_challenge(stamp, hash);
        stamp.solution = *solve_puzzle(as_bytes(challenge), stamp.effort, {}).solution;
        return write_stamp(stamp);
    }

    Candidate candidate_of(DeliveryParts parts) {
        return std::get<Candidate>(inbound->read(std::move(parts), now));
    }

    void count_taken(const DeliveryParts& parts) {
        Verdict verdict;
        verdict.answer = Verdict::Answer::deliver;
        verdict.taken = true;
        inbound->count_taken(candidate_of(parts), verdict, now);
    }

    // Taken by the server as a whole: what it remembers of the sender is up to date.
    void take(const DeliveryParts& parts) {
        ASSERT_EQ(deliver(parts), "201");
        count_taken(parts);
        Candidate candidate = candidate_of(parts);
        inbound->preview(candidate, one_test, *store->read(), now);
    }

    bool recognises(const DeliveryParts& parts) {
        Candidate candidate = candidate_of(parts);
        return inbound->recognise(candidate, one_test);
    }

    std::vector<ChosenRequest> show(Time at) {
        std::vector<ChosenRequest> shown;
        const auto seed = [](std::int64_t day) {
            return Bytes(32, static_cast<std::uint8_t>(day));
        };
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            shown = TRY(show_requests(write, bob, seed, at));
            return {};
        }));
        return shown;
    }

    Verdict verdict_;  ///< of the last deliver()

    // What the whole way answers: "201", "402 stamp-needed", …
    std::string deliver(DeliveryParts parts, bool with_body = true) {
        auto read = inbound->read(std::move(parts), now);
        if (const auto* problem = std::get_if<ProblemDetails>(&read))
            return std::to_string(problem->status) + " " + word(*problem);
        const Candidate& candidate = std::get<Candidate>(read);
        if (with_body)
            if (const auto wrong = Inbound::check_body(candidate, as_bytes(body)))
                return std::to_string(wrong->status) + " " + word(*wrong);
        Verdict& verdict = verdict_ = {};
        const ArrivedBody arrived{to_bytes(body), false};
        const auto done = store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            verdict = TRY(
                inbound->commit(candidate, one_test, write, with_body ? &arrived : nullptr, now));
            return {};
        });
        if (!done)
            return done.error().text();
        if (verdict.answer != Verdict::Answer::problem)
            return std::to_string(verdict.status());
        return std::to_string(verdict.status()) + " " + word(verdict.problem);
    }
    static std::string word(const ProblemDetails& problem) {
        const std::size_t colon = problem.type.rfind(':');
        return colon == std::string::npos ? problem.type : problem.type.substr(colon + 1);
    }

    MessageRecord newest() const {
        const auto read = store->read();
        const auto page = read->messages(bob, {});
        return page.ids.empty() ? MessageRecord() : *read->message(bob, page.ids.front());
    }
    std::vector<MessageRecord> mail() const {
        const auto read = store->read();
        std::vector<MessageRecord> all;
        for (const MessageId id : read->messages(bob, {}).ids)
            all.push_back(*read->message(bob, id));
        return all;
    }
    std::int64_t count() const { return store->read()->messages(bob, {}).total; }
};

TEST_F(InboundTest, a_friend_s_message_is_delivered_with_its_reasons) {
    grant(GrantRecord::Level::well_trusted);
    EXPECT_EQ(deliver(parts(stub())), "201");
    const MessageRecord message = newest();
    EXPECT_EQ(message.tier, MessageTier::well_trusted);
    EXPECT_EQ(message.state, MessageState::delivered);
    const auto decision = parse_decision(message.decision);
    ASSERT_TRUE(decision);
    EXPECT_TRUE(decision->has(ReasonCode::contact));
    EXPECT_TRUE(store->read()->blob(sha256(body)).has_value());
    EXPECT_TRUE(store->check());
}

TEST_F(InboundTest, a_friend_over_the_meter_is_delivered_in_a_batch_and_never_lost) {
    grant(GrantRecord::Level::known);
    for (int i = 0; i < 8; ++i)
        ASSERT_EQ(deliver(parts(stub(std::string(31, 'a') + static_cast<char>('0' + i)))), "201");
    std::vector<MessageRecord::Notice> notices;
    for (const MessageRecord& message : mail()) {
        EXPECT_EQ(message.tier, MessageTier::known);
        EXPECT_EQ(message.state, MessageState::delivered);
        const Decision decision = *parse_decision(message.decision);
        const bool quiet = message.notice == MessageRecord::Notice::quiet;
        EXPECT_EQ(decision.flags.batched, quiet);
        EXPECT_EQ(decision.flags.active_content_off, quiet);
        EXPECT_EQ(decision.has(ReasonCode::many_unanswered), quiet);
        EXPECT_EQ(decision.debits.empty(), quiet);
        notices.push_back(message.notice);
    }
    EXPECT_EQ(std::ranges::count(notices, MessageRecord::Notice::quiet), 2);
    EXPECT_EQ(mail_credit(), "0.0");
}

TEST_F(InboundTest, the_meter_holds_over_a_restart_and_time_alone_refills_it) {
    grant(GrantRecord::Level::known);
    for (int i = 0; i < 6; ++i)
        ASSERT_EQ(deliver(parts(stub(std::string(31, 'a') + static_cast<char>('0' + i)))), "201");
    inbound.reset();
    store.reset();
    store = std::move(*open_store({.folder = folder, .min_free_octets = 1}));
    inbound = std::make_unique<Inbound>(options, tokens, price, domain_key);
    EXPECT_EQ(mail_credit(), "0.0");
    now += std::chrono::days(4);
    EXPECT_EQ(mail_credit(), "2.0");
}

TEST_F(InboundTest, who_is_recognised_without_the_store_is_metered_all_the_same) {
    grant(GrantRecord::Level::known);
    take(parts(stub()));
    const DeliveryParts next = parts(stub(std::string(32, 'b')));
    ASSERT_TRUE(recognises(next));
    ASSERT_EQ(deliver(next), "201");
    EXPECT_EQ(mail_credit(), "4.0");
}

TEST_F(InboundTest, a_write_that_is_undone_and_runs_again_debits_once) {
    grant(GrantRecord::Level::known);
    const DeliveryParts wanted = parts(stub());
    const ArrivedBody arrived{.octets = to_bytes(body)};
    EXPECT_FALSE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        TRY(inbound->commit(candidate_of(wanted), one_test, write, &arrived, now));
        return fail(ErrorKind::internal, "test", "is undone");
    }));
    EXPECT_EQ(mail_credit(), "6.0");
    ASSERT_EQ(deliver(wanted), "201");
    ASSERT_EQ(deliver(wanted), "201");
    EXPECT_EQ(mail_credit(), "5.0");
}

TEST_F(InboundTest, ledgers_come_back_from_a_backup_at_half_the_caps) {
    grant(GrantRecord::Level::well_trusted);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        bring_back_ledgers(write, now);
        return {};
    }));
    EXPECT_EQ(mail_credit(), "8.0");
}

TEST_F(InboundTest, a_contact_who_looks_hacked_waits_in_requests_and_pays_out_of_the_same_meter) {
    grant(GrantRecord::Level::known);
    change_ledger([&](GrantLedger& ledger) { ledger.suspend(now); });
    EXPECT_EQ(deliver(parts(stub())), "202");
    EXPECT_EQ(mail_credit(), "5.0");
    change_ledger([&](GrantLedger& ledger) { ledger.lift_suspension(now); });
    EXPECT_EQ(deliver(parts(stub(std::string(32, 'b')))), "201");
}

TEST_F(InboundTest, a_contact_nobody_answered_for_400_days_is_a_stranger_without_a_price) {
    grant(GrantRecord::Level::known);
    change_ledger([&](GrantLedger& ledger) {
        ledger = GrantLedger::granted(GrantLevel::known, now - std::chrono::days(401));
    });
    EXPECT_EQ(deliver(parts(stub())), "202");
    ASSERT_EQ(mail().size(), 1U);
    EXPECT_TRUE(parse_decision(mail().front().decision)->has(ReasonCode::contact_dormant));
}

TEST_F(InboundTest, nobody_is_a_stranger_to_oneself) {
    AccountId moved = 0;
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        AccountRecord account;
        account.address = "alice@two.test";
        account.root = alice.root();
        moved = TRY(write.add_account(account));
        return {};
    }));
    Stub own = stub();
    own.to = *parse_target("alice@two.test");
    EXPECT_EQ(deliver(parts(own)), "201");
    const auto ids = store->read()->messages(moved, {}).ids;
    ASSERT_EQ(ids.size(), 1U);
    EXPECT_EQ(store->read()->message(moved, ids[0])->tier, MessageTier::well_trusted);
}

TEST_F(InboundTest, the_same_stub_again_is_one_message_and_the_same_answer) {
    grant(GrantRecord::Level::known);
    const DeliveryParts same = parts(stub());
    EXPECT_EQ(deliver(same), "201");
    EXPECT_EQ(deliver(same), "201");
    EXPECT_EQ(count(), 1);
}

TEST_F(InboundTest, what_the_recipient_removed_does_not_come_back_while_its_stub_lives) {
    grant(GrantRecord::Level::known);
    const DeliveryParts same = parts(stub());
    ASSERT_EQ(deliver(same), "201");
    ASSERT_TRUE(store->write_and_wait(
        [&](WriteTransaction& write) { return write.remove_message(bob, newest().id); }));
    EXPECT_EQ(deliver(same), "201");
    EXPECT_EQ(deliver(same, false), "201");
    EXPECT_EQ(count(), 0);
    Stub other = stub();
    other.keys = "other keys";
    EXPECT_EQ(deliver(parts(other)), "409 id-reused");
    ASSERT_TRUE(store->maintain(stub().expires + Seconds(1)));
    EXPECT_FALSE(store->read()->past_stub(bob, alice.root(), stub().id));
}

TEST_F(InboundTest, a_declined_stranger_is_answered_as_before_when_the_same_stub_comes_again) {
    DeliveryParts same = parts(stub());
    same.stamp = stamp_for(same);
    ASSERT_EQ(deliver(same), "202");
    ASSERT_TRUE(store->write_and_wait(
        [&](WriteTransaction& write) { return write.remove_message(bob, newest().id); }));
    EXPECT_EQ(deliver(same), "202");
    EXPECT_EQ(count(), 0);
}

TEST_F(InboundTest, a_domain_over_its_quota_of_the_hour_waits_for_the_next) {
    grant(GrantRecord::Level::known);
    options.deliveries_per_domain_hour = 2;
    inbound->set_limits(options);
    const auto taken = [&](const std::string& id) {
        const DeliveryParts with = parts(stub(id));
        const std::string answer = deliver(with);
        if (answer == "201")
            count_taken(with);
        return answer;
    };
    EXPECT_EQ(taken(std::string(32, '1')), "201");
    EXPECT_EQ(taken(std::string(32, '2')), "201");
    EXPECT_EQ(taken(std::string(32, '3')), "429 over-quota");
    now += std::chrono::hours(1);
    EXPECT_EQ(taken(std::string(32, '3')), "201");
}

TEST_F(InboundTest, who_has_moved_answers_with_the_card_that_says_where) {
    auto first = CardBuilder::first(bob_address, commitment_of(kRecovery), kStart);
    first.add_device(device_of("laptop", 200), CardBuilder::Admission::confirmed);
    const SignedCard before = *sign_with(first.card(), {{"laptop", 200}});
    auto next = CardBuilder::after(before, now);
    next.move_to(*Address::parse("bob@three.test"))
        .recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
    const SignedCard moved = *sign_with(next.card(), {{"", kRecovery}});
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.add_card({moved.hash, moved.root(), "bob@two.test", 2, moved.note.octets(), now});
        write.set_account_card(bob, moved.hash);
        return {};
    }));
    EXPECT_EQ(deliver(parts(stub(std::string(32, '1')))), "410 moved");
    EXPECT_EQ(verdict_.problem.card, moved.note.octets());
}

TEST_F(InboundTest, a_reply_token_that_was_given_while_a_thief_was_there_counts_as_none) {
    const auto made = tokens.make_reply(bob_address, alice.card.address, now, random);
    DeliveryParts answer = parts(stub(std::string(32, '1')));
    answer.token = made.text;
    now += Seconds(60);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        void_reply_tokens(write, bob, now - Seconds(120), now);
        return {};
    }));
    EXPECT_TRUE(deliver(answer).starts_with("402"));
    now += Seconds(60);
    answer = parts(stub(std::string(32, '2')));
    answer.token = tokens.make_reply(bob_address, alice.card.address, now, random).text;
    EXPECT_EQ(deliver(answer), "201");
}

TEST_F(InboundTest, only_who_was_taken_before_is_recognised_without_the_store) {
    grant(GrantRecord::Level::known);
    const DeliveryParts first = parts(stub(std::string(32, '1')));
    EXPECT_FALSE(recognises(first));
    take(first);
    EXPECT_TRUE(recognises(parts(stub(std::string(32, '2')))));
    EXPECT_FALSE(recognises(parts(stub(std::string(32, '2')), kPhone))) << "signed by another key";
    EXPECT_FALSE(recognises(parts(stub(std::string(32, '2')), kLaptop, kTwoTest)));
}

TEST_F(InboundTest, who_is_refused_is_not_recognised_the_next_time) {
    grant(GrantRecord::Level::known);
    take(parts(stub(std::string(32, '1'))));
    grant(GrantRecord::Level::blocked);
    const DeliveryParts next = parts(stub(std::string(32, '2')));
    ASSERT_TRUE(recognises(next));
    EXPECT_EQ(deliver(next), "402 stamp-needed");
    EXPECT_FALSE(recognises(next));
}

TEST_F(InboundTest, another_message_under_a_used_id_is_refused) {
    grant(GrantRecord::Level::known);
    EXPECT_EQ(deliver(parts(stub())), "201");
    Stub other = stub();
    other.keys = "other keys";
    EXPECT_EQ(deliver(parts(other)), "409 id-reused");
}

TEST_F(InboundTest, a_stranger_is_told_the_price_signed_and_nothing_is_kept) {
    EXPECT_EQ(deliver(parts(stub())), "402 stamp-needed");
    EXPECT_EQ(count(), 0);
    const auto note = SignedNote::parse(inbound->price_note(now));
    ASSERT_TRUE(note);
    EXPECT_TRUE(verify_note(*note, NamedKey{"two.test", domain_key.public_key()}));
    EXPECT_EQ(parse_price(*note)->effort, 2U);
}

TEST_F(InboundTest, a_stranger_with_a_stamp_is_held_without_the_body) {
    DeliveryParts paid = parts(stub());
    paid.stamp = stamp_for(paid);
    EXPECT_EQ(deliver(paid, false), "202");
    EXPECT_EQ(deliver(paid, false), "202");
    const MessageRecord message = newest();
    EXPECT_EQ(message.state, MessageState::held);
    EXPECT_EQ(message.tier, MessageTier::unknown);
    EXPECT_EQ(message.blob_at, MessageRecord::Blob::elsewhere);
    EXPECT_FALSE(store->read()->blob(sha256(body)).has_value());
    EXPECT_EQ(count(), 1);
}

TEST_F(InboundTest, a_stamp_for_another_stub_or_a_stale_one_pays_nothing) {
    DeliveryParts first = parts(stub());
    DeliveryParts second = parts(stub(std::string(32, 'b')));
    second.stamp = stamp_for(first);
    const std::string answer = deliver(second);
    first.stamp = stamp_for(first);
    now += Seconds(3 * 3600);
    EXPECT_EQ(deliver(first), "402 stamp-needed");
    EXPECT_EQ(answer, "402 stamp-needed");
}

TEST_F(InboundTest, a_stamp_is_judged_by_the_price_note_that_it_answers) {
    DeliveryParts paid = parts(stub());
    paid.stamp = stamp_for(paid);
    price.set_bounds({.least = 1'000, .most = 1'000});
    EXPECT_EQ(deliver(paid), "202");
    EXPECT_EQ(parse_price(*SignedNote::parse(inbound->price_note(now)))->effort, 1'000U);
}

TEST_F(InboundTest, many_strangers_who_paid_make_the_next_one_dearer) {
    price.set_bounds({.least = 2, .most = 100, .many = 1});
    for (const char name : {'b', 'c', 'd'}) {
        DeliveryParts paid = parts(stub(std::string(32, name)));
        paid.stamp = stamp_for(paid);
        EXPECT_EQ(deliver(paid), "202");
        inbound->count_taken(candidate_of(paid), verdict_, now);
    }
    EXPECT_EQ(price.effort(now), 2U);
    now += PriceControl::kPeriod;
    EXPECT_EQ(price.effort(now), 6U);
}

TEST_F(InboundTest, at_most_so_many_strangers_a_day) {
    options.requests_a_day = 1;
    inbound = std::make_unique<Inbound>(options, tokens, price, domain_key);
    DeliveryParts first = parts(stub());
    first.stamp = stamp_for(first);
    DeliveryParts second = parts(stub(std::string(32, 'b')));
    second.stamp = stamp_for(second);
    EXPECT_EQ(deliver(first), "202");
    EXPECT_EQ(deliver(second), "429 over-quota");
    now += std::chrono::days(1);
}

TEST_F(InboundTest, somebody_blocked_is_answered_like_a_stranger_and_kept_nowhere) {
    grant(GrantRecord::Level::blocked);
    EXPECT_EQ(deliver(parts(stub())), "402 stamp-needed");
    DeliveryParts paid = parts(stub());
    paid.stamp = stamp_for(paid);
    EXPECT_EQ(deliver(paid), "202");
    EXPECT_EQ(count(), 0);
}

TEST_F(InboundTest, who_is_blocked_is_told_the_same_as_who_waits_and_a_stub_again_costs_nothing) {
    const std::string token = tokens.make_reply(bob_address, alice.card.address, now, random).text;
    const auto uses = [&] {
        const auto checked = tokens.check(token, bob_address, alice.card.address, now);
        return store->read()->reply_token_uses(bob, checked->id);
    };
    const auto told = [&](const DeliveryParts& sent, bool with_body = true) {
        const std::string answer = deliver(sent, with_body);
        return answer + " " +
               (answer == "202" ? write_held_answer(verdict_.held)
                                : write_problem(verdict_.problem));
    };
    DeliveryParts paid = parts(stub(std::string(32, 'a')));
    paid.stamp = stamp_for(paid);
    DeliveryParts paid_too = parts(stub(std::string(32, 'b')));
    paid_too.stamp = stamp_for(paid_too);
    DeliveryParts first = parts(stub(std::string(32, 'c')));
    DeliveryParts second = parts(stub(std::string(32, 'd')));
    first.token = second.token = token;

    const DeliveryParts bare = parts(stub(std::string(32, 'e')));
    const std::string price_before = told(bare);
    const std::string waits = told(paid);
    const std::string without_body = told(first, false);
    grant(GrantRecord::Level::blocked);
    EXPECT_EQ(told(second, false), without_body);
    forget();
    EXPECT_EQ(told(first), "201 " + write_problem({}));
    EXPECT_EQ(uses(), 1);
    grant(GrantRecord::Level::blocked);
    EXPECT_EQ(told(bare), price_before);
    EXPECT_EQ(told(paid_too), waits);
    EXPECT_EQ(told(paid_too), waits);
    EXPECT_EQ(told(second), "201 " + write_problem({}));
    EXPECT_EQ(told(second), "201 " + write_problem({}));
    EXPECT_EQ(uses(), 2) << "booked once";
    EXPECT_EQ(count(), 2) << "of before";
    now += std::chrono::days(1);
    EXPECT_EQ(told(paid), told(paid_too)) << "both have had their day";
    EXPECT_EQ(verdict_.held.shown, HeldAnswer::Shown::yes);
}

// What this thread has worked so far: other programs on the machine do not count.
double worked_ns() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// The quieter half of two distributions: how far apart are they, as a factor?
double apart(std::vector<double> a, std::vector<double> b) {
    std::ranges::sort(a);
    std::ranges::sort(b);
    double most = 1;
    for (const std::size_t quarter : {1U, 2U}) {
        const double x = a[a.size() * quarter / 4];
        const double y = b[b.size() * quarter / 4];
        most = std::max(most, std::max(x / y, y / x));
    }
    return most;
}

// Bob knows nothing of alice, carol has blocked her. Samples in turn, so that whatever else happens
// meets both; the work is compared, not a time. Leaving out a signature, a look at the store or the
// price would be a factor of two.
TEST_F(InboundTest, as_much_work_is_done_for_who_is_blocked_as_for_any_stranger) {
    constexpr int kSamples = 150;
    constexpr double kGenerous = 1.6;
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        AccountRecord account;
        account.address = "carol@two.test";
        account.created = kStart;
        const AccountId carol = TRY(write.add_account(account));
        GrantRecord record;
        record.root = alice.root();
        record.address = "alice@one.test";
        record.level = GrantRecord::Level::blocked;
        begin_ledger(record, write, carol, kStart);
        write.put_grant(carol, record);
        return {};
    }));
    const auto to = [&](const char* whom, char id) {
        Stub out = stub(std::string(32, id));
        out.to = *parse_target(whom);
        return parts(out);
    };
    struct Work {
        std::vector<double> judging, storing;
    };
    const auto sample = [&](const DeliveryParts& sent, int expected, Work& work) {
        Candidate candidate = candidate_of(sent);
        const auto read = store->read();
        double began = worked_ns();
        const int previewed = inbound->preview(candidate, one_test, *read, now).status();
        work.judging.push_back(worked_ns() - began);
        ASSERT_EQ(previewed, expected);
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            began = worked_ns();
            const Verdict verdict = TRY(inbound->commit(candidate, one_test, write, nullptr, now));
            work.storing.push_back(worked_ns() - began);
            EXPECT_EQ(verdict.status(), expected);
            return {};
        }));
    };
    const auto compare = [&](const DeliveryParts& bob_s, const DeliveryParts& carol_s, int status) {
        Work stranger;
        Work blocked;
        for (int i = 0; i < kSamples; ++i) {
            sample(i % 2 == 0 ? bob_s : carol_s, status, i % 2 == 0 ? stranger : blocked);
            sample(i % 2 == 0 ? carol_s : bob_s, status, i % 2 == 0 ? blocked : stranger);
        }
        EXPECT_LT(apart(stranger.judging, blocked.judging), kGenerous) << status;
        EXPECT_LT(apart(stranger.storing, blocked.storing), kGenerous) << status;
    };
    compare(to("bob@two.test", 'a'), to("carol@two.test", 'a'), 402);
    // The same stub again and again, which costs its sender nothing.
    DeliveryParts to_bob = to("bob@two.test", 'b');
    DeliveryParts to_carol = to("carol@two.test", 'b');
    to_bob.stamp = stamp_for(to_bob);
    to_carol.stamp = stamp_for(to_carol);
    ASSERT_EQ(deliver(to_bob), "202");
    ASSERT_EQ(deliver(to_carol), "202");
    compare(to_bob, to_carol, 202);
}

TEST_F(InboundTest, an_address_without_an_account_and_a_disabled_one_are_told_alike) {
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        AccountRecord account;
        account.address = "carol@two.test";
        account.created = kStart;
        const AccountId carol = TRY(write.add_account(account));
        write.set_account_state(carol, AccountRecord::State::disabled);
        return {};
    }));
    const auto told = [&](const char* whom) {
        Stub out = stub();
        out.to = *parse_target(whom);
        deliver(parts(out));
        return write_problem(verdict_.problem);
    };
    EXPECT_EQ(told("carol@two.test"), told("nobody@two.test"));
    EXPECT_EQ(verdict_.status(), 404);
}

TEST_F(InboundTest, who_is_blocked_uses_up_the_day_s_strangers_like_others) {
    options.requests_a_day = 1;
    inbound = std::make_unique<Inbound>(options, tokens, price, domain_key);
    grant(GrantRecord::Level::blocked);
    DeliveryParts first = parts(stub());
    first.stamp = stamp_for(first);
    DeliveryParts second = parts(stub(std::string(32, 'b')));
    second.stamp = stamp_for(second);
    EXPECT_EQ(deliver(first), "202");
    EXPECT_EQ(deliver(second), "429 over-quota");
    EXPECT_EQ(deliver(first), "202");
}

TEST_F(InboundTest, a_stub_that_waits_takes_a_dearer_stamp_and_no_other) {
    DeliveryParts sent = parts(stub());
    sent.stamp = stamp_for(sent, 2);
    ASSERT_EQ(deliver(sent), "202");
    const auto effort = [&] { return stamp_effort(*parse_decision(newest().decision)); };
    EXPECT_EQ(effort(), 4U);
    DeliveryParts again = sent;
    again.stamp = stamp_for(again);
    EXPECT_EQ(deliver(again), "202");
    EXPECT_EQ(effort(), 4U) << "a cheaper one";
    again.stamp = stamp_for(parts(stub(std::string(32, 'b'))), 4);
    EXPECT_EQ(deliver(again), "202");
    EXPECT_EQ(effort(), 4U) << "another stub's";
    again.stamp.reset();
    EXPECT_EQ(deliver(again), "202");
    EXPECT_EQ(effort(), 4U) << "none";
    again.stamp = stamp_for(again, 4);
    EXPECT_EQ(deliver(again), "202");
    EXPECT_EQ(effort(), 8U);
    EXPECT_EQ(count(), 1);
    EXPECT_EQ(verdict_.held.expires, *newest().expires);
    EXPECT_EQ(parse_price(*SignedNote::parse(verdict_.held.price))->effort, price.effort(now));
}

TEST_F(InboundTest, whether_a_stub_had_its_day_is_told_the_day_after_whoever_looked) {
    const auto send = [&](char id, std::uint64_t times) {
        DeliveryParts sent = parts(stub(std::string(32, id)));
        sent.stamp = stamp_for(sent, times);
        return sent;
    };
    const auto is_shown = [&](const DeliveryParts& sent) {
        EXPECT_EQ(deliver(sent), "202");
        return verdict_.held.shown == HeldAnswer::Shown::yes;
    };
    // Of a domain that has earned nothing one in thirty days is shown: the dearer of the two.
    DeliveryParts cheap = send('a', 1);
    DeliveryParts dear = send('b', 2);
    EXPECT_FALSE(is_shown(cheap));
    EXPECT_FALSE(is_shown(dear));
    const auto looked = show(now);
    ASSERT_EQ(looked.size(), 1U);
    EXPECT_FALSE(is_shown(dear)) << "today's";
    now += std::chrono::days(1);
    EXPECT_TRUE(is_shown(dear));
    EXPECT_FALSE(is_shown(cheap));
    now += std::chrono::days(12);
    EXPECT_FALSE(is_shown(cheap)) << "its domain has had its one";
}

TEST_F(InboundTest, a_day_that_nobody_looked_at_is_closed_and_told_when_somebody_does) {
    DeliveryParts sent = parts(stub());
    sent.stamp = stamp_for(sent);
    ASSERT_EQ(deliver(sent), "202");
    now += std::chrono::days(1);
    EXPECT_EQ(deliver(sent), "202");
    EXPECT_EQ(verdict_.held.shown, HeldAnswer::Shown::yes);
    const auto looked = show(now);
    ASSERT_EQ(looked.size(), 1U);
    EXPECT_EQ(looked[0].id, std::to_string(newest().id));
    EXPECT_TRUE(show(now).empty());
}

TEST_F(InboundTest, the_price_of_strangers_holds_over_a_restart) {
    price.set_bounds({.least = 2, .most = 100, .many = 1});
    for (const char name : {'b', 'c', 'd'}) {
        DeliveryParts paid = parts(stub(std::string(32, name)));
        paid.stamp = stamp_for(paid);
        ASSERT_EQ(deliver(paid), "202");
    }
    StrangerPrice again{"two.test", key_of_server('p'), {.least = 2, .most = 100, .many = 1}};
    ASSERT_TRUE(again.restore(*store->read()->value(kStrangerPriceKey)));
    EXPECT_EQ(again.effort(now), 2U);
    now += PriceControl::kPeriod;
    EXPECT_EQ(again.effort(now), 6U);
    EXPECT_FALSE(again.restore("nonsense"));
    EXPECT_EQ(again.effort(now), 6U);
}

TEST_F(InboundTest, strangers_of_one_s_own_domain_raise_the_price_and_use_up_no_quota) {
    options.domain = "one.test";
    options.deliveries_per_domain_hour = 1;
    inbound = std::make_unique<Inbound>(options, tokens, price, domain_key);
    price.set_bounds({.least = 2, .most = 100, .many = 1});
    Stub own = stub();
    own.to = *parse_target("bob@one.test");
    Verdict verdict;
    verdict.answer = Verdict::Answer::hold;
    verdict.taken = true;
    verdict.paid = 2;
    for (int i = 0; i < 4; ++i)
        inbound->count_taken(candidate_of(parts(own)), verdict, now);
    now += PriceControl::kPeriod;
    EXPECT_EQ(price.effort(now), 8U);
    EXPECT_EQ(deliver(parts(own)), "404 no-such-account") << "not 429";
}

TEST_F(InboundTest, who_is_removed_and_added_again_goes_on_with_the_ledger_of_before) {
    grant(GrantRecord::Level::known);
    ASSERT_EQ(deliver(parts(stub())), "201");
    ASSERT_EQ(deliver(parts(stub(std::string(32, 'b')))), "201");
    EXPECT_EQ(mail_credit(), "4.0");
    forget();
    grant(GrantRecord::Level::well_trusted);
    EXPECT_EQ(mail_credit(), "4.0");
    grant(GrantRecord::Level::known);
    forget();
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        bring_back_ledgers(write, now);
        return {};
    }));
    grant(GrantRecord::Level::known);
    EXPECT_EQ(mail_credit(), "3.0") << "a restore halves those of who was removed, too";
}

TEST_F(InboundTest, a_blocked_domain_is_answered_like_strangers_and_its_contacts_are_heard) {
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.block_domain(bob, {"one.test", now});
        return {};
    }));
    EXPECT_EQ(deliver(parts(stub())), "402 stamp-needed");
    DeliveryParts stamped = parts(stub());
    stamped.stamp = stamp_for(stamped);
    EXPECT_EQ(deliver(stamped), "202");
    EXPECT_EQ(count(), 0);
    grant(GrantRecord::Level::known);
    EXPECT_EQ(deliver(parts(stub(std::string(32, 'b')))), "201");
}

TEST_F(InboundTest,
       a_domain_s_credit_stands_for_a_stamp_until_it_is_used_up_and_holds_over_a_restart) {
    options.domain_credit = InboundOptions::DomainCredit::used;
    inbound = std::make_unique<Inbound>(options, tokens, price, domain_key);
    EXPECT_EQ(deliver(parts(stub(std::string(32, 'a')))), "202");
    EXPECT_EQ(deliver(parts(stub(std::string(32, 'a')))), "202");
    EXPECT_EQ(deliver(parts(stub(std::string(32, 'b')))), "202");
    store.reset();
    store = std::move(*open_store({.folder = folder, .min_free_octets = 1}));
    EXPECT_EQ(deliver(parts(stub(std::string(32, 'c')))), "402 stamp-needed");
    EXPECT_EQ(count(), 2);
    EXPECT_TRUE(parse_decision(newest().decision)->has(ReasonCode::domain_credit));
}

TEST_F(InboundTest, an_answered_first_contact_earns_its_domain_and_an_unwanted_one_costs_it) {
    options.domain_credit = InboundOptions::DomainCredit::used;
    inbound = std::make_unique<Inbound>(options, tokens, price, domain_key);
    const auto become = [&](const std::string& id, MessageOutcome outcome) {
        ASSERT_EQ(deliver(parts(stub(id))), "202");
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            auto message = write.message_by_stub(bob, alice.root(), id);
            TRY(settle_message(write, bob, *message, outcome, now));
            EXPECT_FALSE(settle_message(write, bob, *message, outcome, now));
            return write.update_message(bob, *message);
        }));
    };
    const auto credit = [&] {
        return domain_credit_of(*store->read(), "one.test", now).available(1, now).text();
    };
    EXPECT_EQ(credit(), "2.0");
    become(std::string(32, 'a'), MessageOutcome::engaged);
    EXPECT_EQ(credit(), "1.5");
    become(std::string(32, 'b'), MessageOutcome::unwanted);
    EXPECT_EQ(credit(), "0.0");
}

TEST_F(InboundTest, an_invitation_makes_its_bearer_known_once) {
    TokenRecord record;
    record.uses_left = 1;
    DeliveryParts with_token = parts(stub());
    with_token.token = make_token(record, TokenKind::invite);
    EXPECT_EQ(deliver(with_token), "201");
    EXPECT_EQ(newest().tier, MessageTier::known);
    EXPECT_EQ(store->read()->grant(bob, alice.root())->level, GrantRecord::Level::known);
    EXPECT_EQ(deliver(parts(stub(std::string(32, 'b')))), "201");
    EXPECT_EQ(store->read()->tokens(bob).front().uses_left, 0);
}

TEST_F(InboundTest, a_newsletter_token_is_bound_limited_by_day_and_revoked) {
    TokenRecord record;
    record.kind = TokenRecord::Kind::newsletter;
    record.per_day = 1;
    const std::string token = make_token(record, TokenKind::newsletter);
    const auto issue = [&](char id) {
        DeliveryParts out = parts(stub(std::string(32, id)));
        out.token = token;
        return deliver(out);
    };
    EXPECT_EQ(issue('a'), "201");
    EXPECT_EQ(store->read()->tokens(bob).front().bound_root, alice.root());
    EXPECT_NE(issue('b'), "201");
    now += std::chrono::days(1);
    EXPECT_EQ(issue('c'), "201");
    TokenRecord revoked = store->read()->tokens(bob).front();
    revoked.standing = TokenRecord::Standing::revoked;
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.put_token(bob, revoked);
        return {};
    }));
    EXPECT_EQ(issue('d'), "403 token-revoked");
}

TEST_F(InboundTest, a_reply_token_lets_its_addressee_in_ten_times) {
    const auto made = tokens.make_reply(bob_address, alice.card.address, now, random);
    for (char id = 'a'; id <= 'f'; ++id)
        for (const char* half : {"0", "1"}) {
            DeliveryParts answer = parts(stub(std::string(31, id) + half));
            answer.token = made.text;
            const bool within = (id - 'a') * 2 + (*half - '0') < static_cast<int>(kReplyTokenUses);
            EXPECT_EQ(deliver(answer) == "201", within) << id << half;
        }
}

TEST_F(InboundTest, a_recovery_that_comes_with_mail_takes_back_what_the_thief_sent) {
    grant(GrantRecord::Level::well_trusted);
    ASSERT_EQ(deliver(parts(stub(std::string(32, 'a')))), "201");
    now += std::chrono::hours(2);
    const Time stolen = now;
    ASSERT_EQ(deliver(parts(stub(std::string(32, 'b')))), "201");

    now += std::chrono::hours(2);
    const SignedCard before = alice;
    auto builder = CardBuilder::after(alice, now);
    for (const char* device : {"laptop", "phone"})
        ASSERT_TRUE(builder.remove_device(device, stolen, RevocationReason::compromised));
    builder.add_device(device_of("rescue", kTablet), CardBuilder::Admission::confirmed)
        .recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
    alice = listed(*sign_with(builder.card(), {{"", kRecovery}}), kOneTest);
    Stub fresh = stub(std::string(32, 'c'));
    SignedNote note =
        *SignedNote::sign(write_stub(fresh), alice.card.key_name("rescue"), key_of(kTablet));
    ASSERT_TRUE(note.cosign("one.test", key_of(kOneTest)));
    DeliveryParts out;
    out.cards = {before.note.octets(), alice.note.octets()};
    out.stub = note.octets();
    ASSERT_EQ(deliver(out), "201");

    const auto read = store->read();
    const auto message = [&](char id) {
        return *read->message_by_stub(bob, alice.root(), std::string(32, id));
    };
    EXPECT_EQ(message('a').tier, MessageTier::well_trusted);
    EXPECT_EQ(message('b').tier, MessageTier::unknown);
    EXPECT_EQ(message('b').state, MessageState::held);
    EXPECT_EQ(message('c').tier, MessageTier::well_trusted);
    const auto told = keys_replaced(*read, bob, now);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told.begin()->second.messages, 1U);
    EXPECT_EQ(told.begin()->second.since, stolen);
    EXPECT_TRUE(store->check());
}

TEST_F(InboundTest, forged_signatures_are_refused) {
    grant(GrantRecord::Level::well_trusted);
    EXPECT_EQ(deliver(parts(stub(), kThief)), "403 bad-signature");
    EXPECT_EQ(deliver(parts(stub(), kLaptop, kTwoTest)), "403 wrong-domain");
    EXPECT_EQ(count(), 0);
}

TEST_F(InboundTest, a_card_that_its_domain_does_not_list_is_refused) {
    alice = first_card();
    EXPECT_EQ(deliver(parts(stub())), "403 wrong-domain");
    alice = listed(first_card(), kTwoTest);
    EXPECT_EQ(deliver(parts(stub())), "403 wrong-domain");
}

TEST_F(InboundTest, times_are_held_to_the_clock) {
    grant(GrantRecord::Level::known);
    const DeliveryParts delivery = parts(stub());
    now = kStart - Seconds(301);
    EXPECT_EQ(deliver(delivery), "403 future");
    now = kStart + std::chrono::days(31);
    EXPECT_EQ(deliver(delivery), "403 expired");
}

TEST_F(InboundTest, nobody_of_that_name_another_domain_and_a_wrong_body_are_refused) {
    Stub lost = stub();
    lost.to = *parse_target("nobody@two.test");
    EXPECT_EQ(deliver(parts(lost)), "404 no-such-account");
    lost.to = *parse_target("bob@three.test");
    EXPECT_EQ(deliver(parts(lost)), "403 wrong-domain");
    grant(GrantRecord::Level::known);
    const DeliveryParts delivery = parts(stub());
    body = "something else";
    EXPECT_EQ(deliver(delivery), "422 blob-mismatch");
}

TEST_F(InboundTest, a_sub_address_leads_to_the_account) {
    grant(GrantRecord::Level::known);
    Stub news = stub();
    news.to = *parse_target("bob+news@two.test");
    EXPECT_EQ(deliver(parts(news)), "201");
}

TEST_F(InboundTest, a_missing_card_or_body_is_asked_for) {
    grant(GrantRecord::Level::known);
    DeliveryParts bare = parts(stub());
    bare.cards.clear();
    EXPECT_EQ(deliver(bare), "409 card-needed");
    EXPECT_EQ(deliver(parts(stub()), false), "409 blob-needed");
    EXPECT_EQ(deliver(parts(stub())), "201");
    bare = parts(stub(std::string(32, 'b')));
    bare.cards.clear();
    EXPECT_EQ(deliver(bare, false), "201");
}

TEST_F(InboundTest, a_stub_without_signatures_or_with_too_many_octets_is_refused) {
    DeliveryParts odd = parts(stub());
    odd.stub = write_stub(stub());
    EXPECT_EQ(deliver(odd), "400 malformed");
    odd.stub = std::string(5'000, 'x');
    EXPECT_EQ(deliver(odd), "413 too-large");
}

// Else anybody could make the server forget that a domain lists a card.
TEST_F(InboundTest, ACardBroughtWithoutItsDomainsSignatureSpoilsNothing) {
    grant(GrantRecord::Level::known);
    DeliveryParts stripped = parts(stub());
    stripped.cards = {first_card().note.octets()};
    EXPECT_EQ(deliver(stripped), "403 wrong-domain");
    EXPECT_EQ(deliver(parts(stub())), "201");
    DeliveryParts without = parts(stub(std::string(32, 'b')));
    without.cards.clear();
    EXPECT_EQ(deliver(without), "201");
}

TEST_F(InboundTest, who_was_written_to_is_remembered_for_thirty_days) {
    const auto note = [&](const std::set<std::string>& domains) {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            note_written_to(write, bob, domains, now);
            return {};
        }));
    };
    using Domains = std::set<std::string>;
    EXPECT_EQ(written_to(*store->read(), bob, now), Domains());
    note({"one.test", "three.test"});
    now += std::chrono::days(20);
    note({"one.test"});
    EXPECT_EQ(written_to(*store->read(), bob, now), (Domains{"one.test", "three.test"}));
    now += std::chrono::days(11);
    EXPECT_EQ(written_to(*store->read(), bob, now), (Domains{"one.test"}));
    EXPECT_EQ(written_to(*store->read(), bob + 1, now), Domains());
}

}  // namespace
}  // namespace kith
