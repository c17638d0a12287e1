// New threads, confirmations and reports at their sender's own server.
#include "delivery/new_threads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "delivery/alarms.h"
#include "delivery/confirmation.h"
#include "delivery/reports.h"
#include "identity/people_for_tests.h"
#include "trust/fan_out_breaker.h"

namespace kith {
namespace {

constexpr Seconds kHour{3600};
constexpr Seconds kDay{86'400};
constexpr std::uint64_t kFloor = 20;
const std::string kId(32, 'a');

class NewThreads : public ::testing::Test {
  protected:
    SystemRandom random;
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("kith-new-threads-" + random_id(random));
    std::unique_ptr<Store> store;
    SignedCard card = first_card();
    Chain chain = *Chain::begin(card);
    AccountId alice = 0;
    Time now = kStart + 2 * kDay;

    void SetUp() override {
        open();
        write([&](WriteTransaction& in) -> Result<void> {
            AccountRecord account;
            account.address = "alice@one.test";
            account.created = kStart;
            account.root = card.root();
            account.card = card.hash;
            alice = TRY(in.add_account(account));
            return {};
        });
    }
    void TearDown() override {
        store.reset();
        std::filesystem::remove_all(folder);
    }
    void open() { store = std::move(*open_store({.folder = folder, .min_free_octets = 1})); }
    void write(const Store::Work& work) { ASSERT_TRUE(store->write_and_wait(work)); }

    Stub stub_to(const std::string& to, std::optional<std::string> answers = std::nullopt) {
        Stub stub;
        stub.id = random_id(random);
        stub.time = now;
        stub.expires = now + 30 * kDay;
        stub.from = card.card.address;
        stub.root = card.root();
        stub.card = card.hash;
        stub.to = *parse_target(to);
        stub.blob = sha256("body");
        stub.size = 4;
        stub.keys = "keys";
        stub.answers = std::move(answers);
        return stub;
    }
    SignedNote signed_by(const Stub& stub, const std::string& device, std::uint8_t key) {
        return *SignedNote::sign(write_stub(stub), card.card.key_name(device), key_of(key));
    }
    Begin begin(std::uint64_t recipients) {
        Begin answer = Begin::go;
        write([&](WriteTransaction& in) -> Result<void> {
            answer = begin_threads(in, alice, recipients, kFloor, now);
            return {};
        });
        return answer;
    }
    /// A message of hers that waits, handed in by one of her devices.
    Hash waits(const std::string& to, const std::string& device, std::uint8_t key) {
        const SignedNote note = signed_by(stub_to(to), device, key);
        write([&](WriteTransaction& in) -> Result<void> {
            in.add_small_blob(sha256("body"), as_bytes("body"), now);
            RecipientRecord row;
            row.account = alice;
            row.address = to;
            row.domain = "two.test";
            row.stub = note.octets();
            row.blob = sha256("body");
            row.state = RecipientState::unconfirmed;
            row.answer = waiting_answer(Begin::unconfirmed);
            row.next_attempt = now;
            row.expires = now + 7 * kDay;
            in.add_submission(alice, 1, now, {row});
            return {};
        });
        return note.hash();
    }
    /// On its way.
    Hash sent(const std::string& to) {
        const SignedNote note = signed_by(stub_to(to), "laptop", kLaptop);
        write([&](WriteTransaction& in) { return note_sent(in, alice, note.octets(), now); });
        return note.hash();
    }

    Confirmation confirm(std::vector<Hash> stubs) const {
        return {.address = card.card.address,
                .root = card.root(),
                .time = now,
                .recovery_key = std::nullopt,
                .stubs = std::move(stubs)};
    }
    Result<ConfirmSigner> checked(const Confirmation& what,
                                  const std::string& name,
                                  std::uint8_t key) {
        const auto note = *SignedNote::sign(write_confirm(what), name, key_of(key));
        return check_confirm(note, what, chain, now);
    }
    std::vector<std::int64_t> rows_for(const Confirmation& what, const ConfirmSigner& signer) {
        return confirmable(store->read()->unconfirmed(alice), what, signer, chain, now).rows;
    }

    OutcomeNote report_of(const Hash& stub,
                          const std::string& who,
                          const std::string& domain,
                          MessageOutcome outcome = MessageOutcome::unwanted) const {
        return {.domain = domain,
                .time = now,
                .outcome = outcome,
                .vouch = std::nullopt,
                .stub = stub,
                .root = sha256(who)};
    }
    std::optional<HeardReport> heard(const OutcomeNote& report) {
        std::optional<HeardReport> answer;
        write([&](WriteTransaction& in) -> Result<void> {
            answer = hear_report(in, report, now);
            return {};
        });
        return answer;
    }
    bool challenged() { return is_challenged(*store->read(), alice, now); }
    void challenge() {
        for (const std::string name : {"bob@two.test", "carol@three.test", "dave@four.test"})
            heard(report_of(sent(name), name, name.substr(name.find('@') + 1)));
        ASSERT_TRUE(challenged());
    }
};

TEST_F(NewThreads, what_the_domain_sets_for_a_list_goes_before_the_servers_limit) {
    EXPECT_EQ(begin(kFloor + 1), Begin::unconfirmed);
    write([&](WriteTransaction& in) -> Result<void> {
        set_threads_an_hour(in, alice, 100);
        return {};
    });
    EXPECT_EQ(threads_an_hour(*store->read(), alice), 100);
    EXPECT_EQ(begin(100), Begin::go);
    EXPECT_EQ(begin(1), Begin::unconfirmed);
    write([&](WriteTransaction& in) -> Result<void> {
        set_threads_an_hour(in, alice, std::nullopt);
        return {};
    });
    EXPECT_EQ(threads_an_hour(*store->read(), alice), std::nullopt);
}

TEST_F(NewThreads, are_twenty_an_hour_and_more_once_a_device_has_confirmed) {
    EXPECT_EQ(begin(0), Begin::go) << "answers are not counted";
    for (int i = 0; i < 20; ++i)
        ASSERT_EQ(begin(1), Begin::go) << i;
    EXPECT_EQ(begin(1), Begin::unconfirmed);
    store.reset();
    open();
    EXPECT_EQ(begin(1), Begin::unconfirmed) << "a restart changes nothing";
    EXPECT_EQ(begin(0), Begin::go);
    write([&](WriteTransaction& in) -> Result<void> {
        count_confirmed(in, alice, 500, now);
        return {};
    });
    EXPECT_EQ(begin(1), Begin::unconfirmed) << "what was confirmed, and no more";
    now += 2 * kHour;
    EXPECT_EQ(begin(20), Begin::go);
    EXPECT_EQ(begin(1), Begin::unconfirmed);
}

TEST_F(NewThreads, are_all_let_through_or_none) {
    EXPECT_EQ(begin(25), Begin::unconfirmed);
    EXPECT_EQ(begin(20), Begin::go) << "nothing was counted";
}

TEST_F(NewThreads, are_whatever_answers_nothing_that_came_from_that_person_lately) {
    MessageRecord came;
    came.stub_id = kId;
    came.from = "bob@two.test";
    came.from_root = sha256("bob");
    came.to = "alice@one.test";
    came.received_at = now;
    came.tier = MessageTier::known;
    came.blob_at = MessageRecord::Blob::elsewhere;
    write([&](WriteTransaction& in) -> Result<void> {
        came.mailbox = in.mailboxes(alice).front().id;
        TRY(in.add_message(alice, came));
        return {};
    });
    const auto begins = [&](const std::string& to, std::optional<std::string> answers) {
        return begins_thread(*store->read(), alice, stub_to(to, std::move(answers)), now);
    };
    EXPECT_TRUE(begins("bob@two.test", std::nullopt)) << "a contact, too: a thief floods contacts";
    EXPECT_FALSE(begins("bob@two.test", kId));
    EXPECT_FALSE(begins("bob+news@two.test", kId));
    EXPECT_TRUE(begins("carol@two.test", kId)) << "it did not come from her";
    EXPECT_TRUE(begins("bob@two.test", std::string(32, 'b'))) << "nothing of the kind came";
    EXPECT_FALSE(begins("alice@one.test", std::nullopt)) << "to oneself";
    now += kAnswerable;
    EXPECT_FALSE(begins("bob@two.test", kId));
    now += Seconds(1);
    EXPECT_TRUE(begins("bob@two.test", kId)) << "long ago";
}

TEST_F(NewThreads, that_wait_are_let_go_by_another_device_and_counted_then) {
    const Hash by_laptop = waits("bob@two.test", "laptop", kLaptop);
    const Hash by_phone = waits("carol@two.test", "phone", kPhone);
    const Confirmation both = confirm({by_laptop, by_phone});
    const auto phone = checked(both, card.card.key_name("phone"), kPhone);
    ASSERT_TRUE(phone) << phone.error().text();
    const auto found = confirmable(store->read()->unconfirmed(alice), both, *phone, chain, now);
    EXPECT_EQ(found.rows.size(), 1U);
    EXPECT_EQ(found.for_others, 1U) << "its own it does not let go";
    EXPECT_TRUE(store->read()->queue(10).empty());
    EXPECT_FALSE(store->read()->sent_stub(by_laptop));
    std::uint64_t gone = 0;
    const auto go = [&](WriteTransaction& in) -> Result<void> {
        gone = TRY(let_go(in, alice, found.rows, 5 * kDay, now));
        return {};
    };
    write(go);
    EXPECT_EQ(gone, 1U);
    const auto queued = store->read()->queue(10);
    ASSERT_EQ(queued.size(), 1U);
    EXPECT_EQ(queued.front().address, "bob@two.test");
    EXPECT_EQ(queued.front().expires, now + 5 * kDay);
    EXPECT_TRUE(store->read()->sent_stub(by_laptop));
    EXPECT_EQ(store->read()->unconfirmed(alice).size(), 1U);
    write(go);
    EXPECT_EQ(gone, 0U) << "once";
    EXPECT_EQ(begin(21), Begin::unconfirmed) << "it was counted";
    EXPECT_EQ(begin(20), Begin::go) << "and takes nothing from what needs no asking";
}

TEST_F(NewThreads, that_wait_are_let_go_by_the_only_device_itself) {
    now += 100 * kDay;
    CardBuilder next = CardBuilder::after(card, now);
    ASSERT_TRUE(next.remove_device("phone", now, RevocationReason::lost));
    ASSERT_TRUE(chain.add(*sign_with(next.card(), {{"laptop", kLaptop}, {"phone", kPhone}})));
    const Confirmation one = confirm({waits("bob@two.test", "laptop", kLaptop)});
    const auto laptop = checked(one, card.card.key_name("laptop"), kLaptop);
    ASSERT_TRUE(laptop);
    EXPECT_EQ(rows_for(one, *laptop).size(), 1U);
}

TEST_F(NewThreads, that_wait_are_let_go_by_the_recovery_key_whoever_wrote_them) {
    Confirmation all = confirm(
        {waits("bob@two.test", "laptop", kLaptop), waits("carol@two.test", "phone", kPhone)});
    all.recovery_key = key_of(kRecovery).public_key();
    const auto signer = checked(all, "alice@one.test", kRecovery);
    ASSERT_TRUE(signer) << signer.error().text();
    EXPECT_EQ(signer->by, ConfirmSigner::By::recovery);
    EXPECT_EQ(rows_for(all, *signer).size(), 2U);
    all.recovery_key = key_of(kNextRecovery).public_key();
    EXPECT_EQ(checked(all, "alice@one.test", kNextRecovery).error().kind, ErrorKind::untrusted)
        << "it is not that of the card";
    all.recovery_key = key_of(kRecovery).public_key();
    EXPECT_FALSE(checked(all, "alice@one.test", kNextRecovery)) << "revealed, and another signs";
    EXPECT_FALSE(checked(all, card.card.key_name("laptop"), kLaptop));
}

TEST_F(NewThreads, are_confirmed_by_nobody_else) {
    const Confirmation one = confirm({waits("bob@two.test", "laptop", kLaptop)});
    EXPECT_FALSE(checked(one, card.card.key_name("phone"), kThief));
    EXPECT_EQ(checked(one, "bob@two.test/phone", kPhone).error().kind, ErrorKind::untrusted);
    Confirmation foreign = one;
    foreign.root = sha256("bob");
    EXPECT_EQ(checked(foreign, card.card.key_name("phone"), kPhone).error().where,
              "confirm: address");
    // A device of a thief's own, in its first day.
    CardBuilder next = CardBuilder::after(card, now);
    next.add_device(device_of("tablet", kTablet), CardBuilder::Admission::pending);
    ASSERT_TRUE(chain.add(*sign_with(next.card(), {{"laptop", kLaptop}})));
    EXPECT_EQ(checked(one, card.card.key_name("tablet"), kTablet).error().kind, ErrorKind::denied);
    now += kDay;
    EXPECT_TRUE(checked(confirm(one.stubs), card.card.key_name("tablet"), kTablet));
    // And nothing goes out of a frozen account.
    CardBuilder frozen = CardBuilder::after(chain.current(), now);
    frozen.freeze();
    ASSERT_TRUE(chain.add(*sign_with(frozen.card(), {{"laptop", kLaptop}})));
    EXPECT_EQ(checked(confirm(one.stubs), card.card.key_name("phone"), kPhone).error().kind,
              ErrorKind::denied);
}

TEST_F(NewThreads, that_nobody_confirms_fail_for_good) {
    waits("bob@two.test", "laptop", kLaptop);
    std::map<AccountId, std::uint64_t> expired;
    const auto expire = [&](WriteTransaction& in) -> Result<void> {
        expired = expire_unconfirmed(in, now);
        return {};
    };
    now += 7 * kDay - Seconds(1);
    write(expire);
    EXPECT_TRUE(expired.empty());
    now += Seconds(1);
    write(expire);
    EXPECT_EQ(expired[alice], 1U);
    const auto row = store->read()->recipient(1);
    ASSERT_TRUE(row);
    EXPECT_EQ(row->state, RecipientState::failed);
    EXPECT_NE(row->answer.find("nobody confirmed it in time"), std::string::npos);
    EXPECT_TRUE(store->read()->unconfirmed(alice).empty());
}

TEST_F(NewThreads, wait_while_several_people_complain_and_answers_go) {
    heard(report_of(sent("bob@two.test"), "bob", "two.test"));
    heard(report_of(sent("carol@three.test"), "carol", "three.test"));
    EXPECT_FALSE(challenged());
    EXPECT_TRUE(reports_about(*store->read(), alice, now).empty()) << "nobody is told of a few";
    const Hash third = sent("dave@four.test");
    const auto last = heard(report_of(third, "dave", "four.test", MessageOutcome::looks_hacked));
    ASSERT_TRUE(last);
    EXPECT_EQ(last->complaint, Complaint::challenges);
    EXPECT_TRUE(challenged());
    EXPECT_EQ(begin(1), Begin::challenged);
    EXPECT_EQ(begin(0), Begin::go);
    const auto reports = reports_about(*store->read(), alice, now);
    ASSERT_EQ(reports.size(), 3U);
    EXPECT_EQ(std::ranges::count(reports, third, &SentStub::hash), 1);
    store.reset();
    open();
    EXPECT_TRUE(challenged()) << "a restart changes nothing";
    now += 72 * kHour;
    EXPECT_FALSE(challenged());
}

TEST_F(NewThreads, go_again_once_the_owner_has_shown_that_it_is_them) {
    const Hash before = sent("erin@five.test");
    challenge();
    now += Seconds(60);
    bool met = false;
    write([&](WriteTransaction& in) -> Result<void> {
        met = meet_challenge(in, alice, now);
        return {};
    });
    EXPECT_TRUE(met);
    EXPECT_FALSE(challenged());
    EXPECT_EQ(begin(1), Begin::go);
    // What was sent before has had its say: it may have been a thief's.
    for (int i = 0; i < 3; ++i)
        heard(report_of(before, "erin", "five.test"));
    EXPECT_FALSE(challenged());
    now += Seconds(60);
    challenge();
}

TEST_F(NewThreads, are_not_stopped_by_reports_of_what_was_never_sent_to_who_reports) {
    const Hash stub = sent("bob@two.test");
    EXPECT_FALSE(heard(report_of(sha256("made up"), "bob", "two.test")));
    EXPECT_FALSE(heard(report_of(stub, "bob", "three.test"))) << "another domain";
    EXPECT_FALSE(heard(report_of(stub, "bob", "two.test", MessageOutcome::engaged)));
    EXPECT_FALSE(store->read()->sent_stub(stub)->reported > Time());
    EXPECT_TRUE(heard(report_of(stub, "bob", "two.test")));
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(heard(report_of(stub, "bob " + std::to_string(i), "two.test")))
            << "a stub is reported once, under whatever root";
    const Hash old = sent("carol@two.test");
    now += kOutcomeLife + Seconds(1);
    EXPECT_FALSE(heard(report_of(old, "carol", "two.test"))) << "60 days ago";
    EXPECT_FALSE(challenged());
}

TEST_F(NewThreads, are_not_stopped_by_one_person_however_often_they_report) {
    int taken = 0;
    for (int i = 0; i < 8; ++i)
        taken += heard(report_of(sent("bob@two.test"), "bob", "two.test")) ? 1 : 0;
    EXPECT_EQ(taken, 5) << "five a day";
    EXPECT_FALSE(challenged());
}

TEST_F(NewThreads, of_somebody_whom_many_hear_need_two_in_a_hundred) {
    for (int i = 0; i < 300; ++i)
        sent("friend" + std::to_string(i) + "@six.test");
    for (int i = 0; i < 5; ++i)
        heard(report_of(sent("friend" + std::to_string(i) + "@six.test"),
                        "friend " + std::to_string(i),
                        "six.test"));
    EXPECT_FALSE(challenged()) << "of 300 it takes 6";
    heard(report_of(sent("friend6@six.test"), "friend 6", "six.test"));
    EXPECT_TRUE(challenged());
}

}  // namespace
}  // namespace kith
