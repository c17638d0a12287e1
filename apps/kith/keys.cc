#include "kith/keys.h"

#include "base/text.h"
#include "crypto/age_stream.h"
#include "kith/files.h"

namespace kith {
namespace {

constexpr std::string_view kSeed = "ed25519-seed:";
constexpr std::string_view kSealed = "age-encryption.org/v1";

Error bad_file(std::string why) {
    return fail(ErrorKind::malformed, "key file", std::move(why));
}

std::string seed_text(const SigningKey& key) {
    return std::string(kSeed) + base64(key.seed());
}

// The seed stands in a comment, so that age reads the file as its own.
Result<SigningKey> find_seed(std::string_view text) {
    for (std::string_view line : split(text, '\n')) {
        while (!line.empty() && (line.front() == '#' || line.front() == ' '))
            line.remove_prefix(1);
        if (!line.starts_with(kSeed))
            continue;
        Bytes seed = TRY(parse_base64(line.substr(kSeed.size())));
        auto key = SigningKey::from_seed(seed);
        wipe(seed);
        return key;
    }
    return bad_file("has no signing key");
}

}  // namespace

DeviceKeys DeviceKeys::generate(Random& random) {
    return {SigningKey::generate(random), AgeIdentity::generate(random)};
}

NewDevice DeviceKeys::as_device(const std::string& name) const {
    return {.name = name, .key = signing.public_key(), .recipient = identity.recipient()};
}

std::string write_device_keys(const DeviceKeys& keys, std::string_view label) {
    std::string text = "# kith device key of " + std::string(label) + "; whoever has it is you\n";
    text += "# " + seed_text(keys.signing) + "\n";
    text += keys.identity.text() + "\n";
    return text;
}

Result<DeviceKeys> parse_device_keys(std::string_view text) {
    SigningKey signing = TRY(find_seed(text));
    for (const std::string_view line : split(text, '\n'))
        if (!line.empty() && line.front() != '#')
            return DeviceKeys{std::move(signing), TRY(AgeIdentity::parse(trim(line)))};
    return bad_file("has no age identity");
}

Result<void> write_key_file(const std::filesystem::path& path,
                            std::string_view text,
                            const std::optional<std::string>& passphrase,
                            Random& random) {
    if (!passphrase)
        return write_private_file(path, text);
    const Bytes sealed = TRY(seal_with_passphrase(as_bytes(text), as_bytes(*passphrase), random));
    return write_private_file(path, as_text(sealed));
}

Result<std::string> read_key_file(const std::filesystem::path& path, const AskPassphrase& ask) {
    std::string text = TRY(read_private_file(path));
    if (!text.starts_with(kSealed))
        return text;
    std::string passphrase = TRY(ask());
    auto opened = open_with_passphrase(as_bytes(text), as_bytes(passphrase));
    wipe(passphrase);
    if (!opened)
        return fail(ErrorKind::untrusted,
                    path.string(),
                    "the passphrase is wrong: try again, or check KITH_PASSPHRASE_FILE");
    std::string clear = to_text(*opened);
    wipe(*opened);
    return clear;
}

}  // namespace kith
