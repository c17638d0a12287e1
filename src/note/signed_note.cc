#include "note/signed_note.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace kith {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t kKeyIdOctets = 4;

Error bad(std::string where, std::string detail) {
    return fail(ErrorKind::malformed, std::move(where), std::move(detail));
}

// C2SP: valid UTF-8, no ASCII control character but the line feed.
bool is_note_text(std::string_view text) {
    const auto allowed = [](unsigned char c) { return c >= 0x20 || c == '\n'; };
    return std::ranges::all_of(text, allowed) && is_utf8(text);
}

// The characters with the Unicode property White_Space that are above ASCII, as UTF-8.
constexpr std::array<std::string_view, 20> kUnicodeSpaces = {
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
    "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
    "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
    "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80", " "};

std::uint32_t big_endian(ByteView octets) {
    std::uint32_t value = 0;
    for (const std::uint8_t octet : octets.first(kKeyIdOctets))
        value = (value << 8) | octet;
    return value;
}

Bytes big_endian(std::uint32_t value) {
    return {static_cast<std::uint8_t>(value >> 24),
            static_cast<std::uint8_t>(value >> 16),
            static_cast<std::uint8_t>(value >> 8),
            static_cast<std::uint8_t>(value)};
}

// One line without its LF.
Result<NoteSignature> parse_signature(std::string_view line) {
    if (!line.starts_with(kDash))
        return bad("signature", "the line does not begin with an em dash and a space");
    line.remove_prefix(kDash.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !is_key_name(line.substr(0, space)))
        return bad("signature", "no key name");
    auto octets = parse_base64(line.substr(space + 1));
    if (!octets || octets->size() <= kKeyIdOctets)
        return bad("signature", "not base64 of a key id and a signature");
    NoteSignature signature;
    signature.key_name = line.substr(0, space);
    signature.key_id = big_endian(*octets);
    signature.octets.assign(octets->begin() + kKeyIdOctets, octets->end());
    return signature;
}

NoteSignature sign_text(std::string_view text, const std::string& key_name, const SigningKey& key) {
    const Signature signature = key.sign(as_bytes(text));
    return {key_name,
            NamedKey{key_name, key.public_key()}.id(),
            Bytes(signature.begin(), signature.end())};
}

}  // namespace

Hash note_hash(std::string_view text) {
    return sha256(text);
}

bool is_key_name(std::string_view name) {
    const auto has_space = [&](std::string_view space) {
        return name.find(space) != std::string_view::npos;
    };
    return !name.empty() && name.find('+') == std::string_view::npos &&
           name.find('\n') == std::string_view::npos && is_note_text(name) &&
           std::ranges::none_of(kUnicodeSpaces, has_space);
}

Result<std::vector<NoteSignature>> parse_signatures(std::string_view lines) {
    std::vector<NoteSignature> signatures;
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        if (end == std::string_view::npos)
            return bad("signature", "the last line has no end");
        if (signatures.size() == kMaxNoteSignatures)
            return fail(ErrorKind::limit, "signature", "more than 16 signatures");
        signatures.push_back(TRY(parse_signature(lines.substr(0, end))));
        lines.remove_prefix(end + 1);
    }
    return signatures;
}

std::string write_signature(const NoteSignature& signature) {
    Bytes octets = big_endian(signature.key_id);
    octets.insert(octets.end(), signature.octets.begin(), signature.octets.end());
    return std::string(kDash) + signature.key_name + " " + base64(octets) + "\n";
}

template <SignatureType Type>
std::uint32_t NoteKey<Type>::id() const {
    std::string hashed = name + "\n";
    hashed += static_cast<char>(Type);
    hashed += as_text(key.view());
    return big_endian(sha256(hashed).view());
}

template <SignatureType Type>
std::string NoteKey<Type>::vkey() const {
    Bytes typed{static_cast<std::uint8_t>(Type)};
    typed.insert(typed.end(), key.octets.begin(), key.octets.end());
    return name + "+" + hex(big_endian(id())) + "+" + base64(typed);
}

