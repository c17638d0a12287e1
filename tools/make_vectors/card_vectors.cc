// cards.json: one step, from a card to the next. chains.json: all cards known, and what stands.
#include <boost/json/array.hpp>
#include <functional>

#include "identity/keystate.h"
#include "identity/safety_number.h"
#include "make_vectors/vectors.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;
using Admission = CardBuilder::Admission;

constexpr Time kLater = kNow + 100 * kOneDay;

const Signer kLaptop{"laptop", "alice@one.test/laptop"};
const Signer kPhone{"phone", "alice@one.test/phone"};
const Signer kTablet{"tablet", "alice@one.test/tablet"};
const Signer kThief{"thief", "alice@one.test/thief"};
const Signer kRecovery{"alice-recovery", "alice@one.test"};
const Signer kReplacement{"alice-replacement", "alice@one.test"};
const std::vector<Signer> kGuardians = {{"guardian-1", "alice@one.test/guardian"},
                                        {"guardian-2", "alice@one.test/guardian"},
                                        {"guardian-3", "alice@one.test/guardian"}};
const std::vector<Signer> kTwoGuardians = {kGuardians[0], kGuardians[1]};

json::array texts(const std::vector<std::string>& words) {
    json::array out;
    for (const std::string& word : words)
        out.push_back(json::value(word));
    return out;
}

json::object change_of(const CardChange& change) {
    return {{"by", name_of(change.by)},
            {"signers", texts(change.signers)},
            {"added", texts(change.added)},
            {"confirmed", texts(change.confirmed)},
            {"removed", texts(change.removed)},
            {"froze", change.froze},
            {"thawed", change.thawed},
            {"moved", change.moved},
            {"replaced", change.replaced}};
}

// Alice with laptop and phone; every step of the vectors begins with her.
CardBuilder two_devices_of(const People& people) {
    return CardBuilder::first(people.alice().card.address, people.alice().card.recovery, kNow)
        .add_device(people.device("laptop").as_new(), Admission::confirmed)
        .add_device(people.device("phone").as_new(), Admission::confirmed);
}
SignedCard two_devices(const People& people) {
    return people.sign_card(two_devices_of(people).card(), {kLaptop});
}
// And with three guardians, two of whom suffice.
SignedCard guarded(const People& people) {
    std::vector<Hash> guardians;
    for (const Signer& guardian : kGuardians)
        guardians.push_back(guardian_commitment(people.key(guardian.key).public_key()));
    return people.sign_card(two_devices_of(people).guardians(guardians, 2).card(), {kLaptop});
}

// What so many guardians announce.
Card announcement_after(const People& people,
                        const SignedCard& prev,
                        Time now,
                        std::size_t guardians = 2) {
    std::vector<PublicKey> keys;
    for (std::size_t i = 0; i < guardians; ++i)
        keys.push_back(people.key(kGuardians[i].key).public_key());
    return CardBuilder::after(prev, now)
        .announce(recovery_commitment(people.key("alice-replacement").public_key()), keys)
        .card();
}

class Steps {
  public:
    explicit Steps(const People& people) : people_(people), first_(two_devices(people)) {}

    using Edit = std::function<void(CardBuilder&)>;
    using EditCard = std::function<void(Card&)>;

    Card next(const Edit& edit) const { return next(first_, edit, kLater); }
    static Card next(const SignedCard& prev, const Edit& edit, Time now) {
        CardBuilder builder = CardBuilder::after(prev, now);
        edit(builder);
        return builder.card();
    }
    SignedCard good(const std::string& name,
                    const SignedCard& prev,
                    const Card& card,
                    const std::vector<Signer>& signers) {
        SignedCard next = people_.sign_card(card, signers);
        json::object out = begin(name, &prev, next);
        const auto change = verify_next(prev, next);
        expect_good(out, change);
        out["hash"] = next.hash.text();
        out["change"] = change_of(*change);
        cases_.push_back(out);
        return next;
    }
    void bad(const std::string& name,
             const SignedCard& prev,
             const Card& card,
             const std::vector<Signer>& signers,
             const Refusal& refusal) {
        const SignedCard next = people_.sign_card(card, signers);
        json::object out = begin(name, &prev, next);
        expect_refusal(out, verify_next(prev, next), refusal);
        cases_.push_back(out);
    }
    void first_card(const std::string& name,
                    const EditCard& edit,
                    const Signer& signer,
                    const Refusal* refusal) {
        Card card = first_.card;
        edit(card);
        const SignedCard signed_card = people_.sign_card(card, {signer});
        json::object out = begin(name, nullptr, signed_card);
        if (refusal)
            expect_refusal(out, verify_first(signed_card), *refusal);
        else
            expect_good(out, verify_first(signed_card));
        out["hash"] = signed_card.hash.text();
        cases_.push_back(out);
    }
    const SignedCard& first() const { return first_; }
    json::array take() { return std::move(cases_); }

