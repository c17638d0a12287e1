// The server's own secrets: made once by quickstart, kept in DATA/keys, readable by the owner
// alone.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/vrf.h"

namespace kith {

struct ServerKeys {
    SigningKey domain;   ///< countersigns cards and stubs
    Secret token;        ///< MACs tokens and reply tokens
    Secret price;        ///< seeds of the price of strangers
    Secret nonce;        ///< login nonces
    SigningKey log;      ///< signs checkpoints of the directory log
    VrfKey vrf;          ///< labels of the directory log; never another for the same log
    SigningKey witness;  ///< cosigns other domains' checkpoints
};

enum class KeysMade { already_there, fresh };

/// Reads the keys of `folder`. Errors: io, malformed, denied (others can read them).
Result<ServerKeys> load_keys(const std::filesystem::path& folder);
/// The key files that make_keys() would make.
std::vector<std::filesystem::path> missing_keys(const std::filesystem::path& folder);
/// Makes whatever is missing; never replaces a key.
Result<KeysMade> make_keys(const std::filesystem::path& folder, Random& random);
/// The same for the keys that came with later versions (the directory log's, the witness's), in a
/// folder that has those of the first one; else nothing happens.
Result<void> complete_keys(const std::filesystem::path& folder, Random& random);

}  // namespace kith
