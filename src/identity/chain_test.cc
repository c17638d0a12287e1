// The rules for one step, and every refusal of protocol section 3.1.
#include "identity/chain.h"

#include <gtest/gtest.h>

#include "identity/people_for_tests.h"

namespace kith {
namespace {

using Admission = CardBuilder::Admission;
constexpr Seconds kDay = std::chrono::hours(24);
constexpr Time kLater = kStart + 100 * kDay;

const TestSigner kByLaptop{"laptop", kLaptop};
const TestSigner kByPhone{"phone", kPhone};
const TestSigner kByRecovery{"", kRecovery};

void expect_error(const Result<CardChange>& result, ErrorKind kind, const std::string& where) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, kind) << result.error().text();
    EXPECT_EQ(result.error().where, "card: " + where) << result.error().text();
}

class ChainStep : public ::testing::Test {
  protected:
    CardBuilder next(Time now = kLater) const { return CardBuilder::after(first_, now); }

    static Result<CardChange> verify(const SignedCard& prev,
                                     const Card& card,
                                     const std::vector<TestSigner>& signers) {
        const auto signed_card = sign_with(card, signers);
        if (!signed_card)
            return signed_card.error();
        return verify_next(prev, *signed_card);
    }
    Result<CardChange> verify(const Card& card, const std::vector<TestSigner>& signers) const {
        return verify(first_, card, signers);
    }

    // The card after `prev` with a change; it must be good.
    static SignedCard good(const SignedCard& prev,
                           const Card& card,
                           const std::vector<TestSigner>& signers) {
        SignedCard signed_card = *sign_with(card, signers);
        const auto change = verify_next(prev, signed_card);
        EXPECT_TRUE(change) << change.error().text();
        return signed_card;
    }

    SignedCard first_ = first_card();
};

TEST_F(ChainStep, one_device_renews) {
    const auto change = verify(next().card(), {kByPhone});
    ASSERT_TRUE(change) << change.error().text();
    EXPECT_EQ(change->by, CardChange::By::devices);
    EXPECT_EQ(change->signers, std::vector<std::string>{"phone"});
    EXPECT_TRUE(change->added.empty() && change->removed.empty());
}

TEST_F(ChainStep, one_device_adds_a_pending_device_two_add_it_at_once) {
    Card card = next().add_device(device_of("tablet", kTablet), Admission::pending).card();
    const auto change = verify(card, {kByLaptop});
    ASSERT_TRUE(change) << change.error().text();
    EXPECT_EQ(change->added, std::vector<std::string>{"tablet"});
    card.devices.back().pending = false;
    expect_error(verify(card, {kByLaptop}), ErrorKind::untrusted, "device");
    EXPECT_TRUE(verify(card, {kByLaptop, kByPhone}));
}

TEST_F(ChainStep, a_new_device_has_the_time_of_the_card) {
    Card card = next().add_device(device_of("tablet", kTablet), Admission::pending).card();
    card.devices.back().added = kStart;
    expect_error(verify(card, {kByLaptop, kByPhone}), ErrorKind::malformed, "device");
}

TEST_F(ChainStep, pending_ends_by_two_devices_or_by_one_after_30_days) {
    const SignedCard with_tablet =
        good(first_,
             next().add_device(device_of("tablet", kTablet), Admission::pending).card(),
             {kByLaptop});
    const auto confirm = [&](Time now, const std::vector<TestSigner>& signers) {
        CardBuilder builder = CardBuilder::after(with_tablet, now);
        EXPECT_TRUE(builder.confirm_device("tablet"));
        return verify(with_tablet, builder.card(), signers);
    };
    const TestSigner by_tablet{"tablet", kTablet};
    expect_error(
        confirm(kLater + 30 * kDay - Seconds(1), {kByLaptop}), ErrorKind::untrusted, "device");
    EXPECT_TRUE(confirm(kLater + 30 * kDay, {kByLaptop}));
    EXPECT_TRUE(confirm(kLater, {kByLaptop, kByPhone}));
    // The pending device is no second voice, and no voice at all before its day is over.
    expect_error(confirm(kLater, {kByLaptop, by_tablet}), ErrorKind::untrusted, "device");
    expect_error(confirm(kLater, {by_tablet}), ErrorKind::untrusted, "signature");
    expect_error(confirm(kLater + kDay, {by_tablet}), ErrorKind::untrusted, "device");
    const auto own = confirm(kLater + 30 * kDay, {by_tablet});
    ASSERT_TRUE(own) << own.error().text();
    EXPECT_EQ(own->confirmed, std::vector<std::string>{"tablet"});
}

