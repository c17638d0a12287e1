#include "net/dns_cache.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

using std::chrono::steady_clock;

const steady_clock::time_point kStart{std::chrono::hours(1)};

DnsAnswer answer_of(std::size_t octets, std::uint8_t with = 7) {
    DnsAnswer answer;
    answer.records.emplace_back(octets, with);
    answer.security = DnsSecurity::secure;
    answer.ttl = Seconds(60);
    return answer;
}

TEST(DnsCacheTest, AnswerIsFoundUntilItsTtlIsOver) {
    DnsCache cache(10'000);
    cache.put("a.test", DnsType::txt, answer_of(10), Seconds(60), kStart);
    const auto found = cache.find("a.test", DnsType::txt, kStart + Seconds(20));
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->records, answer_of(10).records);
    EXPECT_EQ((*found)->security, DnsSecurity::secure);
    EXPECT_EQ((*found)->ttl, Seconds(40));
    EXPECT_FALSE(cache.find("a.test", DnsType::txt, kStart + Seconds(60)));
}

TEST(DnsCacheTest, OtherTypesAndNamesAreNotFound) {
    DnsCache cache(10'000);
    cache.put("a.test", DnsType::txt, answer_of(10), Seconds(60), kStart);
    EXPECT_FALSE(cache.find("a.test", DnsType::mx, kStart));
    EXPECT_FALSE(cache.find("b.test", DnsType::txt, kStart));
}

TEST(DnsCacheTest, ThatThereIsNothingIsKeptToo) {
    DnsCache cache(10'000);
    cache.put(
        "a.test", DnsType::txt, fail(ErrorKind::not_found, "dns", "none"), Seconds(9), kStart);
    const auto found = cache.find("a.test", DnsType::txt, kStart + Seconds(8));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->error().kind, ErrorKind::not_found);
    EXPECT_FALSE(cache.find("a.test", DnsType::txt, kStart + Seconds(9)));
}

TEST(DnsCacheTest, NewerAnswerTakesTheOlderOnesPlace) {
    DnsCache cache(10'000);
    cache.put("a.test", DnsType::txt, answer_of(10, 1), Seconds(60), kStart);
    cache.put("a.test", DnsType::txt, answer_of(10, 2), Seconds(60), kStart);
    EXPECT_EQ((*cache.find("a.test", DnsType::txt, kStart))->records, answer_of(10, 2).records);
}

TEST(DnsCacheTest, WhatMayNotBeKeptOrIsTooLargeIsNot) {
    DnsCache cache(10'000);
    cache.put("a.test", DnsType::txt, answer_of(10), Seconds(0), kStart);
    cache.put("b.test", DnsType::txt, answer_of(5'000), Seconds(60), kStart);
    EXPECT_FALSE(cache.find("a.test", DnsType::txt, kStart));
    EXPECT_FALSE(cache.find("b.test", DnsType::txt, kStart));
}

TEST(DnsCacheTest, WhatIsAskedForOutlivesAFloodAndTheRestIsForgotten) {
    DnsCache cache(10'000);
    cache.put("often.test", DnsType::txt, answer_of(10), Seconds(60), kStart);
    for (int i = 0; i < 1'000; ++i) {
        cache.put(
            "x" + std::to_string(i) + ".test", DnsType::txt, answer_of(10), Seconds(60), kStart);
        ASSERT_TRUE(cache.find("often.test", DnsType::txt, kStart)) << i;
    }
    int kept = 0;
    for (int i = 0; i < 1'000; ++i)
        kept += cache.find("x" + std::to_string(i) + ".test", DnsType::txt, kStart) ? 1 : 0;
    EXPECT_LT(kept, 40);
}

}  // namespace
}  // namespace kith
