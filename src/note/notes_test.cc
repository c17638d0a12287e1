// Stub, batch, price, login, link, withdraw: their forms and every refusal.
#include <gtest/gtest.h>

#include "note/batch.h"
#include "note/link.h"
#include "note/login.h"
#include "note/note_forms_tests.h"
#include "note/price.h"
#include "note/stub.h"
#include "note/withdraw.h"

namespace kith {
namespace {

Stub stub() {
    Stub stub;
    stub.id = "7f2c6a1d3b0e4f5a8c9d0e1f2a3b4c5d";
    stub.time = at("2026-11-23T10:00:00Z");
    stub.expires = at("2026-12-23T10:00:00Z");
    stub.from = *Address::parse("alice@one.test");
    stub.root = sha256("root");
    stub.card = sha256("card");
    stub.to = *parse_target("bob+news@two.test");
    stub.blob = sha256("blob");
    stub.size = 48'231;
    stub.keys = "age-encryption.org/v1\n";
    return stub;
}

const std::vector<std::string> kStubFields = {
    "id", "time", "expires", "from", "root", "card", "to", "blob", "size", "keys"};

TEST(Stub, is_written_and_read) {
    Stub full = stub();
    full.preview = Bytes{1, 2, 3};
    full.answers = "00112233445566778899aabbccddeeff";
    for (const Stub& one : {stub(), full})
        EXPECT_EQ(*parse_stub(note_of(write_stub(one))), one);
}

TEST(Stub, every_field_but_preview_and_answers_is_required) {
    expect_strict(write_stub(stub()), "stub", kStubFields, parse_stub);
    Stub full = stub();
    full.preview = Bytes{1};
    full.answers = full.id;
    for (const std::string name : {"preview", "answers"}) {
        const std::string text = write_stub(full);
        EXPECT_TRUE(parse_stub(note_of(without(text, name))));
        EXPECT_EQ(parse_stub(note_of(with(text, name, "?"))).error().where, "stub: " + name);
        EXPECT_EQ(parse_stub(note_of(text + name + " x\n")).error().where, "stub: " + name);
    }
}

TEST(Stub, is_at_most_4096_octets_with_its_signatures) {
    Stub large = stub();
    const std::size_t base = note_of(write_stub(large)).octets().size();
    large.keys = std::string((kMaxStub - base) / 4 * 3, 'k') + large.keys.substr(0, 21);
    ASSERT_LE(note_of(write_stub(large)).octets().size(), kMaxStub);
    EXPECT_TRUE(parse_stub(note_of(write_stub(large))));
    large.keys += std::string(6, 'k');
    ASSERT_GT(note_of(write_stub(large)).octets().size(), kMaxStub);
    const auto result = parse_stub(note_of(write_stub(large)));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::limit);
    EXPECT_EQ(result.error().where, "stub");
}

TEST(Stub, lives_60_days_at_most) {
    Stub long_lived = stub();
    long_lived.expires = long_lived.time + std::chrono::days(60);
    EXPECT_TRUE(parse_stub(note_of(write_stub(long_lived))));
    long_lived.expires += Seconds(1);
    EXPECT_EQ(parse_stub(note_of(write_stub(long_lived))).error().text(),
              "stub: expires: more than 60 days after time (limit)");
    long_lived.expires = long_lived.time;
    EXPECT_EQ(parse_stub(note_of(write_stub(long_lived))).error().where, "stub: expires");
}

TEST(Stub, a_preview_longer_than_allowed_is_refused) {
    Stub stubby = stub();
    stubby.preview = Bytes(kMaxPreview, 0);
    EXPECT_TRUE(parse_stub(note_of(write_stub(stubby))));
    stubby.preview.push_back(0);
    const auto result = parse_stub(note_of(write_stub(stubby)));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::limit);
    EXPECT_EQ(result.error().where, "stub: preview");
}

TEST(Stub, times_are_held_against_the_clock) {
    const Stub one = stub();
    EXPECT_TRUE(check_times(one, one.time));
    EXPECT_EQ(check_times(one, one.time - Seconds(301)).error().text(),
              "stub: time: more than 5 minutes ahead of our clock (future)");
    EXPECT_EQ(check_times(one, one.expires + Seconds(1)).error().text(),
              "stub: expires: is over (expired)");
}