  private:
    static json::object begin(const std::string& name,
                              const SignedCard* prev,
                              const SignedCard& card) {
        json::object out{{"name", name}};
        out["prev"] = prev ? json::value(prev->note.octets()) : json::value(nullptr);
        out["card"] = card.note.octets();
        return out;
    }

    const People& people_;
    SignedCard first_;
    json::array cases_;
};

void add_first_cards(Steps& out, const People& people) {
    using enum ErrorKind;
    const auto refuse = [&](const char* name, const Steps::EditCard& edit, const char* where) {
        const Refusal refusal{malformed, where};
        out.first_card(name, edit, kLaptop, &refusal);
    };
    out.first_card("a first card", [](Card&) {}, kLaptop, nullptr);
    out.first_card("a first card signed by its other device", [](Card&) {}, kPhone, nullptr);
    const Refusal unsigned_one{untrusted, "card: signature"};
    out.first_card("a first card signed by a stranger", [](Card&) {}, kThief, &unsigned_one);
    out.first_card(
        "a first card signed by the recovery key", [](Card&) {}, kRecovery, &unsigned_one);
    refuse(
        "a first card with a pending device",
        [](Card& c) { c.devices[1].pending = true; },
        "card: device");
    refuse(
        "a first card with an older device",
        [](Card& c) { c.devices[1].added -= kOneDay; },
        "card: device");
    refuse("a frozen first card", [](Card& c) { c.frozen = c.time; }, "card: frozen");
    refuse(
        "a first card that moved",
        [](Card& c) { c.moved = *Address::parse("alice@two.test"); },
        "card: moved");
    refuse(
        "a first card with a revoked device",
        [&](Card& c) {
            c.revoked.push_back(
                {"old", people.key("stranger").public_key(), kNow, RevocationReason::lost});
        },
        "card: revoked");
}

void add_device_steps(Steps& out, const People& people) {
    using enum ErrorKind;
    const SignedCard& first = out.first();
    const auto tablet = [&](Admission admission) {
        return out.next(
            [&](CardBuilder& b) { b.add_device(people.device("tablet").as_new(), admission); });
    };
    out.good("one device renews", first, out.next([](CardBuilder&) {}), {kPhone});
    const SignedCard added =
        out.good("one device adds a pending one", first, tablet(Admission::pending), {kLaptop});
    out.good("two devices add one at once", first, tablet(Admission::confirmed), {kLaptop, kPhone});
    out.bad("one device adds one at once",
            first,
            tablet(Admission::confirmed),
            {kLaptop},
            {untrusted, "card: device"});
    Card dated = tablet(Admission::pending);
    dated.devices.back().added = kNow;
    out.bad(
        "a new device dated back", first, dated, {kLaptop, kPhone}, {malformed, "card: device"});
    const auto confirm = [](CardBuilder& b) { KITH_CHECK(b.confirm_device("tablet").has_value()); };
    const Card soon = Steps::next(added, confirm, kLater + kOneDay - Seconds(1));
    const Card late = Steps::next(added, confirm, kLater + 30 * kOneDay);
    const Card early = Steps::next(added, confirm, kLater + 30 * kOneDay - Seconds(1));
    out.bad(
        "one device confirms before 30 days", added, early, {kLaptop}, {untrusted, "card: device"});
    out.bad("a pending device is no second voice",
            added,
            soon,
            {kLaptop, kTablet},
            {untrusted, "card: device"});
    out.good("one device confirms after 30 days", added, late, {kLaptop});
    out.good("two devices confirm before 30 days", added, soon, {kLaptop, kPhone});
    out.bad("a pending device alone", added, soon, {kTablet}, {untrusted, "card: signature"});
    out.good("a pending device after 24 hours",
             added,
             Steps::next(
                 added, [](CardBuilder& b) { b.freeze(); }, kLater + kOneDay),
             {kTablet});
    Card changed = out.next([](CardBuilder&) {});
    changed.devices[1].recipient = people.device("thief").identity.recipient();
    out.bad(
        "a device's line changes", first, changed, {kLaptop, kPhone}, {malformed, "card: device"});
}

