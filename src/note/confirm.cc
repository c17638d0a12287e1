#include "note/confirm.h"

#include <set>

namespace kith {
namespace {

Result<Confirmation> read_fields(std::string_view text) {
    const Fields fields = TRY(Fields::parse(text, "confirm"));
    Confirmation confirm;
    confirm.address = TRY(fields.required("address", as_address));
    confirm.root = TRY(fields.required("root", as_hash));
    confirm.time = TRY(fields.required("time", as_time));
    confirm.recovery_key = TRY(fields.optional("recovery-key", as_key));
    confirm.stubs = TRY(fields.list("stub", kMaxConfirmed, as_hash));
    if (confirm.stubs.empty())
        return fail(ErrorKind::malformed, "stub", "is missing");
    if (std::set(confirm.stubs.begin(), confirm.stubs.end()).size() != confirm.stubs.size())
        return fail(ErrorKind::malformed, "stub", "is there twice");
    return confirm;
}

}  // namespace

Result<Confirmation> parse_confirm(const SignedNote& note) {
    auto confirm = read_fields(note.text());
    return confirm ? std::move(confirm) : std::move(confirm).error().within("confirm");
}

std::string write_confirm(const Confirmation& confirm) {
    FieldWriter out("confirm");
    out.add("address", confirm.address.text())
        .add("root", confirm.root.text())
        .add("time", format_time(confirm.time))
        .add_if("recovery-key", confirm.recovery_key);
    for (const Hash& stub : confirm.stubs)
        out.add("stub", stub.text());
    return out.take();
}

Result<void> check_times(const Confirmation& confirm, Time now) {
    if (auto good = check_not_future(confirm.time, now); !good)
        return std::move(good).error().within("confirm");
    if (confirm.time < now - kClockSkew)
        return fail(ErrorKind::expired, "confirm: time", "more than 5 minutes behind our clock");
    return {};
}

}  // namespace kith
