// Makes cards: the first one, and each next one by its changes. Signs nothing by itself; whether
// the signatures suffice is verify_next's affair (identity/chain.h), which the result should be
// held to.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "identity/chain.h"

namespace kith {

inline constexpr Seconds kCardLife = std::chrono::days{365};

struct NewDevice {
    std::string name;
    PublicKey key;
    AgeRecipient recipient;
    enum class Kind { device, server } kind = Kind::device;
};

/// The hash that commits to a recovery key.
Hash recovery_commitment(const PublicKey& recovery_key);
/// The hash that names a guardian: of the key that they made for this one person.
Hash guardian_commitment(const PublicKey& guardian_key);

class CardBuilder {
  public:
    /// A first card; `recovery` is the commitment.
    static CardBuilder first(Address address, const Hash& recovery, Time now);
    /// The card after `prev`; renews: lives kCardLife from now. Ended moves go on at the new
    /// address when go_on_there() is called.
    static CardBuilder after(const SignedCard& prev, Time now);

    enum class Admission { pending, confirmed };
    CardBuilder& add_device(const NewDevice& device, Admission admission);
    /// Errors: not_found ("device").
    Result<void> confirm_device(std::string_view name);
    /// Errors: not_found ("device").
    Result<void> remove_device(std::string_view name, Time since, RevocationReason reason);
    /// Lists a key as revoked that the card before did not have (a recovery does this with what a
    /// thief added since).
    CardBuilder& revoke_foreign(RevokedDevice device);
    CardBuilder& freeze();
    CardBuilder& thaw();
    CardBuilder& move_to(const Address& address);
    CardBuilder& go_on_there();
    CardBuilder& strangers(const Strangers& who);
    /// Who, and how many of them, may replace a lost recovery key.
    CardBuilder& guardians(std::vector<Hash> commitments, std::uint64_t needed);
    /// Guardians announce a new recovery key: their keys are revealed, and enough of them must
    /// sign.
    CardBuilder& announce(const Hash& new_recovery, std::vector<PublicKey> guardian_keys);
    /// Reveals the recovery key, which must sign, and commits to the next.
    CardBuilder& recover(const PublicKey& recovery_key, const Hash& next_recovery);

    const Card& card() const { return card_; }

  private:
    explicit CardBuilder(Card card) : card_(std::move(card)) {}

    Card card_;
};

/// Who signs a card: a device by its name, a guardian (kGuardianName), or the recovery key (no
/// name).
struct CardSigner {
    std::string device;
    const SigningKey& key;
};
/// At least one signer. Errors: malformed, limit: the card breaks a rule of form.
Result<SignedCard> sign_card(const Card& card, std::span<const CardSigner> signers);

}  // namespace kith
