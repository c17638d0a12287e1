#include "mailauth/known_keys.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace kith::mailauth {
namespace {

Answer texts(std::vector<std::string> records) {
    return {.status = Answer::Status::records, .records = std::move(records)};
}

Answer failed(Answer::Status status) {
    return {.status = status, .records = {}};
}

PublicKey key_of(char seed) {
    return SigningKey::from_seed(Bytes(32, static_cast<std::uint8_t>(seed)))->public_key();
}

std::string record_with(char seed) {
    return "v=DKIM1; k=ed25519; p=" + base64(key_of(seed).view());
}

bool is_key(const Result<KeyRecord>& record, char seed) {
    return record && std::get<PublicKey>(record->key) == key_of(seed);
}

TEST(KnownKeysTest, RecordIsTheSameReadAnewAndReadBefore) {
    KnownKeys keys;
    for (int i = 0; i < 3; ++i) {
        const auto record = keys.record_of(texts({record_with('a') + "; t=y"}));
        ASSERT_TRUE(is_key(record, 'a'));
        EXPECT_TRUE(record->is_test);
    }
}

TEST(KnownKeysTest, ChangedRecordIsAnotherKeyAtOnce) {
    KnownKeys keys;
    EXPECT_TRUE(is_key(keys.record_of(texts({record_with('a')})), 'a'));
    EXPECT_TRUE(is_key(keys.record_of(texts({record_with('b')})), 'b'));
    EXPECT_EQ(keys.record_of(texts({"v=DKIM1; p="})).error().kind, ErrorKind::not_found);
}

TEST(KnownKeysTest, WhatDnsDoesNotSayNowIsNotKnown) {
    KnownKeys keys;
    ASSERT_TRUE(keys.record_of(texts({record_with('a')})));
    EXPECT_EQ(keys.record_of(failed(Answer::Status::temporary_error)).error().kind,
              ErrorKind::unavailable);
    EXPECT_EQ(keys.record_of(failed(Answer::Status::no_such_name)).error().kind,
              ErrorKind::not_found);
}

TEST(KnownKeysTest, FirstUsableOfSeveralRecordsCounts) {
    KnownKeys keys;
    EXPECT_TRUE(is_key(keys.record_of(texts({"nonsense", record_with('b')})), 'b'));
}

TEST(KnownKeysTest, MoreRecordsThanItKeepsAreReadAllTheSame) {
    KnownKeys keys(2);
    for (const char seed : {'a', 'b', 'c', 'd', 'a', 'b'})
        EXPECT_TRUE(is_key(keys.record_of(texts({record_with(seed)})), seed));
}

}  // namespace
}  // namespace kith::mailauth
