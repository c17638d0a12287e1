#include "identity/stub_check.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "identity/people_for_tests.h"
#include "identity/safety_number.h"

namespace kith {
namespace {

constexpr std::uint8_t kDomain = 60;

class StubCheck : public ::testing::Test {
  protected:
    StubCheck() {
        stub_.id = "7f2c6a1d3b0e4f5a8c9d0e1f2a3b4c5d";
        stub_.time = kStart;
        stub_.expires = kStart + std::chrono::days(30);
        stub_.from = card_.card.address;
        stub_.root = card_.root();
        stub_.card = card_.hash;
        stub_.to = *parse_target("bob@two.test");
        stub_.blob = sha256("blob");
        stub_.size = 4;
        stub_.keys = "keys";
    }

    SignedNote signed_stub(std::uint8_t key = kLaptop, const std::string& name = "laptop") const {
        return *SignedNote::sign(write_stub(stub_), card_.card.key_name(name), key_of(key));
    }
    Result<CheckedStub> check(const SignedNote& note, const BatchEvidence* batch = nullptr) {
        return check_stub(
            note,
            *parse_stub(note),
            {.card = card_, .domain_keys = domain_keys_, .batch = batch, .verified = verified_});
    }
    void expect_refused(const SignedNote& note, ErrorKind kind, const std::string& where) {
        const auto result = check(note);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, kind) << result.error().text();
        EXPECT_EQ(result.error().where, where) << result.error().text();
    }