void add_removal_steps(Steps& out, const People& people) {
    using enum ErrorKind;
    const SignedCard& first = out.first();
    const auto remove = [](CardBuilder& b) {
        KITH_CHECK(b.remove_device("phone", b.card().time, RevocationReason::lost).has_value());
    };
    const SignedCard gone =
        out.good("two devices remove one", first, out.next(remove), {kLaptop, kPhone});
    out.bad("one device removes another",
            first,
            out.next(remove),
            {kLaptop},
            {untrusted, "card: device"});
    out.bad("two devices remove one, neither of them 90 days old",
            first,
            Steps::next(first, remove, kNow + 89 * kOneDay),
            {kLaptop, kPhone},
            {untrusted, "card: device"});
    const auto since = [](Seconds back) {
        return [back](CardBuilder& b) {
            KITH_CHECK(
                b.remove_device("phone", b.card().time - back, RevocationReason::lost).has_value());
        };
    };
    out.good("revoked 30 days back", first, out.next(since(30 * kOneDay)), {kLaptop, kPhone});
    out.bad("revoked more than 30 days back",
            first,
            out.next(since(30 * kOneDay + Seconds(1))),
            {kLaptop, kPhone},
            {malformed, "card: revoked"});
    Card silent = out.next([](CardBuilder&) {});
    silent.devices.pop_back();
    out.bad("a device goes without being revoked",
            first,
            silent,
            {kLaptop, kPhone},
            {malformed, "card: revoked"});
    Card forgotten = Steps::next(gone, [](CardBuilder&) {}, kLater);
    forgotten.revoked.clear();
    out.bad(
        "a revoked device is dropped", gone, forgotten, {kLaptop}, {malformed, "card: revoked"});
    const Card foreign = out.next([&](CardBuilder& b) {
        b.revoke_foreign(
            {"thief", people.key("thief").public_key(), kLater, RevocationReason::compromised});
    });
    out.bad("devices revoke what was none of them",
            first,
            foreign,
            {kLaptop, kPhone},
            {untrusted, "card: revoked"});
}

void add_freeze_and_move_steps(Steps& out, const People& people) {
    using enum ErrorKind;
    const SignedCard& first = out.first();
    const auto freeze = [](CardBuilder& b) { b.freeze(); };
    const auto thaw = [](CardBuilder& b) { b.thaw(); };
    const SignedCard frozen = out.good("one device freezes", first, out.next(freeze), {kPhone});
    const Card thawed = Steps::next(frozen, thaw, kLater + kOneDay);
    out.good("two devices thaw", frozen, thawed, {kLaptop, kPhone});
    out.bad("one device thaws", frozen, thawed, {kLaptop}, {untrusted, "card: frozen"});
    out.bad("devices renew a frozen card",
            frozen,
            Steps::next(
                frozen, [](CardBuilder&) {}, kLater),
            {kLaptop, kPhone},
            {untrusted, "card: frozen"});
    const auto thief = [&](CardBuilder& b) {
        b.add_device(people.device("thief").as_new(), Admission::pending);
    };
    const SignedCard added = people.sign_card(out.next(thief), {kLaptop});
    const SignedCard held = people.sign_card(Steps::next(added, freeze, kLater), {kPhone});
    out.bad("a pending device does not ripen during a freeze",
            held,
            Steps::next(held, thaw, kLater + 2 * kOneDay),
            {kLaptop, kThief},
            {untrusted, "card: frozen"});
    Card dated = out.next(freeze);
    dated.frozen = kNow;
    out.bad("frozen at another time than the card's",
            first,
            dated,
            {kPhone},
            {malformed, "card: frozen"});

    const auto move = [](CardBuilder& b) { b.move_to(*Address::parse("alice@two.test")); };
    const SignedCard moved = out.good("two devices move", first, out.next(move), {kLaptop, kPhone});
    out.bad("one device moves", first, out.next(move), {kLaptop}, {untrusted, "card: moved"});
    const Signer there{"laptop", "alice@two.test/laptop"};
    const Card goes_on = Steps::next(moved, [](CardBuilder& b) { b.go_on_there(); }, kLater);
    out.good("the chain goes on at the new address", moved, goes_on, {there});
    out.bad(
        "signed under the old address", moved, goes_on, {kLaptop}, {untrusted, "card: signature"});
    Card elsewhere = out.next([](CardBuilder&) {});
    elsewhere.address = *Address::parse("alice@two.test");
    out.bad(
        "another address without a move", first, elsewhere, {there}, {malformed, "card: address"});
}

