// The canonical forms of header fields and body (RFC 6376 section 3.4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/hash.h"
#include "mail/raw_header.h"

namespace kith::mailauth {

enum class Canonicalization { simple, relaxed };

/// With its CRLF.
std::string canonical_field(const RawField& field, Canonicalization form);

/// The hash of a body that comes in pieces.
class BodyHasher {
  public:
    explicit BodyHasher(Canonicalization form) : form_(form) {}

    void update(std::string_view piece);
    /// Once.
    Hash finish();

  private:
    void content(std::string_view octets);
    void flush();
    std::size_t plain_run(std::string_view piece) const;

    Canonicalization form_;
    Sha256 hash_;
    std::string canonical_;        // not hashed yet: words are short, and each call costs
    std::uint64_t line_ends_ = 0;  // CRLFs that count only if something follows
    bool after_cr_ = false;
    bool after_space_ = false;  // relaxed: white space that counts only inside a line
    bool has_content_ = false;
};

}  // namespace kith::mailauth
