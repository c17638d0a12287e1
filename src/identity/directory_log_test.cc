#include "identity/directory_log.h"

#include <gtest/gtest.h>

#include "identity/directory_tests.h"

namespace kith {
namespace {

TEST(DirectoryEntry, a_card_stands_under_the_first_half_of_the_vrfs_output) {
    const VrfOutput output = vrf_of(1).prove(as_bytes("alice@one.test")).output;
    const Hash card = sha256("card");
    const DirectoryEntry entry = DirectoryEntry::of_card(label_of(output), card);
    EXPECT_EQ(hex(entry.octets()), hex(ByteView(output).first(32)) + card.hex_text());
    EXPECT_EQ(entry.leaf(), merkle_leaf(entry.octets()));
    EXPECT_EQ(*parse_directory_entry(entry.octets()), entry);
}

TEST(DirectoryEntry, the_key_stands_under_a_constant) {
    const DirectoryEntry entry = DirectoryEntry::of_key(vrf_of(1).public_key());
    EXPECT_EQ(
        hex(entry.octets()),
        sha256("kith/1 directory vrf-r255\n").hex_text() + hex(vrf_of(1).public_key().view()));
}

TEST(DirectoryEntry, other_lengths_are_refused) {
    EXPECT_FALSE(parse_directory_entry({}));
    EXPECT_FALSE(parse_directory_entry(Bytes(63)));
    EXPECT_FALSE(parse_directory_entry(Bytes(65)));
}

TEST(DirectoryLog, names_are_made_of_the_domain) {
    EXPECT_EQ(log_origin("one.test"), "one.test/kith/1/log");
    EXPECT_EQ(witness_name("two.test"), "two.test/kith/1/witness");
    const std::vector<PublicKey> keys = {key_of(1).public_key(), key_of(2).public_key()};
    const auto named = log_keys("one.test", keys);
    ASSERT_EQ(named.size(), 2U);
    EXPECT_EQ(named[1], (NamedKey{"one.test/kith/1/log", keys[1]}));
}

TEST(DirectoryMonitor, sees_its_own_entries_and_nobody_elses) {
    TestDirectory directory;
    const std::uint64_t first = directory.list(kAlice, "alice 1");
    directory.list(kBob, "bob 1");
    const std::uint64_t second = directory.list(kAlice, "alice 2");
    DirectoryMonitor monitor(directory.vrf().public_key(), directory.label(kAlice));
    const auto seen = monitor.read(directory.entries());
    ASSERT_TRUE(seen);
    EXPECT_EQ(*seen,
              (std::vector<DirectoryMonitor::Sighting>{{first, sha256("alice 1")},
                                                       {second, sha256("alice 2")}}));
    EXPECT_TRUE(monitor.check(directory.log().now().checkpoint));
}

TEST(DirectoryMonitor, goes_on_from_where_it_was) {
    TestDirectory directory;
    directory.list(kAlice, "alice 1");
    DirectoryMonitor before(directory.vrf().public_key(), directory.label(kAlice));
    ASSERT_TRUE(before.read(directory.entries()));
    const std::size_t read = directory.entries().size();
    const std::uint64_t index = directory.list(kAlice, "not hers");
    DirectoryMonitor monitor(directory.vrf().public_key(),
                             directory.label(kAlice),
                             *MerkleEdge::from(before.edge().size(), before.edge().subtrees()));
    const auto seen = monitor.read(std::span(directory.entries()).subspan(read));
    ASSERT_TRUE(seen);
    EXPECT_EQ(*seen, (std::vector<DirectoryMonitor::Sighting>{{index, sha256("not hers")}}));
    EXPECT_TRUE(monitor.check(directory.log().now().checkpoint));
}

TEST(DirectoryMonitor, entries_that_were_left_out_or_changed_are_noticed) {
    TestDirectory directory;
    directory.list(kAlice, "alice 1");
    directory.list(kBob, "bob 1");
    directory.list(kAlice, "not hers");
    std::vector<DirectoryEntry> entries = directory.entries();
    const Checkpoint checkpoint = directory.log().now().checkpoint;
    DirectoryMonitor shorter(directory.vrf().public_key(), directory.label(kAlice));
    ASSERT_TRUE(shorter.read(std::span(entries).first(entries.size() - 1)));
    EXPECT_EQ(shorter.check(checkpoint).error().where, "log: size");
    entries.back().label = directory.label(kBob);
    DirectoryMonitor changed(directory.vrf().public_key(), directory.label(kAlice));
    ASSERT_TRUE(changed.read(entries));
    EXPECT_EQ(changed.check(checkpoint).error().where, "log: root");
}

// Under another key the same address has another label: its entries would not be seen.
TEST(DirectoryMonitor, a_log_that_begins_with_another_key_is_refused) {
    TestDirectory directory;
    directory.list(kAlice, "alice 1");
    DirectoryMonitor monitor(vrf_of(9).public_key(), directory.label(kAlice));
    const auto seen = monitor.read(directory.entries());
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().kind, ErrorKind::conflict);
    EXPECT_EQ(seen.error().where, "log: key");
}

}  // namespace
}  // namespace kith
