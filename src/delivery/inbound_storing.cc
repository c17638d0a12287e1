// The corridor's last step: what was decided is stored, and what it costs is booked, in one write
// of the store.
#include <algorithm>

#include "delivery/card_news.h"
#include "delivery/grant_ledgers.h"
#include "delivery/inbound.h"
#include "delivery/new_contact.h"
#include "delivery/request_slots.h"
#include "delivery/settling.h"
#include "delivery/taking_back.h"
#include "delivery/vouches.h"
#include "trust/evidence.h"

namespace kith {
namespace {

MessageTier tier_of(Tier tier) {
    switch (tier) {
        case Tier::unknown:
            return MessageTier::unknown;
        case Tier::known:
            return MessageTier::known;
        case Tier::well_trusted:
            return MessageTier::well_trusted;
    }
    return MessageTier::unknown;
}

// A contact whom the recipient chose, and be it with the invitation that this message used.
bool is_own_choice(const Evidence& evidence, const std::optional<BroughtToken>& token) {
    if (evidence.grant)
        return evidence.grant->state == GrantEvidence::State::firm ||
               evidence.grant->state == GrantEvidence::State::list;
    return token && token->record && token->record->kind == TokenRecord::Kind::invite;
}

// What a stranger who paid is held by, for comparison.
const std::string& decision_of_one_that_waits() {
    static const std::string text = [] {
        Evidence evidence;
        evidence.stamp = StampEvidence{StampEvidence::State::good, 1, 1};
        evidence.price = 1;
        return write_decision(decide(evidence));
    }();
    return text;
}

}  // namespace

// In the commit that stores the message, out of the ledger that it was decided by.
Result<void> Inbound::debit(const Candidate& candidate,
                            const Judged& judged,
                            WriteTransaction& write,
                            Time now) const {
    for (const Debit& debit : judged.decision.debits) {
        switch (debit.meter) {
            case Debit::Meter::mail:
            case Debit::Meter::introductions:
                TRY(debit_grant(debit, judged, write, now));
                break;
            case Debit::Meter::token:
                if (judged.token)
                    use_token(*judged.token,
                              bearer_of(candidate.stub),
                              judged.evidence.grant || judged.blocked ? BearerIs::contact
                                                                      : BearerIs::stranger,
                              judged.account.id,
                              write,
                              now);
                break;
            case Debit::Meter::domain: {
                DomainCredit credit = domain_credit_of(write, debit.of, now);
                if (!credit.take(static_cast<std::uint64_t>(write.account_count()), now))
                    return fail(ErrorKind::internal, "credit", "is not what was decided by");
                write.put_domain_credit(debit.of, write_domain_credit(credit));
                break;
            }
        }
    }
    return {};
}

Result<void> Inbound::debit_grant(const Debit& debit,
                                  const Judged& judged,
                                  WriteTransaction& write,
                                  Time now) {
    const auto& from = debit.meter == Debit::Meter::introductions ? judged.word : judged.metered;
    if (!from || from->root.text() != debit.of)
        return {};
    GrantLedger ledger = from->ledger;
    if (!book(debit.meter, ledger, now))
        return fail(ErrorKind::internal, "ledger", "is not what was decided by");
    write.put_grant_ledger(judged.account.id, from->root, write_grant_ledger(ledger));
    return {};
}

Result<void> Inbound::store(const Candidate& candidate,
                            const Judged& judged,
                            const Verdict& verdict,
                            WriteTransaction& write,
                            Time now) const {
    const Stub& stub = candidate.stub;
    const bool held = verdict.answer == Verdict::Answer::hold;
    const auto mailbox = write.mailbox_by_role(judged.account.id, held ? "requests" : "inbox");
    if (!mailbox)
        return fail(ErrorKind::internal, "mailbox", "the account has none");
    MessageRecord message;
    message.mailbox = mailbox->id;
    message.stub_id = stub.id;
    message.from = stub.from.text();
    message.from_root = stub.root;
    message.to = stub.to.text();
    message.sent_at = stub.time;
    message.received_at = now;
    message.size = stub.size;
    message.blob = stub.blob;
    message.blob_at = held ? MessageRecord::Blob::elsewhere : MessageRecord::Blob::here;
    message.keys = stub.keys;
    message.preview = stub.preview;
    message.stub = candidate.parts.stub;
    message.sender_card = stub.card;
    message.tier = tier_of(judged.decision.tier);
    message.decision = write_decision(judged.decision);
    if (const auto introducer = introducer_of(judged.decision))
        message.word = introducer->root;
    message.reply_token = candidate.parts.reply.value_or("");
    message.answers = stub.answers.value_or("");
    message.state = held ? MessageState::held : MessageState::delivered;
    if (judged.decision.flags.batched || held)
        message.notice = MessageRecord::Notice::quiet;
    if (held)
        message.expires = verdict.held.expires;
    TRY(write.add_message(judged.account.id, std::move(message)));
    if (judged.decision.has(ReasonCode::introduces))
        keep_introduction(*candidate.introduction,
                          judged.proven ? judged.proven->stub.device : std::string(),
                          judged.account,
                          write,
                          now);
    if (judged.decision.has(ReasonCode::introduced))
        use_introduction(stub, judged.word->root, judged.account.id, write, now);
    return {};
}

// Of whoever paid or was let in, of who is blocked, too: else it would tell that news of their card
// is of no use here (protocol section 7.4).
Result<void> Inbound::store_chain(const Chain& chain, WriteTransaction& write, Time now) const {
    if (is_known_stored(chain.current().hash))
        return {};
    for (const SignedCard* card : chain.evidence())
        if (!write.card(card->hash))
            write.add_card({card->hash,
                            chain.root(),
                            card->card.address.text(),
                            static_cast<std::int64_t>(card->card.serial),
                            card->note.octets(),
                            now});
    // Its news may never have come by itself.
    TRY(heed_card(chain, write, now));
    return {};
}

Result<Verdict> Inbound::commit_vouched(const Candidate& candidate,
                                        std::span<const PublicKey> domain_keys,
                                        WriteTransaction& write,
                                        const ArrivedBody& body,
                                        Time now) {
    const Judged judged = judge(candidate, domain_keys, write, now);
    Verdict verdict;
    if (judged.problem || judged.past || judged.untold || judged.blocked ||
        !judged.decision.has(ReasonCode::vouched))
        return verdict;
    if (judged.known && judged.known->state != MessageState::held)
        return verdict;  // the person was quicker
    if (judged.account.used_octets + candidate.stub.size > options_.quota_octets)
        return verdict;
    // Its sender goes on being told what they were told: that it is held, or what a stamp costs.
    const Stub& stub = candidate.stub;
    const PastStub untold{.hash = candidate.hash, .was = PastStub::Was::untold};
    if (judged.known)
        TRY(write.remove_message(judged.account.id, judged.known->message));
    else
        write.remember_stub(judged.account.id, stub.root, stub.id, untold, stub.expires);
    if (!write.blob(candidate.stub.blob))
        write.add_small_blob(candidate.stub.blob, body.octets, now);
    verdict.answer = Verdict::Answer::deliver;
    TRY(store_chain(*judged.chain, write, now));
    TRY(store(candidate, judged, verdict, write, now));
    TRY(debit(candidate, judged, write, now));
    verdict.account = judged.account.id;
    verdict.tier = tier_of(judged.decision.tier);
    return verdict;
}

// The same stub again is the same message, for those who are blocked, too: it gets the same answer,
// and costs nothing more.
void Inbound::pass_over(const Candidate& candidate,
                        const Judged& judged,
                        const Verdict& verdict,
                        WriteTransaction& write,
                        Time now) {
    const Stub& stub = candidate.stub;
    PastStub past{.hash = candidate.hash};
    if (verdict.answer == Verdict::Answer::hold) {
        past.was = PastStub::Was::held;
        past.kept = verdict.held.expires;
        past.shown = day_of(now);
    }
    write.remember_stub(judged.account.id, stub.root, stub.id, past, stub.expires);
}

Result<void> Inbound::keep(const Candidate& candidate,
                           const Judged& judged,
                           const Verdict& verdict,
                           WriteTransaction& write,
                           const ArrivedBody* body,
                           Time now) {
    if (verdict.body == Verdict::Body::wanted) {
        if (body->on_disk)
            write.add_large_blob(candidate.stub.blob, candidate.stub.size, now);
        else
            write.add_small_blob(candidate.stub.blob, body->octets, now);
    }
    return store(candidate, judged, verdict, write, now);
}

// Somebody who is blocked is answered like a stranger; nothing is kept but what it cost, their
// card, and that it came. Of either both is done, and the one or the other undone again: so the
// time of the answer, which waits for the write, does not tell whose message is here.
Result<void> Inbound::keep_or_pass_over(const Candidate& candidate,
                                        const Judged& judged,
                                        const Verdict& verdict,
                                        WriteTransaction& write,
                                        const ArrivedBody* body,
                                        Time now) {
    using Keep = WriteTransaction::Keep;
    const bool kept = !judged.blocked && !judged.untold;
    TRY(write.attempt(kept ? Keep::no : Keep::yes, [&]() -> Result<void> {
        pass_over(candidate, judged, verdict, write, now);
        return {};
    }));
    return write.attempt(kept ? Keep::yes : Keep::no,
                         [&] { return keep(candidate, judged, verdict, write, body, now); });
}

void Inbound::count_what_came(const Candidate& candidate,
                              const Judged& judged,
                              const Verdict& verdict,
                              WriteTransaction& write,
                              Time now) {
    count_for_domain(candidate, write, now);
    if (verdict.answer == Verdict::Answer::hold)
        count_held(write, judged.account.id, now);
    if (verdict.paid != 0) {
        const std::string before = write.value(kStrangerPriceKey).value_or("");
        write.put_value(kStrangerPriceKey, price_.counted(before, verdict.paid, now));
    }
}

// A stub that waits comes again: for a better place, with a dearer stamp, or to hear whether it has
// had its day. One that does not wait any more, or of somebody who is blocked, is looked at as
// thoroughly, so that the time of the answer does not tell.
Result<void> Inbound::look_at_held(const Candidate& candidate,
                                   Judged& judged,
                                   WriteTransaction& write,
                                   Time now) {
    const AccountId account = judged.account.id;
    const auto seed = [this, account](std::int64_t day) {
        return price_.draw("requests " + std::to_string(account) + " " + std::to_string(day));
    };
    StampEvidence stamp;
    if (candidate.parts.stamp)
        stamp = price_.verify_stamp(candidate.hash, *candidate.parts.stamp, now);
    const bool closed = TRY(close_days(write, account, seed, now));
    if (!judged.known) {
        if (stamp.state == StampEvidence::State::good)
            (void)parse_decision(decision_of_one_that_waits());
        return {};
    }
    if (closed)
        judged.known = write.known_stub(account, candidate.stub.root, candidate.stub.id);
    if (!judged.known || judged.known->shown != 0 || stamp.state != StampEvidence::State::good)
        return {};
    auto decision = parse_decision(judged.known->decision);
    if (!decision || !raise_stamp(*decision, stamp) || !candidate.is_stub_of(judged.known->stub))
        return {};
    auto message = write.message(account, judged.known->message);
    if (!message)
        return {};
    message->decision = write_decision(*decision);
    return write.update_message(account, *message);
}

Result<Verdict> Inbound::commit(const Candidate& candidate,
                                std::span<const PublicKey> domain_keys,
                                WriteTransaction& write,
                                const ArrivedBody* body,
                                Time now) {
    Judged judged = judge(candidate, domain_keys, write, now);
    const bool waits = judged.known && judged.known->state == MessageState::held;
    if (waits || (judged.past && judged.past->was == PastStub::Was::held))
        TRY(look_at_held(candidate, judged, write, now));
    Verdict verdict = verdict_of(candidate, judged, write, now);
    if (verdict.answer == Verdict::Answer::problem)
        regulars_.remove(candidate.stub.root, candidate.stub.to.address);
    if (verdict.answer == Verdict::Answer::problem || judged.known || judged.past)
        return verdict;
    if (verdict.body == Verdict::Body::wanted && body == nullptr) {
        verdict.answer = Verdict::Answer::problem;
        verdict.problem = make_problem(Problem::blob_needed);
        return verdict;
    }
    verdict.taken = true;
    if (judged.evidence.stamp && judged.decision.has(ReasonCode::stamp))
        verdict.paid = judged.evidence.stamp->effort;
    count_what_came(candidate, judged, verdict, write, now);
    TRY(store_chain(*judged.chain, write, now));
    if (judged.evidence.grant)
        TRY(keep(candidate, judged, verdict, write, body, now));
    else
        TRY(keep_or_pass_over(candidate, judged, verdict, write, body, now));
    TRY(debit(candidate, judged, write, now));
    if (judged.blocked || judged.untold)
        return verdict;
    verdict.account = judged.account.id;
    verdict.tier = tier_of(judged.decision.tier);
    if (candidate.parts.introducer && verdict.answer == Verdict::Answer::deliver &&
        is_own_choice(judged.evidence, judged.token))
        keep_weekly_keys(
            write, judged.account.id, candidate.stub.root, *candidate.parts.introducer);
    return verdict;
}

}  // namespace kith
