#include "store/store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <future>
#include <set>
#include <thread>

#include "crypto/random.h"
#include "store/sqlite.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

const Time kNow = *parse_time("2026-11-23T10:00:00Z");

/// Makes a store of today what it was before it had a directory log.
constexpr char kUndoToSecondStep[] =
    "DROP TABLE log_entries; DROP TABLE log_tiles; DROP TABLE known_logs; DROP TABLE proven_cards;"
    "ALTER TABLE changes DROP COLUMN thread; ALTER TABLE recipients DROP COLUMN introduction;"
    "DROP INDEX messages_by_sender; DROP INDEX messages_by_word;"
    "ALTER TABLE messages DROP COLUMN word;"
    "DROP TABLE introductions; DROP TABLE issued_vouches; DROP TABLE note_queue;"
    "ALTER TABLE past_stubs DROP COLUMN kept; ALTER TABLE past_stubs DROP COLUMN shown;"
    "ALTER TABLE recipients DROP COLUMN held; ALTER TABLE changes DROP COLUMN quiet;"
    "DROP TABLE past_ledgers; DROP TABLE sent_stubs; DROP INDEX recipients_unconfirmed;"
    "PRAGMA user_version = 2";
/// And then what the first version made.
constexpr char kUndoToFirstStep[] =
    "DROP INDEX grants_by_address; ALTER TABLE grants DROP COLUMN ledger;"
    "ALTER TABLE messages DROP COLUMN quiet; ALTER TABLE messages DROP COLUMN outcome;"
    "ALTER TABLE messages DROP COLUMN shown; DROP TABLE domain_credits;"
    "DROP TABLE shown_requests; DROP TABLE blocked_domains; PRAGMA user_version = 1";

// Disk calls that fail when told to.
class Faults final : public FileOperations {
  public:
    std::atomic<bool> sync_fails = false;
    std::atomic<bool> disk_full = false;
    std::atomic<int> syncs = 0;

    int sync_data(int file) override {
        ++syncs;
        if (sync_fails) {
            errno = EIO;
            return -1;
        }
        return FileOperations::sync_data(file);
    }
    std::int64_t write_at(int file, ByteView octets, std::uint64_t offset) override {
        if (disk_full) {
            errno = ENOSPC;
            return -1;
        }
        return FileOperations::write_at(file, octets, offset);
    }
    std::uint64_t free_octets(const fs::path& folder) override {
        return disk_full ? 0 : FileOperations::free_octets(folder);
    }
};

class StoreTest : public ::testing::Test {
  protected:
    SystemRandom random;
    fs::path folder = fs::temp_directory_path() / ("kith-store-" + random_id(random));
    Faults faults;
    std::uint64_t segment_octets = kSegmentOctets;
    std::unique_ptr<Store> store;

    void SetUp() override { reopen(); }
    void TearDown() override {
        store.reset();
        fs::remove_all(folder);
    }
    void reopen() {
        store.reset();
        StoreOptions options;
        options.folder = folder / "store";
        options.min_free_octets = 1;
        options.files = &faults;
        options.segment_octets = segment_octets;
        auto opened = open_store(options);
        ASSERT_TRUE(opened) << opened.error().text();
        store = std::move(*opened);
    }

    AccountId make_account(const std::string& address) {
        AccountId id = 0;
        const auto done = store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            AccountRecord account;
            account.address = address;
            account.created = kNow;
            id = TRY(write.add_account(account));
            return {};
        });
        EXPECT_TRUE(done) << done.error().text();
        return id;
    }

    static GrantRecord contact() {
        GrantRecord grant;
        grant.root = sha256("alice");
        grant.address = "alice@one.test";
        return grant;
    }

    static MessageRecord letter(const std::string& stub_id, ByteView body) {
        MessageRecord message;
        message.stub_id = stub_id;
        message.from = "alice@one.test";
        message.from_root = sha256("alice");
        message.to = "bob@two.test";
        message.sent_at = message.received_at = kNow;
        message.size = body.size();
        message.blob = sha256(body);
        message.tier = MessageTier::known;
        return message;
    }

    static Result<void> deliver(WriteTransaction& write,
                                AccountId account,
                                const std::string& stub_id,
                                const std::string& text) {
        MessageRecord message = letter(stub_id, as_bytes(text));
        const auto inbox = write.mailbox_by_role(account, "inbox");
        if (!inbox)
            return fail(ErrorKind::internal, "inbox");
        message.mailbox = inbox->id;
        write.add_small_blob(message.blob, as_bytes(text), kNow);
        TRY(write.add_message(account, message));
        return {};
    }

    Result<void> deliver(AccountId account, const std::string& stub_id, const std::string& text) {
        return store->write_and_wait(
            [&](WriteTransaction& write) { return deliver(write, account, stub_id, text); });
    }

    Bytes body_of(AccountId account, const std::string& stub_id) {
        const auto read = store->read();
        const auto message = read->message_by_stub(account, sha256("alice"), stub_id);
        if (!message)
            return {};
        const auto place = read->blob(message->blob);
        if (!place)
            return {};
        auto octets = store->blobs().read(message->blob, *place, 0, place->size);
        return octets ? *octets : Bytes();
    }
};

