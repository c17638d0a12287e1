// What an outcome does to ledgers: a table, as data, so that the caller books it in the commit that
// stores the outcome. A message has one outcome for ever, the first; the caller sees to that.
//
// | the message came    | engaged             | unwanted                 | looks hacked         |
// |---------------------|---------------------|--------------------------|----------------------|
// | from a contact      | D + 1, E + 1        | their I × 0.8, V − 2 …   | the grant: suspended |
// | on somebody's word  | introducer's I + 1  | introducer's I × 0.8     | as unwanted          |
// | from a stranger     | their domain earns  | their domain loses       | as unwanted          |
// | with a token        | –                   | –                        | –                    |
//
// What a device signed that its owner had disowned by then speaks neither for nor against anybody.
// Nothing is refunded but what this very message was debited, and nothing for opening it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "note/outcome.h"
#include "trust/decision.h"
#include "trust/domain_credit.h"
#include "trust/grant_ledger.h"

namespace kith {

/// On the recipient's own grant to `grant`, a root as text.
struct GrantEffect {
    enum class Act {
        refund,
        write_off,
        engaged,
        discount_word,
        discount_vouches,
        suspend,
    };
    std::string grant;
    Act act = Act::engaged;
    GrantBucket bucket = GrantBucket::mail;  ///< of refund and write_off

    friend bool operator==(const GrantEffect&, const GrantEffect&) = default;
};

struct DomainEffect {
    std::string domain;
    enum class Act { engaged, unwanted } act = Act::engaged;
    DomainCredit::Paid paid = DomainCredit::Paid::otherwise;

    friend bool operator==(const DomainEffect&, const DomainEffect&) = default;
};

/// All that follows from one outcome at the recipient's server.
struct Settlement {
    std::vector<GrantEffect> grants;
    std::optional<DomainEffect> domain;
    /// Whose server is told of the outcome, by the serial: whoever stood for the sender.
    std::optional<Introducer> introducer;
    /// Is the sender's home server told? Of complaints alone.
    enum class TellHome { no, yes } home = TellHome::no;
};

/// Whoever stood for the sender of a message, in whichever way.
std::optional<Introducer> introducer_of(const Decision& decision);

/// `decision`: the stored one of the message, whose stub was from `sender` with the root `root`.
Settlement settle(const Decision& decision,
                  const Hash& root,
                  const Address& sender,
                  MessageOutcome outcome);

/// `received`: when the message came, and was debited.
void apply(const GrantEffect& effect, GrantLedger& ledger, Time received, Time now);
/// The message that was engaged with was a thief's: undoes what apply() did for it, and rather more
/// than less.
void undo(const GrantEffect& effect, GrantLedger& ledger, Time received, Time now);
void undo(const DomainEffect& effect, DomainCredit& credit);
/// `accounts`: how many this server has.
void apply(const DomainEffect& effect, DomainCredit& credit, std::uint64_t accounts, Time now);

}  // namespace kith
