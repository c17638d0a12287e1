// Which of the strangers who wait are shown today. Work alone must not fill what a person sees, nor
// any number of domains: ten a day become visible, in slots, and of a domain that has earned
// nothing here one in thirty days. The rest waits, can be browsed, and is lost by nothing but its
// own expiry.
//
//     5 credit    strangers whose domain's credit waived the price: a domain's first before
//     another's
//                 second; domains that have earned something before those that merely started
//     4 effort    the dearest stamps
//     1 lottery   any of those who paid, by a draw that nobody can foresee
//
// Slots that nobody fills go to whoever waits, by effort, then by credit: so in quiet times
// everybody is shown at once. Whom the recipient has let in themselves (a contact in trouble or
// gone dormant, a card token) has a meter of their own, and is shown beside the ten, always.
//
// A pure function of what waits, what was shown and a secret seed: whatever the order of its input,
// and however often it is asked, nothing that is shown disappears, and the same is chosen.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "trust/decision.h"

namespace kith {

enum class RequestSlot { own, credit, effort, lottery };
std::string_view name_of(RequestSlot slot);  ///< "credit"

inline constexpr std::size_t kCreditSlots = 5;
inline constexpr std::size_t kEffortSlots = 4;
inline constexpr std::size_t kLotterySlots = 1;
inline constexpr std::size_t kShownADay = kCreditSlots + kEffortSlots + kLotterySlots;
inline constexpr Seconds kCreditlessPause = std::chrono::days{30};

/// A stub that waits in Requests and was not shown yet.
struct WaitingStub {
    enum class Way {
        own,       ///< the recipient's own doing
        earned,    ///< by credit of a domain that has earned some (DomainCredit::Standing)
        starting,  ///< by credit that the domain merely started with
        paid,      ///< by a stamp
    };
    std::string id;      ///< unique among those that wait
    std::string domain;  ///< of the sender
    Way way = Way::paid;
    std::uint64_t effort = 0;  ///< of a stamp
    Time arrived;
    Time expires;
};

/// What this recipient was shown before.
struct ShownRequests {
    std::int64_t day = 0;                ///< days since 1970
    std::array<std::size_t, 4> today{};  ///< on that day, by RequestSlot
    /// When something of a domain was shown last while it had earned nothing; the last 30 days.
    std::map<std::string, Time, std::less<>> creditless;

    friend bool operator==(const ShownRequests&, const ShownRequests&) = default;
};
/// One line for the store (record_text.h).
std::string write_shown_requests(const ShownRequests& shown);
/// Errors: malformed, limit (300 domains); `where` is "shown requests: FIELD".
Result<ShownRequests> parse_shown_requests(std::string_view text);

/// Of the stamp that a stranger was held for; 0: of none.
std::uint64_t stamp_effort(const Decision& decision);
/// The same stub has come again with this stamp. Is it a good one, and dearer than what the stub is
/// held for? Then the decision names it from now on. Who was held for something else is no better
/// off for a stamp.
bool raise_stamp(Decision& decision, const StampEvidence& stamp);

struct ChosenRequest {
    std::string id;
    RequestSlot slot = RequestSlot::own;

    friend bool operator==(const ChosenRequest&, const ChosenRequest&) = default;
};

/// What becomes visible now. Counts it in `shown`, which the caller keeps. `seed`: 32 secret
/// octets, of this recipient and day.
std::vector<ChosenRequest> choose_requests(std::span<const WaitingStub> waiting,
                                           ShownRequests& shown,
                                           ByteView seed,
                                           Time now);

}  // namespace kith
