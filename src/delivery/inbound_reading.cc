// The corridor's first step: the parts of a delivery are parsed, and what needs neither a signature
// nor the store is checked.
#include "delivery/inbound.h"

#include "delivery/inbound_problems.h"
#include "trust/hint_keys.h"
#include "trust/hints.h"

namespace kith {
namespace {

Result<void> check_hint_parts(const DeliveryParts& parts) {
    if (parts.hints)
        TRY(check_hints(as_bytes(*parts.hints)));
    if (parts.introducer)
        TRY(parse_weekly_keys(*parts.introducer));
    return {};
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

}  // namespace

bool Candidate::is_stub_of(const std::string& octets) const {
    if (octets == parts.stub)
        return true;
    const auto other = SignedNote::parse(octets);
    return other && other->hash() == hash;
}

std::variant<Candidate, ProblemDetails> Inbound::read(DeliveryParts parts, Time now) const {
    auto candidate = parse_candidate(std::move(parts), now);
    if (!candidate)
        return problem_of_part(candidate.error());
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

std::optional<ProblemDetails> Inbound::check_body(const Candidate& candidate, ByteView octets) {
    if (octets.size() != candidate.stub.size || sha256(octets) != candidate.stub.blob)
        return make_problem(Problem::blob_mismatch, "blob");
    return std::nullopt;
}

}  // namespace kith
