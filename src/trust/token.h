// Tokens (protocol section 5.1): made and checked by the recipient's server alone, opaque to all
// others. A MAC binds each to its kind and account, so that a forged one dies before any look-up;
// quota, revocation and uses are the store's affair, under the id.
//
//     token = kind  base32(id, 10 octets ‖ MAC, 12 octets)              kind: i n c
//     reply = "r"   base32(seconds since 1970, 4 octets ‖ id, 6 octets ‖ MAC, 12 octets)
//
// The MAC is HMAC-SHA-256 over "kith/1 token" LF kind LF account LF addressee LF ‖ (time ‖) id, cut
// to 12 octets; the addressee's line is empty but for reply tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "note/address.h"

namespace kith {

inline constexpr Seconds kReplyTokenLife = std::chrono::days{90};
inline constexpr unsigned kReplyTokenUses = 10;

enum class TokenKind { invite, newsletter, card, reply };
std::string_view name_of(TokenKind kind);  ///< "invite"
Result<TokenKind> parse_token_kind(std::string_view text);

/// A token that is ours.
struct CheckedToken {
    TokenKind kind = TokenKind::card;
    std::string id;               ///< hex; the store's key for uses
    std::optional<Time> made;     ///< a reply token
    std::optional<Time> expires;  ///< a reply token

    friend bool operator==(const CheckedToken&, const CheckedToken&) = default;
};

/// Immutable, hence thread-safe.
class TokenMaker {
  public:
    /// 32 octets of the server's own; every token is void when it changes.
    explicit TokenMaker(Secret key);

    struct Made {
        std::string text;
        std::string id;  ///< hex
    };
    /// Not for replies. `account`: whose it is, who is let in to.
    Made make(TokenKind kind, const Address& account, Random& random) const;
    /// For `addressee` to answer `account` with; good for 90 days.
    Made make_reply(const Address& account,
                    const Address& addressee,
                    Time now,
                    Random& random) const;

    /// No look-up. `sender`: who brings it. Errors: malformed (no token of ours looks so),
    /// bad_signature (forged, another account's, or a reply token of somebody else), expired.
    Result<CheckedToken> check(std::string_view token,
                               const Address& account,
                               const Address& sender,
                               Time now) const;

  private:
    ByteArray<12> mac(char kind,
                      const Address& account,
                      std::string_view addressee,
                      ByteView head) const;
    std::string seal(char kind,
                     const Address& account,
                     std::string_view addressee,
                     ByteView head) const;

    Secret key_;
};

}  // namespace kith
