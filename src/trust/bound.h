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

#include <array>
#include <cstdint>

#include "trust/grant_standing.h"

namespace kith {

/// What happened to one grant x→y within the time in question, where x is honest and y is not.
struct EdgeHistory {
    GrantLevel highest = GrantLevel::known;  ///< that it ever had
    Credit earned = {};                      ///< E when the time began
    std::uint64_t engaged = 0;               ///< how often x engaged with y since
    /// Debits of before that were refunded since, by bucket: x answered what y had sent while y was
    /// still honest, and the refund serves whoever has y now.
    std::array<std::uint64_t, 3> refunded{};
    std::uint64_t losses = 0;  ///< how often the ledger came back from a backup
    /// How far the server's clock went ahead. Time that the ledger lives through twice, because it
    /// came back from a backup while the clock was set back, counts twice.
    Seconds elapsed{0};
};

/// Of mail (D): c + r·t + 2·(E(0) + engaged), one for each refund of a debit of before, and c/2 for
/// each loss. x's own engagement with a hacked y earns, too: whoever answers the thief hears more
/// of him. Of introductions (I) and vouches (V): c + r·t, one for each such refund, and c/2 for
/// each loss. The refunds are within what x (or whoever heard the vouch) engaged: silence refunds
/// nothing, and a debit since the time began that is refunded was for something wanted.
Credit bucket_bound(GrantBucket bucket, const EdgeHistory& history);

/// All three: what one edge of the cut lets through.
Credit edge_bound(const EdgeHistory& history);

}  // namespace kith
