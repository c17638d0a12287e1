// moved.json: what the server of an address answers whose owner went elsewhere (410, protocol
// sections 3.8 and 7.2), and where a sender takes that to lead.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <functional>

#include "identity/move_check.h"
#include "make_vectors/vectors.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;
using Admission = CardBuilder::Admission;

constexpr Time kLater = kNow + 100 * kOneDay;

const Signer kLaptop{"laptop", "alice@one.test/laptop"};
const Signer kPhone{"phone", "alice@one.test/phone"};
const Signer kRecovery{"alice-recovery", "alice@one.test"};
const Signer kLaptopThere{"laptop", "alice@two.test/laptop"};
const Signer kPhoneThere{"phone", "alice@two.test/phone"};

class Moves {
  public:
    explicit Moves(const People& people) : people_(people) {}

    void good(const char* name,
              const std::vector<SignedCard>& known,
              const SignedCard& card,
              const char* to) {
        json::object out = begin(name, known, "alice@one.test", answer(&card));
        const auto moved = moved_to(chain_of(known), asked(out), card.note.octets());
        expect_good(out, moved);
        out["to"] = to;
        if (moved->text() != to)
            wrong(out, moved->text());
        cases_.push_back(out);
    }
    void bad(const char* name,
             const std::vector<SignedCard>& known,
             const SignedCard& card,
             const Refusal& refusal,
             const char* asked_for = "alice@one.test") {
        json::object out = begin(name, known, asked_for, answer(&card));
        expect_refusal(out, moved_to(chain_of(known), asked(out), card.note.octets()), refusal);
        cases_.push_back(out);
    }
    // The server's word alone.
    void bare(const char* name, const std::vector<SignedCard>& known, const Refusal& refusal) {
        json::object out = begin(name, known, "alice@one.test", answer(nullptr));
        expect_refusal(out, moved_to(chain_of(known), asked(out), ""), refusal);
        cases_.push_back(out);
    }

    /// The card after `prev`, signed by these.
    SignedCard next(const SignedCard& prev,
                    Seconds after,
                    const std::function<void(CardBuilder&)>& edit,
                    const std::vector<Signer>& signers) const {
        CardBuilder builder = CardBuilder::after(prev, kLater + after);
        edit(builder);
        return people_.sign_card(builder.card(), signers);
    }
    json::array take() { return std::move(cases_); }

  private:
    static Chain chain_of(const std::vector<SignedCard>& known) {
        auto resolution = resolve(known, known.front().root());
        KITH_CHECK(resolution.has_value() && resolution->refused.empty());
        return std::move(resolution->chain);
    }
    static Address asked(const json::object& out) {
        return *Address::parse(std::string(out.at("asked").as_string()));
    }
    static std::string answer(const SignedCard* card) {
        json::object body{{"type", "moved"},
                          {"status", 410},
                          {"title", "They are at another address now."},
                          {"detail", "alice@one.test is mallory@evil.test now"}};
        if (card)
            body["card"] = card->note.octets();
        return json::serialize(body);
    }
    static json::object begin(const char* name,
                              const std::vector<SignedCard>& known,
                              const char* asked_for,
                              const std::string& body) {
        json::array notes;
        for (const SignedCard& card : known)
            notes.push_back(json::value(card.note.octets()));
        return {{"name", name}, {"known", notes}, {"asked", asked_for}, {"body", body}};
    }

    const People& people_;
    json::array cases_;
};

std::function<void(CardBuilder&)> moves(const char* to) {
    return [to](CardBuilder& b) { b.move_to(*Address::parse(to)); };
}

}  // namespace

