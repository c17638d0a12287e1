#include "note/ask.h"

namespace kith {
namespace {

Result<Ask> read_fields(const SignedNote& note) {
    if (note.octets().size() > kMaxAsk)
        return fail(ErrorKind::limit, "note", "more than 4096 octets");
    const Fields fields = TRY(Fields::parse(note.text(), "ask"));
    Ask ask;
    ask.id = TRY(fields.required("id", as_id));
    ask.time = TRY(fields.required("time", as_time));
    ask.from = TRY(fields.required("from", as_address));
    ask.root = TRY(fields.required("root", as_hash));
    ask.card = TRY(fields.required("card", as_hash));
    ask.domain = TRY(fields.required("domain", as_domain));
    return ask;
}

}  // namespace

Result<Ask> parse_ask(const SignedNote& note) {
    auto ask = read_fields(note);
    return ask ? std::move(ask) : std::move(ask).error().within("ask");
}

std::string write_ask(const Ask& ask) {
    return FieldWriter("ask")
        .add("id", ask.id)
        .add("time", format_time(ask.time))
        .add("from", ask.from.text())
        .add("root", ask.root.text())
        .add("card", ask.card.text())
        .add("domain", ask.domain)
        .take();
}

Result<void> check_times(const Ask& ask, Time now) {
    if (auto good = check_not_future(ask.time, now); !good)
        return std::move(good).error().within("ask");
    if (ask.time < now - kAskLife)
        return fail(ErrorKind::expired, "ask: time", "more than two weeks behind our clock");
    return {};
}

}  // namespace kith
