// Reading one's own domain's directory log (protocol section 10.8): is every card under one's
// address there a card of one's own chain? The log was read to the end, entry by entry, and holds
// to what it said before; how far is kept in log.json of the home.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "identity/directory_log.h"
#include "kith/person.h"

namespace kith {

/// Entries of one's own address, by what is known of their cards.
struct OwnEntries {
    using Sightings = std::vector<DirectoryMonitor::Sighting>;
    Sightings foreign;     ///< no device of one's own made them
    Sightings superseded;  ///< one's own devices did, and a recovery has overruled them
    Sightings earlier;     ///< came before one's own first: of whoever had the address then
};
/// Of `cards` those that one's own devices or keys signed: each follows a card of `line`, or
/// another of them, as the rules want. A recovery has overruled them.
std::set<Hash> overruled(const Chain& line, const std::vector<SignedCard>& cards);
/// `begun`: one's own first entry was seen before.
enum class Begun { no, yes };
OwnEntries sort_entries(const OwnEntries::Sightings& seen,
                        const Chain& line,
                        const std::set<Hash>& overruled,
                        Begun begun);

struct LogAudit {
    std::uint64_t entries = 0;           ///< in the log
    std::uint64_t fresh = 0;             ///< of them read now
    std::vector<std::string> witnesses;  ///< that cosigned, of those in the home's policy file
    OwnEntries own;                      ///< of those that were read now
    OwnEntries::Sightings foreign;       ///< of all that were ever read
    std::string trouble;                 ///< why the log is not what it was; empty: it is

    bool is_clean() const { return foreign.empty() && trouble.empty(); }

    /// For the next time; nullopt: nothing was learned that can be built on.
    struct Read {
        VrfPublicKey key;
        MerkleEdge edge;
    };
    std::optional<Read> read;
};

/// Where the server refuses this device, what the home remembers of its own chain is held against
/// what everybody is shown. Errors: not_found ("log": the server has none, or no proof yet),
/// untrusted, bad_signature (what it shows is not signed, or not cosigned, as it must be), conflict
/// ("log: key"), the server's.
Result<LogAudit> audit_log(Person& person);

/// When a card that none of one's devices made was found now, freezes the account, unless it is.
/// Then remembers how far was read. Answers whether it froze. Errors: those of publishing a card;
/// the next audit tries again.
Result<bool> freeze_on(Person& person, const LogAudit& audit);

}  // namespace kith
