// Text taken apart line by line, as the formats of C2SP's logs are written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/hash.h"

namespace kith {

/// The most hashes a proof has in a tree of at most kMaxTreeSize leaves.
inline constexpr std::size_t kMaxProofHashes = 63;

/// Every line ends in LF. The text must outlive it.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}

    /// The next line, without its LF; `where` names what it should have been.
    /// Errors: malformed when there is none, or it has no end.
    Result<std::string_view> next(const char* where);
    /// Hashes in base64, one a line, and the empty line that ends them. Errors: malformed, limit
    /// (kMaxProofHashes); `where` is "proof".
    Result<std::vector<Hash>> proof();
    /// What has not been read.
    std::string_view rest() const { return rest_; }

  private:
    std::string_view rest_;
};

/// What Lines::proof() reads, without the empty line.
std::string write_proof(std::span<const Hash> proof);

}  // namespace kith
