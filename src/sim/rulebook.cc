#include "sim/rulebook.h"

#include "base/result.h"

namespace kith::sim {
namespace {

constexpr std::size_t kGrants = 3;
constexpr std::size_t kStates = 4;
constexpr std::size_t kWords = 3;
constexpr std::size_t kShapes = kGrants * kStates * kWords * 2 * 2;
constexpr std::uint64_t kPrice = std::uint64_t{1} << 20;

Hash root_of(std::string_view name) {
    return sha256(name);
}
Address address_of(std::string_view text) {
    auto address = Address::parse(text);
    KITH_CHECK(address.has_value());
    return *address;
}

Shape shape_at(std::size_t index) {
    Shape shape;
    shape.reply_token = index % 2 == 1;
    index /= 2;
    shape.mail_covers_one = index % 2 == 1;
    index /= 2;
    shape.word = static_cast<Shape::Word>(index % kWords);
    index /= kWords;
    shape.state = static_cast<GrantEvidence::State>(index % kStates);
    shape.grant = static_cast<Shape::Grant>(index / kStates);
    return shape;
}

Effect effect_of(const GrantEffect& effect) {
    const bool on_introducer = effect.grant == root_of("introducer").text();
    KITH_CHECK(on_introducer || effect.grant == root_of("sender").text());
    return {on_introducer ? Effect::Of::introducer : Effect::Of::sender,
            {{}, effect.act, effect.bucket}};
}

Ruling::After after(const Decision& decision, const Evidence& evidence, MessageOutcome outcome) {
    const Settlement settlement = settle(decision, evidence.root, evidence.sender, outcome);
    Ruling::After after;
    for (const GrantEffect& effect : settlement.grants)
        after.effects.push_back(effect_of(effect));
    after.tells_introducer = settlement.introducer.has_value();
    after.tells_home = settlement.home == Settlement::TellHome::yes;
    return after;
}

Ruling rule(const Shape& shape) {
    const Evidence evidence = evidence_of(shape);
    const Decision decision = decide(evidence);
    Ruling ruling;
    ruling.outcome = decision.outcome;
    ruling.tier = decision.tier;
    ruling.flags = decision.flags;
    ruling.by_word = decision.has(ReasonCode::vouched);
    for (const Debit& debit : decision.debits) {
        ruling.debits_mail |= debit.meter == Debit::Meter::mail;
        ruling.debits_introductions |= debit.meter == Debit::Meter::introductions;
    }
    for (const MessageOutcome outcome :
         {MessageOutcome::engaged, MessageOutcome::unwanted, MessageOutcome::looks_hacked})
        ruling.after[static_cast<std::size_t>(outcome)] = after(decision, evidence, outcome);
    return ruling;
}

}  // namespace

Evidence evidence_of(const Shape& shape) {
    Evidence evidence;
    evidence.sender = address_of("sender@one.test");
    evidence.root = root_of("sender");
    evidence.key.standing = KeyStanding::active;
    evidence.price = kPrice;
    const Introducer introducer{
        root_of("introducer"), address_of("introducer@two.test"), "0123456789abcdef"};
    if (shape.grant != Shape::Grant::none) {
        GrantEvidence grant;
        grant.level =
            shape.grant == Shape::Grant::known ? GrantLevel::known : GrantLevel::well_trusted;
        grant.address = evidence.sender;
        grant.state = shape.state;
        grant.mail = shape.mail_covers_one ? kOneCredit : Credit();
        if (shape.state == GrantEvidence::State::introduced)
            grant.introducer = introducer;
        evidence.grant = grant;
    }
    if (shape.reply_token)
        evidence.token =
            TokenEvidence{TokenKind::reply, TokenEvidence::State::good, "0123456789abcdef", {}};
    if (shape.word != Shape::Word::none)
        evidence.word = WordEvidence{WordEvidence::Kind::vouch,
                                     introducer,
                                     shape.word == Shape::Word::good ? kOneCredit : Credit()};
    return evidence;
}

Rulebook::Index Rulebook::index_of(const Shape& shape) {
    std::size_t index = static_cast<std::size_t>(shape.grant);
    index = index * kStates + static_cast<std::size_t>(shape.state);
    index = index * kWords + static_cast<std::size_t>(shape.word);
    index = index * 2 + (shape.mail_covers_one ? 1 : 0);
    index = index * 2 + (shape.reply_token ? 1 : 0);
    return static_cast<Index>(index);
}

Rulebook::Rulebook() {
    rulings_.reserve(kShapes);
    for (std::size_t index = 0; index < kShapes; ++index) {
        KITH_CHECK(index_of(shape_at(index)) == index);
        rulings_.push_back(rule(shape_at(index)));
    }
}

}  // namespace kith::sim