TEST_F(StoreTest, what_was_acknowledged_is_there_after_opening_again) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "a", "hello"));
    ASSERT_TRUE(deliver(bob, "b", std::string(60'000, 'x')));
    reopen();
    EXPECT_EQ(to_text(body_of(bob, "a")), "hello");
    EXPECT_EQ(body_of(bob, "b").size(), 60'000U);
    ASSERT_TRUE(deliver(bob, "c", "after"));
    EXPECT_EQ(to_text(body_of(bob, "a")), "hello");
    EXPECT_EQ(to_text(body_of(bob, "c")), "after");
    EXPECT_TRUE(store->check());
}

TEST_F(StoreTest, a_message_delivered_twice_is_one_message) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "a", "hello"));
    ASSERT_TRUE(deliver(bob, "a", "hello"));
    EXPECT_EQ(store->read()->messages(bob, {}).total, 1);
    EXPECT_TRUE(store->check());
}

TEST_F(StoreTest, the_log_is_copied_in_the_background_and_does_not_grow_for_ever) {
    const AccountId bob = make_account("bob@two.test");
    const std::string big(60'000, 'x');
    constexpr int kWrites = 6'000;
    std::promise<void> all;
    std::atomic<int> left = kWrites;
    for (int i = 0; i < kWrites; ++i) {
        while (left > 0 && i - (kWrites - left) > 20)
            std::this_thread::yield();
        store->write(
            [&, i](WriteTransaction& write) -> Result<void> {
                write.put_value("big " + std::to_string(i % 70), big + std::to_string(i));
                return {};
            },
            [&](const Result<void>& result) {
                EXPECT_TRUE(result);
                if (--left == 0)
                    all.set_value();
            });
    }
    all.get_future().wait();
    EXPECT_LT(fs::file_size(folder / "store" / "kith.db-wal"), 200ULL << 20);
    EXPECT_TRUE(store->check());
    reopen();
    EXPECT_EQ(store->read()->value("big 0")->substr(60'000), "5950");
    EXPECT_TRUE(deliver(bob, "after", "all of that"));
}

TEST_F(StoreTest, an_id_is_never_given_twice_though_the_newest_message_went_before_a_restart) {
    const AccountId bob = make_account("bob@two.test");
    const auto newest = [&] { return store->read()->messages(bob, {}).ids.front(); };
    ASSERT_TRUE(deliver(bob, "a", "hello"));
    ASSERT_TRUE(deliver(bob, "b", "hello"));
    const MessageId gone = newest();
    ASSERT_TRUE(store->write_and_wait(
        [&](WriteTransaction& write) { return write.remove_message(bob, gone); }));
    reopen();
    ASSERT_TRUE(deliver(bob, "c", "hello"));
    EXPECT_GT(newest(), gone);
}

TEST_F(StoreTest, a_work_that_fails_late_takes_back_what_it_wrote_and_nothing_of_the_others) {
    const AccountId bob = make_account("bob@two.test");
    std::promise<void> all;
    std::atomic<int> left = 12;
    std::vector<Result<void>> results(12);
    for (int i = 0; i < 12; ++i)
        store->write(
            [&, i](WriteTransaction& write) -> Result<void> {
                TRY(deliver(write, bob, std::to_string(i), "body " + std::to_string(i)));
                write.put_value("last", std::to_string(i));
                if (i % 3 == 2)
                    return fail(ErrorKind::conflict, "test", "after all was written");
                return {};
            },
            [&, i](Result<void> result) {
                results[static_cast<std::size_t>(i)] = std::move(result);
                if (--left == 0)
                    all.set_value();
            });
    all.get_future().wait();
    for (int i = 0; i < 12; ++i) {
        const bool kept = i % 3 != 2;
        EXPECT_EQ(results[static_cast<std::size_t>(i)].has_value(), kept) << i;
        EXPECT_EQ(body_of(bob, std::to_string(i)).empty(), !kept) << i;
    }
    EXPECT_EQ(store->read()->value("last"), "10");
    EXPECT_TRUE(store->check());
    ASSERT_TRUE(deliver(bob, "after", "all"));
}

TEST_F(StoreTest, a_write_that_fails_is_undone_alone) {
    const AccountId bob = make_account("bob@two.test");
    std::promise<void> all;
    std::atomic<int> left = 20;
    std::vector<Result<void>> results(20);
    for (int i = 0; i < 20; ++i)
        store->write(
            [bob, i](WriteTransaction& write) -> Result<void> {
                TRY(deliver(write, bob, std::to_string(i), "body " + std::to_string(i)));
                if (i % 2 == 1)
                    return fail(ErrorKind::denied, "odd");
                return {};
            },
            [&, i](Result<void> result) {
                results[static_cast<std::size_t>(i)] = std::move(result);
                if (--left == 0)
                    all.set_value();
            });
    all.get_future().wait();
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(results[static_cast<std::size_t>(i)].has_value(), i % 2 == 0);
    EXPECT_EQ(store->read()->messages(bob, {}).total, 10);
    EXPECT_EQ(to_text(body_of(bob, "18")), "body 18");
    EXPECT_TRUE(store->check());
}

TEST_F(StoreTest, an_attempt_that_is_undone_leaves_nothing_and_does_not_make_the_store_grow) {
    using Keep = WriteTransaction::Keep;
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "first", "body"));
    const auto pages = [&] {
        sqlite::Database database((folder / "store" / "kith.db").string(),
                                  sqlite::Database::Mode::read);
        auto row = database.prepare("PRAGMA page_count");
        return row.step() ? row.integer(0) : 0;
    };
    const auto undone = [&](int i) {
        const std::string text = std::to_string(i);
        return store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            TRY(write.attempt(Keep::no, [&] { return deliver(write, bob, text, "x" + text); }));
            write.put_value("done", text);
            return {};
        });
    };
    ASSERT_TRUE(undone(0));
    const ModSeq state = store->read()->modseq(bob);
    const std::int64_t pages_before = pages();
    ASSERT_GT(pages_before, 0);
    for (int i = 1; i <= 300; ++i)
        ASSERT_TRUE(undone(i));
    EXPECT_EQ(pages(), pages_before);
    EXPECT_EQ(store->read()->modseq(bob), state);
    EXPECT_EQ(store->read()->messages(bob, {}).total, 1);
    EXPECT_EQ(store->read()->value("done"), "300") << "the rest of the write is kept";
    EXPECT_FALSE(store->read()->blob(sha256("x7")));
    ASSERT_TRUE(deliver(bob, "second", "another body"));
    EXPECT_EQ(store->read()->message_by_stub(bob, sha256("alice"), "second")->id,
              store->read()->message_by_stub(bob, sha256("alice"), "first")->id + 1);
    EXPECT_EQ(to_text(body_of(bob, "second")), "another body");
    EXPECT_TRUE(store->check());
}