TEST_F(ChainStep, a_pending_device_has_a_say_of_its_own_after_24_hours) {
    const SignedCard with_tablet =
        good(first_,
             next().add_device(device_of("tablet", kTablet), Admission::pending).card(),
             {kByLaptop});
    const auto freeze = [&](Time now) {
        return verify(with_tablet,
                      CardBuilder::after(with_tablet, now).freeze().card(),
                      {{"tablet", kTablet}});
    };
    expect_error(freeze(kLater + kDay - Seconds(1)), ErrorKind::untrusted, "signature");
    EXPECT_TRUE(freeze(kLater + kDay));
}

TEST_F(ChainStep, an_old_device_never_becomes_pending_again) {
    Card card = next().card();
    card.devices[1].pending = true;
    expect_error(verify(card, {kByLaptop, kByPhone}), ErrorKind::malformed, "device");
}

TEST_F(ChainStep, devices_that_stay_keep_their_line) {
    for (int i = 0; i < 4; ++i) {
        Card card = next().card();
        CardDevice& phone = card.devices[1];
        if (i == 0)
            phone.key = key_of(7).public_key();
        if (i == 1)
            phone.recipient = recipient_of(7);
        if (i == 2)
            phone.added = kStart - 200 * kDay;
        if (i == 3)
            phone.server = true;
        expect_error(
            verify(card, {kByLaptop, kByPhone, kByLaptop}), ErrorKind::malformed, "device");
    }
}

TEST_F(ChainStep, removal_takes_two_devices_one_of_them_90_days_old) {
    const auto remove = [&](Time now, const std::vector<TestSigner>& signers) {
        CardBuilder builder = next(now);
        EXPECT_TRUE(builder.remove_device("phone", now, RevocationReason::lost));
        return verify(builder.card(), signers);
    };
    expect_error(remove(kLater, {kByLaptop}), ErrorKind::untrusted, "device");
    const auto change = remove(kLater, {kByLaptop, kByPhone});
    ASSERT_TRUE(change) << change.error().text();
    EXPECT_EQ(change->removed, std::vector<std::string>{"phone"});
    EXPECT_TRUE(remove(kStart + 90 * kDay, {kByLaptop, kByPhone}));
    expect_error(remove(kStart + 90 * kDay - Seconds(1), {kByLaptop, kByPhone}),
                 ErrorKind::untrusted,
                 "device");
}

TEST_F(ChainStep, a_removed_device_is_listed_as_revoked_and_stays_so) {
    Card silent = next().card();
    silent.devices.pop_back();
    expect_error(verify(silent, {kByLaptop, kByPhone}), ErrorKind::malformed, "revoked");

    CardBuilder builder = next();
    ASSERT_TRUE(builder.remove_device("phone", kLater, RevocationReason::lost));
    const SignedCard without_phone = good(first_, builder.card(), {kByLaptop, kByPhone});
    Card forgotten = CardBuilder::after(without_phone, kLater).card();
    forgotten.revoked.clear();
    expect_error(verify(without_phone, forgotten, {kByLaptop}), ErrorKind::malformed, "revoked");
    Card eased = CardBuilder::after(without_phone, kLater).card();
    eased.revoked[0].reason = RevocationReason::replaced;
    expect_error(verify(without_phone, eased, {kByLaptop}), ErrorKind::malformed, "revoked");
}

TEST_F(ChainStep, who_was_no_device_is_revoked_by_the_recovery_key_alone) {
    const Card card =
        next()
            .revoke_foreign(
                {"thief", key_of(kThief).public_key(), kLater, RevocationReason::compromised})
            .card();
    expect_error(verify(card, {kByLaptop, kByPhone}), ErrorKind::untrusted, "revoked");
    CardBuilder builder = CardBuilder::after(first_, kLater);
    builder.revoke_foreign(card.revoked[0])
        .recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
    EXPECT_TRUE(verify(builder.card(), {kByRecovery}));
    Card later = builder.card();
    later.revoked[0].since = kLater + Seconds(1);
    expect_error(verify(later, {kByRecovery}), ErrorKind::malformed, "revoked");
}

