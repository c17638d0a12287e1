// What somebody does in an hour, and how much is usual for them: what bounds rise and fall with.
//
// Usual is the 95th percentile of all hours of the last 28 days, the silent ones among them: who
// does much once a week does not do it usually, and who does a little more each hour needs more
// than a day to make more seem usual.
//
// Hours are those of the clock. What the last one had counts on, by the share of it that is within
// sixty minutes, so that the turn of the hour is no opportunity.
#pragma once

#include <cstdint>
#include <map>

#include "base/time.h"
#include "trust/record_text.h"

namespace kith {

inline constexpr std::int64_t kUsualHours = 28 * 24;

/// A value, for one thread at a time; a clock that is set back stays in its hour.
class BusyHours {
  public:
    /// In an hour of the last 28 days, this one left out.
    std::uint64_t usual(Time now) const;
    /// In the last sixty minutes, as if the hour before had gone evenly; of that one at most
    /// `most`.
    std::uint64_t lately(Time now, std::uint64_t most = UINT64_MAX) const;
    /// True: another hour has begun.
    bool turn_to(Time now);
    void add(std::uint64_t amount, Time now);

    std::int64_t hour() const { return hour_; }  ///< since 1970, of the last turn_to() or add()
    std::int64_t hour_at(Time now) const;        ///< never before hour()

    /// The words that a record has behind the hour, and ends with (record_text.h).
    void write(RecordWriter& out) const;
    /// Errors: malformed, limit; `amount`: the field's name.
    static Result<BusyHours> read(RecordReader& in, std::int64_t hour, std::string_view amount);
    static Result<std::int64_t> read_hour(RecordReader& in);

    friend bool operator==(const BusyHours&, const BusyHours&) = default;

  private:
    std::int64_t hour_ = 0;
    std::map<std::int64_t, std::uint64_t> hours_;  ///< what hours had that had any
};

/// One line for the store.
std::string write_busy_hours(const BusyHours& hours);
/// Errors: malformed, limit; `where` is "busy hours: FIELD".
Result<BusyHours> parse_busy_hours(std::string_view text);

/// The octets that a record with busy hours in it may have.
inline constexpr std::size_t kMaxBusyHours = 32'768;

}  // namespace kith