json::value move_vectors(const People& people) {
    using enum ErrorKind;
    Moves out(people);
    const auto recovers = [&people](CardBuilder& b, const char* next) {
        b.recover(people.key("alice-recovery").public_key(),
                  recovery_commitment(people.key(next).public_key()));
    };
    const SignedCard first = people.sign_card(
        CardBuilder::first(people.alice().card.address, people.alice().card.recovery, kNow)
            .add_device(people.device("laptop").as_new(), Admission::confirmed)
            .add_device(people.device("phone").as_new(), Admission::confirmed)
            .card(),
        {kLaptop});
    const SignedCard moved =
        out.next(first, Seconds(0), moves("alice@two.test"), {kLaptop, kPhone});
    const SignedCard by_recovery = out.next(first,
                                            Seconds(0),
                                            [&](CardBuilder& b) {
                                                moves("alice@two.test")(b);
                                                recovers(b, "alice-recovery-2");
                                            },
                                            {kRecovery});
    const SignedCard added = out.next(
        first,
        Seconds(-60),
        [&](CardBuilder& b) { b.add_device(people.device("thief").as_new(), Admission::pending); },
        {kLaptop});
    out.good("two devices moved", {first}, moved, "alice@two.test");
    out.good("the recovery key moved", {first}, by_recovery, "alice@two.test");
    out.good("the recovery key moved, and overruled what a device signed",
             {first, added},
             by_recovery,
             "alice@two.test");
    out.good("the sender has the card already", {first, moved}, moved, "alice@two.test");
    const SignedCard there =
        out.next(moved, Seconds(60), [](CardBuilder& b) { b.go_on_there(); }, {kLaptopThere});
    const SignedCard further =
        out.next(there, Seconds(120), moves("alice@three.test"), {kLaptopThere, kPhoneThere});
    out.good("the chain has gone on there, and further",
             {first, moved, there, further},
             moved,
             "alice@two.test");

    out.bare("a server that shows no card", {first}, {malformed, "card: note"});
    out.bad("a card that moves nowhere", {first}, first, {untrusted, "card: moved"});
    out.bad("one device moved",
            {first},
            out.next(first, Seconds(0), moves("alice@two.test"), {kLaptop}),
            {untrusted, "card: moved"});
    out.bad("a key that is no device's moved",
            {first},
            out.next(first,
                     Seconds(0),
                     moves("mallory@evil.test"),
                     {{"thief", kLaptop.name}, {"stranger", kPhone.name}}),
            {untrusted, "card: signature"});
    out.bad("two devices moved, neither of them 90 days old",
            {first},
            out.next(first, -11 * kOneDay, moves("alice@two.test"), {kLaptop, kPhone}),
            {untrusted, "card: moved"});
    out.bad("the card of another address",
            {first, moved, there},
            further,
            {untrusted, "card: address"});
    const SignedCard bob = people.sign_card(
        CardBuilder::first(people.alice().card.address, people.bob().card.recovery, kNow)
            .add_device(people.device("desk").as_new(), Admission::confirmed)
            .add_device(people.device("tablet").as_new(), Admission::confirmed)
            .card(),
        {{"desk", "alice@one.test/desk"}});
    out.bad("whoever has the address now moved",
            {first},
            out.next(bob,
                     Seconds(0),
                     moves("mallory@evil.test"),
                     {{"desk", "alice@one.test/desk"}, {"tablet", "alice@one.test/tablet"}}),
            {untrusted, "card: root"});
    out.bad("a card between is not known: the chain has to be asked for (7.1)",
            {first},
            out.next(added, Seconds(0), moves("alice@two.test"), {kLaptop, kPhone}),
            {untrusted, "card: prev"});
    const SignedCard stays = out.next(
        first, Seconds(30), [&](CardBuilder& b) { recovers(b, "alice-recovery-2"); }, {kRecovery});
    out.bad(
        "the recovery key overruled the move", {first, stays}, moved, {untrusted, "card: prev"});
    out.bad("the recovery key signed twice, here and there",
            {first, stays},
            by_recovery,
            {untrusted, "card"});
    return {{"description",
             "The answer 410 of an address whose owner has moved (protocol section 3.8): `known`, "
             "the chain that the sender has, `asked`, whom it wrote to, `body`, the problem "
             "document; `to`, where it leads. What `detail` says never counts."},
            {"cases", out.take()}};
}

}  // namespace kith::vectors