TEST_F(StoreTest, an_attempt_that_is_kept_is_there_and_one_that_fails_is_undone_alone) {
    using Keep = WriteTransaction::Keep;
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        TRY(write.attempt(Keep::yes, [&] { return deliver(write, bob, "kept", "one"); }));
        const auto failed = write.attempt(Keep::yes, [&]() -> Result<void> {
            TRY(deliver(write, bob, "failed", "two"));
            return fail(ErrorKind::denied, "too late");
        });
        EXPECT_FALSE(failed);
        return deliver(write, bob, "behind", "three");
    }));
    EXPECT_EQ(to_text(body_of(bob, "kept")), "one");
    EXPECT_EQ(to_text(body_of(bob, "behind")), "three");
    EXPECT_EQ(store->read()->messages(bob, {}).total, 2);
    EXPECT_TRUE(store->check());
}

TEST_F(StoreTest, many_waiting_writes_share_one_fsync) {
    const AccountId bob = make_account("bob@two.test");
    std::promise<void> gate;
    store->write(
        [&](WriteTransaction&) -> Result<void> {
            gate.get_future().wait();
            return {};
        },
        [](Result<void>) {});
    std::promise<void> all;
    std::atomic<int> left = 100;
    for (int i = 0; i < 100; ++i)
        store->write(
            [bob, i](WriteTransaction& write) {
                return deliver(write, bob, std::to_string(i), "x" + std::to_string(i));
            },
            [&](Result<void> result) {
                EXPECT_TRUE(result);
                if (--left == 0)
                    all.set_value();
            });
    const int before = faults.syncs;
    gate.set_value();
    all.get_future().wait();
    EXPECT_LE(faults.syncs - before, 2);
    EXPECT_EQ(store->read()->messages(bob, {}).total, 100);
}

TEST_F(StoreTest, after_a_failed_fsync_nothing_is_acknowledged_until_a_restart) {
    const AccountId bob = make_account("bob@two.test");
    faults.sync_fails = true;
    EXPECT_EQ(deliver(bob, "a", "hello").error().kind, ErrorKind::unavailable);
    faults.sync_fails = false;
    EXPECT_EQ(deliver(bob, "b", "hello").error().kind, ErrorKind::unavailable);
    EXPECT_FALSE(store->health());
    const int syncs_before = faults.syncs;
    reopen();
    EXPECT_TRUE(store->health());
    EXPECT_GT(faults.syncs, syncs_before) << "what may be in memory alone is written again";
    // It may be there, as any whose answer got lost; it comes again, and is one message.
    EXPECT_TRUE(deliver(bob, "a", "hello"));
    EXPECT_EQ(store->read()->messages(bob, {}).total, 1);
    EXPECT_FALSE(store->read()->message_by_stub(bob, sha256("alice"), "b"));
    EXPECT_TRUE(store->check());
}

TEST_F(StoreTest, a_full_disk_refuses_what_adds_lets_through_what_removes_and_recovers) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "a", "hello"));
    faults.disk_full = true;
    EXPECT_EQ(deliver(bob, "b", "hello again").error().kind, ErrorKind::unavailable);
    const MessageId id = store->read()->messages(bob, {}).ids.front();
    EXPECT_TRUE(store->write_and_wait(
        [&](WriteTransaction& write) { return write.remove_message(bob, id); }, Store::Adds::no));
    faults.disk_full = false;
    EXPECT_TRUE(store->health());
    EXPECT_TRUE(deliver(bob, "b", "hello again"));
    EXPECT_TRUE(store->check());
}

TEST_F(StoreTest, a_reader_sees_one_state_however_long_it_looks) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "a", "1"));
    const auto before = store->read();
    EXPECT_EQ(before->messages(bob, {}).total, 1);
    ASSERT_TRUE(deliver(bob, "b", "2"));
    EXPECT_EQ(before->messages(bob, {}).total, 1);
    EXPECT_EQ(store->read()->messages(bob, {}).total, 2);
}

