// Proof that a log lies: two checkpoints that it signed and that cannot both be true. Everybody can
// check it, offline, with nothing but the log's key; so it is written as text, to be passed on:
//
//     kith/1 equivocation
//     origin one.test/kith/1/log
//     root sha256:…            where the sizes differ
//     proof sha256:…           the same; a line a hash
//
//     checkpoint 245
//     …                        245 octets, the smaller tree
//     checkpoint 245
//     …
//
// Trees of one size lie by their roots. Where the sizes differ, `root` is what the larger tree had
// at the smaller size, `proof` the consistency proof that shows it: another than the one that was
// signed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/tiles.h"
#include "tlog/checkpoint.h"

namespace kith {

inline constexpr std::size_t kMaxEquivocation = 3 * kMaxNote;  ///< octets

struct Equivocation {
    /// What the larger tree had at the smaller one's size.
    struct Prefix {
        Hash root;
        std::vector<Hash> proof;

        friend bool operator==(const Prefix&, const Prefix&) = default;
    };

    SignedCheckpoint smaller;
    SignedCheckpoint larger;
    std::optional<Prefix> prefix;  ///< absent where the sizes are equal
};

/// Form only. Errors: malformed, limit; `where` is "equivocation: PART", or that of a checkpoint.
Result<Equivocation> parse_equivocation(std::string_view text);
std::string write_equivocation(const Equivocation& evidence);

/// Does it convict the log whose keys these are? Those count whose name is the origin; the two may
/// be signed by different ones. Errors: bad_signature, untrusted ("checkpoint: signature": this log
/// did not sign that); malformed ("equivocation: PART"); untrusted ("equivocation") when both may
/// be true.
Result<void> check_equivocation(const Equivocation& evidence, std::span<const NamedKey> log_keys);

/// The evidence, where two checkpoints of one origin are of the same size and have different roots;
/// nullopt where they need not contradict each other. Signatures are not looked at.
std::optional<Equivocation> find_equivocation(const SignedCheckpoint& one,
                                              const SignedCheckpoint& other);
/// The same where one tree is larger: `tiles` are that one's, and show whether it grew out of the
/// other. Errors: the reader's; untrusted ("tile") when the tiles are not those of the larger
/// checkpoint. Requires: one origin; smaller's size <= larger's.
Result<std::optional<Equivocation>> find_equivocation(const SignedCheckpoint& smaller,
                                                      const SignedCheckpoint& larger,
                                                      TileReader& tiles);

}  // namespace kith
