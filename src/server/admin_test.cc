#include "server/admin.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "delivery/grant_ledgers.h"
#include "exchange/log_journal.h"
#include "server/admin_socket.h"
#include "server/backup.h"
#include "server/keys.h"
#include "server/server_folder_for_tests.h"

namespace kith {
namespace {
namespace fs = std::filesystem;
namespace json = boost::json;

class AdminTest : public ::testing::Test {
  protected:
    testing::ServerFolder folder;
    Config config = folder.config();
    SystemRandom random;
    SystemClock clock;
    std::unique_ptr<Store> store;

    void SetUp() override {
        ASSERT_TRUE(make_keys(config.keys_dir(), random));
        store = std::move(*open_store({.folder = config.store_dir(), .min_free_octets = 1}));
    }
    json::value call(const json::object& request) {
        ServerContext context{config, *store, clock, random};
        auto answer = run_admin_call(context, request);
        return answer ? *std::move(answer) : json::value(answer.error().text());
    }
    std::string refusal(const json::object& request) {
        const json::value answer = call(request);
        return answer.is_string() ? std::string(answer.get_string()) : "answered";
    }
    AccountId make_account(const std::string& address) {
        AccountId id = 0;
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            AccountRecord account;
            account.address = address;
            account.created = clock.now();
            id = TRY(write.add_account(account));
            return {};
        }));
        return id;
    }
    void queue_mail(AccountId account, int recipients) {
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            std::vector<RecipientRecord> rows;
            for (int i = 0; i < recipients; ++i) {
                RecipientRecord row;
                row.address = "bob" + std::to_string(i) + "@two.test";
                row.next_attempt = clock.now() + Seconds(3'600);
                row.expires = clock.now() + Seconds(7'200);
                rows.push_back(row);
            }
            write.add_submission(account, 0, clock.now(), std::move(rows));
            return {};
        }));
    }
};

TEST_F(AdminTest, an_invitation_is_of_this_domain_and_for_nobody_who_has_an_account) {
    const json::value made = call({{"call", "invitation.create"}, {"address", "dora"}});
    EXPECT_EQ(made.at("address"), "dora@one.test");
    EXPECT_EQ(made.at("code").as_string().size(), 16U);
    EXPECT_EQ(refusal({{"call", "invitation.create"}, {"address", "dora@two.test"}}),
              "dora@two.test: is not an address of one.test (malformed)");
    make_account("eve@one.test");
    EXPECT_EQ(refusal({{"call", "invitation.create"}, {"address", "eve"}}),
              "eve@one.test: has an account already (conflict)");
    EXPECT_TRUE(call({{"call", "invitation.create"}}).at("address").is_null());
}

TEST_F(AdminTest, a_code_given_before_is_given_again_for_its_address_alone) {
    const json::value code = call({{"call", "invitation.create"}, {"address", "dora"}}).at("code");
    const json::object again{{"call", "invitation.create"}, {"address", "dora"}, {"known", code}};
    EXPECT_EQ(call(again).at("code"), code);
    const json::object other{{"call", "invitation.create"}, {"address", "eve"}, {"known", code}};
    EXPECT_NE(call(other).at("code"), code);
}

TEST_F(AdminTest, an_account_chooses_what_becomes_of_strangers_by_smtp) {
    make_account("alice@one.test");
    const auto listed = [&] { return call({{"call", "account.list"}}).as_array()[0]; };
    EXPECT_TRUE(listed().at("smtpStrangers").is_null());
    json::object wish{{"call", "account.strangers"}, {"address", "alice"}, {"choice", "refuse"}};
    EXPECT_EQ(call(wish).at("smtpStrangers"), "refuse");
    EXPECT_EQ(listed().at("smtpStrangers"), "refuse");
    wish["choice"] = "bounce";
    EXPECT_EQ(refusal(wish), "strangers: is not hold, challenge, filter or refuse (malformed)");
    wish.erase("choice");
    EXPECT_TRUE(call(wish).at("smtpStrangers").is_null());
}

TEST_F(AdminTest, a_mailing_list_may_begin_more_threads_than_a_person) {
    make_account("bees@one.test");
    const auto listed = [&] { return call({{"call", "account.list"}}).as_array()[0]; };
    EXPECT_TRUE(listed().at("threadsAnHour").is_null());
    json::object wish{{"call", "account.threads"}, {"address", "bees"}, {"number", 500}};
    EXPECT_EQ(call(wish).at("threadsAnHour"), 500);
    EXPECT_EQ(listed().at("threadsAnHour"), 500);
    wish["number"] = 0;
    EXPECT_EQ(refusal(wish), "number: must be 1 to 10000000 (malformed)");
    wish.erase("number");
    EXPECT_TRUE(call(wish).at("threadsAnHour").is_null());
}

