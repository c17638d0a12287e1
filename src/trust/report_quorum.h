// Reports about an account, at its own server: when enough distinct people say within 72 hours that
// its mail is unwanted or looks hacked, the account is challenged (the recovery key, or two devices
// of which one is old), and new threads pause meanwhile. Never more than that: a false alarm costs
// an honest person one tap.
//
// A report is only heard about a stub that was really sent to whoever reports; the caller has
// checked that.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/time.h"
#include "crypto/hash.h"

namespace kith {

inline constexpr Seconds kReportWindow = std::chrono::hours{72};
inline constexpr std::uint64_t kReportsADay = 5;

/// About one account. A value, for one thread at a time; a clock that is set back stands still.
class ReportQuorum {
  public:
    /// How many distinct people it takes: 2 % of those who hear from the account, at least 3.
    /// `grantors`: those it wrote to in the last 30 days without being refused, as grants are not
    /// published.
    static std::uint64_t needed(std::uint64_t grantors);

    enum class Heard {
        counted,
        again,     ///< of somebody who counts already
        too_many,  ///< over five a day of this person: nothing changes
    };
    /// `reporter`: root.
    Heard report(const Hash& reporter, Time now);
    std::uint64_t distinct(Time now) const;
    bool is_challenged(std::uint64_t grantors, Time now) const {
        return distinct(now) >= needed(grantors);
    }
    /// The owner has met the challenge: what was said before is void.
    void clear(Time now);

    friend bool operator==(const ReportQuorum&, const ReportQuorum&) = default;

  private:
    friend std::string write_report_quorum(const ReportQuorum& quorum);
    friend Result<ReportQuorum> parse_report_quorum(std::string_view text);

    struct Reporter {
        Time last;               ///< when they count from
        Time day;                ///< when their day of five reports began
        std::uint64_t said = 0;  ///< in that day
        enum class Counts { no, yes } counts = Counts::yes;
        friend bool operator==(const Reporter&, const Reporter&) = default;
    };
    /// As many as make any quorum; beyond them nobody new is remembered.
    static constexpr std::size_t kMostReporters = 10'000;

    void forget();

    Time now_;
    std::map<ByteArray<16>, Reporter> reporters_;  ///< by the first half of the root
};

/// One line for the store (record_text.h).
std::string write_report_quorum(const ReportQuorum& quorum);
/// Errors: malformed, limit; `where` is "report quorum: FIELD".
Result<ReportQuorum> parse_report_quorum(std::string_view text);

}  // namespace kith
