#include "sim/attack.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace kith::sim {
namespace {

constexpr std::array<std::string_view, kAttackers> kNames = {"none",
                                                             "greedy",
                                                             "drip",
                                                             "hub-first",
                                                             "community-first",
                                                             "reply-baiting",
                                                             "worm",
                                                             "malicious-domains",
                                                             "sybils",
                                                             "false-reporters"};

constexpr double kBaited = 0.1;
constexpr double kDripHours = 96;
constexpr double kDripComplaints = 0.05;
// Below this rate nobody has 34 hours with seven recipients in 28 days: the breaker's floor holds.
constexpr double kBusyRate = 15;

}  // namespace

std::string_view name_of(Attacker attacker) {
    return kNames.at(static_cast<std::size_t>(attacker));
}

Result<Attacker> parse_attacker(std::string_view text) {
    const auto found = std::ranges::find(kNames, text);
    if (found == kNames.end())
        return fail(ErrorKind::malformed, "attacker", "'" + std::string(text) + "' is none");
    return static_cast<Attacker>(found - kNames.begin());
}

Attack::Attack(const AttackOptions& options, std::uint64_t seed)
    : options_(options), draw_(seed ^ 0x61747461636b) {}

std::vector<Person> Attack::choose_domains(const World& world, std::size_t wanted) {
    const auto domains = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(world.graph().people() / options_.domain_people));
    const std::uint64_t salt = draw_.next();
    std::vector<bool> bad(domains);
    for (auto left = static_cast<double>(wanted); left > 0; left -= options_.domain_people)
        bad[draw_.below(domains)] = true;
    std::vector<Person> chosen;
    for (Person who = 0; who < world.graph().people(); ++who)
        if (bad[mix(who, 0, salt) % domains])
            chosen.push_back(who);
    return chosen;
}

std::vector<Person> Attack::choose(const World& world) {
    const Graph& graph = world.graph();
    const auto wanted = std::clamp<std::size_t>(
        static_cast<std::size_t>(options_.hacked * graph.people() + 0.5), 1, graph.people());
    if (is_malicious_server())
        return choose_domains(world, wanted);
    std::vector<Person> all(graph.people());
    std::iota(all.begin(), all.end(), Person{0});
    if (options_.kind == Attacker::hub_first) {
        // By number where as many granted both.
        std::ranges::sort(all, [&graph](Person a, Person b) {
            return std::pair(graph.grants_to(b).size(), a) <
                   std::pair(graph.grants_to(a).size(), b);
        });
    } else {
        for (std::size_t i = 0; i < all.size(); ++i)
            std::swap(all[i], all[i + draw_.below(all.size() - i)]);
    }
    if (options_.kind == Attacker::community_first) {
        std::vector<bool> seen(all.size());
        std::vector<Person> near;
        for (std::size_t start = 0; near.size() < wanted; ++start) {
            if (seen[all[start]])
                continue;
            seen[all[start]] = true;
            near.push_back(all[start]);
            for (std::size_t next = near.size() - 1; next < near.size() && near.size() < wanted;
                 ++next)
                for (const Person contact : graph.contacts(near[next]))
                    if (!seen[contact] && near.size() < wanted) {
                        seen[contact] = true;
                        near.push_back(contact);
                    }
        }
        return near;
    }
    all.resize(wanted);
    return all;
}

// The breaker remembers 28 days of an owner who begins as many threads as they do in this world.
void Attack::turn_bad(World& world, const Traffic& traffic, Person who) {
    Thief thief{.who = who, .since = world.now(), .breaker = {}};
    const double rate = traffic.rate(world.graph(), who);
    if (rate > kBusyRate)
        for (std::int64_t hour = kUsualHours; hour > 0; --hour) {
            const Time then = world.now() - hour * kHour;
            const std::uint32_t recipients = draw_.poisson(rate / kDayHours);
            thief.breaker.confirm(recipients, then);
            (void)thief.breaker.take(recipients, then);
        }
    world.turn_bad(who);
    was_bad_[who] = true;
    ++ever_;
    thieves_.push_back(std::move(thief));
}

void Attack::start(World& world, Traffic& traffic) {
    was_bad_.assign(world.graph().people(), false);
    if (options_.kind == Attacker::none)
        return;
    if (options_.kind == Attacker::reply_baiting)
        traffic.options().baited = kBaited;
    if (options_.kind == Attacker::drip)
        traffic.options().complaints = kDripComplaints;
    traffic.options().false_reports = options_.kind == Attacker::false_reporters;
    for (const Person who : choose(world))
        turn_bad(world, traffic, who);
    first_ = ever_;
}

void Attack::run_hour(World& world, Traffic& traffic) {
    for (Thief& thief : thieves_) {
        look_after(world, thief);
        if (!thief.contained)
            act(world, traffic, thief);
    }
    std::erase_if(thieves_, [](const Thief& thief) { return thief.contained; });
    for (const Person who : std::exchange(infected_, {}))
        if (!was_bad_[who])
            turn_bad(world, traffic, who);
}

