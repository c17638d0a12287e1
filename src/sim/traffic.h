// What people do: write to those they know, to friends of friends, answer, complain, and mostly
// stay silent.
#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "sim/world.h"

namespace kith::sim {

struct TrafficOptions {
    double mail_a_day = 4;         ///< new threads a person begins, on average
    double answers = 0.4;          ///< share of messages that are answered, on average
    double answer_hours = 8;       ///< until then, on average
    double first_contacts = 0.03;  ///< share of new threads that go to a contact's contact
    double mistakes = 0.0005;      ///< share of wanted mail that is called unwanted by a slip
    double complaints = 0.1;       ///< share of unwanted mail that somebody complains about
    double complaint_hours = 8;    ///< until then, on average
    double baited = 0;             ///< share of unwanted mail that is answered
    double challenge_hours = 6;    ///< until an honest person has met a challenge
    bool false_reports = false;    ///< bad recipients complain about all that they get
};

/// A value, like the world it works on; both are copied together. One hour at a time.
class Traffic {
  public:
    Traffic(const TrafficOptions& options, std::uint64_t seed);

    /// The world's clock stands at the beginning of the hour.
    void run_hour(World& world);
    /// Draws what becomes of a message that was sent just now.
    void await_outcome(World& world, const Received& received);

    /// New threads this person begins a day.
    double rate(const Graph& graph, Person who) const;

    TrafficOptions& options() { return options_; }
    /// New threads of honest people that waited for a challenge to be met.
    std::uint64_t delayed() const { return delayed_; }
    std::uint64_t challenged() const { return challenged_; }
    std::uint64_t first_contacts() const { return first_contacts_; }

  private:
    enum class What : std::uint8_t { answer, complain, stay_silent, begin };
    struct Due {
        Received received;
        What what = What::answer;
    };
    static constexpr std::size_t kRing = 24 * 14;  ///< hours ahead; later is never

    void plan_day(const World& world);
    void begin_thread(World& world, Person from);
    bool write_first_contact(World& world, Person from);
    void have(World& world, const Due& due);
    void answer(World& world, const Received& received);
    void complain(World& world, const Received& received);
    void look_at_complaints(World& world);
    void at(double hours, const Received& received, What what);
    Person choose_contact(const World& world, Person from, EdgeId& edge);

    TrafficOptions options_;
    std::uint64_t seed_;
    Draw draw_;
    std::int64_t hour_ = 0;  ///< since the start
    std::array<std::vector<Person>, kDayHours> plan_;
    std::vector<std::vector<Due>> due_;
    std::unordered_map<Person, Time> paused_;  ///< honest people who are challenged, until when
    std::uint64_t delayed_ = 0;
    std::uint64_t challenged_ = 0;
    std::uint64_t first_contacts_ = 0;
};

}  // namespace kith::sim