TEST_F(ChainStep, one_device_freezes_two_thaw) {
    const SignedCard frozen = good(first_, next().freeze().card(), {kByPhone});
    const auto thaw = [&](const std::vector<TestSigner>& signers) {
        return verify(frozen, CardBuilder::after(frozen, kLater + kDay).thaw().card(), signers);
    };
    expect_error(thaw({kByLaptop}), ErrorKind::untrusted, "frozen");
    const auto change = thaw({kByLaptop, kByPhone});
    ASSERT_TRUE(change) << change.error().text();
    EXPECT_TRUE(change->thawed);
    expect_error(verify(frozen, CardBuilder::after(frozen, kLater + kDay).card(), {kByLaptop}),
                 ErrorKind::untrusted,
                 "frozen");
    expect_error(
        verify(frozen, CardBuilder::after(frozen, kLater + kDay).card(), {kByLaptop, kByPhone}),
        ErrorKind::untrusted,
        "frozen");
}

TEST_F(ChainStep, frozen_has_the_time_of_its_card_and_keeps_it) {
    Card card = next().freeze().card();
    card.frozen = kStart;
    expect_error(verify(card, {kByPhone}), ErrorKind::malformed, "frozen");
    const SignedCard frozen = good(first_, next().freeze().card(), {kByPhone});
    Card moved = CardBuilder::after(frozen, kLater + kDay).card();
    moved.frozen = moved.time;
    expect_error(verify(frozen, moved, {kByLaptop, kByPhone}), ErrorKind::malformed, "frozen");
}

TEST_F(ChainStep, a_pending_device_does_not_ripen_into_a_second_voice_during_a_freeze) {
    CardBuilder builder = next();
    builder.add_device(device_of("thief", kThief), Admission::pending);
    const SignedCard added = good(first_, builder.card(), {kByLaptop});
    const SignedCard frozen =
        good(added, CardBuilder::after(added, kLater).freeze().card(), {kByPhone});
    const Card thaw = CardBuilder::after(frozen, kLater + 2 * kDay).thaw().card();
    expect_error(
        verify(frozen, thaw, {kByLaptop, {"thief", kThief}}), ErrorKind::untrusted, "frozen");
    EXPECT_TRUE(verify(frozen, thaw, {kByLaptop, kByPhone}));
}

TEST_F(ChainStep, moving_takes_two_devices_going_on_there_one) {
    const Address there = *Address::parse("alice@two.test");
    const Card moved = next().move_to(there).card();
    expect_error(verify(moved, {kByLaptop}), ErrorKind::untrusted, "moved");
    const SignedCard move = good(first_, moved, {kByLaptop, kByPhone});
    const Card goes_on = CardBuilder::after(move, kLater).go_on_there().card();
    EXPECT_EQ(goes_on.address, there);
    const auto change = verify(move, goes_on, {kByLaptop});
    ASSERT_TRUE(change) << change.error().text();
    EXPECT_TRUE(change->moved);
    Card back = CardBuilder::after(move, kLater).card();
    back.moved.reset();
    expect_error(verify(move, back, {kByLaptop}), ErrorKind::untrusted, "moved");
    EXPECT_TRUE(verify(move, back, {kByLaptop, kByPhone}));
}

TEST_F(ChainStep, the_address_changes_only_to_where_moved_leads) {
    Card card = next().card();
    card.address = *Address::parse("alice@two.test");
    expect_error(verify(card, {kByLaptop, kByPhone}), ErrorKind::malformed, "address");
}

TEST_F(ChainStep, serial_prev_root_and_time_follow) {
    const auto with = [&](auto change) {
        Card card = next().card();
        change(card);
        return verify(card, {kByLaptop});
    };
    expect_error(with([](Card& c) { c.serial = 3; }), ErrorKind::malformed, "serial");
    expect_error(with([](Card& c) { c.prev = sha256("x"); }), ErrorKind::untrusted, "prev");
    expect_error(with([](Card& c) { c.root = sha256("x"); }), ErrorKind::untrusted, "root");
    const auto before = [](Card& c) {
        c.time = kStart - Seconds(1);
        c.expires = kStart;
    };
    expect_error(with(before), ErrorKind::malformed, "time");
    const auto again = verify_next(first_, first_);
    expect_error(again, ErrorKind::malformed, "serial");
}