TEST_F(AdminTest, accounts_are_disabled_enabled_and_removed_with_what_they_send) {
    queue_mail(make_account("alice@one.test"), 3);
    EXPECT_EQ(call({{"call", "account.disable"}, {"address", "alice"}}).at("state"), "disabled");
    EXPECT_EQ(call({{"call", "account.list"}}).as_array()[0].at("state"), "disabled");
    EXPECT_EQ(call({{"call", "account.enable"}, {"address", "alice"}}).at("state"), "active");
    EXPECT_EQ(call({{"call", "account.remove"}, {"address", "alice"}}).at("state"), "removed");
    EXPECT_TRUE(call({{"call", "account.list"}}).as_array().empty());
    EXPECT_EQ(call({{"call", "queue.list"}}).at("total"), 0);
    EXPECT_EQ(refusal({{"call", "account.remove"}, {"address", "alice"}}),
              "alice@one.test: there is no such account (not-found)");
    EXPECT_NE(call({{"call", "store.check"}}).at("summary").as_string().find("consistent"),
              std::string::npos);
}

TEST_F(AdminTest, a_long_queue_is_listed_in_part_with_its_length) {
    queue_mail(make_account("alice@one.test"), 500);
    const json::value some = call({{"call", "queue.list"}});
    EXPECT_EQ(some.at("rows").as_array().size(), 100U);
    EXPECT_EQ(some.at("total"), 500);
    const json::value few = call({{"call", "queue.list"}, {"limit", 7}});
    EXPECT_EQ(few.at("rows").as_array().size(), 7U);
    EXPECT_EQ(refusal({{"call", "queue.list"}, {"limit", 0}}),
              "limit: must be 1 to 10000 (malformed)");
}

TEST_F(AdminTest, one_row_of_the_queue_is_retried_and_dropped_by_its_id) {
    queue_mail(make_account("alice@one.test"), 2);
    const json::value rows = call({{"call", "queue.list"}}).at("rows");
    const json::value id = rows.as_array()[0].at("id");
    EXPECT_EQ(call({{"call", "queue.retry"}, {"id", id}}).at("retried"), 1);
    EXPECT_EQ(call({{"call", "queue.retry"}}).at("retried"), 2);
    EXPECT_EQ(call({{"call", "queue.drop"}, {"id", id}}).at("dropped"), id);
    EXPECT_EQ(call({{"call", "queue.list"}}).at("total"), 1);
    for (const char* call_name : {"queue.drop", "queue.retry"})
        EXPECT_NE(refusal({{"call", call_name}, {"id", id}}).find("nothing with this ID waits"),
                  std::string::npos);
    EXPECT_NE(refusal({{"call", "queue.drop"}, {"id", "x"}}).find("nothing with this ID waits"),
              std::string::npos);
}

TEST_F(AdminTest, a_line_that_is_no_call_is_answered_with_an_error) {
    ServerContext context{config, *store, clock, random};
    for (const std::string_view line : {"", "nonsense", "[]", "{\"call\": 5}", "{\"call\": \"x\"}"})
        EXPECT_TRUE(json::parse(answer_admin_line(context, line)).as_object().contains("error"))
            << line;
    const auto good = json::parse(answer_admin_line(context, "{\"call\": \"status\"}"));
    EXPECT_EQ(good.at("ok").at("running"), false);
    EXPECT_TRUE(json::parse(answer_admin_line(context, "{\"call\": \"reload\"}"))
                    .as_object()
                    .contains("error"));
}

TEST_F(AdminTest, a_backup_is_restored_with_keys_certificate_and_configuration) {
    const AccountId alice = make_account("alice@one.test");
    GrantRecord friend_of_hers;
    friend_of_hers.root = sha256("bob");
    friend_of_hers.level = GrantRecord::Level::well_trusted;
    begin_ledger(friend_of_hers, *store->read(), alice, clock.now());
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.put_grant(alice, friend_of_hers);
        return {};
    }));
    folder.write("data/cert.pem", "certificate");
    folder.write("data/key.pem", "key");
    const fs::path copy = folder.path() / "backup";
    EXPECT_EQ(refusal({{"call", "backup"}, {"folder", "backup"}}),
              "backup: must be a whole path, from the root on (malformed)");
    EXPECT_EQ(call({{"call", "backup"}, {"folder", copy.string()}}).at("folder"),
              json::value(copy.string()));
    EXPECT_NE(refusal({{"call", "backup"}, {"folder", copy.string()}}).find("is not empty"),
              std::string::npos);
    EXPECT_NE(restore_backup(config, copy).error().text().find("is not empty"), std::string::npos);
    store.reset();
    fs::remove_all(config.data_dir);
    const auto notes = restore_backup(config, copy);
    ASSERT_TRUE(notes) << notes.error().text();
    EXPECT_TRUE(notes->empty());
    EXPECT_TRUE(load_keys(config.keys_dir()));
    EXPECT_EQ(folder.read("data/cert.pem"), "certificate");
    EXPECT_TRUE(fs::exists(config_in_backup(copy)));
    const auto found = call_admin(config, {{"call", "account.list"}});
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->as_array()[0].at("address"), "alice@one.test");
    // What was used since is not known: half the caps.
    store = std::move(*open_store({.folder = config.store_dir(), .min_free_octets = 1}));
    const auto grant = store->read()->grant(alice, sha256("bob"));
    ASSERT_TRUE(grant);
    EXPECT_EQ(ledger_of(*grant, clock.now()).available(GrantBucket::mail, clock.now()).text(),
              "8.0");
}

