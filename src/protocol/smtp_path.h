// Mailboxes and paths of the envelope (RFC 5321 section 4.1.2, with UTF-8: RFC 6531 section 3.3).
// What they are for a Kith account is told by target_of.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "note/address.h"

namespace kith::smtp {

/// Octets of a mailbox as it is written; a path of 256 octets (RFC 5321 section 4.5.3.1.3) has its
/// brackets around it. A local part may be longer than the 64 octets of section 4.5.3.1.1, as those
/// of forwarders and of lists often are.
inline constexpr std::size_t kMaxMailbox = 254;

/// Whether octets above 0x7F may stand in an address: the sender has said SMTPUTF8.
enum class Utf8 { refused, allowed };

/// "bob@two.test", also "\"bob b\"@two.test" and "bob@[192.0.2.1]". A default-made one is empty:
/// the null reverse-path. Every other one is valid.
class Mailbox {
  public:
    Mailbox() = default;
    /// Errors: malformed, limit (too long), denied (UTF-8 that is refused).
    static Result<Mailbox> parse(std::string_view text, Utf8 utf8);

    /// What the local part means: without the quotes of a quoted one. Case is kept.
    const std::string& local() const { return local_; }
    /// Lower case, IDN as A-labels; an address literal with its brackets. Empty for the
    /// "<Postmaster>" of RFC 5321 section 4.1.1.3, and for the null reverse-path.
    const std::string& domain() const { return domain_; }
    bool is_literal() const { return domain_.starts_with('['); }
    /// Only a server that offers SMTPUTF8 takes it.
    bool needs_utf8() const;
    bool empty() const { return local_.empty() && domain_.empty(); }
    /// As it is written between the brackets: quoted where it has to be.
    std::string text() const;

    friend auto operator<=>(const Mailbox&, const Mailbox&) = default;

  private:
    friend Result<Mailbox> take_forward_path(std::string_view&, Utf8);
    Mailbox(std::string local, std::string domain)
        : local_(std::move(local)), domain_(std::move(domain)) {}
    std::string local_;
    std::string domain_;
};

/// Takes "<...>" from the front of `text`; an empty mailbox for "<>". A source route before the
/// mailbox is left out (RFC 5321 section 4.1.1.3). Errors as Mailbox::parse; `text` is as it was
/// then.
Result<Mailbox> take_reverse_path(std::string_view& text, Utf8 utf8);
/// The same; no empty one, but "<Postmaster>" in any case of letters.
Result<Mailbox> take_forward_path(std::string_view& text, Utf8 utf8);

/// The account and its sub-address ("bob+TOKEN@two.test") that a mailbox may name. nullopt: no Kith
/// account can have that address (a literal, UTF-8 in the local part, other characters).
std::optional<Target> target_of(const Mailbox& mailbox);

}  // namespace kith::smtp
