#include "exchange/own_log.h"

#include <gtest/gtest.h>

#include "identity/directory_tests.h"
#include "identity/people_for_tests.h"
#include "net/net_tests.h"
#include "tlog/entry_bundle.h"

namespace kith {
namespace {

Hash card_number(int number) {
    return sha256(std::to_string(number));
}

class OwnLogTest : public ::testing::Test {
  protected:
    testing::TemporaryFolder folder;
    SigningKey key = key_of(70);
    VrfKey vrf = vrf_of(1);
    OwnLog log{"one.test", key, vrf};
    std::unique_ptr<Store> store;

    void SetUp() override {
        store = *open_store({.folder = folder.path() / "store", .min_free_octets = 1});
    }
    void write(const Store::Work& work) {
        const auto done = store->write_and_wait(work);
        ASSERT_TRUE(done) << done.error().text();
    }
    void add(const Address& address, const Hash& card) {
        write([&](WriteTransaction& write) { return log.add(write, address, card); });
    }
    void publish() {
        write([&](WriteTransaction& write) -> Result<void> {
            return log.keep(write, TRY(log.sign(write)));
        });
    }
    // As somebody elsewhere does who believes log.key.
    Result<void> verify(const std::string& text, const Address& address, const Hash& card) {
        const auto proof = TRY(parse_directory_proof(text));
        const std::vector<NamedKey> keys = log_keys("one.test", std::array{key.public_key()});
        TRY(verify_directory_proof(proof, address, card, {keys, WitnessPolicy(), kStart}));
        return {};
    }
    Error damage(const Store::Work& work) {
        write(work);
        return log.verify(*store->read()).error();
    }
};

TEST_F(OwnLogTest, a_card_is_proven_once_a_checkpoint_has_it) {
    add(kAlice, card_number(1));
    const auto early = store->read();
    EXPECT_EQ(log.proof(*early, kAlice, card_number(1)).error().kind, ErrorKind::not_found);
    publish();
    add(kBob, card_number(2));

    const auto read = store->read();
    const auto proof = log.proof(*read, kAlice, card_number(1));
    ASSERT_TRUE(proof) << proof.error().text();
    EXPECT_TRUE(verify(*proof, kAlice, card_number(1)));
    EXPECT_FALSE(verify(*proof, kBob, card_number(1)));
    EXPECT_FALSE(verify(*proof, kAlice, card_number(2)));
    EXPECT_EQ(log.proof(*read, kBob, card_number(2)).error().kind, ErrorKind::not_found);
    publish();
    const auto later = store->read();
    EXPECT_TRUE(verify(*log.proof(*later, kBob, card_number(2)), kBob, card_number(2)));
}

TEST_F(OwnLogTest, begins_with_its_vrf_key_and_refuses_another) {
    add(kAlice, card_number(1));
    EXPECT_EQ(store->read()->log_size(), 2U);
    const VrfKey other = vrf_of(2);
    OwnLog changed("one.test", key, other);
    const auto refused = store->write_and_wait(
        [&](WriteTransaction& write) { return changed.add(write, kBob, card_number(2)); });
    EXPECT_EQ(refused.error().where, "log: key");
    EXPECT_EQ(store->read()->log_size(), 2U);
}

TEST_F(OwnLogTest, a_card_has_one_entry) {
    add(kAlice, card_number(1));
    add(kAlice, card_number(1));
    EXPECT_EQ(store->read()->log_size(), 2U);
}

TEST_F(OwnLogTest, shows_nothing_behind_the_newest_checkpoint) {
    for (int i = 0; i < 300; ++i)
        add(kAlice, card_number(i));
    publish();
    for (int i = 300; i < 600; ++i)
        add(kAlice, card_number(i));
    const auto read = store->read();
    const auto octets = [&](const char* path) {
        return OwnLog::tile(*read, *parse_tile_path(path));
    };
    EXPECT_EQ(octets("tile/0/000")->size(), 256U * 32);
    EXPECT_EQ(octets("tile/0/001.p/45")->size(), 45U * 32);
    EXPECT_EQ(octets("tile/0/001.p/46").error().kind, ErrorKind::not_found);
    EXPECT_EQ(octets("tile/0/001").error().kind, ErrorKind::not_found);
    EXPECT_EQ(octets("tile/1/000.p/1")->size(), 32U);
    EXPECT_EQ(octets("tile/1/000.p/2").error().kind, ErrorKind::not_found);
    const auto bundle = octets("tile/entries/001.p/45");
    ASSERT_TRUE(bundle);
    const auto entries = parse_entry_bundle(*bundle);
    ASSERT_EQ(entries->size(), 45U);
    EXPECT_EQ(parse_directory_entry(entries->back())->value, card_number(299).octets);
}

TEST_F(OwnLogTest, a_smaller_checkpoint_never_replaces_a_larger_one) {
    add(kAlice, card_number(1));
    const auto small = log.sign(*store->read());
    add(kAlice, card_number(2));
    publish();
    EXPECT_EQ(
        store->write_and_wait([&](WriteTransaction& write) { return log.keep(write, *small); })
            .error()
            .kind,
        ErrorKind::conflict);
}

TEST_F(OwnLogTest, cards_that_are_older_than_the_log_are_found_where_the_domain_listed_them) {
    SignedCard card = first_card();
    const auto store_card = [&](const SignedCard& which) {
        write([&](WriteTransaction& write) -> Result<void> {
            write.add_card(
                {which.hash, which.root(), kAlice.text(), 1, which.note.octets(), kStart});
            return {};
        });
    };
    write([&](WriteTransaction& write) -> Result<void> {
        AccountRecord account;
        account.address = kAlice.text();
        account.created = kStart;
        account.root = card.root();
        account.card = card.hash;
        (void)TRY(write.add_account(account));
        return {};
    });
    store_card(card);
    EXPECT_TRUE(log.missing(*store->read()).empty());  // it is not countersigned
    const auto another =
        *sign_with(CardBuilder::after(card, kStart + Seconds(60)).card(), {{"laptop", kLaptop}});
    SignedCard listed = another;
    ASSERT_TRUE(listed.note.cosign("one.test", key_of(60)));
    store_card(listed);
    const auto missing = log.missing(*store->read());
    ASSERT_EQ(missing.size(), 1U);
    EXPECT_EQ(missing[0].hash, listed.hash);
    EXPECT_EQ(log.verify(*store->read())->missing, 1U);
    add(missing[0].address, missing[0].hash);
    EXPECT_TRUE(log.missing(*store->read()).empty());
    EXPECT_EQ(log.verify(*store->read())->missing, 0U);
}

TEST_F(OwnLogTest, a_damaged_log_is_found_out) {
    for (int i = 0; i < 300; ++i)
        add(kAlice, card_number(i));
    publish();
    add(kBob, card_number(300));
    const auto census = log.verify(*store->read());
    ASSERT_TRUE(census) << census.error().text();
    EXPECT_EQ(census->entries, 302U);
    EXPECT_EQ(census->published, 301U);

    const Bytes tile = *store->read()->log_tile({0, 1});
    Bytes other = tile;
    other[40] ^= 1;
    EXPECT_EQ(damage([&](WriteTransaction& write) -> Result<void> {
                  write.put_log_tile({0, 1}, other);
                  return {};
              }).where,
              "log: tile");
    EXPECT_EQ(damage([&](WriteTransaction& write) -> Result<void> {
                  write.put_log_tile({0, 1}, tile);
                  write.add_log_entry(to_bytes("short"), std::nullopt);
                  return {};
              }).where,
              "entry");
}

TEST_F(OwnLogTest, a_checkpoint_that_is_not_this_logs_is_found_out) {
    add(kAlice, card_number(1));
    const auto forged = sign_checkpoint({log.origin(), {2, sha256("x")}, {}}, key);
    EXPECT_EQ(damage([&](WriteTransaction& write) { return log.keep(write, *forged); }).where,
              "log: checkpoint");
    const auto foreign =
        sign_checkpoint({log.origin(), log.sign(*store->read())->checkpoint.head, {}}, key_of(71));
    EXPECT_EQ(damage([&](WriteTransaction& write) { return log.keep(write, *foreign); }).where,
              "log: checkpoint");
}

}  // namespace
}  // namespace kith
