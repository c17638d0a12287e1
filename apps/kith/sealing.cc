#include "kith/sealing.h"

namespace kith {

SealedMessage seal_message(std::string_view message, std::string_view preview, Random& random) {
    SealedMessage sealed{.key = new_file_key(random), .payload = {}, .blob = {}, .preview = {}};
    sealed.payload = seal_payload(sealed.key, as_bytes(message), random);
    sealed.blob = sha256(ByteView(sealed.payload));
    sealed.size = sealed.payload.size();
    sealed.preview = seal_preview(sealed.key, as_bytes(preview));
    return sealed;
}

Result<SignedNote> make_stub(const SealedMessage& message,
                             const Sender& sender,
                             const StubOrder& order,
                             Random& random) {
    const Stub stub{.id = order.id,
                    .time = order.time,
                    .expires = order.time + kStubLife,
                    .from = sender.address,
                    .root = sender.root,
                    .card = sender.card,
                    .to = order.to,
                    .blob = message.blob,
                    .size = message.size,
                    .keys = seal_header(message.key, order.devices, random),
                    .preview = message.preview,
                    .answers = order.answers};
    auto note = TRY(SignedNote::sign(
        write_stub(stub), sender.address.text() + "/" + sender.device, sender.key));
    if (note.octets().size() > kMaxStub)
        return fail(ErrorKind::limit, order.to.text(), "has too many devices for one stub");
    return note;
}

}  // namespace kith
