// The proof that comes with a card (protocol section 10.4): that the directory log of its address's
// domain has it. A C2SP tlog-proof whose `extra` has what leads from the address to the entry:
//
//     VRF key (32 octets) ‖ VRF proof (80) ‖ the way from the log's first entry to the root (32 a
//     hash)
//
// It shows that a card was published for everybody to see, not that it is the newest; that is told
// by the chain (identity/chain.h) and by what the receiver has seen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/tiles.h"
#include "identity/directory_log.h"
#include "note/address.h"
#include "tlog/tlog_proof.h"
#include "tlog/trust.h"

namespace kith {

struct DirectoryProof {
    VrfPublicKey key;
    VrfProof vrf;
    std::vector<Hash> key_path;  ///< from the entry 0, that of the key
    std::uint64_t index = 0;     ///< of the card's entry
    std::vector<Hash> path;
    SignedCheckpoint checkpoint;
};

/// Form only. Errors: malformed, limit; `where` is "proof: PART", or that of the checkpoint.
Result<DirectoryProof> parse_directory_proof(std::string_view text);
std::string write_directory_proof(const DirectoryProof& proof);

/// Of the entry at `index`, whose label `vrf` proves. Errors: those of the tiles.
/// Requires: the tree is the checkpoint's; index < its size.
Result<DirectoryProof> make_directory_proof(TileTree& tree,
                                            SignedCheckpoint checkpoint,
                                            const VrfPublicKey& key,
                                            const VrfProof& vrf,
                                            std::uint64_t index);

/// Does it lead from the address and the card to the checkpoint? Whether the checkpoint is to be
/// believed is not looked at: for one that was checked before. `card` is the hash of the card's
/// text. Errors: untrusted ("checkpoint: origin": another domain's log), bad_signature ("proof:
/// key", "proof: vrf", "proof: path"), malformed ("proof: vrf").
Result<void> check_entry(const DirectoryProof& proof, const Address& address, const Hash& card);

/// All of it; answers the names of the witnesses that counted. `trust.keys` as log_keys() makes
/// them. Errors: those of check_checkpoint (tlog/trust.h) and check_entry.
Result<std::vector<std::string>> verify_directory_proof(const DirectoryProof& proof,
                                                        const Address& address,
                                                        const Hash& card,
                                                        const LogTrust& trust);

}  // namespace kith
