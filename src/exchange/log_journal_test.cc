#include "exchange/log_journal.h"

#include <gtest/gtest.h>

#include <fstream>

#include "identity/directory_tests.h"
#include "net/net_tests.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

class LogJournalTest : public ::testing::Test {
  protected:
    testing::TemporaryFolder folder;
    SigningKey key = key_of(70);
    VrfKey vrf = vrf_of(1);
    OwnLog log{"one.test", key, vrf};
    LogJournal journal{folder.path() / "log"};
    std::unique_ptr<Store> store = open("store");

    std::unique_ptr<Store> open(const std::string& name) {
        return *open_store({.folder = folder.path() / name, .min_free_octets = 1});
    }
    void grow(Store& which, int count, const std::string& flavour = "") {
        ASSERT_TRUE(which.write_and_wait([&](WriteTransaction& write) -> Result<void> {
            const std::uint64_t size = write.log_size();
            for (int i = 0; i < count; ++i)
                TRY(log.add(write,
                            kAlice,
                            sha256(flavour + std::to_string(size) + "/" + std::to_string(i))));
            return {};
        }));
    }
    void publish(Store& which) {
        const auto read = which.read();
        const auto checkpoint = *log.sign(*read);
        const auto recorded = journal.record(*read, checkpoint);
        ASSERT_TRUE(recorded) << recorded.error().text();
        ASSERT_TRUE(which.write_and_wait(
            [&](WriteTransaction& write) { return log.keep(write, checkpoint); }));
    }
    static Hash root(Store& which) {
        const auto read = which.read();
        return OwnLog::checkpoint(*read).value_or(std::nullopt)->checkpoint.head.root;
    }
};

TEST_F(LogJournalTest, an_older_store_is_brought_up_to_what_was_published) {
    const auto older = open("older");
    for (const int count : {3, 2'000, 1}) {
        grow(*store, count);
        if (count == 3)
            grow(*older, count);
        publish(*store);
    }
    const auto lacked = journal.mend(*older, log);
    ASSERT_TRUE(lacked) << lacked.error().text();
    EXPECT_EQ(*lacked, 2'001U);
    EXPECT_EQ(root(*older), root(*store));
    const auto census = log.verify(*older->read());
    ASSERT_TRUE(census) << census.error().text();
    EXPECT_EQ(census->published, 2'005U);
    grow(*older, 1);  // and goes on
    publish(*older);
    EXPECT_EQ(*journal.mend(*older, log), 0U);
}

TEST_F(LogJournalTest, an_empty_store_gets_all_of_it) {
    grow(*store, 300);
    publish(*store);
    const auto fresh = open("fresh");
    EXPECT_EQ(*journal.mend(*fresh, log), 301U);
    EXPECT_EQ(root(*fresh), root(*store));
}

TEST_F(LogJournalTest, what_is_not_published_yet_is_nothing_to_mend) {
    EXPECT_EQ(*journal.mend(*store, log), 0U);
    grow(*store, 3);
    publish(*store);
    grow(*store, 2);
    EXPECT_EQ(*journal.mend(*store, log), 0U);
    EXPECT_EQ(store->read()->log_size(), 6U);
}

TEST_F(LogJournalTest, a_store_with_other_entries_is_not_mended) {
    grow(*store, 5);
    publish(*store);
    const auto larger = open("larger");
    grow(*larger, 9, "other");
    EXPECT_EQ(journal.mend(*larger, log).error().kind, ErrorKind::conflict);
    EXPECT_EQ(larger->read()->log_size(), 10U);
    const auto smaller = open("smaller");
    grow(*smaller, 2, "other");
    EXPECT_EQ(journal.mend(*smaller, log).error().kind, ErrorKind::conflict);
    EXPECT_EQ(smaller->read()->log_size(), 3U);
}

TEST_F(LogJournalTest, a_damaged_journal_is_found_out) {
    grow(*store, 5);
    publish(*store);
    fs::resize_file(folder.path() / "log/entries", 100);
    const auto fresh = open("fresh");
    EXPECT_FALSE(journal.mend(*fresh, log));
    EXPECT_EQ(fresh->read()->log_size(), 0U);
    std::ofstream(folder.path() / "log/checkpoint") << "nonsense";
    EXPECT_FALSE(journal.checkpoint());
}

}  // namespace
}  // namespace kith
