// Linking a new device by a code that an old one shows (protocol section 3.3).
//
//   old device: LinkCode::make, asks its server for a place with that id, shows the code
//   new device: parse the code, make_link, sign with its own key, post it
//   old device: parse_link, check_link_mac with the code, publish a card with the device
//
// The server knows the id, never the secret: so it cannot slip in a device of its own.
#pragma once

#include <string>
#include <string_view>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

/// "abcdefgh-0123456789abcdef" in base32: the id that the server made, and the secret.
class LinkCode {
  public:
    /// `id`: 8 base32 characters. Errors: malformed.
    static Result<LinkCode> make(std::string_view id, Random& random);
    /// Upper case is accepted, for it is typed. Errors: malformed ("link code").
    static Result<LinkCode> parse(std::string_view text);

    const std::string& id() const { return id_; }
    ByteView secret() const { return secret_.view(); }
    /// To be shown; the caller wipes it.
    std::string text() const;

  private:
    std::string id_;
    SecretArray<10> secret_;
};

/// 8 base32 characters.
std::string random_link_id(Random& random);

struct Link {
    Address address;
    std::string device;
    PublicKey key;
    AgeRecipient recipient;
    Time time;
    ByteArray<32> mac{};

    friend bool operator==(const Link&, const Link&) = default;
};

/// HMAC-SHA-256 under the code's ten secret octets over
/// "kith/1 link" LF address LF device LF key LF recipient LF.
ByteArray<32> link_mac(const Link& link, const LinkCode& code);
/// Errors: bad_signature ("link: mac").
Result<void> check_link_mac(const Link& link, const LinkCode& code);

/// Form, and the signature by the key that it names, under the name "address/device".
/// Errors: malformed, limit, bad_signature, untrusted; `where` is "link: FIELD".
Result<Link> parse_link(const SignedNote& note);
std::string write_link(const Link& link);
/// Errors: future ("link: time").
Result<void> check_times(const Link& link, Time now);

}  // namespace kith
