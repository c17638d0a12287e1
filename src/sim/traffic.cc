#include "sim/traffic.h"

#include <algorithm>
#include <cmath>

namespace kith::sim {
namespace {

constexpr double kOfficeShare = 0.75;
constexpr std::uint64_t kOfficeOpens = 8;
constexpr std::uint64_t kOfficeHours = 10;
constexpr double kLeastActive = 0.2;
constexpr double kMostActive = 10;
constexpr int kTries = 12;
constexpr double kSilenceHours = 24;
constexpr std::uint64_t kAnswersSalt = 0x616e7377;

std::uint64_t draw_hour(Draw& draw) {
    return draw.chance(kOfficeShare) ? kOfficeOpens + draw.below(kOfficeHours)
                                     : draw.below(kDayHours);
}

}  // namespace

Traffic::Traffic(const TrafficOptions& options, std::uint64_t seed)
    : options_(options), seed_(seed), draw_(seed ^ 0x7472616666), due_(kRing) {}

// Who knows more people writes more, by the square root.
double Traffic::rate(const Graph& graph, Person who) const {
    const double mean = static_cast<double>(graph.grants()) / graph.people();
    const double share = std::sqrt(graph.granted(who) / std::max(mean, 1e-9));
    return graph.granted(who) == 0
               ? 0
               : options_.mail_a_day * std::clamp(share, kLeastActive, kMostActive);
}

void Traffic::plan_day(const World& world) {
    for (auto& hour : plan_)
        hour.clear();
    for (Person who = 0; who < world.graph().people(); ++who)
        for (std::uint32_t i = draw_.poisson(rate(world.graph(), who)); i > 0; --i)
            plan_[draw_hour(draw_)].push_back(who);
}

void Traffic::run_hour(World& world) {
    if (hour_ % kDayHours == 0)
        plan_day(world);
    std::vector<Due> due = std::exchange(due_[static_cast<std::size_t>(hour_) % kRing], {});
    for (const Due& one : due)
        have(world, one);
    for (const Person from : plan_[static_cast<std::size_t>(hour_ % kDayHours)])
        begin_thread(world, from);
    look_at_complaints(world);
    ++hour_;
}

void Traffic::at(double hours, const Received& received, What what) {
    const auto ahead = static_cast<std::uint64_t>(std::max(1.0, std::ceil(hours)));
    if (ahead < kRing)
        due_[(static_cast<std::size_t>(hour_) + ahead) % kRing].push_back({received, what});
}

// Close ones more often than others.
Person Traffic::choose_contact(const World& world, Person from, EdgeId& edge) {
    const Graph& graph = world.graph();
    const auto contacts = graph.contacts(from);
    std::size_t chosen = 0;
    for (int i = 0; i < kTries; ++i) {
        chosen = draw_.below(contacts.size());
        const double close = closeness(from, contacts[chosen], seed_);
        if (draw_.chance(0.08 + 0.92 * close * close * close * close))
            break;
    }
    edge = graph.reverse(graph.first(from) + static_cast<EdgeId>(chosen));
    return contacts[chosen];
}

void Traffic::begin_thread(World& world, Person from) {
    if (!paused_.empty())
        if (const auto found = paused_.find(from); found != paused_.end()) {
            if (world.now() < found->second) {
                ++delayed_;
                return at(static_cast<double>((found->second - world.now()) / kHour),
                          {.message = {.from = from}},
                          What::begin);
            }
            paused_.erase(found);
            world.meet_challenge(from);
        }
    if (draw_.chance(options_.first_contacts) && write_first_contact(world, from))
        return;
    Message message{.from = from};
    message.to = choose_contact(world, from, message.grant);
    await_outcome(world, world.send(message));
}

// Whoever is found has to know the introducer, and the introducer the writer.
bool Traffic::write_first_contact(World& world, Person from) {
    const Graph& graph = world.graph();
    for (int i = 0; i < kTries; ++i) {
        EdgeId vouched = kNoEdge;
        const Person introducer = choose_contact(world, from, vouched);
        const auto knowing = graph.grants_to(introducer);
        if (vouched == kNoEdge || knowing.empty())
            continue;
        const EdgeId word = knowing[draw_.below(knowing.size())];
        const Person to = graph.grantor(word);
        if (to == from || graph.find(to, from) != kNoEdge)
            continue;
        ++first_contacts_;
        await_outcome(world,
                      world.send({.from = from, .to = to, .word = word, .vouched = vouched}));
        return true;
    }
    return false;
}

void Traffic::await_outcome(World& world, const Received& received) {
    const Message& message = received.message;
    const Ruling& ruling = world.ruling(received);
    if (ruling.outcome != Outcome::deliver)
        return;
    if (options_.false_reports && world.is_bad(message.to))
        return at(1, received, What::complain);
    const double complains = message.wanted ? options_.mistakes : options_.complaints;
    // Some pairs answer each other nearly always, and some never.
    const double answers = message.wanted ? 2 * options_.answers *
                                                mix_unit(std::min(message.from, message.to),
                                                         std::max(message.from, message.to),
                                                         seed_ ^ kAnswersSalt)
                                          : options_.baited;
    const double drawn = draw_.unit();
    if (drawn < complains)
        return at(draw_.exponential(options_.complaint_hours), received, What::complain);
    if (drawn < complains + answers)
        return at(draw_.exponential(options_.answer_hours), received, What::answer);
    if (world.fault() == Fault::refund_on_silence)
        at(kSilenceHours, received, What::stay_silent);
}

void Traffic::have(World& world, const Due& due) {
    switch (due.what) {
        case What::answer:
            return answer(world, due.received);
        case What::complain:
            return complain(world, due.received);
        case What::begin:
            return begin_thread(world, due.received.message.from);
        case What::stay_silent:
            return world.stay_silent(due.received);
    }
}

// Of a contact whose mail nobody can want, people say that they look hacked.
void Traffic::complain(World& world, const Received& received) {
    const Message& message = received.message;
    const bool lies = options_.false_reports && world.is_bad(message.to);
    const bool contact = message.grant != kNoEdge;
    world.settle(received,
                 contact && (lies || !message.wanted) ? MessageOutcome::looks_hacked
                                                      : MessageOutcome::unwanted);
}

// The answer is a message, too: it has a reply token, and goes over the grant of the other way.
void Traffic::answer(World& world, const Received& received) {
    const Message& asked = received.message;
    world.settle(received, MessageOutcome::engaged);
    if (asked.from >= world.graph().people())
        return;
    const EdgeId grant = asked.grant != kNoEdge ? world.graph().reverse(asked.grant) : kNoEdge;
    await_outcome(
        world, world.send({.from = asked.to, .to = asked.from, .grant = grant, .answers = true}));
}

// A thief's account is looked after by the attack.
void Traffic::look_at_complaints(World& world) {
    for (const Person who : world.take_complained_about()) {
        if (world.is_bad(who) || paused_.contains(who) || !world.is_challenged(who))
            continue;
        ++challenged_;
        paused_.emplace(who,
                        world.now() + kHour * static_cast<std::int64_t>(std::ceil(
                                                  draw_.exponential(options_.challenge_hours))));
    }
}

}  // namespace kith::sim