TEST_F(StoreTest, changes_since_a_state_name_what_was_created_updated_and_destroyed) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "a", "1"));
    ASSERT_TRUE(deliver(bob, "b", "2"));
    const ModSeq state = store->read()->modseq(bob);
    const auto ids =
        store->read()->messages(bob, {.order = MessageFilter::Order::oldest_first}).ids;
    ASSERT_TRUE(deliver(bob, "c", "3"));
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        auto message = write.message(bob, ids[0]);
        if (!message)
            return fail(ErrorKind::internal, "message");
        message->keywords = "$seen";
        TRY(write.update_message(bob, *message));
        return write.remove_message(bob, ids[1]);
    }));
    const auto changes = store->read()->changes(bob, ObjectType::email, {.since = state}, 100);
    ASSERT_TRUE(changes.has_value());
    EXPECT_EQ(changes->created.size(), 1U);
    EXPECT_EQ(changes->updated, std::vector<std::string>{std::to_string(ids[0])});
    EXPECT_EQ(changes->destroyed, std::vector<std::string>{std::to_string(ids[1])});
    EXPECT_EQ(changes->destroyed_threads, std::vector<MessageId>{ids[1]});
    EXPECT_FALSE(
        store->read()->changes(bob, ObjectType::email, {.since = state + 1'000}, 100).has_value());
}

TEST_F(StoreTest, one_of_the_first_version_is_taken_over_and_its_threads_of_removed_are_unknown) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "a", "1"));
    const ModSeq state = store->read()->modseq(bob);
    const auto id = store->read()->messages(bob, {}).ids.at(0);
    ASSERT_TRUE(store->write_and_wait(
        [&](WriteTransaction& write) { return write.remove_message(bob, id); }));
    store.reset();
    {
        sqlite::Database old((folder / "store" / "kith.db").string(),
                             sqlite::Database::Mode::write);
        old.execute(kUndoToSecondStep);
        old.execute(kUndoToFirstStep);
    }
    reopen();
    const auto changes = store->read()->changes(bob, ObjectType::email, {.since = state}, 100);
    ASSERT_TRUE(changes.has_value());
    EXPECT_EQ(changes->destroyed, std::vector<std::string>{std::to_string(id)});
    EXPECT_EQ(changes->destroyed_threads, std::vector<MessageId>{0});
}

TEST_F(StoreTest, lists_are_filtered_sorted_and_cut) {
    const AccountId bob = make_account("bob@two.test");
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            MessageRecord message = letter(std::to_string(i), as_bytes("x"));
            message.mailbox = write.mailbox_by_role(bob, i < 3 ? "inbox" : "requests")->id;
            message.received_at = kNow + Seconds(i);
            message.tier = i < 3 ? MessageTier::known : MessageTier::unknown;
            message.state = i < 3 ? MessageState::delivered : MessageState::held;
            message.blob_at = MessageRecord::Blob::elsewhere;
            message.keywords = i == 1 ? "$flagged $seen" : "";
            TRY(write.add_message(bob, message));
            return {};
        }));
    const auto read = store->read();
    const MailboxId inbox = read->mailbox_by_role(bob, "inbox")->id;
    EXPECT_EQ(read->messages(bob, {.mailbox = inbox}).total, 3);
    EXPECT_EQ(read->messages(bob, {.tier = MessageTier::unknown}).total, 2);
    EXPECT_EQ(read->messages(bob, {.has_keyword = "$seen"}).total, 1);
    EXPECT_EQ(read->messages(bob, {.not_keyword = "$see"}).total, 5);
    EXPECT_EQ(read->messages(bob, {.after = kNow + Seconds(4)}).total, 1);
    const auto page = read->messages(bob, {.position = 1, .limit = 2});
    ASSERT_EQ(page.ids.size(), 2U);
    EXPECT_GT(page.ids[0], page.ids[1]);
    EXPECT_EQ(page.total, 5);
    const auto counts = read->mailbox_counts(bob, inbox);
    EXPECT_EQ(counts.total, 3);
    EXPECT_EQ(counts.unread, 2);
}

TEST_F(StoreTest, an_answer_joins_the_thread_of_what_it_answers) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "question", "?"));
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        MessageRecord answer = letter("answer", as_bytes("!"));
        answer.mailbox = write.mailbox_by_role(bob, "sent")->id;
        answer.blob_at = MessageRecord::Blob::elsewhere;
        answer.answers = "question";
        TRY(write.add_message(bob, answer));
        return {};
    }));
    const auto read = store->read();
    const auto question = read->message_by_stub(bob, sha256("alice"), "question");
    ASSERT_TRUE(question.has_value());
    EXPECT_EQ(read->thread(bob, question->thread).size(), 2U);
}

TEST_F(StoreTest, a_thread_lives_on_without_its_first_message) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "first", "the question"));
    const MessageId first = store->read()->message_by_stub(bob, sha256("alice"), "first")->id;
    for (const char* id : {"second", "third"})
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            MessageRecord answer = letter(id, as_bytes(std::string_view(id)));
            answer.mailbox = write.mailbox_by_role(bob, "inbox")->id;
            answer.blob_at = MessageRecord::Blob::elsewhere;
            answer.answers = "first";
            TRY(write.add_message(bob, answer));
            return {};
        }));
    EXPECT_EQ(store->read()->thread(bob, first).size(), 3U);
    ASSERT_TRUE(store->write_and_wait(
        [&](WriteTransaction& write) { return write.remove_message(bob, first); }));
    EXPECT_EQ(store->read()->thread(bob, first).size(), 2U);
}

