// A card: the signed statement of somebody's current devices (protocol section 3). Here is its
// form; which card may follow which is in identity/chain.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

inline constexpr Seconds kMaxCardLife = std::chrono::days{400};
inline constexpr std::size_t kMaxDevices = 16;
inline constexpr std::size_t kMaxRevoked = 64;
inline constexpr std::size_t kMaxGuardians = 16;
/// How many of them must sign: one alone is no quorum, and the domain's signature needs a place.
inline constexpr std::uint64_t kMinGuardiansNeeded = 2;
inline constexpr std::uint64_t kMaxGuardiansNeeded = 15;

struct CardDevice {
    std::string name;
    PublicKey key;
    AgeRecipient recipient;
    Time added;
    bool pending = false;  ///< no say over the card yet
    bool server = false;   ///< the person's own server: it can read

    friend bool operator==(const CardDevice&, const CardDevice&) = default;
};

enum class RevocationReason { replaced, lost, compromised };
const char* name_of(RevocationReason reason);
Result<RevocationReason> parse_revocation_reason(std::string_view text);

struct RevokedDevice {
    std::string name;
    PublicKey key;
    Time since;
    RevocationReason reason = RevocationReason::replaced;

    friend bool operator==(const RevokedDevice&, const RevokedDevice&) = default;
};

/// What a stranger may bring to be heard.
struct Strangers {
    bool stamp = true;
    bool token = true;
    bool introduction = true;

    std::string text() const;
    friend bool operator==(const Strangers&, const Strangers&) = default;
};
/// Words in any order, each at most once; none of them: nobody unknown is heard.
Result<Strangers> parse_strangers(std::string_view text);

/// What guardians put in the place of a lost recovery key.
struct Replacement {
    Hash recovery;  ///< SHA-256 of the new recovery public key
    Time since;     ///< when they announced it

    friend bool operator==(const Replacement&, const Replacement&) = default;
};

struct Card {
    Address address;
    std::uint64_t serial = 1;
    std::optional<Hash> root;  ///< absent in the first card only
    std::optional<Hash> prev;  ///< likewise
    Time time;
    Time expires;
    std::vector<CardDevice> devices;
    std::vector<RevokedDevice> revoked;
    Hash recovery;                          ///< SHA-256 of the recovery public key
    std::optional<PublicKey> recovery_key;  ///< revealed in the card that it signs
    std::vector<Hash> guardians;            ///< SHA-256 of each one's guardian public key
    std::optional<std::uint64_t> guardians_needed;
    std::vector<PublicKey> guardian_keys;  ///< revealed in the card that they sign
    std::optional<Replacement> replacement;
    std::optional<Strangers> strangers;  ///< absent: all
    std::optional<Address> moved;
    std::optional<Time> frozen;
    std::vector<Field> others;  ///< unknown fields, kept

    bool is_first() const { return serial == 1; }
    const CardDevice* device(std::string_view name) const;
    const CardDevice* device(const PublicKey& key) const;
    const RevokedDevice* revoked_key(const PublicKey& key) const;
    /// "alice@one.test/laptop".
    std::string key_name(std::string_view device_name) const;

    friend bool operator==(const Card&, const Card&) = default;
};

/// Form only: signatures and the chain are not looked at.
/// Errors: malformed, limit; `where` is "card: FIELD".
Result<Card> parse_card(std::string_view text);
std::string write_card(const Card& card);

/// Errors: future ("card: time"), expired ("card: expires"). For the newest card; earlier ones of a
/// chain have expired, as they may.
Result<void> check_times(const Card& card, Time now);

/// A card with the note it came in.
struct SignedCard {
    SignedNote note;
    Card card;
    Hash hash;

    /// The root of the chain that it says it belongs to.
    const Hash& root() const { return card.root ? *card.root : hash; }
};
/// Errors: as parse_card.
Result<SignedCard> read_card(SignedNote note);
Result<SignedCard> read_card(std::string_view octets);

}  // namespace kith
