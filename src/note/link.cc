#include "note/link.h"

#include <algorithm>

namespace kith {
namespace {

constexpr std::size_t kIdCharacters = 8;
constexpr std::size_t kSecretCharacters = 16;
constexpr std::size_t kMacOctets = 32;

bool is_base32(std::string_view text, std::size_t size) {
    return text.size() == size && parse_base32(text).has_value();
}

Result<ByteArray<kMacOctets>> read_mac(std::string_view value) {
    return exactly<kMacOctets>(TRY(as_base64(value)));
}

// The fields that the MAC covers, as they stand in the note.
FieldWriter& add_claim(FieldWriter& out, const Link& link) {
    return out.add("address", link.address.text())
        .add("device", link.device)
        .add("key", link.key.text())
        .add("recipient", link.recipient.text());
}

Result<Link> read_fields(std::string_view text) {
    const Fields fields = TRY(Fields::parse(text, "link"));
    Link link;
    link.address = TRY(fields.required("address", as_address));
    link.device = TRY(fields.required("device", as_device_name));
    link.key = TRY(fields.required("key", as_key));
    link.recipient = TRY(fields.required("recipient", as_recipient));
    link.time = TRY(fields.required("time", as_time));
    link.mac = TRY(fields.required("mac", read_mac));
    return link;
}

}  // namespace

Result<LinkCode> LinkCode::make(std::string_view id, Random& random) {
    if (!is_base32(id, kIdCharacters))
        return fail(ErrorKind::malformed, "link code", "the id is not 8 base32 characters");
    LinkCode code;
    code.id_ = id;
    random.fill(code.secret_.octets());
    return code;
}

Result<LinkCode> LinkCode::parse(std::string_view text) {
    if (text.size() != kIdCharacters + 1 + kSecretCharacters || text[kIdCharacters] != '-')
        return fail(ErrorKind::malformed, "link code", "not 8 and 16 characters with a hyphen");
    std::string lower = to_lower(text);
    const std::string_view id = std::string_view(lower).substr(0, kIdCharacters);
    auto secret = parse_base32(std::string_view(lower).substr(kIdCharacters + 1));
    const bool good = is_base32(id, kIdCharacters) && secret.has_value();
    LinkCode code;
    if (good) {
        code.id_ = id;
        std::ranges::copy(*secret, code.secret_.octets().begin());
        wipe(*secret);
    }
    wipe(lower);
    if (!good)
        return fail(ErrorKind::malformed, "link code", "characters other than a-z 2-7");
    return code;
}

std::string LinkCode::text() const {
    return id_ + "-" + base32(secret_.view());
}

std::string random_link_id(Random& random) {
    return base32(random.array<5>());
}

ByteArray<32> link_mac(const Link& link, const LinkCode& code) {
    const std::string covered = "kith/1 link\n" + link.address.text() + "\n" + link.device + "\n" +
                                link.key.text() + "\n" + link.recipient.text() + "\n";
    return hmac_sha256(code.secret(), as_bytes(covered));
}

Result<void> check_link_mac(const Link& link, const LinkCode& code) {
    if (!equal_in_constant_time(link_mac(link, code), link.mac))
        return fail(ErrorKind::bad_signature, "link: mac", "made with another code");
    return {};
}

Result<Link> parse_link(const SignedNote& note) {
    auto link = read_fields(note.text());
    if (!link)
        return std::move(link).error().within("link");
    const NamedKey signer{link->address.text() + "/" + link->device, link->key};
    if (auto good = verify_note(note, signer); !good)
        return std::move(good).error().within("link");
    return link;
}

std::string write_link(const Link& link) {
    FieldWriter out("link");
    return add_claim(out, link)
        .add("time", format_time(link.time))
        .add("mac", base64(link.mac))
        .take();
}

Result<void> check_times(const Link& link, Time now) {
    if (auto good = check_not_future(link.time, now); !good)
        return std::move(good).error().within("link");
    return {};
}

}  // namespace kith
