// Who is hacked or malicious, and what they do with it. All of them know everything: they never
// send what would not come in full, so what they reach is the most that the rules let them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sim/traffic.h"
#include "trust/fan_out_breaker.h"

namespace kith::sim {

enum class Attacker {
    none,
    greedy,             ///< random accounts, hacked at once; all that comes through, at once
    drip,               ///< so little that few complain and no owner notices
    hub_first,          ///< those whom most people granted
    community_first,    ///< somebody, those whom they know, and so on
    reply_baiting,      ///< a tenth of the recipients answer
    worm,               ///< whoever gets it in full, with active content, may be next
    malicious_domains,  ///< whole servers: no breaker, no quorum, no owner who notices
    sybils,             ///< malicious servers whose people vouch for any number of made-up ones
    false_reporters,    ///< complain about all that they receive
};
inline constexpr int kAttackers = 10;
std::string_view name_of(Attacker attacker);             ///< "hub-first"
Result<Attacker> parse_attacker(std::string_view text);  ///< Errors: malformed

struct AttackOptions {
    Attacker kind = Attacker::greedy;
    double hacked = 0.01;       ///< share of all people
    double notice_hours = 48;   ///< until the owner has the account back
    double infects = 0.02;      ///< worm: chance that a full delivery hacks the recipient
    double domain_people = 50;  ///< malicious domains: people of a domain, on average
    bool breaker = true;        ///< the home server's fan-out breaker
};

/// A value, like the world it works on.
class Attack {
  public:
    Attack(const AttackOptions& options, std::uint64_t seed);

    /// Turns the chosen accounts bad.
    void start(World& world, Traffic& traffic);
    void run_hour(World& world, Traffic& traffic);
    /// Accounts that are still bad are judged as they stand.
    void finish(World& world);

    std::size_t accounts() const { return ever_; }
    /// Those that were hacked first, not by the worm.
    std::size_t first_accounts() const { return first_; }
    const std::vector<AccountTally>& tallies() const { return tallies_; }
    /// Hours from the hack until the quorum or the owner ended it, of those that were ended.
    const std::vector<double>& contained_after() const { return contained_after_; }

  private:
    struct Thief {
        Person who = 0;
        Time since;
        FanOutBreaker breaker;
        bool contained = false;
    };

    std::vector<Person> choose(const World& world);
    std::vector<Person> choose_domains(const World& world, std::size_t wanted);
    void turn_bad(World& world, const Traffic& traffic, Person who);
    void look_after(World& world, Thief& thief);
    void act(World& world, Traffic& traffic, Thief& thief);
    bool may_send(const Thief& thief, Time now) const;
    bool spend(Thief& thief, Time now);
    void write_to_contacts(World& world, Traffic& traffic, Thief& thief);
    void drip_to_contacts(World& world, Traffic& traffic, Thief& thief);
    void write_on_word(World& world, Traffic& traffic, Thief& thief);
    bool write_on_word_of(World& world, Traffic& traffic, Thief& thief, EdgeId vouched);
    void send_sybils(World& world, Traffic& traffic, Thief& thief);
    void send(World& world, Traffic& traffic, const Message& message);
    bool is_malicious_server() const {
        return options_.kind == Attacker::malicious_domains || options_.kind == Attacker::sybils;
    }

    AttackOptions options_;
    Draw draw_;
    std::vector<Thief> thieves_;
    std::vector<Person> infected_;
    std::vector<bool> was_bad_;
    std::vector<AccountTally> tallies_;
    std::vector<double> contained_after_;
    std::size_t ever_ = 0;
    std::size_t first_ = 0;
};

}  // namespace kith::sim
