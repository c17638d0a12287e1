#include "note/withdraw.h"

namespace kith {
namespace {

Result<Withdraw> read_fields(std::string_view text) {
    const Fields fields = TRY(Fields::parse(text, "withdraw"));
    Withdraw withdraw;
    withdraw.id = TRY(fields.required("id", as_id));
    withdraw.from = TRY(fields.required("from", as_address));
    withdraw.root = TRY(fields.required("root", as_hash));
    withdraw.to = TRY(fields.required("to", as_target));
    withdraw.time = TRY(fields.required("time", as_time));
    return withdraw;
}

}  // namespace

Result<Withdraw> parse_withdraw(const SignedNote& note) {
    auto withdraw = read_fields(note.text());
    return withdraw ? std::move(withdraw) : std::move(withdraw).error().within("withdraw");
}

std::string write_withdraw(const Withdraw& withdraw) {
    return FieldWriter("withdraw")
        .add("id", withdraw.id)
        .add("from", withdraw.from.text())
        .add("root", withdraw.root.text())
        .add("to", withdraw.to.text())
        .add("time", format_time(withdraw.time))
        .take();
}

Result<void> check_times(const Withdraw& withdraw, Time now) {
    if (auto good = check_not_future(withdraw.time, now); !good)
        return std::move(good).error().within("withdraw");
    return {};
}

}  // namespace kith
