#include "sim/world.h"

#include <cstring>

#include "trust/evidence.h"

namespace kith::sim {
namespace {

constexpr const char* kSerial = "0123456789abcdef";
constexpr const char* kDomain = "one.test";

// Roots are hashes; whose it is does, here.
Hash root_of(Person who) {
    Hash root;
    std::memcpy(root.octets.data(), &who, sizeof who);
    return root;
}

IssuedVouch vouch_of(const Message& message, Time given) {
    IssuedVouch vouch;
    vouch.serial = kSerial;
    vouch.subject = root_of(message.from);
    vouch.domain = kDomain;
    vouch.given = given;
    return vouch;
}

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
    well_trusted += other.well_trusted;
    known += other.known;
    introduced += other.introduced;
    batched += other.batched;
    requests += other.requests;
    priced += other.priced;
    lost += other.lost;
    return *this;
}

Tally operator-(Tally a, const Tally& b) {
    a.well_trusted -= b.well_trusted;
    a.known -= b.known;
    a.introduced -= b.introduced;
    a.batched -= b.batched;
    a.requests -= b.requests;
    a.priced -= b.priced;
    a.lost -= b.lost;
    return a;
}

World::World(
    const Graph& graph, const Rulebook& rules, double well_trusted, std::uint64_t seed, Fault fault)
    : graph_(&graph),
      rules_(&rules),
      fault_(fault),
      ledgers_(graph, well_trusted, seed, kStart),
      cut_(graph, graph.people()) {}

bool World::has_credit(EdgeId edge, GrantBucket bucket) const {
    if (fault_ == Fault::no_vouch_meter && bucket != GrantBucket::mail)
        return true;
    return ledgers_.available(edge, bucket, now_).covers_one();
}

bool World::is_suspended(EdgeId edge) const {
    const GrantLedger* const ledger = ledgers_.touched(edge);
    return ledger != nullptr && ledger->standing(now_) == GrantStanding::suspended;
}

Shape World::shape_of(const Message& message) {
    static const Address nobody;
    Shape shape;
    shape.reply_token = message.answers;
    if (message.grant != kNoEdge) {
        const GrantEvidence evidence = kith::evidence_of(ledgers_.of(message.grant), nobody, now_);
        shape.grant = evidence.level == GrantLevel::well_trusted ? Shape::Grant::well_trusted
                                                                 : Shape::Grant::known;
        shape.state = evidence.state;
        shape.mail_covers_one = evidence.mail && evidence.mail->covers_one();
    }
    if (message.word != kNoEdge)
        shape.word = has_credit(message.word, GrantBucket::introductions) ? Shape::Word::good
                                                                          : Shape::Word::spent;
    return shape;
}

// The introducer's server is asked last, and only where its vouch would decide.
bool World::give_vouch(const Message& message) {
    if (message.vouched == kNoEdge || fault_ == Fault::no_vouch_meter)
        return true;
    GrantLedger& ledger = ledgers_.of(message.vouched);
    return issue_vouch(vouch_of(message, now_), ledger, now_).has_value();
}

void World::book(const Message& message, const Ruling& ruling) {
    if (ruling.debits_mail)
        KITH_CHECK(kith::book(Debit::Meter::mail, ledgers_.of(message.grant), now_));
    if (ruling.debits_introductions && fault_ != Fault::no_vouch_meter)
        KITH_CHECK(kith::book(Debit::Meter::introductions, ledgers_.of(message.word), now_));
}

void World::count(const Message& message, const Ruling& ruling) {
    if (is_bad(message.to))
        return;
    Tally& tally = message.wanted ? wanted_ : unwanted_;
    if (ruling.outcome == Outcome::hold)
        ++tally.requests;
    else if (ruling.outcome == Outcome::price)
        ++tally.priced;
    else if (ruling.outcome != Outcome::deliver)
        ++tally.lost;
    else if (ruling.flags.batched)
        ++tally.batched;
    else if (ruling.by_word)
        ++tally.introduced;
    else if (ruling.tier == Tier::well_trusted)
        ++tally.well_trusted;
    else
        ++tally.known;
}

// Whoever is bad and known to an honest person: the introducer before the sender, as the path
// crosses the cut where the recipient's honest side ends.
void World::watch(Received& received) {
    const Message& message = received.message;
    const Ruling& rule = ruling(received);
    const bool in_full = rule.outcome == Outcome::deliver && !rule.flags.batched;
    if (message.wanted || !in_full || is_bad(message.to))
        return;
    if (rule.debits_mail) {
        received.crossed = message.grant;
    } else if (rule.by_word) {
        const bool bad_introducer = is_bad(graph_->grantee(message.word));
        received.crossed = bad_introducer ? message.word : message.vouched;
        received.crossed_by = bad_introducer ? GrantBucket::introductions : GrantBucket::vouches;
    }
    if (received.crossed != kNoEdge)
        cut_.passed(received.crossed, received.crossed_by, ledgers_, now_);
}

Received World::send(const Message& message) {
    Shape shape = shape_of(message);
    if (rules_->of(shape).by_word && !give_vouch(message))
        shape.word = Shape::Word::none;
    const Rulebook::Index index = Rulebook::index_of(shape);
    const Ruling& ruling = rules_->at(index);
    book(message, ruling);
    count(message, ruling);
    Received received{.message = message, .ruling = index, .at = now_};
    watch(received);
    return received;
}

void World::apply_to(EdgeId edge, const GrantEffect& effect, Time received) {
    if (effect.act == GrantEffect::Act::refund)
        cut_.refunding(edge, effect.bucket, ledgers_, received);
    if (effect.act == GrantEffect::Act::engaged)
        cut_.engaging(edge, ledgers_);
    apply(effect, ledgers_.of(edge), received, now_);
}

void World::settle_word(const Received& received, MessageOutcome outcome) {
    const EdgeId edge = received.message.vouched;
    if (edge == kNoEdge || fault_ == Fault::no_vouch_meter)
        return;
    OutcomeNote note;
    note.domain = kDomain;
    note.time = now_;
    note.outcome = outcome;
    note.vouch = kSerial;
    if (outcome == MessageOutcome::engaged)
        cut_.refunding(edge, GrantBucket::vouches, ledgers_, received.at);
    IssuedVouch vouch = vouch_of(received.message, received.at);
    (void)settle_vouch(vouch, note, ledgers_.of(edge), now_);
}

void World::settle(const Received& received, MessageOutcome outcome) {
    const Message& message = received.message;
    const Ruling& before = ruling(received);
    const Ruling::After& after = before.after_outcome(outcome);
    for (const Effect& effect : after.effects)
        apply_to(effect.of == Effect::Of::sender ? message.grant : message.word,
                 effect.what,
                 received.at);
    if (after.tells_introducer && before.by_word)
        settle_word(received, outcome);
    if (outcome == MessageOutcome::engaged && received.crossed != kNoEdge)
        cut_.was_wanted(received.crossed, received.crossed_by);
    if (after.tells_home && message.from < graph_->people()) {
        (void)quorums_[message.from].report(root_of(message.to), now_);
        complained_.push_back(message.from);
    }
}

void World::stay_silent(const Received& received) {
    if (fault_ == Fault::refund_on_silence && ruling(received).debits_mail)
        (void)ledgers_.of(received.message.grant).refund(GrantBucket::mail, received.at, now_);
}

AccountTally World::turn_good(Person who) {
    const AccountTally tally = cut_.turn_good(who, ledgers_, now_);
    for (const EdgeId edge : graph_->grants_to(who))
        if (is_suspended(edge))
            ledgers_.of(edge).lift_suspension(now_);
    quorums_.erase(who);
    return tally;
}

bool World::is_challenged(Person who) const {
    const auto found = quorums_.find(who);
    return found != quorums_.end() &&
           found->second.is_challenged(graph_->grants_to(who).size(), now_);
}

void World::meet_challenge(Person who) {
    if (const auto found = quorums_.find(who); found != quorums_.end())
        found->second.clear(now_);
}

}  // namespace kith::sim