TEST_F(StoreTest, a_transaction_larger_than_the_cache_reads_back_what_it_wrote_and_is_kept_whole) {
    constexpr int kValues = 24'000;  // 1 KiB each; the cache holds 16 MiB
    const std::string kilobyte(1'000, 'v');
    const auto key = [](int i) { return "value " + std::to_string(i); };
    const auto all_there = [&](ReadTransaction& read) {
        int there = 0;
        for (int i = 0; i < kValues; ++i)
            there += read.value(key(i)) == kilobyte + std::to_string(i) ? 1 : 0;
        return there;
    };
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        for (int i = 0; i < kValues; ++i)
            write.put_value(key(i), kilobyte + std::to_string(i));
        return all_there(write) == kValues ? Result<void>()
                                           : fail(ErrorKind::internal, "not all of it");
    }));
    EXPECT_EQ(all_there(*store->read()), kValues);
    reopen();
    EXPECT_EQ(all_there(*store->read()), kValues);
}

TEST_F(StoreTest, what_is_due_is_leased_once_and_due_again_when_the_lease_ends) {
    const AccountId alice = make_account("alice@one.test");
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        std::vector<RecipientRecord> recipients(5);
        for (std::size_t i = 0; i < recipients.size(); ++i) {
            recipients[i].address = "p" + std::to_string(i) + "@two.test";
            recipients[i].domain = i < 4 ? "two.test" : "three.test";
            recipients[i].next_attempt = kNow;
            recipients[i].expires = kNow + Seconds(1'000);
        }
        write.add_submission(alice, 1, kNow, std::move(recipients));
        return {};
    }));
    std::size_t taken = 0;
    const auto take = [&](Time now) {
        return store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            taken = write
                        .take_due(
                            {.now = now, .lease = now + Seconds(60), .limit = 100, .per_domain = 3})
                        .size();
            return {};
        });
    };
    ASSERT_TRUE(take(kNow - Seconds(1)));
    EXPECT_EQ(taken, 0U);
    ASSERT_TRUE(take(kNow));
    EXPECT_EQ(taken, 4U);
    ASSERT_TRUE(take(kNow));
    EXPECT_EQ(taken, 1U);
    ASSERT_TRUE(take(kNow + Seconds(61)));
    EXPECT_EQ(taken, 4U);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.release_leases(kNow);
        return {};
    }));
    EXPECT_EQ(store->read()->queue_size(), 5);
    EXPECT_EQ(store->read()->next_due(), kNow);
}

TEST_F(StoreTest, a_large_body_is_streamed_found_by_range_and_refused_under_another_hash) {
    const AccountId bob = make_account("bob@two.test");
    Bytes content(3'000'000);
    random.fill(content);
    auto writer = store->blobs().begin_large();
    ASSERT_TRUE(writer);
    for (std::size_t at = 0; at < content.size(); at += 65'536)
        ASSERT_TRUE((*writer)->append(
            ByteView(content).subspan(at, std::min<std::size_t>(65'536, content.size() - at))));
    const auto hash = (*writer)->finish(sha256(content));
    ASSERT_TRUE(hash);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.add_large_blob(*hash, content.size(), kNow);
        write.keep_upload(bob, *hash, kNow + Seconds(100));
        return {};
    }));
    const auto place = store->read()->blob(*hash);
    ASSERT_TRUE(place.has_value());
    const auto part = store->blobs().read(*hash, *place, 1'000'000, 10);
    ASSERT_TRUE(part);
    EXPECT_EQ(*part, Bytes(content.begin() + 1'000'000, content.begin() + 1'000'010));
    auto other = store->blobs().begin_large();
    ASSERT_TRUE((*other)->append(as_bytes("something else")));
    EXPECT_EQ((*other)->finish(sha256("what was said")).error().kind, ErrorKind::bad_signature);
}

TEST_F(StoreTest, upkeep_removes_what_nothing_refers_to_and_keeps_the_rest) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "a", "kept"));
    ASSERT_TRUE(deliver(bob, "b", "removed"));
    const auto message = store->read()->message_by_stub(bob, sha256("alice"), "b");
    ASSERT_TRUE(store->write_and_wait(
        [&](WriteTransaction& write) { return write.remove_message(bob, message->id); }));
    const auto upkeep = store->maintain(kNow + Seconds(7'200));
    ASSERT_TRUE(upkeep) << upkeep.error().text();
    EXPECT_EQ(upkeep->removed_blobs, 1);
    EXPECT_FALSE(store->read()->blob(sha256("removed")).has_value());
    EXPECT_EQ(to_text(body_of(bob, "a")), "kept");
    EXPECT_TRUE(store->check());
}

TEST_F(StoreTest, what_is_left_of_a_segment_moves_on_and_its_file_goes) {
    segment_octets = 100'000;
    reopen();
    const AccountId bob = make_account("bob@two.test");
    const auto text = [](int i) { return std::string(10'000, 'x') + std::to_string(i); };
    for (int i = 0; i < 25; ++i)
        ASSERT_TRUE(deliver(bob, std::to_string(i), text(i)));
    const auto first = folder / "store" / "segments" / "1.seg";
    ASSERT_TRUE(fs::exists(first));
    for (int i = 1; i < 25; ++i)
        if (i % 5 != 0)
            ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
                return write.remove_message(
                    bob, write.message_by_stub(bob, sha256("alice"), std::to_string(i))->id);
            }));
    const Time later = kNow + Seconds(7'200);
    for (int i = 0; i < 6; ++i) {
        ASSERT_TRUE(store->maintain(later));
        ASSERT_TRUE(store->check());
    }
    EXPECT_FALSE(fs::exists(first));
    for (int i = 0; i < 25; i += 5)
        EXPECT_EQ(to_text(body_of(bob, std::to_string(i))), text(i));
    reopen();
    EXPECT_EQ(to_text(body_of(bob, "20")), text(20));
    ASSERT_TRUE(deliver(bob, "next", "after a restart"));
    EXPECT_TRUE(store->check());
}

TEST_F(StoreTest, a_corrupt_body_is_noticed_when_it_is_read) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "a", "hello"));
    const auto place = store->read()->blob(sha256("hello"));
    ASSERT_TRUE(place.has_value());
    {
        std::fstream file(folder / "store" / "segments" / "1.seg",
                          std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(place->offset));
        file.put('j');
    }
    EXPECT_EQ(store->blobs().read(sha256("hello"), *place, 0, 5).error().kind, ErrorKind::io);
    EXPECT_FALSE(store->check());
}

