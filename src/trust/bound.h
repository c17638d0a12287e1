// The bound (section "What holds" of the protocol's evidence): however many accounts are hacked,
// made up or on a malicious server, what reaches honest people above *unknown* without being wanted
// is no more than what the grants of honest people to such accounts were debited for. Each grant
// x→y with x honest is a meter in an honest server; a delivery needs a path of at most two grants,
// so it crosses such a grant, and is debited there; and a debit is refunded only where an honest
// person engaged.
//
// Counted is what arrives as any mail of its tier does. What comes over the meter is quiet and runs
// nothing, and is not counted. Tokens, reply tokens and introductions made by hand have caps of
// their own, which add.
#pragma once

#include <cstdint>

#include "trust/grant_standing.h"

namespace kith {

/// What happened to one grant x→y within the time in question, where x is honest and y is not.
struct EdgeHistory {
    GrantLevel highest = GrantLevel::known;  ///< that it ever had
    Credit earned = {};                      ///< E when the time began
    std::uint64_t engaged = 0;               ///< how often x engaged with y since
    std::uint64_t losses = 0;                ///< how often the ledger came back from a backup
    /// How far the server's clock went ahead. Time that the ledger lives through twice, because it
    /// came back from a backup while the clock was set back, counts twice.
    Seconds elapsed{0};
};

/// Of mail (D): c + r·t + 2·(E(0) + engaged), and c/2 for each loss. x's own engagement with a
/// hacked y earns, too: whoever answers the thief hears more of him.
/// Of introductions (I) and vouches (V): c + r·t, and c/2 for each loss.
Credit bucket_bound(GrantBucket bucket, const EdgeHistory& history);

/// All three: what one edge of the cut lets through.
Credit edge_bound(const EdgeHistory& history);

}  // namespace kith
