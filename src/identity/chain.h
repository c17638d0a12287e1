// Which card may follow which (protocol section 3.1), checkable by anyone who holds the cards.
//
//   verify_first, verify_next   the rules, for one step
//   Chain                       all cards known of one person; which of them stands now
//   signing_guardians           who of them has signed what is to be an announcement
//   listed_by                   does the domain say that this is the card of that address
//
// The recovery key wins over devices whatever came since; two cards of one recovery key: disputed.
// Guardians replace a recovery key that is lost, 72 hours after they announced it; until the new
// one has signed, the old one still wins.
// No clock here: rules compare times in the cards. That the newest card is neither of the future
// nor expired is check_times' affair (note/card.h). Values are for one thread at a time.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "note/card.h"

namespace kith {

inline constexpr Seconds kPendingTime = std::chrono::hours{24};
inline constexpr Seconds kSeniorTime = std::chrono::days{90};
/// How long one device alone waits until it may confirm another.
inline constexpr Seconds kRipeTime = std::chrono::days{30};
/// How far back a key can be revoked.
inline constexpr Seconds kMaxLookBack = std::chrono::days{30};
/// From the guardians' announcement until the new recovery key may sign.
inline constexpr Seconds kReplacementWait = std::chrono::hours{72};

/// The name that guardians sign a card under, behind the address.
inline constexpr const char* kGuardianName = "guardian";

/// What one card did to the card before.
struct CardChange {
    enum class By { devices, recovery, guardians };
    By by = By::devices;
    std::vector<std::string> signers;  ///< names of the devices with a say that signed

    std::vector<std::string> added;
    std::vector<std::string> confirmed;  ///< no longer pending
    std::vector<std::string> removed;
    bool froze = false;
    bool thawed = false;
    bool moved = false;     ///< `moved` was set or changed, or the chain goes on at the new address
    bool replaced = false;  ///< by the recovery key that guardians put in the place of the old one
};

/// "devices", …
const char* name_of(CardChange::By by);

/// A first card: its own rules, and a signature of one of its devices.
/// Errors: malformed, untrusted, bad_signature; `where` is "card: FIELD".
Result<void> verify_first(const SignedCard& card);

/// May `next` follow `prev`? Takes `prev` as verified.
/// Errors: untrusted (the field whose change lacks signatures), malformed, bad_signature;
/// `where` is "card: FIELD".
Result<CardChange> verify_next(const SignedCard& prev, const SignedCard& next);

/// Which guardians of `prev` have signed `next`, which reveals their keys, so far; whether they are
/// enough is verify_next's affair.
/// Errors: untrusted, bad_signature (none of them; a key that is no guardian's).
Result<std::vector<PublicKey>> signing_guardians(const Card& prev, const SignedCard& next);

/// Is the card countersigned by its address's domain?
/// Errors: untrusted, bad_signature ("card: domain").
Result<void> listed_by(const SignedCard& card, std::span<const PublicKey> domain_keys);

/// All cards known of one person, in the order in which they became known.
class Chain {
  public:
    enum class Standing { good, disputed };
    /// What an added card turned out to be.
    enum class Place {
        current,     ///< it stands now
        superseded,  ///< good, but another stands: an earlier sibling, or a recovery
        disputed,    ///< the second of one recovery key: the account is disputed now
        known,       ///< was here already
    };
    struct Added {
        Place place = Place::known;
        CardChange change;
    };
    /// Cards of losing forks that are kept; more are refused.
    static constexpr std::size_t kMaxLosers = 16;
    /// Announcements of guardians between two recoveries; likewise.
    static constexpr std::size_t kMaxAnnouncements = 16;

    /// Errors: as verify_first.
    static Result<Chain> begin(SignedCard first);

    /// Errors: as verify_next; untrusted ("card: prev") when the card before it is not here, or
    /// ("card: root") it is somebody else's; limit. After an error nothing has changed.
    Result<Added> add(SignedCard card);

    const Hash& root() const { return cards_.front().card.hash; }
    Standing standing() const { return standing_; }
    /// The card that stands; of a disputed account the last one before the dispute.
    const SignedCard& current() const { return cards_[line_.back()].card; }
    /// From the first card to the current one.
    std::vector<const SignedCard*> line() const;
    /// Any card known, whether it stands or not; nullptr when it is not here.
    const SignedCard* find(const Hash& hash) const;
    /// What others need to come to the same result: the line; of a disputed account the cards that
    /// dispute it, behind the line, each after the card that it follows.
    std::vector<const SignedCard*> evidence() const;
    std::size_t size() const { return cards_.size(); }

  private:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    struct Node {
        SignedCard card;
        std::size_t prev = kNone;
        CardChange::By by = CardChange::By::devices;
        bool replaced = false;  ///< see CardChange
        /// The last recovery before it, or the first card: the epoch it belongs to. A recovery
        /// begins its own.
        std::size_t epoch = 0;
    };

    Chain() = default;

    std::size_t index_of(const Hash& hash) const;
    std::size_t recoveries(const std::optional<PublicKey>& by) const;
    std::vector<std::size_t> announcements(std::size_t epoch) const;
    std::optional<std::size_t> announced(std::size_t epoch, std::optional<Time> by) const;
    bool follows_announcement(const Node& node) const;
    std::optional<std::size_t> recovery_of_epoch(std::size_t epoch) const;
    bool is_before(std::size_t a, std::size_t b) const;
    void extend_line_to(std::size_t end, std::size_t start);
    Result<void> check_room(const Node& node) const;
    std::size_t cards_of_epoch() const;
    void settle();
    std::size_t losers() const { return cards_.size() - line_.size(); }

    std::vector<Node> cards_;
    std::vector<std::size_t> line_;
    Standing standing_ = Standing::good;
};

struct Resolution {
    Chain chain;
    std::vector<std::pair<Hash, Error>> refused;  ///< cards that have no place in it, and why
};
/// The chain out of cards in the order in which they became known, first card anywhere among them.
/// Errors: untrusted ("card") when no first card of `root` is there and good.
Result<Resolution> resolve(std::vector<SignedCard> cards, const Hash& root);

}  // namespace kith