// A power cut after the log came to disk, and before the body did.
TEST_F(StoreTest, a_message_whose_body_never_came_to_disk_has_never_come) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "first", "this one is whole"));
    ASSERT_TRUE(deliver(bob, "second", "this one is lost"));
    const auto place = store->read()->blob(sha256(std::string_view("this one is lost")));
    ASSERT_TRUE(place.has_value());
    const fs::path crashed = folder / "crashed";
    fs::copy(folder / "store", crashed, fs::copy_options::recursive);
    const fs::path segment = crashed / "segments" / (std::to_string(place->segment) + ".seg");
    std::fstream(segment, std::ios::in | std::ios::out | std::ios::binary)
        .seekp(static_cast<std::streamoff>(place->offset))
        .write("\0\0\0\0", 4);
    store.reset();
    fs::rename(crashed, folder / "store2");
    fs::remove_all(folder / "store");
    fs::rename(folder / "store2", folder / "store");
    reopen();
    EXPECT_EQ(to_text(body_of(bob, "first")), "this one is whole");
    EXPECT_FALSE(store->read()->message_by_stub(bob, sha256("alice"), "second"));
    EXPECT_TRUE(store->check()) << store->check().error().text();
    EXPECT_EQ(store->read()->account(bob)->used_octets, 17U);
    ASSERT_TRUE(deliver(bob, "second", "this one is lost"));
    EXPECT_EQ(to_text(body_of(bob, "second")), "this one is lost");
    reopen();
    EXPECT_EQ(to_text(body_of(bob, "second")), "this one is lost");
}

TEST_F(StoreTest, bodies_stay_where_they_are_when_it_was_closed_in_good_order) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "first", "a body"));
    const auto before = store->read()->blob(sha256(std::string_view("a body")));
    reopen();
    const auto after = store->read()->blob(sha256(std::string_view("a body")));
    ASSERT_TRUE(before && after);
    EXPECT_EQ(after->segment, before->segment);
    EXPECT_EQ(after->offset, before->offset);
}

TEST_F(StoreTest, another_process_cannot_open_it) {
    StoreOptions options;
    options.folder = folder / "store";
    EXPECT_EQ(open_store(options).error().kind, ErrorKind::conflict);
}

TEST_F(StoreTest, a_store_without_ledgers_becomes_one_with_them_and_loses_nothing) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "a", "hello"));
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.put_grant(bob, contact());
        return {};
    }));
    store.reset();
    {
        sqlite::Database old((folder / "store" / "kith.db").string(),
                             sqlite::Database::Mode::write);
        old.execute(kUndoToSecondStep);
        old.execute(kUndoToFirstStep);
    }
    reopen();
    EXPECT_EQ(body_of(bob, "a"), to_bytes("hello"));
    const auto grants = store->read()->grants_of(bob, "alice@one.test");
    ASSERT_EQ(grants.size(), 1U);
    EXPECT_EQ(grants[0].ledger, "");
}

TEST_F(StoreTest, a_store_without_a_directory_log_becomes_one_with_an_empty_one) {
    make_account("bob@two.test");
    store.reset();
    {
        sqlite::Database old((folder / "store" / "kith.db").string(),
                             sqlite::Database::Mode::write);
        old.execute(kUndoToSecondStep);
    }
    reopen();
    EXPECT_EQ(store->read()->log_size(), 0U);
    EXPECT_EQ(store->read()->account_count(), 1);
}

TEST_F(StoreTest, entries_of_the_directory_log_come_back_in_their_order) {
    const Bytes tile(64, 7);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        EXPECT_EQ(write.add_log_entry(to_bytes("key"), std::nullopt), 0U);
        for (std::uint64_t at = 1; at < 5; ++at)
            EXPECT_EQ(write.add_log_entry(to_bytes("entry"), sha256(std::to_string(at))), at);
        write.put_log_tile({1, 2}, Bytes(32, 6));
        write.put_log_tile({1, 2}, tile);
        return {};
    }));
    reopen();
    const auto read = store->read();
    EXPECT_EQ(read->log_size(), 5U);
    EXPECT_EQ(read->log_entry_of(sha256("3"))->at, 3U);
    EXPECT_FALSE(read->log_entry_of(sha256("9")));
    const auto some = read->log_entries(0, 2);
    ASSERT_EQ(some.size(), 2U);
    EXPECT_FALSE(some[0].card);
    EXPECT_EQ(some[1].octets, to_bytes("entry"));
    EXPECT_EQ(read->log_entries(4, 100).size(), 1U);
    EXPECT_EQ(read->log_tile({1, 2}), tile);
    EXPECT_FALSE(read->log_tile({0, 2}));
}

