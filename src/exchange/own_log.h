// This domain's directory log (protocol section 10): kept in the store, grown in the write that
// stores a card, served as tiles, and shown to be complete by a proof with each card.
//
//   add ── entry and tiles, in the card's write ──▶ store ──▶ sign ─ (cosigned) ─▶ keep: published
//
// What is behind the newest published checkpoint is nobody's business yet: no tile and no proof
// goes beyond it.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "crypto/ed25519.h"
#include "crypto/vrf.h"
#include "identity/directory_proof.h"
#include "note/address.h"
#include "store/store.h"
#include "tlog/checkpoint.h"
#include "tlog/tile_name.h"

namespace kith {

/// Thread-safe; the keys must outlive it.
class OwnLog {
  public:
    OwnLog(std::string domain, const SigningKey& key, const VrfKey& vrf);

    const std::string& origin() const { return origin_; }
    PublicKey key() const { return key_.public_key(); }

    /// Within the write that stores a card which the domain has countersigned: its entry. The first
    /// begins the log with that of the VRF key. Nothing happens when the card has one already.
    /// Errors: conflict ("log: key": it was begun with another VRF key), malformed ("tile").
    Result<void> add(WriteTransaction& write, const Address& address, const Hash& card) const;
    /// Entries that were published before, 64 octets each, behind those that the store has: out of
    /// the journal (log_journal.h). Errors: malformed ("entry", "tile").
    Result<void> append_again(WriteTransaction& write, ByteView octets) const;
    struct Card {
        Address address;
        Hash hash;
    };
    /// Cards of accounts here that the domain has countersigned and the log does not have: those
    /// that are older than the log.
    std::vector<Card> missing(ReadTransaction& read) const;

    /// A checkpoint of all that is in the log, signed, and not published. Errors: not_found
    /// ("log": it is empty), malformed ("tile").
    Result<SignedCheckpoint> sign(ReadTransaction& read) const;
    /// From here on it is the newest published. Errors: conflict ("log: checkpoint": there is a
    /// larger one).
    Result<void> keep(WriteTransaction& write, const SignedCheckpoint& checkpoint) const;
    /// The newest published; nullopt: none yet. Errors: malformed.
    static Result<std::optional<SignedCheckpoint>> checkpoint(ReadTransaction& read);

    /// The proof of a card of `address`, as text. Errors: not_found ("proof": the newest checkpoint
    /// does not have it), malformed.
    Result<std::string> proof(ReadTransaction& read, const Address& address, const Hash& card);
    /// The octets of a tile. Errors: not_found ("tile": beyond the newest checkpoint).
    static Result<Bytes> tile(ReadTransaction& read, const TileName& name);

    /// Since when a store no longer has what was published (see log_publisher.h): nothing is added
    /// or signed.
    bool is_stalled() const { return stalled_; }
    void stall() { stalled_ = true; }

    struct Census {
        std::uint64_t entries = 0;
        std::uint64_t published = 0;  ///< entries of the newest checkpoint
        std::uint64_t missing = 0;    ///< cards of accounts here that have no entry
    };
    /// Reads all of it: that each tile is made of the entries, that the checkpoint is signed and
    /// is the tree's, that the entries of cards here stand under their addresses' labels.
    /// Errors: io ("log: PART").
    Result<Census> verify(ReadTransaction& read) const;

  private:
    Result<void> append(WriteTransaction& write,
                        const DirectoryEntry& entry,
                        const std::optional<Hash>& card) const;
    Result<void> check_begin(ReadTransaction& read) const;
    bool is_ours(const CardRecord& card) const;
    Result<void> verify_cards(ReadTransaction& read, Census& census) const;
    Result<std::string> make_proof(ReadTransaction& read,
                                   const SignedCheckpoint& checkpoint,
                                   const Address& address,
                                   const Hash& card) const;

    const std::string domain_;
    const std::string origin_;
    const SigningKey& key_;
    const VrfKey& vrf_;
    std::atomic<bool> stalled_ = false;

    /// Proofs of one checkpoint, by card: who sends much sends the same one each time.
    std::mutex mutex_;
    Hash proven_by_;
    std::map<Hash, std::string> proofs_;
};

}  // namespace kith
