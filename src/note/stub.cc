#include "note/stub.h"

namespace kith {
namespace {

Result<std::string> read_keys(std::string_view value) {
    return to_text(TRY(as_base64(value)));
}

Result<Bytes> read_preview(std::string_view value) {
    Bytes sealed = TRY(as_base64(value));
    if (sealed.size() > kMaxPreview)
        return fail(ErrorKind::limit, "preview", "more than 1024 octets and the tag");
    return sealed;
}

Result<Stub> read_fields(std::string_view text) {
    const Fields fields = TRY(Fields::parse(text, "stub"));
    Stub stub;
    stub.id = TRY(fields.required("id", as_id));
    stub.time = TRY(fields.required("time", as_time));
    stub.expires = TRY(fields.required("expires", as_time));
    stub.from = TRY(fields.required("from", as_address));
    stub.root = TRY(fields.required("root", as_hash));
    stub.card = TRY(fields.required("card", as_hash));
    stub.to = TRY(fields.required("to", as_target));
    stub.blob = TRY(fields.required("blob", as_hash));
    stub.size = TRY(fields.required("size", as_decimal<kMaxBlobSize>));
    stub.keys = TRY(fields.required("keys", read_keys));
    stub.preview = TRY(fields.optional("preview", read_preview)).value_or(Bytes{});
    stub.answers = TRY(fields.optional("answers", as_id));
    if (stub.expires <= stub.time)
        return fail(ErrorKind::malformed, "expires", "not after time");
    if (stub.expires - stub.time > kMaxStubLife)
        return fail(ErrorKind::limit, "expires", "more than 60 days after time");
    return stub;
}

}  // namespace

Result<Stub> parse_stub_text(std::string_view text) {
    if (text.size() > kMaxStub)
        return fail(ErrorKind::limit, "stub", "more than 4096 octets");
    auto stub = read_fields(text);
    return stub ? std::move(stub) : std::move(stub).error().within("stub");
}

Result<Stub> parse_stub(const SignedNote& note) {
    if (note.octets().size() > kMaxStub)
        return fail(ErrorKind::limit, "stub", "more than 4096 octets");
    return parse_stub_text(note.text());
}

std::string write_stub(const Stub& stub) {
    FieldWriter out("stub");
    out.add("id", stub.id);
    out.add("time", format_time(stub.time)).add("expires", format_time(stub.expires));
    out.add("from", stub.from.text()).add("root", stub.root.text()).add("card", stub.card.text());
    out.add("to", stub.to.text());
    out.add("blob", stub.blob.text()).add("size", std::to_string(stub.size));
    out.add("keys", base64(as_bytes(stub.keys)));
    if (!stub.preview.empty())
        out.add("preview", base64(stub.preview));
    if (stub.answers)
        out.add("answers", *stub.answers);
    return out.take();
}

Result<void> check_times(const Stub& stub, Time now) {
    if (auto good = check_not_future(stub.time, now); !good)
        return std::move(good).error().within("stub");
    if (auto good = check_not_expired(stub.expires, now); !good)
        return std::move(good).error().within("stub");
    return {};
}

}  // namespace kith