TEST_F(AdminTest, a_backup_or_restore_that_fails_leaves_nothing) {
    const fs::path copy = folder.path() / "backup";
    // There is no certificate to copy.
    EXPECT_NE(refusal({{"call", "backup"}, {"folder", copy.string()}}), "answered");
    EXPECT_FALSE(fs::exists(copy));
    fs::create_directories(copy / "store");
    fs::create_directories(copy / "keys");
    store.reset();
    fs::remove_all(config.data_dir);
    EXPECT_FALSE(restore_backup(config, copy));
    EXPECT_FALSE(fs::exists(config.data_dir));
}

TEST_F(AdminTest, a_backup_to_where_nobody_may_look_is_an_error_and_no_end) {
    folder.write("file", "no folder");
    const std::string target = folder.path() / "file" / "backup";
    EXPECT_NE(refusal({{"call", "backup"}, {"folder", target}}), "answered");
    const std::string line = json::serialize(
        json::object{{"call", "backup"}, {"folder", "/" + std::string(5'000, 'x')}});
    ServerContext context{config, *store, clock, random};
    EXPECT_TRUE(json::parse(answer_admin_line(context, line)).as_object().contains("error"));
}

TEST_F(AdminTest, where_nothing_is_set_up_nothing_is_made) {
    store.reset();
    fs::remove_all(config.store_dir());
    EXPECT_EQ(call_admin(config, {{"call", "store.check"}}).error().kind, ErrorKind::not_found);
    fs::remove_all(config.data_dir);
    EXPECT_EQ(call_admin(config, {{"call", "invitation.create"}}).error().kind,
              ErrorKind::not_found);
    EXPECT_FALSE(fs::exists(config.data_dir));
}

TEST_F(AdminTest, the_socket_is_for_its_owner_and_a_left_over_one_is_replaced) {
    const fs::path path = config.admin_socket();
    folder.write("data/admin.sock", "left over");
    auto socket = AdminSocket::open(path, [](std::string_view line) {
        return "{\"ok\": " + std::to_string(line.size()) + "}";
    });
    ASSERT_TRUE(socket) << socket.error().text();
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(*ask_admin_socket(path, {}), 2);
    socket->reset();
    EXPECT_EQ(ask_admin_socket(path, {}).error().kind, ErrorKind::unavailable);
}

TEST_F(AdminTest, the_directory_log_is_read_and_held_against_its_journal) {
    const ServerKeys keys = *load_keys(config.keys_dir());
    const OwnLog log(config.domain, keys.log, keys.vrf);
    const LogJournal journal(config.log_dir());
    EXPECT_EQ(call({{"call", "log.verify"}}).at("entries"), 0);
    const auto grow = [&](const std::string& card) {
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            TRY(log.add(write, *Address::parse("alice@one.test"), sha256(card)));
            return log.keep(write, TRY(log.sign(write)));
        }));
        EXPECT_TRUE(journal.record(*store->read(), *log.sign(*store->read())));
    };
    grow("first");
    const json::value whole = call({{"call", "log.verify"}});
    EXPECT_EQ(whole.at("published"), 2);
    EXPECT_EQ(whole.at("summary"), "2 entries, 2 of them published: whole");

    const fs::path copy = folder.path() / "copy";
    ASSERT_TRUE(store->backup(copy));
    grow("second");
    store.reset();
    fs::remove_all(config.store_dir());
    ASSERT_TRUE(restore_store(copy, config.store_dir()));
    store = std::move(*open_store({.folder = config.store_dir(), .min_free_octets = 1}));
    EXPECT_NE(refusal({{"call", "log.verify"}}).find("1 entries that were published are missing"),
              std::string::npos);
}

TEST_F(AdminTest, evidence_against_a_log_is_shown_and_forgiven) {
    EXPECT_TRUE(call({{"call", "log.list"}}).as_array().empty());
    EXPECT_NE(refusal({{"call", "log.evidence"}, {"domain", "two.test"}}).find("nothing is known"),
              std::string::npos);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.put_known_log({"two.test", "", "", "the evidence\n", clock.now()});
        return {};
    }));
    EXPECT_EQ(call({{"call", "log.list"}}).at(0).at("standing"), "contradicts itself");
    EXPECT_EQ(call({{"call", "log.evidence"}, {"domain", "two.test"}}).at("evidence"),
              "the evidence\n");
    EXPECT_EQ(call({{"call", "log.forgive"}, {"domain", "two.test"}}).at("forgiven"), true);
    EXPECT_EQ(call({{"call", "log.list"}}).at(0).at("standing"), "good");
    EXPECT_NE(refusal({{"call", "log.evidence"}, {"domain", "two.test"}}).find("no evidence"),
              std::string::npos);
}

}  // namespace
}  // namespace kith