TEST_F(StoreTest, an_entry_of_a_write_that_failed_is_not_in_the_directory_log) {
    EXPECT_FALSE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.add_log_entry(to_bytes("entry"), sha256("card"));
        return fail(ErrorKind::conflict, "address", "is taken");
    }));
    EXPECT_EQ(store->read()->log_size(), 0U);
}

TEST_F(StoreTest, what_is_known_of_other_logs_is_kept) {
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.put_known_log({"two.test", "old", "", "", kNow});
        write.put_known_log({"two.test", "new", "cosigned", "evidence", kNow});
        write.put_known_log({"one.test", "other", "", "", kNow});
        write.add_proven_card(sha256("card"));
        write.add_proven_card(sha256("card"));
        return {};
    }));
    const auto read = store->read();
    EXPECT_EQ(read->known_log("two.test")->checkpoint, "new");
    EXPECT_EQ(read->known_log("two.test")->evidence, "evidence");
    EXPECT_FALSE(read->known_log("three.test"));
    EXPECT_EQ(read->known_logs().size(), 2U);
    EXPECT_TRUE(read->is_card_proven(sha256("card")));
    EXPECT_FALSE(read->is_card_proven(sha256("another")));
}

TEST_F(StoreTest, a_ledger_is_kept_without_a_change_of_the_contact) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.put_grant(bob, contact());
        return {};
    }));
    const ModSeq before = store->read()->modseq(bob);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.put_grant_ledger(bob, sha256("alice"), "a line");
        write.put_grant_ledger(bob, sha256("nobody"), "another");
        return {};
    }));
    reopen();
    EXPECT_EQ(store->read()->grant(bob, sha256("alice"))->ledger, "a line");
    EXPECT_FALSE(store->read()->grant(bob, sha256("nobody")));
    EXPECT_EQ(store->read()->modseq(bob), before);
}

TEST_F(StoreTest, the_ledger_of_a_removed_contact_is_kept_for_400_days) {
    const AccountId bob = make_account("bob@two.test");
    GrantRecord alice = contact();
    alice.ledger = "a line";
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.put_grant(bob, alice);
        write.remove_grant(bob, alice.root);
        return {};
    }));
    reopen();
    EXPECT_EQ(store->read()->past_ledger(bob, alice.root), "a line");
    EXPECT_EQ(store->read()->past_ledgers().size(), 1U);
    const Time removed = kNow + std::chrono::days(1);
    ASSERT_TRUE(store->maintain(removed));
    ASSERT_TRUE(store->maintain(removed + std::chrono::days(400)));
    EXPECT_TRUE(store->read()->past_ledger(bob, alice.root));
    ASSERT_TRUE(store->maintain(removed + std::chrono::days(401)));
    EXPECT_FALSE(store->read()->past_ledger(bob, alice.root));
}

TEST_F(StoreTest, how_long_a_held_recipient_s_body_is_offered_is_kept_with_its_row) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        RecipientRecord row;
        row.account = bob;
        row.blob = sha256("hello");
        row.expires = kNow + Seconds(60);
        const SubmissionId id = write.add_submission(bob, 1, kNow, {row});
        row = write.recipients(id).front();
        row.state = RecipientState::held;
        row.held = RecipientRecord::Held::yes;
        row.expires = kNow + Seconds(600);
        write.update_recipient(row);
        return {};
    }));
    reopen();
    EXPECT_TRUE(store->read()->blob_is_offered(sha256("hello"), kNow + Seconds(300)));
    const auto submissions = store->read()->submissions(bob);
    EXPECT_EQ(store->read()->recipients(submissions[0].id)[0].held, RecipientRecord::Held::yes);
}

TEST_F(StoreTest, what_an_account_sent_is_kept_for_60_days_whatever_its_sender_removes) {
    const AccountId alice = make_account("alice@one.test");
    const auto sent = [&](const std::string& name, const std::string& to, Time when) {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            write.put_sent_stub({.hash = sha256(name),
                                 .account = alice,
                                 .stub_id = name,
                                 .address = to,
                                 .sent = when});
            return {};
        }));
    };
    sent("one", "bob@two.test", kNow);
    sent("two", "bob@two.test", kNow + Seconds(5));
    sent("three", "carol@two.test", kNow + Seconds(9));
    reopen();
    EXPECT_EQ(store->read()->people_written_to(alice, kNow), 2);
    EXPECT_EQ(store->read()->people_written_to(alice, kNow + Seconds(6)), 1);
    EXPECT_TRUE(store->read()->reported_stubs(alice, kNow).empty());
    auto stub = store->read()->sent_stub(sha256("two"));
    ASSERT_TRUE(stub);
    EXPECT_EQ(stub->address, "bob@two.test");
    stub->outcome = MessageRecord::Outcome::looks_hacked;
    stub->reported = kNow + Seconds(60);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.put_sent_stub(*stub);
        return {};
    }));
    const auto reported = store->read()->reported_stubs(alice, kNow);
    ASSERT_EQ(reported.size(), 1U);
    EXPECT_EQ(reported.front().stub_id, "two");
    EXPECT_EQ(reported.front().outcome, MessageRecord::Outcome::looks_hacked);
    EXPECT_TRUE(store->read()->reported_stubs(alice, kNow + Seconds(61)).empty());
    ASSERT_TRUE(store->maintain(kNow + std::chrono::days(61)));
    EXPECT_TRUE(store->read()->sent_stub(sha256("one")));
    ASSERT_TRUE(store->maintain(kNow + std::chrono::days(62)));
    EXPECT_FALSE(store->read()->sent_stub(sha256("one")));
    sent("four", "bob@two.test", kNow);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.remove_account(alice);
        return {};
    }));
    EXPECT_FALSE(store->read()->sent_stub(sha256("four")));
}

