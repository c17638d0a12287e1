// A world of people whose mail is judged by src/trust: its ledgers, decisions, vouches and quorums,
// on a graph of grants that was there at the start. The clock is moved from outside, hour by hour.
#pragma once

#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/cut.h"
#include "sim/draw.h"
#include "sim/ledgers.h"
#include "sim/rulebook.h"
#include "trust/report_quorum.h"
#include "trust/vouching.h"

namespace kith::sim {

inline constexpr Time kStart = Time(Seconds(1'790'000'000) / 86'400 * 86'400);
inline constexpr Seconds kHour = std::chrono::hours{1};
inline constexpr std::int64_t kDayHours = 24;

/// What a naive build would do, to see that the bound notices (trust.h's list of mistakes).
enum class Fault {
    none,
    refund_on_silence,  ///< what was not answered after a day is given back
    no_vouch_meter,     ///< vouches are given without debiting V, and believed without debiting I
};

/// How messages ended.
struct Tally {
    std::uint64_t well_trusted = 0;
    std::uint64_t known = 0;       ///< contacts, and answers to one's own mail
    std::uint64_t introduced = 0;  ///< on somebody's word: text only
    std::uint64_t batched = 0;     ///< over the meter: same folder, quiet, text only
    std::uint64_t requests = 0;    ///< held for the recipient to look at
    std::uint64_t priced = 0;      ///< not taken: a stamp was asked
    std::uint64_t lost = 0;        ///< refused or dropped

    std::uint64_t full() const { return well_trusted + known + introduced; }
    std::uint64_t all() const { return full() + batched + requests + priced + lost; }
    Tally& operator+=(const Tally& other);
    friend Tally operator-(Tally a, const Tally& b);
};

/// A message on its way. Edges are the grants it is judged by, kNoEdge where there is none.
struct Message {
    Person from = 0;
    Person to = 0;
    EdgeId grant = kNoEdge;    ///< to → from
    EdgeId word = kNoEdge;     ///< to → introducer, where a hint matched
    EdgeId vouched = kNoEdge;  ///< introducer → from; kNoEdge: a malicious server vouches freely
    bool answers = false;      ///< with the reply token of a message of `to`
    bool wanted = true;        ///< as the recipient will see it
};

/// A message that was judged, and what is left of it until its outcome.
struct Received {
    Message message;
    EdgeId crossed = kNoEdge;  ///< the grant at which it was counted against the bound
    GrantBucket crossed_by = GrantBucket::mail;
    Rulebook::Index ruling = 0;
    Time at = {};
};

/// A value: a copy is a fork that goes its own way. Not thread-safe. The graph and rulebook have to
/// outlive it.
class World {
  public:
    World(const Graph& graph,
          const Rulebook& rules,
          double well_trusted,
          std::uint64_t seed,
          Fault fault);

    Time now() const { return now_; }
    void move_to(Time now) { now_ = now; }

    /// Gathers the evidence, asks the rules, books what it costs.
    Received send(const Message& message);
    const Ruling& ruling(const Received& received) const { return rules_->at(received.ruling); }
    /// Books an outcome where it belongs: the recipient's ledgers, the introducer's, the quorum of
    /// the sender. One for each message.
    void settle(const Received& received, MessageOutcome outcome);
    /// Nothing was heard: nothing happens, but in a naive build.
    void stay_silent(const Received& received);

    void turn_bad(Person who) { cut_.turn_bad(who, now_); }
    /// The owner has the account back; contacts lift what they suspended.
    AccountTally turn_good(Person who);
    bool is_bad(Person who) const { return cut_.is_bad(who); }

    /// Have enough people complained about the account?
    bool is_challenged(Person who) const;
    /// The owner met the challenge.
    void meet_challenge(Person who);
    /// Those about whom anybody complained since the last call.
    std::vector<Person> take_complained_about() { return std::exchange(complained_, {}); }

    /// Would a message over this grant come in full? What a greedy thief wants to know.
    bool has_credit(EdgeId edge, GrantBucket bucket) const;
    /// Did the recipient say that the sender looks hacked?
    bool is_suspended(EdgeId edge) const;

    Fault fault() const { return fault_; }
    const Graph& graph() const { return *graph_; }
    const Ledgers& ledgers() const { return ledgers_; }
    const Cut& cut() const { return cut_; }
    const Tally& wanted() const { return wanted_; }
    const Tally& unwanted() const { return unwanted_; }

  private:
    Shape shape_of(const Message& message);
    bool give_vouch(const Message& message);
    void book(const Message& message, const Ruling& ruling);
    void count(const Message& message, const Ruling& ruling);
    void watch(Received& received);
    void settle_word(const Received& received, MessageOutcome outcome);
    void apply_to(EdgeId edge, const GrantEffect& effect, Time received);

    const Graph* graph_;
    const Rulebook* rules_;
    Fault fault_;
    Time now_ = kStart;
    Ledgers ledgers_;
    Cut cut_;
    std::unordered_map<Person, ReportQuorum> quorums_;
    std::vector<Person> complained_;
    Tally wanted_;
    Tally unwanted_;
};

}  // namespace kith::sim
