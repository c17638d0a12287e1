// Reading one's own domain's directory log (protocol section 10.8): is every card under one's
// address there a card of one's own chain? The log was read to the end, entry by entry, and holds
// to what it said before; how far is kept in log.json of the home.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/directory_log.h"
#include "kith/person.h"

namespace kith {

struct LogAudit {
    std::uint64_t entries = 0;           ///< in the log
    std::uint64_t fresh = 0;             ///< of them read now
    std::vector<std::string> witnesses;  ///< that cosigned, of those in the home's policy file
    /// Entries of one's own address whose card is not in one's chain.
    std::vector<DirectoryMonitor::Sighting> foreign;
    /// Whether this device had read the log before: else it cannot tell what is new.
    enum class Before { never, read } before = Before::never;
};

/// Errors: not_found ("log": the server has none, or no proof yet), untrusted, bad_signature (what
/// it shows is not signed, or not cosigned, as it must be), conflict ("log: …": it is not what it
/// was), the server's.
Result<LogAudit> audit_log(Person& person);

/// When another card than one's own came into the log since the last time: freezes the account,
/// unless it is. Answers whether it did. Errors: those of publishing a card.
Result<bool> freeze_on(Person& person, const LogAudit& audit);

}  // namespace kith