    SignedCard card_ = first_card();
    std::vector<PublicKey> domain_keys_ = {key_of(61).public_key(), key_of(kDomain).public_key()};
    VerifiedNotes verified_;
    Stub stub_;
};

TEST_F(StubCheck, device_and_domain_on_the_stub_are_enough) {
    SignedNote note = signed_stub();
    ASSERT_TRUE(note.cosign("one.test", key_of(kDomain)));
    const auto checked = check(note);
    ASSERT_TRUE(checked) << checked.error().text();
    EXPECT_EQ(checked->device, "laptop");
    EXPECT_EQ(checked->key, key_of(kLaptop).public_key());
    EXPECT_EQ(checked->by, CheckedStub::Countersigned::on_stub);
}

TEST_F(StubCheck, without_the_domain_or_without_a_device_it_is_refused) {
    expect_refused(signed_stub(), ErrorKind::untrusted, "stub: domain");
    SignedNote domain_only = *SignedNote::sign(write_stub(stub_), "one.test", key_of(kDomain));
    expect_refused(domain_only, ErrorKind::untrusted, "stub: signature");
    expect_refused(signed_stub(kThief, "laptop"), ErrorKind::untrusted, "stub: signature");
    expect_refused(signed_stub(kLaptop, "phone"), ErrorKind::untrusted, "stub: signature");
    SignedNote other_domain = signed_stub();
    ASSERT_TRUE(other_domain.cosign("two.test", key_of(kDomain)));
    expect_refused(other_domain, ErrorKind::untrusted, "stub: domain");
}

TEST_F(StubCheck, names_card_root_and_address_of_its_sender) {
    const Stub good = stub_;
    stub_.card = sha256("other");
    expect_refused(signed_stub(), ErrorKind::untrusted, "stub: card");
    stub_ = good;
    stub_.root = sha256("other");
    expect_refused(signed_stub(), ErrorKind::untrusted, "stub: root");
    stub_ = good;
    stub_.from = *Address::parse("eve@one.test");
    expect_refused(signed_stub(), ErrorKind::untrusted, "stub: from");
}

TEST_F(StubCheck, a_bad_signature_of_device_or_domain_refuses_it) {
    SignedNote good = signed_stub();
    ASSERT_TRUE(good.cosign("one.test", key_of(kDomain)));
    stub_.size = 5;
    const std::string other_text = write_stub(stub_);
    const SignedNote forged =
        *SignedNote::parse(other_text + good.octets().substr(good.text().size()));
    expect_refused(forged, ErrorKind::bad_signature, "stub: signature");
}

TEST_F(StubCheck, a_batch_with_its_path_stands_for_the_domain) {
    std::vector<SignedNote> notes;
    for (std::uint64_t size = 1; size <= 7; ++size) {
        stub_.size = size;
        notes.push_back(signed_stub());
    }
    std::vector<std::string_view> texts;
    for (const SignedNote& note : notes)
        texts.push_back(note.text());
    const BatchDraft draft = make_batch("one.test", kStart, texts);
    const SignedNote batch = *SignedNote::sign(draft.text, "one.test", key_of(kDomain));
    for (std::size_t i = 0; i < notes.size(); ++i) {
        const BatchEvidence evidence{batch, draft.paths[i]};
        const auto checked = check(notes[i], &evidence);
        ASSERT_TRUE(checked) << checked.error().text();
        EXPECT_EQ(checked->by, CheckedStub::Countersigned::by_batch);
        const BatchEvidence wrong{batch, draft.paths[(i + 1) % notes.size()]};
        EXPECT_EQ(check(notes[i], &wrong).error().where, "path");
    }
    BatchEvidence outside{batch, draft.paths[0]};
    outside.path.index = 7;
    EXPECT_EQ(check(notes[0], &outside).error().where, "path");
}

TEST_F(StubCheck, a_batch_of_another_domain_or_key_is_refused) {
    const SignedNote note = signed_stub();
    const std::vector<std::string_view> texts = {note.text()};
    const BatchDraft theirs = make_batch("two.test", kStart, texts);
    const BatchEvidence foreign{*SignedNote::sign(theirs.text, "two.test", key_of(kDomain)),
                                theirs.paths[0]};
    EXPECT_EQ(check(note, &foreign).error().where, "batch: domain");
    const BatchDraft ours = make_batch("one.test", kStart, texts);
    const BatchEvidence unsigned_one{*SignedNote::sign(ours.text, "one.test", key_of(kThief)),
                                     ours.paths[0]};
    EXPECT_EQ(check(note, &unsigned_one).error().where, "batch: signature");
}

TEST_F(StubCheck, a_verified_batch_is_remembered_for_its_key_only) {
    const SignedNote note = *SignedNote::sign("text\n", "one.test", key_of(kDomain));
    const std::vector<NamedKey> keys = {{"one.test", key_of(kDomain).public_key()}};
    VerifiedNotes verified;
    EXPECT_FALSE(verified.contains(note.hash(), keys[0]));
    ASSERT_TRUE(verify_once(note, keys, verified));
    EXPECT_TRUE(verified.contains(note.hash(), keys[0]));
    EXPECT_TRUE(verify_once(note, keys, verified));
    EXPECT_FALSE(verified.contains(note.hash(), {"one.test", key_of(61).public_key()}));
    EXPECT_FALSE(verified.contains(note.hash(), {"two.test", key_of(kDomain).public_key()}));
    const std::vector<NamedKey> rotated = {{"one.test", key_of(61).public_key()}};
    EXPECT_FALSE(verify_once(note, rotated, verified)) << "a key that is gone proves nothing";
}

TEST(VerifiedNotes, the_longest_unused_goes_first) {
    VerifiedNotes verified(2);
    const NamedKey key{"one.test", key_of(kDomain).public_key()};
    verified.remember(sha256("a"), key);
    verified.remember(sha256("b"), key);
    EXPECT_TRUE(verified.contains(sha256("a"), key));
    verified.remember(sha256("c"), key);
    EXPECT_TRUE(verified.contains(sha256("a"), key));
    EXPECT_FALSE(verified.contains(sha256("b"), key));
    EXPECT_TRUE(verified.contains(sha256("c"), key));
}

TEST(SafetyNumber, is_the_same_for_both_and_twelve_groups_of_five_digits) {
    const Hash alice = sha256("alice");
    const Hash bob = sha256("bob");
    EXPECT_EQ(safety_number(alice, bob), safety_number(bob, alice));
    EXPECT_NE(safety_number(alice, bob), safety_number(alice, sha256("eve")));
    for (const std::string& group : safety_number(alice, bob)) {
        EXPECT_EQ(group.size(), 5U);
        EXPECT_TRUE(std::ranges::all_of(group, [](char c) { return c >= '0' && c <= '9'; }));
    }
    const std::string text = safety_number_text(alice, bob);
    EXPECT_EQ(std::ranges::count(text, '\n'), 3);
    EXPECT_EQ(text.size(), 12U * 6U);
}

}  // namespace
}  // namespace kith
