#include "note/vouch.h"

namespace kith {
namespace {

Result<Vouch> read_fields(const SignedNote& note) {
    if (note.octets().size() > kMaxVouch)
        return fail(ErrorKind::limit, "note", "more than 4096 octets");
    const Fields fields = TRY(Fields::parse(note.text(), "vouch"));
    Vouch vouch;
    vouch.serial = TRY(fields.required("serial", as_id));
    vouch.time = TRY(fields.required("time", as_time));
    vouch.expires = TRY(fields.required("expires", as_time));
    vouch.domain = TRY(fields.required("domain", as_domain));
    vouch.introducer = TRY(fields.required("introducer", as_hash));
    vouch.subject = TRY(fields.required("subject", as_hash));
    vouch.recipient = TRY(fields.required("recipient", as_hash));
    if (vouch.subject == vouch.introducer)
        return fail(ErrorKind::malformed, "subject", "is the introducer");
    if (vouch.expires <= vouch.time)
        return fail(ErrorKind::malformed, "expires", "not after time");
    if (vouch.expires - vouch.time > kMaxVouchLife)
        return fail(ErrorKind::limit, "expires", "more than 7 days after time");
    return vouch;
}

}  // namespace

Hash recipient_commitment(const Address& recipient, const ByteArray<32>& nonce) {
    const std::string head = "kith/1 recipient\n" + recipient.text() + "\n";
    return sha256_joined({as_bytes(head), nonce});
}

Result<Vouch> parse_vouch(const SignedNote& note) {
    auto vouch = read_fields(note);
    return vouch ? std::move(vouch) : std::move(vouch).error().within("vouch");
}

std::string write_vouch(const Vouch& vouch) {
    return FieldWriter("vouch")
        .add("serial", vouch.serial)
        .add("time", format_time(vouch.time))
        .add("expires", format_time(vouch.expires))
        .add("domain", vouch.domain)
        .add("introducer", vouch.introducer.text())
        .add("subject", vouch.subject.text())
        .add("recipient", vouch.recipient.text())
        .take();
}

Result<void> check_times(const Vouch& vouch, Time now) {
    if (auto good = check_not_future(vouch.time, now); !good)
        return std::move(good).error().within("vouch");
    if (auto good = check_not_expired(vouch.expires, now); !good)
        return std::move(good).error().within("vouch");
    return {};
}

}  // namespace kith