CardBuilder recovery_after(const People& people, const SignedCard& prev, const char* next) {
    CardBuilder builder = CardBuilder::after(prev, kLater + 2 * kOneDay);
    for (const CardDevice& device : prev.card.devices)
        KITH_CHECK(
            builder.remove_device(device.name, kLater, RevocationReason::compromised).has_value());
    builder.thaw()
        .add_device(people.device("tablet").as_new(), Admission::confirmed)
        .recover(people.key("alice-recovery").public_key(),
                 recovery_commitment(people.key(next).public_key()));
    return builder;
}

void add_recovery_steps(Steps& out, const People& people) {
    using enum ErrorKind;
    const SignedCard& first = out.first();
    const Card card = recovery_after(people, first, "alice-recovery-2").card();
    out.good("the recovery key replaces everything", first, card, {kRecovery});
    out.bad("the recovery key is revealed and does not sign",
            first,
            card,
            {kLaptop, kPhone},
            {untrusted, "card: recovery-key"});
    Card other = card;
    other.recovery_key = people.key("stranger").public_key();
    out.bad("another recovery key",
            first,
            other,
            {{"stranger", "alice@one.test"}},
            {untrusted, "card: recovery-key"});
    Card changed = out.next([](CardBuilder&) {});
    changed.recovery = card.recovery;
    out.bad("devices change the commitment",
            first,
            changed,
            {kLaptop, kPhone},
            {untrusted, "card: recovery"});
    out.bad("the recovery key signs and is not revealed",
            first,
            out.next([](CardBuilder&) {}),
            {kRecovery},
            {untrusted, "card: signature"});
}

void add_guardian_steps(Steps& out, const People& people) {
    using enum ErrorKind;
    const SignedCard prev = guarded(people);
    out.bad("devices choose guardians",
            out.first(),
            out.next([&](CardBuilder& b) { b.guardians(prev.card.guardians, 2); }),
            {kLaptop, kPhone},
            {untrusted, "card: guardian"});
    const Card card = announcement_after(people, prev, kLater);
    const SignedCard announced =
        out.good("a quorum of guardians announces", prev, card, kTwoGuardians);
    out.bad("one guardian where two are needed",
            prev,
            announcement_after(people, prev, kLater, 1),
            {kGuardians[0]},
            {untrusted, "card: guardian-key"});
    out.good("a guardian beyond the quorum is revealed and does not sign",
             prev,
             announcement_after(people, prev, kLater, 3),
             kTwoGuardians);
    out.bad("three guardians are revealed and one signs",
            prev,
            announcement_after(people, prev, kLater, 3),
            {kGuardians[0]},
            {untrusted, "card: guardian-key"});
    Card stranger = card;
    stranger.guardian_keys[1] = people.key("stranger").public_key();
    out.bad("a guardian who is none",
            prev,
            stranger,
            {kGuardians[0], {"stranger", "alice@one.test/guardian"}},
            {untrusted, "card: guardian-key"});
    Card meddling = card;
    meddling.devices.pop_back();
    out.bad(
        "guardians remove a device", prev, meddling, kTwoGuardians, {untrusted, "card: device"});
    Card without = Steps::next(announced, [](CardBuilder&) {}, kLater + kOneDay);
    without.replacement.reset();
    out.bad("devices take an announcement back",
            announced,
            without,
            {kLaptop, kPhone},
            {untrusted, "card: replacement"});
    const auto recovers = [&](const char* key) {
        return [&people, key](CardBuilder& b) {
            b.recover(people.key(key).public_key(),
                      recovery_commitment(people.key("alice-recovery-2").public_key()));
        };
    };
    const auto at = [&](const char* key, Seconds after) {
        return Steps::next(announced, recovers(key), kLater + after);
    };
    out.good("the new recovery key after 72 hours",
             announced,
             at("alice-replacement", 3 * kOneDay),
             {kReplacement});
    out.bad("the new recovery key before 72 hours",
            announced,
            at("alice-replacement", 3 * kOneDay - Seconds(1)),
            {kReplacement},
            {untrusted, "card: recovery-key"});
    out.good("the old recovery key vetoes", announced, at("alice-recovery", kOneDay), {kRecovery});
}