TEST(Batch, is_strict_and_at_most_1024) {
    Batch batch;
    batch.domain = "one.test";
    batch.time = at("2026-11-23T10:00:00Z");
    batch.size = 1024;
    batch.tree = sha256("tree");
    const std::string text = write_batch(batch);
    EXPECT_EQ(*parse_batch(note_of(text)), batch);
    expect_strict(text, "batch", {"domain", "time", "size", "tree"}, parse_batch);
    EXPECT_EQ(parse_batch(note_of(with(text, "size", "1025"))).error().kind, ErrorKind::limit);
    EXPECT_EQ(parse_batch(note_of(with(text, "size", "0"))).error().where, "batch: size");
    EXPECT_EQ(check_times(batch, batch.time - Seconds(301)).error().where, "batch: time");
}

TEST(BatchPath, is_an_index_and_at_most_ten_hashes) {
    BatchPath path;
    path.index = 1023;
    for (std::uint8_t i = 0; i < 10; ++i)
        path.proof.push_back(sha256(Bytes{i}));
    EXPECT_EQ(*parse_batch_path(write_batch_path(path)), path);
    EXPECT_EQ(parse_batch_path("0\n")->proof.size(), 0U);
    path.proof.push_back(sha256("more"));
    EXPECT_EQ(parse_batch_path(write_batch_path(path)).error().kind, ErrorKind::limit);
    const std::string hash = sha256("x").text();
    for (const std::string& text : {std::string(),
                                    std::string("\n"),
                                    std::string("0"),
                                    std::string("01\n"),
                                    std::string("1024\n"),
                                    std::string("-1\n"),
                                    "0\n" + hash,
                                    "0\n\n" + hash + "\n",
                                    "0\n" + hash + "\n\n",
                                    "0\n" + hash.substr(1) + "\n",
                                    "0 " + hash + "\n",
                                    std::string(5000, '0') + "\n"}) {
        const auto result = parse_batch_path(text);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().where, "path");
    }
}

TEST(Price, is_strict) {
    Price price;
    price.domain = "two.test";
    price.puzzle = "equihash-96-5";
    price.effort = 1'048'576;
    price.seed = "00112233445566778899aabbccddeeff";
    price.time = at("2026-11-23T10:00:00Z");
    price.expires = at("2026-11-23T12:00:00Z");
    const std::string text = write_price(price);
    EXPECT_EQ(*parse_price(note_of(text)), price);
    expect_strict(
        text, "price", {"domain", "puzzle", "effort", "seed", "time", "expires"}, parse_price);
    EXPECT_EQ(parse_price(note_of(with(text, "effort", "0"))).error().where, "price: effort");
    EXPECT_EQ(parse_price(note_of(with(text, "effort", "281474976710657"))).error().kind,
              ErrorKind::limit);
    EXPECT_EQ(parse_price(note_of(with(text, "expires", "2026-11-23T10:00:00Z"))).error().where,
              "price: expires");
    EXPECT_EQ(check_times(price, price.expires + Seconds(1)).error().where, "price: expires");
    EXPECT_EQ(check_times(price, price.time - Seconds(301)).error().where, "price: time");
}

TEST(Login, is_strict_and_five_minutes_old_at_most) {
    Login login;
    login.address = *Address::parse("alice@one.test");
    login.device = "laptop";
    login.domain = "one.test";
    login.nonce = "abc.DEF-012_~";
    login.time = at("2026-11-23T10:00:00Z");
    const std::string text = write_login(login);
    EXPECT_EQ(*parse_login(note_of(text)), login);
    // "?" is a visible character, so a nonce like any other.
    expect_strict(text, "login", {"address", "device", "domain", "time"}, parse_login);
    for (const std::string& bad : {without(text, "nonce"),
                                   text + "nonce x\n",
                                   with(text, "nonce", "a b"),
                                   with(text, "nonce", "\xC3\xA9"),
                                   with(text, "nonce", std::string(257, 'a'))})
        EXPECT_EQ(parse_login(note_of(bad)).error().where, "login: nonce");
    EXPECT_TRUE(check_times(login, login.time + Seconds(300)));
    EXPECT_EQ(check_times(login, login.time + Seconds(301)).error().kind, ErrorKind::expired);
    EXPECT_EQ(check_times(login, login.time - Seconds(301)).error().kind, ErrorKind::future);
}

