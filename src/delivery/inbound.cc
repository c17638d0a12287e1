#include "delivery/inbound.h"

#include <algorithm>

#include "delivery/grant_ledgers.h"
#include "delivery/request_slots.h"
#include "delivery/settling.h"
#include "delivery/taking_back.h"
#include "delivery/void_replies.h"
#include "delivery/vouches.h"
#include "identity/keystate.h"
#include "trust/evidence.h"

namespace kith {
namespace {

constexpr std::size_t kMostRemembered = 10'000;

// A failure of the sender's making, in the words of protocol section 7.2.
ProblemDetails problem_for(const Error& error) {
    const auto with = [&](Problem problem) {
        return make_problem(problem,
                            error.where + (error.detail.empty() ? "" : ": " + error.detail));
    };
    switch (error.kind) {
        case ErrorKind::bad_signature:
            return with(Problem::bad_signature);
        case ErrorKind::untrusted:
            return with(error.where.ends_with("domain") ? Problem::wrong_domain
                                                        : Problem::bad_signature);
        case ErrorKind::expired:
            return with(Problem::expired);
        case ErrorKind::future:
            return with(Problem::future);
        case ErrorKind::limit:
            return with(Problem::too_large);
        default:
            return with(Problem::malformed);
    }
}

// The whole chain helps where a card is missing, not where one breaks the rules.
bool is_missing_card(const Error& error) {
    return error.kind == ErrorKind::untrusted &&
           (error.where == "card" || error.where == "card: prev");
}

std::string what_is_missing(const Evidence& evidence) {
    using State = StampEvidence::State;
    if (!evidence.stamp)
        return "a stamp, a token or an introduction is needed";
    switch (evidence.stamp->state) {
        case State::low:
            return "the stamp is below the price";
        case State::stale:
            return "the stamp's price note is over";
        default:
            return "the stamp is no solution for this stub";
    }
}

// What comes with a subscription and is too much for today may come tomorrow: a stamp for it would
// be more than its reader agreed to.
bool is_subscription_used_up(const Evidence& evidence) {
    return evidence.token && evidence.token->kind == TokenKind::newsletter &&
           evidence.token->state == TokenEvidence::State::busy;
}

Problem problem_of_refusal(Refusal refusal) {
    switch (refusal) {
        case Refusal::refused:
            return Problem::refused;
        case Refusal::token_revoked:
            return Problem::token_revoked;
        case Refusal::token_spent:
            return Problem::token_spent;
        case Refusal::token_foreign:
            return Problem::token_foreign;
        case Refusal::smtp_challenge:
        case Refusal::smtp_disowned:
            break;  // what comes here never came by SMTP
    }
    return Problem::refused;
}

Result<void> check_hint_parts(const DeliveryParts& parts) {
    if (parts.hints)
        TRY(check_hints(as_bytes(*parts.hints)));
    if (parts.introducer)
        TRY(parse_weekly_keys(*parts.introducer));
    return {};
}

// The ask is passed on, so it is no more than what the stub says.
bool asks_for(const std::string& octets, const Stub& stub) {
    const auto note = SignedNote::parse(octets);
    const auto ask = note ? parse_ask(*note) : Result<Ask>(fail(ErrorKind::malformed, "ask"));
    return ask && *ask == ask_of(stub);
}

// A note that does not parse is told by the part that it is.
Result<SignedNote> parse_part(const char* part, const std::string& octets) {
    auto note = SignedNote::parse(octets);
    if (!note)
        return std::move(note).error().within(part);
    return note;
}

Result<std::optional<BatchEvidence>> parse_countersignature(const DeliveryParts& parts, Time now) {
    if (parts.batch.has_value() != parts.path.has_value())
        return fail(ErrorKind::malformed, parts.batch ? "path" : "batch", "is missing");
    if (!parts.batch || !parts.path)
        return std::optional<BatchEvidence>();
    SignedNote batch = TRY(parse_part("batch", *parts.batch));
    const Batch fields = TRY(parse_batch(batch));
    TRY(check_times(fields, now));
    return std::optional(BatchEvidence{std::move(batch), TRY(parse_batch_path(*parts.path))});
}

Result<Candidate> parse_candidate(DeliveryParts parts, Time now) {
    if (parts.stub.size() > kMaxStub)
        return fail(ErrorKind::limit, "stub", "larger than 4096 octets");
    SignedNote note = TRY(parse_part("stub", parts.stub));
    Stub stub = TRY(parse_stub(note));
    TRY(check_times(stub, now));
    std::vector<SignedCard> cards;
    for (const std::string& octets : parts.cards) {
        SignedNote card = TRY(parse_part("card", octets));
        cards.push_back(TRY(read_card(std::move(card))));
    }
    auto batch = TRY(parse_countersignature(parts, now));
    std::optional<IntroductionPart> introduction;
    if (parts.introduction)
        introduction = TRY(parse_introduction_part(*parts.introduction, now));
    TRY(check_hint_parts(parts));
    const Hash hash = note.hash();
    return Candidate{std::move(parts),
                     std::move(note),
                     std::move(stub),
                     hash,
                     std::move(cards),
                     std::move(batch),
                     std::move(introduction),
                     std::nullopt};
}

bool is_of_list(const std::optional<GrantEvidence>& grant) {
    return grant && grant->state == GrantEvidence::State::list;
}

// A list that brings no token, too.
bool is_heard_as_stranger(const std::optional<GrantEvidence>& grant) {
    return !grant || grant->state == GrantEvidence::State::dormant || is_of_list(grant);
}

// Who was declined, or accepted, has had a day: told like that of all others, the day after.
bool is_over(const KnownStub& message, Time now) {
    const bool waits = message.state == MessageState::held;
    return had_its_day(waits || message.shown != 0 ? message.shown : day_of(message.received_at),
                       now);
}

}  // namespace

bool Candidate::is_stub_of(const std::string& octets) const {
    if (octets == parts.stub)
        return true;
    const auto other = SignedNote::parse(octets);
    return other && other->hash() == hash;
}

int Verdict::status() const {
    switch (answer) {
        case Answer::deliver:
            return 201;
        case Answer::hold:
            return 202;
        case Answer::problem:
            return problem.status;
    }
    return 500;
}

void Inbound::set_limits(const InboundOptions& options) {
    options_.most_blob_octets = options.most_blob_octets;
    options_.quota_octets = options.quota_octets;
    options_.requests_a_day = options.requests_a_day;
    options_.deliveries_at_first = options.deliveries_at_first;
    options_.deliveries_times_usual = options.deliveries_times_usual;
    options_.deliveries_per_domain_hour = options.deliveries_per_domain_hour;
    options_.keep_requests = options.keep_requests;
    options_.domain_credit = options.domain_credit;
}

std::variant<Candidate, ProblemDetails> Inbound::read(DeliveryParts parts, Time now) const {
    auto candidate = parse_candidate(std::move(parts), now);
    if (!candidate)
        return problem_for(candidate.error());
    if (candidate->stub.to.address.domain() != options_.domain)
        return make_problem(Problem::wrong_domain,
                            "stub: to: this server is for " + options_.domain);
    if (candidate->stub.size > options_.most_blob_octets) {
        ProblemDetails problem = make_problem(Problem::too_large, "stub: size");
        problem.limit = options_.most_blob_octets.get();
        return problem;
    }
    return std::move(*candidate);
}

Inbound::Backing Inbound::backing_of(const Candidate& candidate, Time now) const {
    if (candidate.parts.token &&
        tokens_.check(*candidate.parts.token, candidate.stub.to.address, candidate.stub.from, now))
        return Backing::token;
    if (candidate.parts.stamp &&
        price_.verify_stamp(candidate.hash, *candidate.parts.stamp, now).state ==
            StampEvidence::State::good)
        return Backing::stamp;
    return Backing::none;
}

bool Inbound::is_over_quota(const Candidate& candidate, Time now) {
    const DomainAllowance allowance{.at_first = options_.deliveries_at_first,
                                    .times = options_.deliveries_times_usual,
                                    .most = options_.deliveries_per_domain_hour};
    return quota_.is_over(candidate.sender_domain(), allowance, now);
}

bool Inbound::is_countersigned(const Candidate& candidate, std::span<const PublicKey> domain_keys) {
    const BatchEvidence* batch = candidate.batch ? &*candidate.batch : nullptr;
    return check_countersignature(candidate.note, candidate.stub, domain_keys, batch, verified_)
        .has_value();
}

std::optional<ProblemDetails> Inbound::check_body(const Candidate& candidate, ByteView octets) {
    if (octets.size() != candidate.stub.size || sha256(octets) != candidate.stub.blob)
        return make_problem(Problem::blob_mismatch, "blob");
    return std::nullopt;
}

void Inbound::count_taken(const Candidate& candidate, const Verdict& verdict, Time now) {
    if (!verdict.taken)
        return;
    if (verdict.paid != 0)
        price_.count_taken(verdict.paid, now);
    if (verdict.answer == Verdict::Answer::deliver)
        regulars_.add(candidate.stub.root, candidate.stub.to.address);
}

void Inbound::count_for_domain(const Candidate& candidate, WriteTransaction& write, Time now) {
    if (candidate.sender_domain() != options_.domain)
        quota_.count(candidate.sender_domain(), write, now);
}

Time Inbound::kept_until(const Stub& stub, Time now) const {
    return std::min(stub.expires, now + options_.keep_requests.get());
}

HeldAnswer Inbound::held_answer(Time expires, HeldAnswer::Shown shown, Time now) const {
    return {.expires = expires, .shown = shown, .price = price_note(now)};
}

std::string Inbound::price_note(Time now) const {
    std::string text = write_price(price_.current(now));
    const std::scoped_lock lock(note_mutex_);
    if (note_text_ != text) {
        const auto note = SignedNote::sign(text, options_.domain, domain_key_);
        note_ = note ? note->octets() : std::string();
        note_text_ = std::move(text);
    }
    return note_;
}

// --- judging
// -----------------------------------------------------------------------------------------

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
        return problem_for(checked.error());
    if (candidate.introduction) {
        const NamedKey device{card.card.key_name(checked->device), checked->key};
        const auto good =
            check_introduction(*candidate.introduction, candidate.stub, device, domain_keys);
        if (!good)
            return problem_for(good.error());
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
        return problem_for(chain.error());
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
        evidence.grant = evidence_of(judged.metered->ledger, candidate.stub.from, now);
        evidence.grant->verified = grant->verified == GrantRecord::Verified::yes;
        if (evidence.grant->state == GrantEvidence::State::introduced)
            evidence.grant->introducer =
                introducer_of(candidate.stub.root, judged.account.id, read);
        if (is_list(*grant) && (evidence.grant->state == GrantEvidence::State::firm ||
                                evidence.grant->state == GrantEvidence::State::dormant))
            evidence.grant->state = GrantEvidence::State::list;
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

Inbound::Judged Inbound::judge(const Candidate& candidate,
                               std::span<const PublicKey> domain_keys,
                               ReadTransaction& read,
                               Time now) {
    Judged judged = prove_ends(candidate, domain_keys, read, now);
    if (judged.problem)
        return judged;
    look_up(candidate, read, judged);
    if (judged.past || (judged.known && !candidate.vouched))
        return judged;
    if (candidate.introduction &&
        candidate.introduction->fields.other(judged.account.root) == nullptr) {
        judged.problem =
            make_problem(Problem::malformed, "introduction: person: the recipient is neither");
        return judged;
    }
    gather(candidate, read, now, judged);
    judged.decision = decide(judged.evidence);
    return judged;
}

Verdict Inbound::verdict_of(const Candidate& candidate,
                            const Judged& judged,
                            ReadTransaction& read,
                            Time now) const {
    Verdict verdict;
    const auto problem = [&](Problem which, std::string detail) {
        verdict.answer = Verdict::Answer::problem;
        verdict.problem = make_problem(which, std::move(detail));
        return verdict;
    };
    const auto hold = [&](Time expires, bool shown) {
        verdict.answer = Verdict::Answer::hold;
        verdict.held =
            held_answer(expires, shown ? HeldAnswer::Shown::yes : HeldAnswer::Shown::no, now);
    };
    if (judged.problem) {
        verdict.problem = *judged.problem;
        return verdict;
    }
    if (judged.known) {
        if (!candidate.is_stub_of(judged.known->stub))
            return problem(Problem::id_reused, "stub: id");
        if (judged.known->state == MessageState::delivered)
            verdict.answer = Verdict::Answer::deliver;
        else
            hold(judged.known->expires.value_or(candidate.stub.expires),
                 is_over(*judged.known, now));
        return verdict;
    }
    if (judged.past) {
        if (judged.past->hash != candidate.hash)
            return problem(Problem::id_reused, "stub: id");
        if (judged.past->was == PastStub::Was::delivered)
            verdict.answer = Verdict::Answer::deliver;
        else
            hold(judged.past->kept, had_its_day(judged.past->shown, now));
        return verdict;
    }
    switch (judged.decision.told) {
        case Outcome::deliver:
            break;
        case Outcome::hold:
            if (held_today(read, judged.account.id, now) >= options_.requests_a_day)
                return problem(Problem::over_quota, "no more strangers today");
            hold(kept_until(candidate.stub, now), false);
            return verdict;
        case Outcome::refuse:
            return problem(problem_of_refusal(judged.decision.refusal.value_or(Refusal::refused)),
                           judged.decision.text);
        case Outcome::price:
        case Outcome::drop:
            if (is_subscription_used_up(judged.evidence))
                return problem(Problem::over_quota, "the token is used up for today");
            problem(Problem::stamp_needed, what_is_missing(judged.evidence));
            verdict.problem.price = price_note(now);
            return verdict;
    }
    if (judged.account.used_octets + candidate.stub.size > options_.quota_octets)
        return problem(Problem::over_quota, "the account is full");
    verdict.answer = Verdict::Answer::deliver;
    // A body that is here untold is asked for like one that is not.
    const bool is_here = read.blob(candidate.stub.blob).has_value() && !judged.untold;
    verdict.body = is_here ? Verdict::Body::here : Verdict::Body::wanted;
    return verdict;
}

Verdict Inbound::preview(Candidate& candidate,
                         std::span<const PublicKey> domain_keys,
                         ReadTransaction& read,
                         Time now) {
    const Judged judged = judge(candidate, domain_keys, read, now);
    candidate.proven = judged.proven;
    if (judged.chain)
        note_stored(*judged.chain, read);
    candidate.first = !judged.problem && !judged.known && !judged.past;
    return verdict_of(candidate, judged, read, now);
}

std::optional<Introducer> Inbound::find_hinted(const Candidate& candidate,
                                               std::span<const PublicKey> domain_keys,
                                               ReadTransaction& read,
                                               Time now) {
    const DeliveryParts& parts = candidate.parts;
    if (!parts.hints || !parts.ask || !asks_for(*parts.ask, candidate.stub))
        return std::nullopt;
    Judged judged = prove_ends(candidate, domain_keys, read, now);
    if (judged.problem)
        return std::nullopt;
    look_up(candidate, read, judged);
    if (judged.past || judged.untold)
        return std::nullopt;
    gather(candidate, read, now, judged);
    if (judged.blocked)
        return std::nullopt;
    return find_introducer(
        read, judged.account.id, candidate.stub, as_bytes(*parts.hints), judged.evidence, now);
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