void add_link_steps(Steps& out) {
    using enum ErrorKind;
    const SignedCard& first = out.first();
    const auto refuse = [&](const char* name, const Steps::EditCard& edit, const Refusal& refusal) {
        Card card = out.next([](CardBuilder&) {});
        edit(card);
        out.bad(name, first, card, {kLaptop}, refusal);
    };
    refuse("a serial too many", [](Card& c) { c.serial = 3; }, {malformed, "card: serial"});
    refuse("another prev", [](Card& c) { c.prev = sha256("x"); }, {untrusted, "card: prev"});
    refuse("another root", [](Card& c) { c.root = sha256("x"); }, {untrusted, "card: root"});
    refuse("before the previous card",
           [](Card& c) {
               c.time = kNow - Seconds(1);
               c.expires = kNow;
           },
           {malformed, "card: time"});
}

class Chains {
  public:
    void add(const std::string& name,
             const std::vector<SignedCard>& cards,
             const std::vector<PublicKey>& keys) {
        const auto resolution = resolve(cards, cards.front().root());
        KITH_CHECK(resolution.has_value());
        const Chain& chain = resolution->chain;
        json::array notes;
        for (const SignedCard& card : cards)
            notes.push_back(json::value(card.note.octets()));
        json::array line;
        for (const SignedCard* card : chain.line())
            line.push_back(json::value(card->hash.text()));
        json::object out{{"name", name}, {"root", chain.root().text()}};
        out["cards"] = notes;
        out["standing"] = chain.standing() == Chain::Standing::good ? "good" : "disputed";
        out["current"] = chain.current().hash.text();
        out["line"] = line;
        json::array refused;
        for (const auto& [hash, why] : resolution->refused)
            refused.push_back(json::value(hash.text()));
        out["refused"] = refused;
        out["keys"] = states(chain, keys);
        cases_.push_back(out);
    }
    json::array take() { return std::move(cases_); }

  private:
    static json::array states(const Chain& chain, const std::vector<PublicKey>& keys) {
        json::array out;
        for (const PublicKey& key : keys)
            for (const Time at :
                 {kNow, kLater, kLater + kOneDay, kLater + 3 * kOneDay, kLater + 500 * kOneDay})
                out.push_back({{"key", key.text()},
                               {"at", format_time(at)},
                               {"standing", name_of(key_state(chain, key, at).standing)}});
        return out;
    }

    json::array cases_;
};

void add_guardian_chains(Chains& out, const People& people, const std::vector<PublicKey>& keys) {
    const SignedCard first = guarded(people);
    const auto announced = [&](const SignedCard& prev, Time now, std::size_t guardians) {
        return people.sign_card(
            announcement_after(people, prev, now, guardians),
            {kGuardians.begin(), kGuardians.begin() + static_cast<std::ptrdiff_t>(guardians)});
    };
    const auto recovered = [&](const SignedCard& prev, Time now, const Signer& by) {
        CardBuilder builder = CardBuilder::after(prev, now);
        for (const CardDevice& device : prev.card.devices)
            KITH_CHECK(
                builder.remove_device(device.name, kLater, RevocationReason::lost).has_value());
        builder.add_device(people.device("tablet").as_new(), Admission::confirmed)
            .recover(people.key(by.key).public_key(),
                     recovery_commitment(people.key("alice-recovery-2").public_key()));
        return people.sign_card(builder.card(), {by});
    };
    const auto renewed = [&](const SignedCard& prev, Time now) {
        return people.sign_card(Steps::next(prev, [](CardBuilder&) {}, now), {kLaptop});
    };
    const SignedCard announcement = announced(first, kLater, 2);
    const SignedCard fork = renewed(first, kLater - Seconds(60));
    const SignedCard on = renewed(announcement, kLater + kOneDay);
    const SignedCard takes_over = recovered(on, kLater + 3 * kOneDay, kReplacement);
    const SignedCard veto = recovered(first, kLater + 2 * kOneDay, kRecovery);
    const SignedCard late = recovered(first, kLater + 4 * kOneDay, kRecovery);
    out.add("guardians win over what devices signed beside", {first, fork, announcement}, keys);
    out.add("devices go on after an announcement", {first, announcement, on}, keys);
    out.add(
        "guardians replace a lost recovery key", {first, fork, announcement, on, takes_over}, keys);
    out.add("in another order", {takes_over, on, announcement, fork, first}, keys);
    out.add("a live recovery key vetoes", {first, announcement, on, veto, takes_over}, keys);
    out.add("also where the veto becomes known last",
            {first, announcement, on, takes_over, veto},
            keys);
    out.add(
        "the old recovery key comes too late", {first, announcement, on, takes_over, late}, keys);
    const SignedCard again = announced(first, kLater + kOneDay, 3);
    out.add("a later announcement takes the place of an earlier one",
            {first, announcement, on, again, takes_over},
            keys);
    const SignedCard same = announced(first, kLater, 3);
    out.add("two announcements of one second contradict each other",
            {first, announcement, same, on, takes_over},
            keys);
}

