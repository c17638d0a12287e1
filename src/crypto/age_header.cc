#include "crypto/age_header.h"

#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/scrypt.h"
#include "crypto/x25519.h"

#include <algorithm>

namespace kith {
namespace {

constexpr std::string_view kVersion = "age-encryption.org/v1";
constexpr std::string_view kX25519Info = "age-encryption.org/v1/X25519";
constexpr std::string_view kScryptLabel = "age-encryption.org/v1/scrypt";
constexpr std::size_t kColumns = 64;
constexpr std::size_t kWrappedKey = 32;
constexpr Nonce kZeroNonce{};

Error bad(const char* why) {
    return fail(ErrorKind::malformed, "age header", why);
}

// Takes lines off the head of the text; every line must end with LF.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}
    bool done() const { return rest_.empty(); }
    Result<std::string_view> next() {
        const std::size_t end = rest_.find('\n');
        if (end == std::string_view::npos)
            return bad("a line without LF");
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return line;
    }

  private:
    std::string_view rest_;
};

Result<AgeStanza> parse_stanza(std::string_view first_line, Lines& lines) {
    AgeStanza stanza;
    for (std::string_view argument : split(first_line.substr(3), ' ')) {
        if (argument.empty())
            return bad("empty stanza argument");
        for (char c : argument)
            if (c < 33 || c > 126)
                return bad("character in a stanza argument");
        stanza.arguments.emplace_back(argument);
    }
    for (;;) {
        const std::string_view line = TRY(lines.next());
        if (line.size() > kColumns)
            return bad("stanza body line longer than 64");
        const Bytes part = TRY(parse_base64_unpadded(line));
        stanza.body.insert(stanza.body.end(), part.begin(), part.end());
        if (line.size() < kColumns)
            return stanza;
    }
}

void write_stanza(const AgeStanza& stanza, std::string& out) {
    out += "->";
    for (const std::string& argument : stanza.arguments)
        out += " " + argument;
    out += "\n";
    const std::string body = base64_unpadded(stanza.body);
    for (std::size_t at = 0; at + kColumns <= body.size(); at += kColumns)
        out.append(body, at, kColumns).append("\n");
    out.append(body, body.size() / kColumns * kColumns).append("\n");
}

// The octets under the MAC: all up to and including "---".
std::string maced_text(const std::vector<AgeStanza>& stanzas) {
    std::string out(kVersion);
    out += "\n";
    for (const AgeStanza& stanza : stanzas)
        write_stanza(stanza, out);
    return out + "---";
}

ByteArray<32> mac_of(const FileKey& key, const std::vector<AgeStanza>& stanzas) {
    const Secret mac_key = hkdf_sha256(key.view(), {}, "header", 32);
    return hmac_sha256(mac_key.view(), as_bytes(maced_text(stanzas)));
}

Bytes wrap(ByteView wrap_key, const FileKey& key) {
    Bytes body;
    Aead(wrap_key).seal(kZeroNonce, key.view(), body);
    return body;
}

// Untrusted when the tag does not verify: it was wrapped for somebody else.
Result<FileKey> unwrap(ByteView wrap_key, ByteView body) {
    Bytes plain;
    if (!Aead(wrap_key).open(kZeroNonce, body, plain))
        return fail(ErrorKind::untrusted, "age header", "not for this key");
    FileKey key;
    KITH_CHECK(plain.size() == key.octets().size());
    std::copy(plain.begin(), plain.end(), key.octets().begin());
    wipe(plain);
    return key;
}

Secret x25519_wrap_key(const SecretArray<32>& shared,
                       const ByteArray<32>& share,
                       const AgeRecipient& recipient) {
    Bytes salt(share.begin(), share.end());
    salt.insert(salt.end(), recipient.point.begin(), recipient.point.end());
    return hkdf_sha256(shared.view(), salt, kX25519Info, 32);
}

AgeStanza x25519_stanza(const FileKey& key, const AgeRecipient& to, Random& random) {
    SecretArray<32> ephemeral;
    random.fill(ephemeral.octets());
    const ByteArray<32> share = x25519_public(ephemeral);
    const auto shared = x25519(ephemeral, to.point);
    // With a recipient of small order the shared secret is public: nobody must be able to read it.
    const SecretArray<32> secret = shared ? *shared : ephemeral;
    const Secret wrap_key = x25519_wrap_key(secret, share, to);
    return {{"X25519", base64_unpadded(share)}, wrap(wrap_key.view(), key)};
}

struct X25519Stanza {
    ByteArray<32> share{};
    ByteView body;
};

Result<X25519Stanza> read_x25519(const AgeStanza& stanza) {
    if (stanza.arguments.size() != 2)
        return bad("X25519 stanza: one argument wanted");
    const Bytes share = TRY(parse_base64_unpadded(stanza.arguments[1]));
    if (stanza.body.size() != kWrappedKey)
        return bad("X25519 stanza: body is not 32 octets");
    return X25519Stanza{TRY(exactly<32>(share)), stanza.body};
}

// The file key of the first stanza that one of the identities opens.
Result<FileKey> find_file_key(const AgeHeader& header, std::span<const AgeIdentity> identities) {
    std::vector<X25519Stanza> stanzas;
    for (const AgeStanza& stanza : header.stanzas) {
        if (stanza.arguments[0] == "scrypt" && header.stanzas.size() > 1)
            return bad("a scrypt stanza must be alone");
        if (stanza.arguments[0] == "X25519")
            stanzas.push_back(TRY(read_x25519(stanza)));
    }
    for (const X25519Stanza& stanza : stanzas) {
        for (const AgeIdentity& identity : identities) {
            const SecretArray<32> shared = TRY(x25519(identity.scalar(), stanza.share));
            const Secret key = x25519_wrap_key(shared, stanza.share, identity.recipient());
            auto file_key = unwrap(key.view(), stanza.body);
            if (file_key)
                return file_key;
        }
    }
    return fail(ErrorKind::untrusted, "age header", "no stanza for these keys");
}

Result<FileKey> checked(const AgeHeader& header, const FileKey& key) {
    if (!equal_in_constant_time(mac_of(key, header.stanzas), header.mac))
        return fail(ErrorKind::bad_signature, "age header", "the MAC does not verify");
    return key;
}

std::string finish(const FileKey& key, std::vector<AgeStanza> stanzas) {
    AgeHeader header{std::move(stanzas), {}};
    header.mac = mac_of(key, header.stanzas);
    return header.write();
}

Secret scrypt_salt(ByteView salt) {
    Secret labelled(kScryptLabel.size() + salt.size());
    std::copy(kScryptLabel.begin(), kScryptLabel.end(), labelled.octets().begin());
    std::copy(salt.begin(),
              salt.end(),
              labelled.octets().begin() + static_cast<std::ptrdiff_t>(kScryptLabel.size()));
    return labelled;
}

}  // namespace