// An honest home server asks the owner when enough people complain, and the owner looks by
// themselves after some time.
void Attack::look_after(World& world, Thief& thief) {
    if (is_malicious_server() || options_.kind == Attacker::false_reporters)
        return;
    const auto hours = static_cast<double>((world.now() - thief.since) / kHour);
    const bool noticed = options_.kind != Attacker::drip && hours >= options_.notice_hours;
    if (!noticed && !world.is_challenged(thief.who))
        return;
    thief.contained = true;
    contained_after_.push_back(hours);
    tallies_.push_back(world.turn_good(thief.who));
}

bool Attack::may_send(const Thief& thief, Time now) const {
    return !options_.breaker || is_malicious_server() || thief.breaker.left(now) > 0;
}

bool Attack::spend(Thief& thief, Time now) {
    return !options_.breaker || is_malicious_server() ||
           thief.breaker.take(1, now) == FanOutBreaker::Answer::pass;
}

void Attack::send(World& world, Traffic& traffic, const Message& message) {
    const Received received = world.send(message);
    traffic.await_outcome(world, received);
    const Ruling& ruling = world.ruling(received);
    if (options_.kind == Attacker::worm && ruling.outcome == Outcome::deliver &&
        !ruling.flags.active_content_off && draw_.chance(options_.infects))
        infected_.push_back(message.to);
}

void Attack::act(World& world, Traffic& traffic, Thief& thief) {
    switch (options_.kind) {
        case Attacker::none:
        case Attacker::false_reporters:
            return;
        case Attacker::drip:
            return drip_to_contacts(world, traffic, thief);
        case Attacker::sybils:
            send_sybils(world, traffic, thief);
            [[fallthrough]];
        default:
            write_to_contacts(world, traffic, thief);
            write_on_word(world, traffic, thief);
    }
}

// One to each, and again, until nobody hears more.
void Attack::write_to_contacts(World& world, Traffic& traffic, Thief& thief) {
    const Graph& graph = world.graph();
    for (bool any = true; any;) {
        any = false;
        for (const EdgeId edge : graph.grants_to(thief.who)) {
            const Person to = graph.grantor(edge);
            if (world.is_bad(to) || world.is_suspended(edge) ||
                !world.has_credit(edge, GrantBucket::mail))
                continue;
            if (!spend(thief, world.now()))
                return;
            send(world, traffic, {.from = thief.who, .to = to, .grant = edge, .wanted = false});
            any = true;
        }
    }
}

void Attack::drip_to_contacts(World& world, Traffic& traffic, Thief& thief) {
    const Graph& graph = world.graph();
    for (const EdgeId edge : graph.grants_to(thief.who)) {
        const Person to = graph.grantor(edge);
        if (draw_.chance(1 / kDripHours) && !world.is_bad(to) &&
            world.has_credit(edge, GrantBucket::mail) && spend(thief, world.now()))
            send(world, traffic, {.from = thief.who, .to = to, .grant = edge, .wanted = false});
    }
}

void Attack::write_on_word(World& world, Traffic& traffic, Thief& thief) {
    if (!may_send(thief, world.now()))
        return;
    for (const EdgeId vouched : world.graph().grants_to(thief.who))
        while (world.has_credit(vouched, GrantBucket::vouches))
            if (!write_on_word_of(world, traffic, thief, vouched))
                break;
}

// Somebody who knows the introducer and not the thief, and whom the introducer may still bother.
bool Attack::write_on_word_of(World& world, Traffic& traffic, Thief& thief, EdgeId vouched) {
    const Graph& graph = world.graph();
    const auto knowing = graph.grants_to(graph.grantor(vouched));
    const std::size_t start = draw_.below(std::max<std::size_t>(knowing.size(), 1));
    constexpr std::size_t kMostLooks = 64;
    for (std::size_t i = 0; i < std::min(knowing.size(), kMostLooks); ++i) {
        const EdgeId word = knowing[(start + i) % knowing.size()];
        const Person to = graph.grantor(word);
        if (to == thief.who || world.is_bad(to) || graph.find(to, thief.who) != kNoEdge ||
            !world.has_credit(word, GrantBucket::introductions))
            continue;
        if (!spend(thief, world.now()))
            return false;
        send(world,
             traffic,
             {.from = thief.who, .to = to, .word = word, .vouched = vouched, .wanted = false});
        return true;
    }
    return false;
}

// Made-up people of the same server, one for each message: nobody honest knows them, and whoever
// knows the one who vouches hears no more of them than I allows.
void Attack::send_sybils(World& world, Traffic& traffic, Thief& thief) {
    const Graph& graph = world.graph();
    Person sybil = graph.people();
    for (const EdgeId word : graph.grants_to(thief.who)) {
        const Person to = graph.grantor(word);
        while (!world.is_bad(to) && world.has_credit(word, GrantBucket::introductions))
            send(world, traffic, {.from = sybil++, .to = to, .word = word, .wanted = false});
    }
}

void Attack::finish(World& world) {
    for (const Thief& thief : thieves_)
        tallies_.push_back(world.turn_good(thief.who));
    thieves_.clear();
}

}  // namespace kith::sim
