// The device's key file; in the clear, or sealed under a passphrase as an age file (scrypt), which
// `age -d` opens. device.key is an age identity file as well: `age -d -i`
// opens messages with it.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "crypto/age_keys.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "identity/card_builder.h"

namespace kith {

struct DeviceKeys {
    SigningKey signing;
    AgeIdentity identity;

    static DeviceKeys generate(Random& random);
    NewDevice as_device(const std::string& name) const;
};

/// `label` goes into a comment. The caller wipes the text.
std::string write_device_keys(const DeviceKeys& keys, std::string_view label);
/// Errors: malformed.
Result<DeviceKeys> parse_device_keys(std::string_view text);

/// Asks for a passphrase, or reads it from where it was told. Errors: denied, io.
using AskPassphrase = std::function<Result<std::string>()>;

/// Under `passphrase` if there is one. Errors: io, internal.
Result<void> write_key_file(const std::filesystem::path& path,
                            std::string_view text,
                            const std::optional<std::string>& passphrase,
                            Random& random);
/// The text of a key file; asks only when it is sealed. Errors: as read_private_file; untrusted
/// (wrong passphrase); those of `ask`.
Result<std::string> read_key_file(const std::filesystem::path& path, const AskPassphrase& ask);

}  // namespace kith