FileKey new_file_key(Random& random) {
    FileKey key;
    random.fill(key.octets());
    return key;
}

std::string AgeHeader::write() const {
    return maced_text(stanzas) + " " + base64_unpadded(mac) + "\n";
}

Result<AgeHeader> parse_age_header(std::string_view text) {
    if (text.size() > kMaxAgeHeader)
        return fail(ErrorKind::limit, "age header", "longer than 65536 octets");
    Lines lines(text);
    if (TRY(lines.next()) != kVersion)
        return bad("not version 1 of age");
    AgeHeader header;
    for (;;) {
        const std::string_view line = TRY(lines.next());
        if (line.starts_with("-> ")) {
            if (header.stanzas.size() == kMaxAgeStanzas)
                return fail(ErrorKind::limit, "age header", "more than 256 stanzas");
            header.stanzas.push_back(TRY(parse_stanza(line, lines)));
            continue;
        }
        if (!line.starts_with("--- "))
            return bad("neither a stanza nor the MAC");
        const Bytes mac = TRY(parse_base64_unpadded(line.substr(4)));
        header.mac = TRY(exactly<32>(mac));
        break;
    }
    if (!lines.done())
        return bad("octets after the MAC");
    if (header.stanzas.empty())
        return bad("no stanza");
    return header;
}

Result<std::size_t> age_header_length(std::string_view file) {
    const std::string_view head = file.substr(0, kMaxAgeHeader);
    if (!head.starts_with(kVersion))
        return bad("not an age file");
    const std::size_t mac = head.find("\n---");
    const std::size_t end = mac == head.npos ? head.npos : head.find('\n', mac + 1);
    if (end != head.npos)
        return end + 1;
    if (head.size() == kMaxAgeHeader)
        return fail(ErrorKind::limit, "age header", "longer than 65536 octets");
    return bad("cut short: no end of the MAC line");
}

std::string seal_header(const FileKey& key, std::span<const AgeRecipient> to, Random& random) {
    std::vector<AgeStanza> stanzas;
    for (const AgeRecipient& recipient : to)
        stanzas.push_back(x25519_stanza(key, recipient, random));
    return finish(key, std::move(stanzas));
}

Result<std::string> seal_header_with_passphrase(const FileKey& key,
                                                ByteView passphrase,
                                                Random& random,
                                                unsigned log_n) {
    const auto salt = random.array<16>();
    const Secret wrap_key = TRY(scrypt(passphrase, scrypt_salt(salt).view(), log_n));
    AgeStanza stanza{{"scrypt", base64_unpadded(salt), std::to_string(log_n)},
                     wrap(wrap_key.view(), key)};
    return finish(key, {std::move(stanza)});
}

Result<FileKey> open_header(std::string_view text, std::span<const AgeIdentity> identities) {
    const AgeHeader header = TRY(parse_age_header(text));
    return checked(header, TRY(find_file_key(header, identities)));
}

Result<FileKey> open_header_with_passphrase(std::string_view text,
                                            ByteView passphrase,
                                            unsigned max_log_n) {
    const AgeHeader header = TRY(parse_age_header(text));
    for (const AgeStanza& stanza : header.stanzas)
        if (stanza.arguments[0] == "scrypt" && header.stanzas.size() > 1)
            return bad("a scrypt stanza must be alone");
    const AgeStanza& stanza = header.stanzas[0];
    if (stanza.arguments[0] != "scrypt")
        return fail(ErrorKind::untrusted, "age header", "not under a passphrase");
    if (stanza.arguments.size() != 3)
        return bad("scrypt stanza: two arguments wanted");
    const Bytes salt = TRY(parse_base64_unpadded(stanza.arguments[1]));
    TRY(exactly<16>(salt));
    const auto log_n = TRY(parse_decimal(stanza.arguments[2], max_log_n));
    if (log_n == 0)
        return bad("scrypt stanza: work factor 0");
    if (stanza.body.size() != kWrappedKey)
        return bad("scrypt stanza: body is not 32 octets");
    const Secret wrap_key =
        TRY(scrypt(passphrase, scrypt_salt(salt).view(), static_cast<unsigned>(log_n)));
    return checked(header, TRY(unwrap(wrap_key.view(), stanza.body)));
}

Result<std::string> rekey_header(std::string_view text,
                                 std::span<const AgeIdentity> identities,
                                 std::span<const AgeRecipient> to,
                                 Random& random) {
    if (to.empty() || to.size() > kMaxAgeStanzas)
        return fail(ErrorKind::limit, "age header", "must have 1 to 256 recipients");
    const FileKey key = TRY(open_header(text, identities));
    return seal_header(key, to, random);
}

}  // namespace kith
