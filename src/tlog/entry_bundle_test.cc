#include "tlog/entry_bundle.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace kith {
namespace {

Bytes bundle_of(const std::vector<Bytes>& entries) {
    const std::vector<ByteView> views(entries.begin(), entries.end());
    return write_entry_bundle(views);
}

TEST(EntryBundle, entries_stand_behind_their_lengths) {
    const Bytes octets = bundle_of({{1, 2, 3}, {}, Bytes(258, 7)});
    EXPECT_EQ(hex(ByteView(octets).first(9)), "000301020300000102");
    const auto entries = parse_entry_bundle(octets);
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 3U);
    EXPECT_TRUE(std::ranges::equal(entries->at(0), Bytes{1, 2, 3}));
    EXPECT_TRUE(entries->at(1).empty());
    EXPECT_TRUE(std::ranges::equal(entries->at(2), Bytes(258, 7)));
}

TEST(EntryBundle, takes_256_entries_of_65535_octets_and_no_more) {
    EXPECT_EQ(parse_entry_bundle(bundle_of({Bytes(kMaxLogEntry, 1)}))->at(0).size(), kMaxLogEntry);
    Bytes octets = bundle_of(std::vector<Bytes>(256, Bytes{1}));
    EXPECT_EQ(parse_entry_bundle(octets)->size(), 256U);
    octets.insert(octets.end(), {0, 0});
    EXPECT_EQ(parse_entry_bundle(octets).error().kind, ErrorKind::limit);
}

TEST(EntryBundle, what_is_cut_short_is_refused) {
    EXPECT_FALSE(parse_entry_bundle({}));
    EXPECT_FALSE(parse_entry_bundle(Bytes{0}));
    EXPECT_FALSE(parse_entry_bundle(Bytes{0, 1}));
    EXPECT_FALSE(parse_entry_bundle(Bytes{0, 1, 7, 0}));
    EXPECT_FALSE(parse_entry_bundle(Bytes{1, 0, 7}));
}

}  // namespace
}  // namespace kith
