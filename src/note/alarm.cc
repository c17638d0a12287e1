#include "note/alarm.h"

namespace kith {
namespace {

Result<std::string> as_note(std::string_view value) {
    const Bytes octets = TRY(as_base64(value));
    if (octets.size() > kMaxStub)
        return fail(ErrorKind::limit, "size", "larger than 4096 octets");
    TRY(SignedNote::parse(as_text(octets)));
    return to_text(octets);
}

Result<Stub> stub_of(const Alarm& alarm) {
    const auto note = TRY(SignedNote::parse(alarm.stub));
    return parse_stub(note);
}

Result<Alarm> read_fields(std::string_view text) {
    const Fields fields = TRY(Fields::parse(text, "alarm"));
    Alarm alarm;
    alarm.address = TRY(fields.required("address", as_address));
    alarm.root = TRY(fields.required("root", as_hash));
    alarm.from = TRY(fields.required("from", as_address));
    alarm.from_root = TRY(fields.required("from-root", as_hash));
    alarm.time = TRY(fields.required("time", as_time));
    alarm.stub = TRY(fields.required("stub", as_note));
    const auto stub = stub_of(alarm);
    if (!stub || stub->from != alarm.address || stub->root != alarm.root ||
        stub->to.address != alarm.from)
        return fail(
            ErrorKind::malformed, "stub", "is no message of that person to whoever says it");
    return alarm;
}

}  // namespace

Result<Alarm> parse_alarm(const SignedNote& note) {
    if (note.octets().size() > kMaxAlarm)
        return fail(ErrorKind::limit, "alarm", "larger than 16384 octets");
    auto alarm = read_fields(note.text());
    return alarm ? std::move(alarm) : std::move(alarm).error().within("alarm");
}

std::string write_alarm(const Alarm& alarm) {
    return FieldWriter("alarm")
        .add("address", alarm.address.text())
        .add("root", alarm.root.text())
        .add("from", alarm.from.text())
        .add("from-root", alarm.from_root.text())
        .add("time", format_time(alarm.time))
        .add("stub", base64(as_bytes(alarm.stub)))
        .take();
}

Result<void> check_times(const Alarm& alarm, Time now) {
    if (auto good = check_not_future(alarm.time, now); !good)
        return std::move(good).error().within("alarm");
    if (now - alarm.time > kAlarmLife)
        return fail(ErrorKind::expired, "alarm: time", "was more than 72 hours ago");
    const auto stub = TRY(stub_of(alarm));
    if (now - stub.time > kAlarmEvidenceLife)
        return fail(ErrorKind::expired, "alarm: stub", "was more than 60 days ago");
    return {};
}

}  // namespace kith
