#include "exchange/letter_spool.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "crypto/random.h"

namespace kith {
namespace {

class LetterSpoolTest : public ::testing::Test {
  protected:
    SystemRandom random;
    SpoolMemory memory{1 << 20};
    std::string folder = std::filesystem::temp_directory_path();

    std::string read_all(LetterSpool& spool) {
        std::string all;
        EXPECT_TRUE(spool
                        .read([&](ByteView piece) -> Result<void> {
                            all += as_text(piece);
                            return {};
                        })
                        .has_value());
        return all;
    }
};

TEST_F(LetterSpoolTest, small_letter_stays_in_memory_and_comes_back_as_it_was) {
    LetterSpool spool(folder, memory, random);
    EXPECT_FALSE(spool.needs_disk(11));
    ASSERT_TRUE(spool.append(as_bytes("hello ")));
    ASSERT_TRUE(spool.append(as_bytes("there")));
    EXPECT_EQ(spool.size(), 11U);
    EXPECT_EQ(read_all(spool), "hello there");
}

TEST_F(LetterSpoolTest, empty_letter_is_one) {
    LetterSpool spool(folder, memory, random);
    EXPECT_EQ(read_all(spool), "");
}

TEST_F(LetterSpoolTest, large_letter_goes_through_a_file_without_a_name) {
    for (const std::size_t size : {LetterSpool::kInMemory,
                                   LetterSpool::kInMemory + 1,
                                   std::size_t{3} * 65'536,
                                   std::size_t{1'000'003}}) {
        Bytes octets(size);
        random.fill(octets);
        const std::string text = to_text(octets);
        LetterSpool spool(folder, memory, random);
        for (std::size_t at = 0; at < size; at += 1'000)
            ASSERT_TRUE(spool.append(as_bytes(std::string_view(text).substr(at, 1'000))));
        EXPECT_EQ(spool.size(), size);
        EXPECT_EQ(read_all(spool) == text, true) << size;
    }
}

TEST_F(LetterSpoolTest,
       without_memory_left_even_a_small_one_goes_to_disk_and_gives_back_what_it_had) {
    SpoolMemory little{10};
    {
        LetterSpool first(folder, little, random);
        ASSERT_TRUE(first.append(as_bytes("12345678")));
        LetterSpool second(folder, little, random);
        ASSERT_TRUE(second.append(as_bytes("abcdefgh")));
        EXPECT_TRUE(second.needs_disk(1));
        EXPECT_FALSE(first.needs_disk(1));
        EXPECT_EQ(read_all(second), "abcdefgh");
    }
    EXPECT_TRUE(little.take(10));
}

TEST_F(LetterSpoolTest, folder_that_is_not_there_is_an_error) {
    LetterSpool spool("/nonexistent", memory, random);
    const auto done = spool.append(Bytes(LetterSpool::kInMemory + 1));
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace kith
