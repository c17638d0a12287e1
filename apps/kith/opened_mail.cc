#include "kith/opened_mail.h"

#include "base/text.h"
#include "kith/mail_rows.h"

namespace kith {
namespace {

Result<std::string> fetch_body(Person& person,
                               const json::object& email,
                               const std::optional<Hash>& blob) {
    const json::object& kith = object_at(email, "kith");
    const auto blob_id = maybe_text_at(email, "blobId");
    if (!blob_id)
        return fail(ErrorKind::conflict,
                    text_at(kith, "stubId"),
                    "the body is still with the sender: run `kith accept " +
                        text_at(kith, "stubId").substr(0, 8) + "`");
    const Bytes keys = TRY(parse_base64(text_at(kith, "keys")));
    auto opener = TRY(BodyOpener::begin(as_text(keys), person.keys().identity));
    ProgressBar bar(person.terminal(), "downloading");
    TRY(person.server().download(
        *blob_id,
        static_cast<std::uint64_t>(number_at(email, "size")),
        [&](ByteView piece) { return opener.take(piece); },
        [&](std::uint64_t done, std::uint64_t all) { bar.show(done, all); }));
    return opener.finish(blob);
}

// The sender's chain, from the server or as it was seen last.
std::optional<KnownPerson> chain_of(Person& person, const Address& address) {
    auto known = person.cards().get(address);
    if (!known)
        known = person.cards().remembered(address);
    return known ? std::optional(*std::move(known)) : std::nullopt;
}

}  // namespace

Result<OpenedMail> open_email(Person& person, const json::object& email) {
    const json::object& kith = object_at(email, "kith");
    OpenedMail opened;
    opened.note = text_at(kith, "stub");
    if (opened.note.empty()) {
        opened.message = TRY(fetch_body(person, email, std::nullopt));
        const std::string blob_id = text_at(email, "blobId");
        opened.blob = "sha256:" + blob_id.substr(blob_id.find('-') + 1);
        if (const auto warning = smtp_warning(kith); !warning.empty())
            opened.findings.warnings.push_back(warning);
        return opened;
    }
    const auto note = TRY(SignedNote::parse(opened.note));
    opened.stub = TRY(parse_stub(note));
    opened.blob = opened.stub->blob.text();
    opened.message = TRY(fetch_body(person, email, opened.stub->blob));
    const auto known = chain_of(person, opened.stub->from);
    const auto came = parse_time(text_at(email, "receivedAt"));
    opened.findings = examine_stub(note,
                                   *opened.stub,
                                   known ? &known->chain : nullptr,
                                   person.pin_of(opened.stub->from),
                                   came ? *came : person.clock().now());
    return opened;
}

std::string reply_subject(const std::string& subject) {
    return to_lower(subject.substr(0, 3)) == "re:" ? subject : "Re: " + subject;
}

}  // namespace kith
