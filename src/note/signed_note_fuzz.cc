// What parses is kept octet for octet, and adding a signature keeps its name.
#include "note/signed_note.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const std::string_view octets = as_text({data, size});
    if (const auto lines = parse_signatures(octets)) {
        std::string written;
        for (const NoteSignature& signature : *lines)
            written += write_signature(signature);
        KITH_CHECK(written == octets);
    }
    auto note = SignedNote::parse(octets);
    if (!note)
        return 0;
    KITH_CHECK(note->octets() == octets);
    KITH_CHECK(!note->signatures().empty() && note->signatures().size() <= kMaxNoteSignatures);
    // The parts, put together again, are the same octets: nothing is read two ways.
    std::string again = std::string(note->text()) + "\n";
    for (const NoteSignature& signature : note->signatures())
        again += write_signature(signature);
    KITH_CHECK(again == octets);
    const Hash name = note->hash();
    const SigningKey key = *SigningKey::from_seed(Bytes(32, 1));
    if (note->cosign("fuzz.test", key))
        KITH_CHECK(note->hash() == name && note->names("fuzz.test"));
    if (note->add({"fuzz.test", 7, Bytes(72, 1)}))
        KITH_CHECK(note->hash() == name);
    return 0;
}
