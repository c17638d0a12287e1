// The corridor's second step: whose message it is and from whom, proven by their cards and
// signatures. What was proven once is remembered, so that a regular sender costs one signature.
#include "delivery/inbound.h"

#include <algorithm>

#include "delivery/inbound_problems.h"
#include "identity/keystate.h"

namespace kith {
namespace {

constexpr std::size_t kMostRemembered = 10'000;

// The whole chain helps where a card is missing, not where one breaks the rules.
bool is_missing_card(const Error& error) {
    return error.kind == ErrorKind::untrusted &&
           (error.where == "card" || error.where == "card: prev");
}

}  // namespace

bool Inbound::is_countersigned(const Candidate& candidate, std::span<const PublicKey> domain_keys) {
    const BatchEvidence* batch = candidate.batch ? &*candidate.batch : nullptr;
    return check_countersignature(candidate.note, candidate.stub, domain_keys, batch, verified_)
        .has_value();
}

std::optional<ProblemDetails> Inbound::prove(const Candidate& candidate,
                                             const SignedCard& card,
                                             std::span<const PublicKey> domain_keys,
                                             Judged& judged) {
    std::vector<NamedKey> domain;
    domain.reserve(domain_keys.size());
    for (const PublicKey& key : domain_keys)
        domain.push_back({candidate.stub.from.domain(), key});
    const auto lists = [&](const SignedCard& one) {
        return one.hash == card.hash && verify_once(one.note, domain, verified_);
    };
    if (!lists(card) && std::ranges::none_of(candidate.cards, lists))
        return make_problem(Problem::wrong_domain, "card: not listed by its domain");
    const BatchEvidence* batch = candidate.batch ? &*candidate.batch : nullptr;
    auto checked =
        check_stub(candidate.note, candidate.stub, {card, domain_keys, batch, verified_});
    if (!checked)
        return problem_of_part(checked.error());
    if (candidate.introduction) {
        const NamedKey device{card.card.key_name(checked->device), checked->key};
        const auto good =
            check_introduction(*candidate.introduction, candidate.stub, device, domain_keys);
        if (!good)
            return problem_of_part(good.error());
    }
    judged.proven =
        Candidate::Proven{card.hash, {domain_keys.begin(), domain_keys.end()}, *std::move(checked)};
    return std::nullopt;
}

std::optional<ProblemDetails> Inbound::check_signatures(const Candidate& candidate,
                                                        std::span<const PublicKey> domain_keys,
                                                        ReadTransaction& read,
                                                        Time now,
                                                        Judged& judged) {
    auto chain = chains_.chain(candidate.stub.root, candidate.cards, read);
    if (!chain) {
        if (is_missing_card(chain.error()))
            return make_problem(Problem::card_needed,
                                chain.error().where + ": " + chain.error().detail);
        return problem_of_part(chain.error());
    }
    const SignedCard* card = (*chain)->find(candidate.stub.card);
    if (card == nullptr)
        return make_problem(Problem::card_needed, "stub: card is not known here");
    const auto is_same = [&](const Candidate::Proven& proven) {
        return proven.card == card->hash && std::ranges::equal(proven.domain_keys, domain_keys);
    };
    if (candidate.proven && is_same(*candidate.proven))
        judged.proven = candidate.proven;
    else if (auto problem = prove(candidate, *card, domain_keys, judged))
        return problem;
    chains_.keep(candidate.stub.root, *chain);
    judged.evidence.key = key_state(**chain, judged.proven->stub.key, now);
    judged.chain = std::move(*chain);
    return std::nullopt;
}

// Whoever writes to the old address is told; the card that proves it is to be had as any.
std::optional<ProblemDetails> Inbound::check_moved(const AccountRecord& account,
                                                   ReadTransaction& read) {
    const auto own = own_cards_.find(account.card, read);
    if (!own->moved)
        return std::nullopt;
    auto problem =
        make_problem(Problem::moved, account.address + " is " + own->moved->text() + " now");
    problem.card = own->note;
    return problem;
}

// Whose message it is, and from whom; a problem where it is nobody's.
Inbound::Judged Inbound::prove_ends(const Candidate& candidate,
                                    std::span<const PublicKey> domain_keys,
                                    ReadTransaction& read,
                                    Time now) {
    Judged judged;
    if (is_over_quota(candidate, now)) {
        judged.problem =
            make_problem(Problem::over_quota, candidate.sender_domain() + " sends too much");
        return judged;
    }
    const auto account = read.account(candidate.stub.to.address.text());
    if (!account || account->state != AccountRecord::State::active) {
        judged.problem = make_problem(Problem::no_such_account);
        return judged;
    }
    judged.account = *account;
    judged.problem = check_moved(*account, read);
    if (judged.problem)
        return judged;
    judged.problem = check_signatures(candidate, domain_keys, read, now, judged);
    return judged;
}

bool Inbound::recognise(Candidate& candidate, std::span<const PublicKey> domain_keys) {
    if (candidate.listing == Candidate::Listing::unproven ||
        !regulars_.contains(candidate.stub.root, candidate.stub.to.address))
        return false;
    Judged judged;
    const auto chain = chains_.remembered(candidate.stub.root, candidate.cards);
    if (!chain || !is_known_stored(chain->current().hash))
        return false;
    const SignedCard* card = chain->find(candidate.stub.card);
    if (card == nullptr || prove(candidate, *card, domain_keys, judged))
        return false;
    candidate.proven = judged.proven;
    return true;
}

// Only what a snapshot shows is durable: what a write has just put there may be undone with it.
void Inbound::note_stored(const Chain& chain, ReadTransaction& read) {
    const Hash& newest = chain.current().hash;
    if (is_known_stored(newest))
        return;
    for (const SignedCard* card : chain.line())
        if (!read.card(card->hash))
            return;
    const std::scoped_lock lock(stored_mutex_);
    if (stored_.size() >= kMostRemembered)
        stored_.clear();
    stored_.insert(newest);
}

bool Inbound::is_known_stored(const Hash& newest) const {
    const std::scoped_lock lock(stored_mutex_);
    return stored_.contains(newest);
}

}  // namespace kith
