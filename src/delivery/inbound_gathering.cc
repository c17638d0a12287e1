// The corridor's third step: the evidence that the decision is made from, out of the recipient's
// store and of what the sender brought.
#include "delivery/inbound.h"

#include "delivery/grant_ledgers.h"
#include "delivery/settling.h"
#include "delivery/vouches.h"
#include "trust/evidence.h"

namespace kith {
namespace {

bool is_of_list(const std::optional<GrantEvidence>& grant) {
    return grant && grant->state == GrantEvidence::State::list;
}

// A list that brings no token, too.
bool is_heard_as_stranger(const std::optional<GrantEvidence>& grant) {
    return !grant || grant->state == GrantEvidence::State::dormant || is_of_list(grant);
}

GrantEvidence evidence_of_grant(const GrantRecord& grant,
                                const GrantLedger& ledger,
                                const Stub& stub,
                                AccountId account,
                                ReadTransaction& read,
                                Time now) {
    using State = GrantEvidence::State;
    GrantEvidence evidence = evidence_of(ledger, stub.from, now);
    evidence.verified = grant.verified == GrantRecord::Verified::yes;
    if (evidence.state == State::introduced)
        evidence.introducer = introducer_of(stub.root, account, read);
    if (is_list(grant) && (evidence.state == State::firm || evidence.state == State::dormant))
        evidence.state = State::list;
    return evidence;
}

}  // namespace

// What was remembered of a stub goes before the message that there may be: it is what its sender
// was told. As much is asked for whichever there is.
void Inbound::look_up(const Candidate& candidate, ReadTransaction& read, Judged& judged) {
    const AccountId account = judged.account.id;
    judged.past = read.past_stub(account, candidate.stub.root, candidate.stub.id);
    judged.untold = judged.past && judged.past->was == PastStub::Was::untold;
    auto known = read.known_stub(account, candidate.stub.root, candidate.stub.id);
    // A message is found in two steps, a past stub in one.
    if (judged.past)
        (void)read.message(account, 0);
    if (judged.untold)
        judged.past.reset();
    else if (!judged.past)
        judged.known = std::move(known);
}

// Somebody else whom the recipient knows under the sender's address.
void Inbound::look_for_others(const Candidate& candidate,
                              ReadTransaction& read,
                              Time now,
                              Judged& judged) {
    for (const GrantRecord& other : read.grants_of(judged.account.id, candidate.stub.from.text())) {
        judged.metered = Metered{other.root, ledger_of(other, now)};
        judged.evidence.other_root =
            OtherRootEvidence{other.root,
                              level_of(other.level),
                              judged.metered->ledger.available(GrantBucket::mail, now)};
    }
}

// Of who is blocked the evidence is a stranger's: what is decided, told and debited follows from
// that, by the same steps. That nothing is kept is all that differs.
void Inbound::gather(const Candidate& candidate, ReadTransaction& read, Time now, Judged& judged) {
    Evidence& evidence = judged.evidence;
    evidence.sender = candidate.stub.from;
    evidence.root = candidate.stub.root;
    evidence.price = price_.effort(now);
    if (candidate.listing == Candidate::Listing::unproven)
        evidence.chain = Evidence::Chain::unproven;
    const auto grant = read.grant(judged.account.id, candidate.stub.root);
    const bool is_blocked = grant && grant->level == GrantRecord::Level::blocked;
    if (grant && !is_blocked) {
        judged.metered = Metered{grant->root, ledger_of(*grant, now)};
        evidence.grant = evidence_of_grant(
            *grant, judged.metered->ledger, candidate.stub, judged.account.id, read, now);
    } else if (candidate.stub.root == judged.account.root) {
        // Nobody is a stranger to oneself.
        evidence.grant = GrantEvidence{
            .level = GrantLevel::well_trusted, .verified = true, .address = candidate.stub.from};
    } else {
        const bool is_domain_blocked =
            read.is_domain_blocked(judged.account.id, candidate.sender_domain());
        judged.blocked = is_blocked || is_domain_blocked;
        // An entry that is found costs about what two costs that are not.
        if (!is_blocked)
            look_for_others(candidate, read, now, judged);
    }
    if (options_.domain_credit.get() == InboundOptions::DomainCredit::used &&
        is_heard_as_stranger(evidence.grant))
        evidence.domain =
            DomainEvidence{domain_credit_of(read, candidate.sender_domain(), now)
                               .available(static_cast<std::uint64_t>(read.account_count()), now)};
    if (candidate.parts.token)
        judged.token = look_at_token(*candidate.parts.token,
                                     bearer_of(candidate.stub),
                                     judged.account.id,
                                     candidate.stub.to.address,
                                     tokens_,
                                     read,
                                     now);
    evidence.token = judged.token ? std::optional(judged.token->evidence) : std::nullopt;
    if (candidate.parts.stamp)
        evidence.stamp = price_.verify_stamp(candidate.hash, *candidate.parts.stamp, now);
    // A price note that is still valid is kept to, whatever is asked since.
    if (evidence.stamp && evidence.stamp->asked != 0)
        evidence.price = evidence.stamp->asked;
    const Strangers heard = own_cards_.find(judged.account.card, read)->strangers;
    if ((!evidence.grant || is_of_list(evidence.grant)) && !heard.stamp)
        evidence.stamps = Evidence::Stamps::not_accepted;
    if (!heard.introduction)
        evidence.words = Evidence::Words::not_accepted;
    gather_word(candidate, read, now, judged);
}

void Inbound::gather_word(const Candidate& candidate,
                          ReadTransaction& read,
                          Time now,
                          Judged& judged) {
    if (candidate.introduction && judged.evidence.grant)
        if (const auto letter = letter_for(*candidate.introduction, judged.account, read, now))
            judged.evidence.letter = *letter;
    // A list comes by what its subscriber gave it, on nobody's word.
    if (!is_heard_as_stranger(judged.evidence.grant) || is_of_list(judged.evidence.grant))
        return;
    if (candidate.vouched) {
        const auto grant = read.grant(judged.account.id, candidate.vouched->root);
        if (!grant)
            return;
        judged.word = Metered{grant->root, ledger_of(*grant, now)};
        judged.evidence.word = WordEvidence{
            .kind = WordEvidence::Kind::vouch,
            .introducer = *candidate.vouched,
            .introductions = judged.word->ledger.available(GrantBucket::introductions, now)};
        return;
    }
    if (auto word = word_for(candidate.stub.root, judged.account.id, read, now)) {
        judged.evidence.word = word->evidence;
        judged.word = Metered{word->evidence.introducer.root, word->ledger};
    }
}

}  // namespace kith
