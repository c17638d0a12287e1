// The recovery phrase in a file, the times that people type, what a card is said to do.
#include <gtest/gtest.h>

#include <filesystem>

#include "identity/people_for_tests.h"
#include "kith/files.h"
#include "kith/own_card.h"
#include "kith/phrase.h"
#include "kith/since.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

class PhraseFile : public ::testing::Test {
  protected:
    void SetUp() override { fs::create_directories(folder); }
    void TearDown() override { fs::remove_all(folder); }
    void write(std::string_view text) {
        fs::remove(file);
        ASSERT_TRUE(write_private_file(file, text));
    }

    SystemRandom random;
    fs::path folder = fs::temp_directory_path() / ("kith-phrase-" + random_id(random));
    fs::path file = folder / "alice.recovery";
    Mnemonic phrase = Mnemonic::generate(random);
};

TEST_F(PhraseFile, ComesBackAsItWasWrittenAndIsItsOwnersAlone) {
    ASSERT_TRUE(write_phrase_file(file, phrase, "alice@one.test"));
    EXPECT_EQ(phrase_of_file(file)->text(), phrase.text());
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(write_phrase_file(file, phrase, "x").error().kind, ErrorKind::conflict);
    EXPECT_EQ(phrase_of_file(file)->text(), phrase.text());
    fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
    EXPECT_EQ(phrase_of_file(file).error().kind, ErrorKind::denied);
}

TEST_F(PhraseFile, IsReadAsPeopleWriteIt) {
    std::string text = "# mine\n";
    for (std::size_t i = 0; i < kMnemonicWords; ++i)
        text += std::to_string(i + 1) + ". " + std::string(phrase.word(i)) + "\r\n";
    write(text);
    EXPECT_EQ(phrase_of_file(file)->text(), phrase.text());
}

TEST_F(PhraseFile, AWordThatIsNoneIsNamedByItsPlaceAndNotShown) {
    std::string text = phrase.text();
    text.replace(0, text.find(' '), "zzyzx");
    write(text);
    const auto refused = phrase_of_file(file);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find("word 1 is none"), std::string::npos);
    EXPECT_EQ(refused.error().detail.find(phrase.word(5)), std::string::npos);
    write("");
    EXPECT_FALSE(phrase_of_file(file));
}

TEST(Since, IsATimeADayOrSoLongAgo) {
    const Time now = *parse_time("2026-11-23T10:00:00Z");
    EXPECT_EQ(format_time(*parse_since("2026-11-20T08:00:00Z", now)), "2026-11-20T08:00:00Z");
    EXPECT_EQ(format_time(*parse_since("2026-11-20", now)), "2026-11-20T00:00:00Z");
    EXPECT_EQ(format_time(*parse_since("90m", now)), "2026-11-23T08:30:00Z");
    EXPECT_EQ(format_time(*parse_since("36h", now)), "2026-11-21T22:00:00Z");
    EXPECT_EQ(format_time(*parse_since("2d", now)), "2026-11-21T10:00:00Z");
    for (const char* wrong :
         {"", "yesterday", "d", "-2d", "2w", "30d", "2026-11-24", "2026-10-01", "99999999999d"})
        EXPECT_FALSE(parse_since(wrong, now)) << wrong;
}

TEST(Clauses, SayWhatACardDoes) {
    using Strings = std::vector<std::string>;
    const SignedCard card = first_card();
    const Time now = kStart + Seconds(3600);
    auto builder = CardBuilder::after(card, now);
    EXPECT_EQ(clauses_of(card.card, builder.card()), Strings{"renews the card"});
    builder.add_device(device_of("tablet", kTablet), CardBuilder::Admission::pending).freeze();
    ASSERT_TRUE(builder.remove_device("phone", now, RevocationReason::lost));
    EXPECT_EQ(clauses_of(card.card, builder.card()),
              (Strings{"removes phone (lost, since " + format_time(now) + ")",
                       "adds tablet",
                       "freezes the account"}));
    const Card before = builder.card();
    Card after = before;
    after.frozen.reset();
    after.devices.back().pending = false;
    after.moved = *Address::parse("alice@two.test");
    EXPECT_EQ(
        clauses_of(before, after),
        (Strings{"confirms tablet", "thaws the account", "moves the account to alice@two.test"}));
    // The same name with another key is another device.
    after.devices.back().key = key_of(kThief).public_key();
    EXPECT_EQ(clauses_of(before, after)[0], "adds tablet");
}

}  // namespace
}  // namespace kith