json::array safety_numbers(const People& people) {
    json::array out;
    for (const auto& [one, other] : {std::pair(people.alice().root(), people.bob().root()),
                                     std::pair(people.bob().root(), people.alice().root())})
        out.push_back({{"one", one.text()},
                       {"other", other.text()},
                       {"text", safety_number_text(one, other)}});
    return out;
}

}  // namespace

json::value card_vectors(const People& people) {
    Steps out(people);
    add_first_cards(out, people);
    add_link_steps(out);
    add_device_steps(out, people);
    add_removal_steps(out, people);
    add_freeze_and_move_steps(out, people);
    add_recovery_steps(out, people);
    add_guardian_steps(out, people);
    return {{"description",
             "One step of a chain (protocol section 3.1): may `card` follow `prev` (null: is it a "
             "good first card)?"},
            {"cases", out.take()}};
}

json::value chain_vectors(const People& people) {
    const SignedCard first = two_devices(people);
    const auto next =
        [&](const SignedCard& prev, Seconds after, const Steps::Edit& edit, const Signer& by) {
            return people.sign_card(Steps::next(prev, edit, kLater + after), {by});
        };
    const auto thief = [&](CardBuilder& b) {
        b.add_device(people.device("thief").as_new(), Admission::pending);
    };
    const SignedCard added = next(first, Seconds(0), thief, kLaptop);
    const SignedCard frozen = next(added, Seconds(60), [](CardBuilder& b) { b.freeze(); }, kPhone);
    const SignedCard fork = next(first, Seconds(120), [](CardBuilder&) {}, kLaptop);
    const SignedCard recovery =
        people.sign_card(recovery_after(people, first, "alice-recovery-2").card(), {kRecovery});
    const SignedCard second =
        people.sign_card(recovery_after(people, added, "alice-recovery-3").card(), {kRecovery});
    std::vector<PublicKey> keys;
    for (const char* name : {"laptop", "phone", "tablet", "thief", "stranger"})
        keys.push_back(people.key(name).public_key());
    Chains out;
    out.add("the first card alone", {first}, keys);
    out.add("a thief adds a device, the owner freezes", {first, added, frozen}, keys);
    out.add("of two cards after one the first known stays", {first, added, fork}, keys);
    out.add("of two cards after one the first known stays, the other way round",
            {first, fork, added},
            keys);
    out.add("the recovery key wins over what came since", {first, added, frozen, recovery}, keys);
    out.add("in any order of arrival", {recovery, frozen, first, added}, keys);
    out.add("two recoveries are a dispute", {first, added, recovery, second}, keys);
    const SignedCard forged = next(first, Seconds(180), thief, {"stranger", kLaptop.name});
    const SignedCard alone = next(
        first,
        Seconds(240),
        [](CardBuilder& b) { (void)b.remove_device("phone", kLater, RevocationReason::lost); },
        kLaptop);
    out.add("a card whose one before is not known is left out", {first, frozen}, keys);
    out.add("a forged card and one against the rules are left out",
            {first, forged, alone, added},
            keys);
    add_guardian_chains(out, people, keys);
    return {{"description",
             "All cards known of one person, in the order in which they became known; what stands, "
             "and which are left out; what keys are worth at what time. And safety numbers."},
            {"cases", out.take()},
            {"safety-numbers", safety_numbers(people)}};
}

}  // namespace kith::vectors
