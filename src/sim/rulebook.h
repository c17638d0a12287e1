// The decisions of src/trust, by shape. A decision depends on few features of its evidence; the
// rest are names and figures for its sentence. So each shape is decided and settled once, by
// decide() and settle() themselves, and a simulated message looks the answer up: a world of a
// million people would otherwise spend its time on sentences that nobody reads.
#pragma once

#include <array>
#include <vector>

#include "trust/decision.h"
#include "trust/outcomes.h"

namespace kith::sim {

/// What the decision on a message in this world depends on.
struct Shape {
    enum class Grant : std::uint8_t { none, known, well_trusted };
    /// Somebody's word, as would_decide() is asked about it.
    enum class Word : std::uint8_t {
        none,
        spent,  ///< I does not cover one
        good,
    };
    Grant grant = Grant::none;
    GrantEvidence::State state = GrantEvidence::State::firm;
    bool mail_covers_one = true;  ///< D
    Word word = Word::none;
    bool reply_token = false;

    friend bool operator==(const Shape&, const Shape&) = default;
};

/// One effect of an outcome, on the recipient's grant to the sender or to the introducer.
struct Effect {
    enum class Of : std::uint8_t { sender, introducer } of = Of::sender;
    GrantEffect what;
};

struct Ruling {
    Outcome outcome = Outcome::price;
    Tier tier = Tier::unknown;
    DecisionFlags flags;
    bool debits_mail = false;           ///< D of the grant to the sender
    bool debits_introductions = false;  ///< I of the grant to the introducer
    bool by_word = false;               ///< the vouch decided

    /// All that follows from an outcome.
    struct After {
        std::vector<Effect> effects;
        bool tells_introducer = false;
        bool tells_home = false;
    };
    std::array<After, 3> after;  ///< by MessageOutcome
    const After& after_outcome(MessageOutcome said) const {
        return after[static_cast<std::size_t>(said)];
    }
};

/// Immutable.
class Rulebook {
  public:
    Rulebook();
    using Index = std::uint16_t;
    static Index index_of(const Shape& shape);
    const Ruling& at(Index index) const { return rulings_[index]; }
    const Ruling& of(const Shape& shape) const { return at(index_of(shape)); }

  private:
    std::vector<Ruling> rulings_;
};

/// The evidence of a shape, with made-up names: for the rulebook and its test.
Evidence evidence_of(const Shape& shape);

}  // namespace kith::sim