TEST_F(ChainStep, somebody_without_a_say_changes_nothing) {
    expect_error(verify(next().card(), {{"laptop", kThief}}), ErrorKind::untrusted, "signature");
    expect_error(verify(next().card(), {{"tablet", kTablet}}), ErrorKind::untrusted, "signature");
    const Card added = next().add_device(device_of("tablet", kTablet), Admission::pending).card();
    expect_error(verify(added, {{"tablet", kTablet}}), ErrorKind::untrusted, "signature");
    EXPECT_TRUE(verify(added, {kByLaptop, {"tablet", kTablet}}));
}

TEST_F(ChainStep, a_bad_signature_of_a_device_refuses_the_card) {
    const SignedCard renewed = *sign_with(next().card(), {kByLaptop});
    const SignedCard other = *sign_with(next(kLater + kDay).card(), {kByPhone});
    const std::string line(other.note.octets().substr(other.note.text().size() + 1));
    const SignedCard mixed = *read_card(renewed.note.octets() + line);
    expect_error(verify_next(first_, mixed), ErrorKind::bad_signature, "signature");
}

TEST_F(ChainStep, the_recovery_key_replaces_everything) {
    CardBuilder builder = next();
    ASSERT_TRUE(builder.remove_device("laptop", kLater - 30 * kDay, RevocationReason::compromised));
    ASSERT_TRUE(builder.remove_device("phone", kLater, RevocationReason::lost));
    builder.add_device(device_of("desk", 5), Admission::confirmed)
        .recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
    const auto change = verify(builder.card(), {kByRecovery});
    ASSERT_TRUE(change) << change.error().text();
    EXPECT_EQ(change->by, CardChange::By::recovery);
    EXPECT_EQ(change->removed.size(), 2U);
}

TEST_F(ChainStep, recovery_changes_by_the_recovery_key_alone) {
    Card card = next().card();
    card.recovery = commitment_of(kNextRecovery);
    expect_error(verify(card, {kByLaptop, kByPhone}), ErrorKind::untrusted, "recovery");

    Card other = next().recover(key_of(77).public_key(), commitment_of(kNextRecovery)).card();
    expect_error(verify(other, {{"", 77}}), ErrorKind::untrusted, "recovery-key");

    Card unsigned_one =
        next().recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery)).card();
    expect_error(verify(unsigned_one, {kByLaptop, kByPhone}), ErrorKind::untrusted, "recovery-key");
    // It signs without being revealed: then it is an unknown key.
    expect_error(verify(next().card(), {kByRecovery}), ErrorKind::untrusted, "signature");
}

TEST_F(ChainStep, a_key_is_revoked_at_most_30_days_back) {
    const auto since = [&](Seconds back, const std::vector<TestSigner>& signers) {
        CardBuilder builder = next();
        EXPECT_TRUE(builder.remove_device("laptop", kLater - back, RevocationReason::compromised));
        if (signers.front().device.empty())
            builder.recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
        return verify(builder.card(), signers);
    };
    EXPECT_TRUE(since(30 * kDay, {kByRecovery}));
    expect_error(since(30 * kDay + Seconds(1), {kByRecovery}), ErrorKind::malformed, "revoked");
    EXPECT_TRUE(since(30 * kDay, {kByLaptop, kByPhone}));
    expect_error(
        since(30 * kDay + Seconds(1), {kByLaptop, kByPhone}), ErrorKind::malformed, "revoked");
}

TEST_F(ChainStep, guardians_change_by_the_recovery_key_alone) {
    const std::vector<Hash> two = {sha256("one"), sha256("two")};
    const Card named = next().guardians(two, 2).card();
    expect_error(verify(named, {kByLaptop, kByPhone}), ErrorKind::untrusted, "guardian");
    CardBuilder builder = next();
    builder.guardians(two, 2).recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
    EXPECT_TRUE(verify(builder.card(), {kByRecovery}));
    const SignedCard guarded = first_card_with_guardians();
    const Card fewer = CardBuilder::after(guarded, kLater).guardians({}, 0).card();
    expect_error(verify(guarded, fewer, {kByLaptop, kByPhone}), ErrorKind::untrusted, "guardian");
}

class Guardians : public ChainStep {
  protected:
    Guardians() { first_ = first_card_with_guardians(); }
    Card announced(Time now = kLater) const { return announcement(first_, now, kNewKey); }
    static constexpr std::uint8_t kNewKey = 95;
    const TestSigner kByNewKey{"", kNewKey};
};

