// Proofs that something is in a log (c2sp.org/tlog-proof), to be verified without asking anybody:
// the place of the entry, the way from it to the tree's hash, and the checkpoint with its
// cosignatures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tlog/checkpoint.h"

namespace kith {

inline constexpr std::size_t kMaxTlogProof = 65'536;  ///< octets

struct TlogProof {
    Bytes extra;  ///< what the application needs beside; empty: the line is absent
    std::uint64_t index = 0;
    std::vector<Hash> path;
    SignedCheckpoint checkpoint;
};

/// Form only. Errors: malformed, limit; `where` is "proof: PART", or that of the checkpoint.
Result<TlogProof> parse_tlog_proof(std::string_view text);
std::string write_tlog_proof(const TlogProof& proof);

/// Does `path` lead from `leaf` at `index` to the checkpoint's tree? Whether the checkpoint is to
/// be believed is check_checkpoint's affair (tlog/trust.h). Errors: bad_signature ("proof: path").
Result<void> check_inclusion(const Checkpoint& checkpoint,
                             std::uint64_t index,
                             const Hash& leaf,
                             std::span<const Hash> path);

}  // namespace kith