TEST(Withdraw, is_strict) {
    Withdraw withdraw;
    withdraw.id = "00112233445566778899aabbccddeeff";
    withdraw.from = *Address::parse("alice@one.test");
    withdraw.root = sha256("root");
    withdraw.to = *parse_target("bob@two.test");
    withdraw.time = at("2026-11-23T10:00:00Z");
    const std::string text = write_withdraw(withdraw);
    EXPECT_EQ(*parse_withdraw(note_of(text)), withdraw);
    expect_strict(text, "withdraw", {"id", "from", "root", "to", "time"}, parse_withdraw);
    EXPECT_EQ(check_times(withdraw, withdraw.time - Seconds(301)).error().where, "withdraw: time");
}

class LinkTest : public ::testing::Test {
  protected:
    LinkTest() {
        link_.address = *Address::parse("alice@one.test");
        link_.device = "laptop";
        link_.key = key_of(1).public_key();
        link_.recipient = recipient_of(1);
        link_.time = at("2026-11-23T10:00:00Z");
        link_.mac = link_mac(link_, code_);
    }

    LinkCode code_ = *LinkCode::parse("abcdefgh-qrstuvwx234567ab");
    Link link_;
};

TEST_F(LinkTest, is_strict) {
    const std::string text = write_link(link_);
    EXPECT_EQ(*parse_link(note_of(text)), link_);
    expect_strict(
        text, "link", {"address", "device", "key", "recipient", "time", "mac"}, parse_link);
    EXPECT_EQ(check_times(link_, link_.time - Seconds(301)).error().where, "link: time");
}

TEST_F(LinkTest, is_signed_by_the_key_that_it_names) {
    const std::string text = write_link(link_);
    const auto other = parse_link(*SignedNote::sign(text, "alice@one.test/laptop", key_of(2)));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, ErrorKind::untrusted);
    EXPECT_FALSE(parse_link(*SignedNote::sign(text, "alice@one.test/phone", key_of(1))));
}

TEST_F(LinkTest, mac_of_another_code_or_over_other_fields_is_refused) {
    EXPECT_TRUE(check_link_mac(link_, code_));
    const auto other = check_link_mac(link_, *LinkCode::parse("abcdefgh-qrstuvwx234567ac"));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, ErrorKind::bad_signature);
    for (int i = 0; i < 4; ++i) {
        Link changed = link_;
        if (i == 0)
            changed.address = *Address::parse("alice@two.test");
        if (i == 1)
            changed.device = "phone";
        if (i == 2)
            changed.key = key_of(2).public_key();
        if (i == 3)
            changed.recipient = recipient_of(2);
        EXPECT_FALSE(check_link_mac(changed, code_)) << i;
    }
}

TEST_F(LinkTest, code_is_typed_in_either_case_and_shown_in_lower) {
    EXPECT_EQ(LinkCode::parse("ABCDEFGH-QRSTUVWX234567AB")->text(), "abcdefgh-qrstuvwx234567ab");
    EXPECT_EQ(code_.id(), "abcdefgh");
    SeededRandom random(Bytes{1});
    const std::string id = random_link_id(random);
    EXPECT_EQ(id.size(), 8U);
    const LinkCode made = *LinkCode::make(id, random);
    EXPECT_EQ(LinkCode::parse(made.text())->text(), made.text());
    for (const char* bad : {"",
                            "abcdefgh",
                            "abcdefghqrstuvwx234567ab",
                            "abcdefg1-qrstuvwx234567ab",
                            "abcdefgh-qrstuvwx234567a0",
                            "abcdefgh-qrstuvwx234567abc"})
        EXPECT_FALSE(LinkCode::parse(bad)) << bad;
    EXPECT_FALSE(LinkCode::make("ABCDEFGH", random));
    EXPECT_FALSE(LinkCode::make("abc", random));
}

}  // namespace
}  // namespace kith