TEST_F(Guardians, a_quorum_announces_a_new_recovery_key) {
    const auto change = verify(announced(), guardians_signing());
    ASSERT_TRUE(change) << change.error().text();
    EXPECT_EQ(change->by, CardChange::By::guardians);
    EXPECT_FALSE(change->froze);
    EXPECT_TRUE(verify(announcement(first_, kLater, kNewKey, 3), guardians_signing(3)));
    const Card lone = announcement(first_, kLater, kNewKey, 1);
    expect_error(verify(lone, guardians_signing(1)), ErrorKind::untrusted, "guardian-key");
    // A device does not fill up the quorum, nor does somebody who is no guardian.
    expect_error(verify(lone, {guardians_signing(1)[0], kByLaptop, kByPhone}),
                 ErrorKind::untrusted,
                 "guardian-key");
    Card stranger = announced();
    stranger.guardian_keys[1] = key_of(kThief).public_key();
    expect_error(verify(stranger, {guardians_signing(1)[0], {kGuardianName, kThief}}),
                 ErrorKind::untrusted,
                 "guardian-key");
}

TEST_F(Guardians, enough_of_those_whose_keys_are_revealed_sign) {
    EXPECT_TRUE(verify(announcement(first_, kLater, kNewKey, 3), guardians_signing(2)));
    expect_error(verify(announcement(first_, kLater, kNewKey, 3), guardians_signing(1)),
                 ErrorKind::untrusted,
                 "guardian-key");
    expect_error(verify(announced(), {kByLaptop, kByPhone}), ErrorKind::untrusted, "signature");
    // Signing without being revealed is nobody's signature.
    expect_error(verify(next().card(), guardians_signing()), ErrorKind::untrusted, "signature");
}

TEST_F(Guardians, change_nothing_but_the_replacement_and_may_freeze) {
    const auto change = verify(CardBuilder::after(first_, kLater)
                                   .freeze()
                                   .announce(commitment_of(kNewKey), announced().guardian_keys)
                                   .card(),
                               guardians_signing());
    ASSERT_TRUE(change) << change.error().text();
    EXPECT_TRUE(change->froze);
    const auto with = [&](const char* field, auto edit) {
        Card card = announced();
        edit(card);
        expect_error(verify(card, guardians_signing()), ErrorKind::untrusted, field);
    };
    with("device", [](Card& c) { c.devices.pop_back(); });
    with("recovery", [](Card& c) { c.recovery = commitment_of(5); });
    with("guardian", [](Card& c) { c.guardians.pop_back(); });
    with("guardians", [](Card& c) { c.guardians_needed = 3; });
    with("strangers", [](Card& c) { c.strangers = Strangers(); });
    with("moved", [](Card& c) { c.moved = *Address::parse("alice@two.test"); });
    with("address", [](Card& c) { c.address = *Address::parse("alice@two.test"); });
    with("revoked", [](Card& c) {
        c.revoked.push_back({"old", key_of(5).public_key(), kLater, RevocationReason::lost});
    });
    const SignedCard frozen = good(first_, next().freeze().card(), {kByPhone});
    EXPECT_TRUE(verify(frozen, announcement(frozen, kLater, kNewKey), guardians_signing()));
    Card thawed = announcement(frozen, kLater, kNewKey);
    thawed.frozen.reset();
    expect_error(verify(frozen, thawed, guardians_signing()), ErrorKind::untrusted, "frozen");
}

TEST_F(Guardians, devices_go_on_beside_an_announcement_and_cannot_take_it_back) {
    const SignedCard card = good(first_, announced(), guardians_signing());
    EXPECT_TRUE(verify(card, CardBuilder::after(card, kLater + kDay).freeze().card(), {kByPhone}));
    Card without = CardBuilder::after(card, kLater + kDay).card();
    without.replacement.reset();
    expect_error(verify(card, without, {kByLaptop, kByPhone}), ErrorKind::untrusted, "replacement");
    Card own = next().card();
    own.replacement = {commitment_of(kNewKey), own.time};
    expect_error(verify(own, {kByLaptop, kByPhone}), ErrorKind::untrusted, "replacement");
}