TEST_F(StoreTest, a_quiet_message_is_new_mail_for_nobody) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "a", "hello"));
    const ModSeq newest = store->read()->newest_made(bob, ObjectType::email);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        MessageRecord quiet = letter("b", as_bytes("hello"));
        quiet.mailbox = write.mailbox_by_role(bob, "inbox")->id;
        quiet.notice = MessageRecord::Notice::quiet;
        TRY(write.add_message(bob, quiet));
        return {};
    }));
    EXPECT_EQ(store->read()->newest_made(bob, ObjectType::email), newest);
    EXPECT_GT(store->read()->modseq(bob, ObjectType::email), newest);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) {
        MessageFilter filter;
        filter.stub_id = letter("b", {}).stub_id;
        return write.remove_message(bob, write.messages(bob, filter).ids.at(0));
    }));
    EXPECT_EQ(store->read()->newest_made(bob, ObjectType::email), newest) << "nor is its end";
    ASSERT_TRUE(deliver(bob, "c", "hello"));
    EXPECT_GT(store->read()->newest_made(bob, ObjectType::email), newest);
}

TEST_F(StoreTest, a_removed_account_leaves_nothing_behind) {
    const AccountId bob = make_account("bob@two.test");
    ASSERT_TRUE(deliver(bob, "a", "hello"));
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.remove_account(bob);
        return {};
    }));
    EXPECT_FALSE(store->read()->account(bob).has_value());
    ASSERT_TRUE(store->maintain(kNow + Seconds(7'200)));
    EXPECT_FALSE(store->read()->blob(sha256("hello")).has_value());
    EXPECT_TRUE(store->check());
}

TEST_F(StoreTest, a_backup_under_load_restores_to_a_consistent_store) {
    const AccountId bob = make_account("bob@two.test");
    std::atomic<bool> stop = false;
    std::atomic<int> acknowledged = 0;
    std::jthread load([&] {
        for (int i = 0; !stop; ++i)
            if (deliver(bob, std::to_string(i), "body " + std::to_string(i)))
                ++acknowledged;
    });
    while (acknowledged < 50)
        std::this_thread::yield();
    const int before = acknowledged;
    ASSERT_TRUE(store->backup(folder / "backup"));
    stop = true;
    load.join();
    ASSERT_TRUE(restore_store(folder / "backup", folder / "restored"));
    EXPECT_EQ(restore_store(folder / "backup", folder / "restored").error().kind,
              ErrorKind::conflict);
    StoreOptions options;
    options.folder = folder / "restored";
    options.min_free_octets = 1;
    auto restored = open_store(options);
    ASSERT_TRUE(restored) << restored.error().text();
    const auto census = (*restored)->check();
    ASSERT_TRUE(census) << census.error().text();
    EXPECT_GE(census->messages, before);
}

// A child delivers and says so; it is killed at some moment; what it said is there, once.
TEST_F(StoreTest, what_a_killed_process_acknowledged_is_there_exactly_once) {
    const AccountId bob = make_account("bob@two.test");
    store.reset();
    std::set<std::string> acknowledged;
    for (int round = 0; round < 12; ++round) {
        int channel[2];
        ASSERT_EQ(::pipe(channel), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            reopen();
            for (int i = 0;; ++i) {
                const std::string id = std::to_string(round) + "." + std::to_string(i);
                if (!deliver(bob, id, "body of " + id))
                    ::_exit(1);
                const std::string line = id + "\n";
                if (::write(channel[1], line.data(), line.size()) < 0)
                    ::_exit(1);
            }
        }
        ::close(channel[1]);
        std::string said;
        char buffer[512];
        const std::size_t enough = 100 + 150 * static_cast<std::size_t>(round);
        while (said.size() < enough) {
            const ssize_t got = ::read(channel[0], buffer, sizeof buffer);
            if (got <= 0)
                break;
            said.append(buffer, static_cast<std::size_t>(got));
        }
        ::kill(child, SIGKILL);
        for (ssize_t got = 0; (got = ::read(channel[0], buffer, sizeof buffer)) > 0;)
            said.append(buffer, static_cast<std::size_t>(got));
        ::close(channel[0]);
        ::waitpid(child, nullptr, 0);
        for (std::size_t begin = 0, end = 0; (end = said.find('\n', begin)) != std::string::npos;
             begin = end + 1)
            acknowledged.insert(said.substr(begin, end - begin));
    }
    reopen();
    EXPECT_GT(acknowledged.size(), 100U);
    for (const std::string& id : acknowledged)
        EXPECT_EQ(to_text(body_of(bob, id)), "body of " + id);
    const auto census = store->check();
    ASSERT_TRUE(census) << census.error().text();
    EXPECT_LE(static_cast<std::size_t>(census->messages), acknowledged.size() + 12);
}

}  // namespace
}  // namespace kith
