#include "note/outcome.h"

#include <algorithm>
#include <array>

namespace kith {
namespace {

struct Named {
    MessageOutcome outcome;
    std::string_view name;
};
constexpr std::array kOutcomes = {
    Named{MessageOutcome::engaged, "engaged"},
    Named{MessageOutcome::unwanted, "unwanted"},
    Named{MessageOutcome::looks_hacked, "looks-hacked"},
};

Result<MessageOutcome> read_outcome(std::string_view value) {
    const auto* const found = std::ranges::find(kOutcomes, value, &Named::name);
    if (found == kOutcomes.end())
        return fail(ErrorKind::malformed, "outcome", "is not engaged, unwanted or looks-hacked");
    return found->outcome;
}

Result<OutcomeNote> read_fields(const SignedNote& note) {
    if (note.octets().size() > kMaxOutcome)
        return fail(ErrorKind::limit, "note", "more than 4096 octets");
    const Fields fields = TRY(Fields::parse(note.text(), "outcome"));
    OutcomeNote out;
    out.domain = TRY(fields.required("domain", as_domain));
    out.time = TRY(fields.required("time", as_time));
    out.outcome = TRY(fields.required("outcome", read_outcome));
    out.vouch = TRY(fields.optional("vouch", as_id));
    out.stub = TRY(fields.optional("stub", as_hash));
    if (out.vouch.has_value() == out.stub.has_value())
        return fail(ErrorKind::malformed, "vouch", "either it or stub is there");
    out.root = TRY(fields.optional("root", as_hash));
    if (out.root.has_value() != out.stub.has_value())
        return fail(ErrorKind::malformed, "root", "is there with a stub, and with nothing else");
    return out;
}

}  // namespace

std::string_view name_of(MessageOutcome outcome) {
    return std::ranges::find(kOutcomes, outcome, &Named::outcome)->name;
}

Result<OutcomeNote> parse_outcome(const SignedNote& note) {
    auto outcome = read_fields(note);
    return outcome ? std::move(outcome) : std::move(outcome).error().within("outcome");
}

std::string write_outcome(const OutcomeNote& outcome) {
    FieldWriter out("outcome");
    out.add("domain", outcome.domain);
    out.add("time", format_time(outcome.time));
    out.add("outcome", name_of(outcome.outcome));
    if (outcome.vouch)
        out.add("vouch", *outcome.vouch);
    out.add_if("stub", outcome.stub).add_if("root", outcome.root);
    return out.take();
}

Result<void> check_times(const OutcomeNote& outcome, Time now) {
    if (auto good = check_not_future(outcome.time, now); !good)
        return std::move(good).error().within("outcome");
    if (outcome.time < now - kOutcomeLife)
        return fail(ErrorKind::expired, "outcome: time", "more than 60 days behind our clock");
    return {};
}

}  // namespace kith