TEST_F(Guardians, the_new_recovery_key_signs_72_hours_later) {
    const SignedCard card = good(first_, announced(), guardians_signing());
    const auto takes_over = [&](Seconds after, std::uint8_t key) {
        CardBuilder builder = CardBuilder::after(card, kLater + after);
        builder.recover(key_of(key).public_key(), commitment_of(kNextRecovery));
        return verify(card, builder.card(), {{"", key}});
    };
    expect_error(takes_over(3 * kDay - Seconds(1), kNewKey), ErrorKind::untrusted, "recovery-key");
    const auto change = takes_over(3 * kDay, kNewKey);
    ASSERT_TRUE(change) << change.error().text();
    EXPECT_EQ(change->by, CardChange::By::recovery);
    EXPECT_TRUE(change->replaced);
    const auto veto = takes_over(Seconds(60), kRecovery);
    ASSERT_TRUE(veto) << veto.error().text();
    EXPECT_FALSE(veto->replaced);
    Card kept = CardBuilder::after(card, kLater + 3 * kDay).card();
    kept.recovery = commitment_of(kNewKey);
    kept.replacement.reset();
    expect_error(verify(card, kept, {kByLaptop, kByPhone}), ErrorKind::untrusted, "recovery");
}

TEST(FirstCard, is_signed_by_one_of_its_devices) {
    EXPECT_TRUE(verify_first(first_card()));
    Card card = first_card().card;
    const auto verify = [](const Card& c, const TestSigner& signer) {
        return verify_first(*sign_with(c, {signer}));
    };
    EXPECT_EQ(verify(card, {"laptop", kThief}).error().where, "card: signature");
    EXPECT_EQ(verify(card, {"", kRecovery}).error().kind, ErrorKind::untrusted);
    card.devices[1].pending = true;
    EXPECT_EQ(verify(card, kByLaptop).error().where, "card: device");
    card = first_card().card;
    card.devices[1].added = kStart - 90 * kDay;
    EXPECT_EQ(verify(card, kByLaptop).error().where, "card: device");
    card = first_card().card;
    card.frozen = card.time;
    EXPECT_EQ(verify(card, kByLaptop).error().where, "card: frozen");
    card = first_card().card;
    card.moved = *Address::parse("alice@two.test");
    EXPECT_EQ(verify(card, kByLaptop).error().where, "card: moved");
    card = first_card().card;
    card.recovery_key = key_of(5).public_key();
    EXPECT_EQ(verify(card, kByLaptop).error().where, "card: recovery-key");
    card = first_card().card;
    card.revoked.push_back({"old", key_of(5).public_key(), kStart, RevocationReason::lost});
    EXPECT_EQ(verify(card, kByLaptop).error().where, "card: revoked");
    card = first_card().card;
    card.replacement = {commitment_of(5), kStart};
    EXPECT_EQ(verify(card, kByLaptop).error().where, "card: replacement");
    EXPECT_TRUE(verify_first(first_card_with_guardians()));
    const SignedCard second =
        *sign_with(CardBuilder::after(first_card(), kLater).card(), {kByLaptop});
    EXPECT_EQ(verify_first(second).error().where, "card: serial");
}

TEST(ListedBy, the_domains_own_signature_lists_a_card) {
    SignedCard card = first_card();
    const std::vector<PublicKey> keys = {key_of(60).public_key(), key_of(61).public_key()};
    const auto unlisted = listed_by(card, keys);
    ASSERT_FALSE(unlisted);
    EXPECT_EQ(unlisted.error().where, "card: domain");
    EXPECT_EQ(unlisted.error().kind, ErrorKind::untrusted);
    SignedNote note = card.note;
    ASSERT_TRUE(note.cosign("two.test", key_of(60)));
    EXPECT_FALSE(listed_by(*read_card(note), keys)) << "another domain lists nothing";
    ASSERT_TRUE(note.cosign("one.test", key_of(61)));
    const SignedCard listed = *read_card(note);
    EXPECT_EQ(listed.hash, card.hash);
    EXPECT_TRUE(listed_by(listed, keys));
    EXPECT_FALSE(listed_by(listed, {}));
}

TEST(ListedBy, a_bad_signature_of_the_domain_refuses_the_card) {
    SignedNote other = *SignedNote::sign("other\n", "one.test", key_of(60));
    const std::string line(other.octets().substr(other.text().size() + 1));
    const SignedCard forged = *read_card(first_card().note.octets() + line);
    const std::vector<PublicKey> keys = {key_of(60).public_key()};
    EXPECT_EQ(listed_by(forged, keys).error().kind, ErrorKind::bad_signature);
}

}  // namespace
}  // namespace kith
