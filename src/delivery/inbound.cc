// The corridor as a whole: what whoever feeds it asks before the commit (inbound_storing.cc), each
// time through its steps in their order.
#include "delivery/inbound.h"

#include "delivery/vouches.h"

namespace kith {
namespace {

// The ask is passed on, so it is no more than what the stub says.
bool asks_for(const std::string& octets, const Stub& stub) {
    const auto note = SignedNote::parse(octets);
    const auto ask = note ? parse_ask(*note) : Result<Ask>(fail(ErrorKind::malformed, "ask"));
    return ask && *ask == ask_of(stub);
}

}  // namespace

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

void Inbound::count_for_domain(const Candidate& candidate, WriteTransaction& write, Time now) {
    if (candidate.sender_domain() != options_.domain)
        quota_.count(candidate.sender_domain(), write, now);
}

void Inbound::count_taken(const Candidate& candidate, const Verdict& verdict, Time now) {
    if (!verdict.taken)
        return;
    if (verdict.paid != 0)
        price_.count_taken(verdict.paid, now);
    if (verdict.answer == Verdict::Answer::deliver)
        regulars_.add(candidate.stub.root, candidate.stub.to.address);
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

}  // namespace kith
