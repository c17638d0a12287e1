#include "note/guardian_share.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

SigningKey key_of(std::uint8_t seed) {
    return *SigningKey::from_seed(Bytes(32, seed));
}

std::string share_text() {
    return write_guardian_share({.address = *Address::parse("alice@one.test"),
                                 .root = sha256(as_bytes("root")),
                                 .keys = {key_of(1).public_key(), key_of(2).public_key()},
                                 .key = key_of(2)});
}

GuardianRequest request() {
    return {.address = *Address::parse("alice@one.test"),
            .time = Time(Seconds(1'764'000'000)),
            .replacement = sha256(as_bytes("new")),
            .prev = sha256(as_bytes("card")),
            .freeze = GuardianRequest::Freeze::yes};
}

TEST(GuardianShare, is_read_as_it_was_written) {
    const auto share = parse_guardian_share(share_text());
    ASSERT_TRUE(share) << share.error().text();
    EXPECT_EQ(share->address.text(), "alice@one.test");
    EXPECT_EQ(share->keys.size(), 2U);
    EXPECT_EQ(share->key.public_key(), key_of(2).public_key());
    EXPECT_EQ(write_guardian_share(*share), share_text());
}

TEST(GuardianShare, with_a_seed_of_none_of_the_keys_is_refused) {
    std::string text = share_text();
    text.replace(text.find("seed "), std::string::npos, "seed " + base64(key_of(3).seed()) + "\n");
    const auto share = parse_guardian_share(text);
    ASSERT_FALSE(share);
    EXPECT_EQ(share.error().where, "guardian: seed");
    EXPECT_FALSE(parse_guardian_share("kith/1 guardian\naddress alice@one.test\n"));
    EXPECT_FALSE(parse_guardian_share(""));
}

TEST(GuardianRequest, is_a_link_that_is_read_as_it_was_written) {
    const std::string link = write_guardian_request(request());
    EXPECT_TRUE(link.starts_with("kith:alice@one.test?recover="));
    const auto read = parse_guardian_request(link);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, request());
}

TEST(GuardianRequest, that_was_not_copied_whole_is_refused) {
    const std::string link = write_guardian_request(request());
    for (std::size_t size = 0; size < link.size(); ++size)
        EXPECT_FALSE(parse_guardian_request(link.substr(0, size))) << size;
    EXPECT_FALSE(parse_guardian_request(link + "a"));
}

TEST(GuardianRequest, has_a_number_that_changes_with_all_of_it) {
    const std::string number = spoken_number(request());
    EXPECT_EQ(number.size(), 17U);
    auto other = request();
    other.replacement.octets[31] ^= 1;
    EXPECT_NE(spoken_number(other), number);
    other = request();
    other.freeze = GuardianRequest::Freeze::no;
    EXPECT_NE(spoken_number(other), number);
}

}  // namespace
}  // namespace kith