template <SignatureType Type>
Result<NoteKey<Type>> NoteKey<Type>::parse_vkey(std::string_view text) {
    const std::size_t first = text.find('+');
    const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
    if (second == std::string_view::npos)
        return bad("vkey", "not name+id+key");
    NoteKey named;
    named.name = text.substr(0, first);
    if (!is_key_name(named.name))
        return bad("vkey", "the name is empty, or has a space");
    auto typed = parse_base64(text.substr(second + 1));
    if (!typed || typed->empty() || typed->front() != static_cast<std::uint8_t>(Type))
        return bad("vkey",
                   "not base64 of an Ed25519 key of type 0x0" +
                       std::to_string(static_cast<unsigned>(Type)));
    named.key = TRY(public_key_from(ByteView(*typed).subspan(1)));
    if (text.substr(first + 1, second - first - 1) != hex(big_endian(named.id())))
        return bad("vkey", "the id is not that of name and key");
    return named;
}

template struct NoteKey<SignatureType::ed25519>;
template struct NoteKey<SignatureType::cosignature>;

Result<SignedNote> SignedNote::parse(std::string_view octets) {
    if (octets.size() > kMaxNote)
        return fail(ErrorKind::limit, "note", "more than 65536 octets");
    if (!is_note_text(octets))
        return bad("note", "not UTF-8, or a control character");
    // The last empty line parts text and signatures; the text may have empty lines of its own.
    const std::size_t gap = octets.rfind("\n\n");
    if (gap == std::string_view::npos)
        return bad("note", "no empty line before the signatures");
    if (!octets.ends_with('\n') || gap + 2 == octets.size())
        return bad("note", "no signature, or the last line has no end");
    SignedNote note;
    note.octets_ = octets;
    note.text_size_ = gap + 1;
    note.signatures_ = TRY(parse_signatures(octets.substr(gap + 2)));
    return note;
}

Result<SignedNote> SignedNote::sign(std::string_view text,
                                    const std::string& key_name,
                                    const SigningKey& key) {
    if (!text.ends_with('\n'))
        return bad("note", "the text does not end in LF");
    if (!is_key_name(key_name))
        return bad("key name", "empty, or with a space or plus");
    return parse(std::string(text) + "\n" + write_signature(sign_text(text, key_name, key)));
}

Result<void> SignedNote::cosign(const std::string& key_name, const SigningKey& key) {
    // Ed25519 signatures are deterministic: the same key gives the same line.
    return add(sign_text(text(), key_name, key));
}

Result<void> SignedNote::add(const NoteSignature& signature) {
    if (!is_key_name(signature.key_name))
        return bad("key name", "empty, or with a space or plus");
    if (std::ranges::find(signatures_, signature) != signatures_.end())
        return {};
    *this = TRY(parse(octets_ + write_signature(signature)));
    return {};
}

bool SignedNote::names(std::string_view key_name) const {
    const auto named = [&](const NoteSignature& s) { return s.key_name == key_name; };
    return std::ranges::any_of(signatures_, named);
}

Result<std::vector<std::size_t>> verify_note(const SignedNote& note,
                                             std::span<const NamedKey> known) {
    std::vector<std::size_t> signers;
    for (std::size_t i = 0; i < known.size(); ++i) {
        bool signed_by_it = false;
        for (const NoteSignature& signature : note.signatures()) {
            if (signature.key_name != known[i].name || signature.key_id != known[i].id())
                continue;
            if (!verify(known[i].key, as_bytes(note.text()), signature.octets))
                return fail(ErrorKind::bad_signature,
                            "signature",
                            "the signature of " + known[i].name + " does not verify");
            signed_by_it = true;
        }
        if (signed_by_it)
            signers.push_back(i);
    }
    if (signers.empty())
        return fail(ErrorKind::untrusted, "signature", "none of the keys in question signed");
    return signers;
}

Result<void> verify_note(const SignedNote& note, const NamedKey& known) {
    TRY(verify_note(note, std::span(&known, 1)));
    return {};
}

}  // namespace kith
