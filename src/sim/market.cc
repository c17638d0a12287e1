#include "sim/market.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "trust/outcomes.h"

namespace kith::sim {
namespace {

constexpr Seconds kDay = std::chrono::days{1};
constexpr Seconds kHeld = std::chrono::days{14};

struct Stub {
    WaitingStub waiting;
    Decision decision;
    Address sender;
    bool wanted = false;
    double core_seconds = 0;  ///< so far
};

struct Recipient {
    std::vector<Stub> stubs;  ///< that wait
    ShownRequests shown;
    std::uint64_t next_domain = 0;  ///< of the attacker's
};

class Market {
  public:
    explicit Market(const MarketOptions& options)
        : options_(options), draw_(options.seed ^ 0x6d61726b), people_(options.people) {
        result_.options = options;
        for (Recipient& recipient : people_)
            recipient.next_domain = draw_.below(std::max(options.bought_domains, 1U));
    }

    MarketResult run() {
        for (std::int64_t day = 0; day < options_.days; ++day) {
            now_ = kStart + day * kDay;
            attack();
            for (Recipient& recipient : people_)
                for (auto i = draw_.poisson(options_.strangers_a_day); i > 0; --i)
                    arrive(recipient, honest_sender(), true, kDefaultEffort);
            now_ += kDay / 2;
            for (Recipient& recipient : people_)
                look(recipient);
        }
        result_.honest_wait_days = Spread::of(std::move(waits_));
        result_.honest_core_seconds = Spread::of(std::move(costs_));
        return result_;
    }

  private:
    // Few domains have most of the honest senders.
    Address honest_sender() {
        const double drawn = std::pow(draw_.unit(), 3) * options_.honest_domains;
        return address("h" + std::to_string(static_cast<std::uint64_t>(drawn)));
    }
    static Address address(const std::string& domain) {
        const auto parsed = Address::parse("somebody@" + domain + ".test");
        KITH_CHECK(parsed.has_value());
        return *parsed;
    }
    DomainCredit& credit_of(const std::string& domain) {
        return credits_.try_emplace(domain, DomainCredit::fresh(options_.people, now_))
            .first->second;
    }

    // As much as the money for work allows, spread evenly over all that is tried; at first what
    // credit there is for nothing.
    void attack() {
        if (options_.bought_domains == 0)
            return;
        const double tries = options_.tries_a_day * options_.people;
        const double each = options_.core_seconds_a_day / std::max(tries, 1.0);
        const double base = static_cast<double>(kDefaultEffort) / kHashesACoreSecond;
        double budget = options_.core_seconds_a_day;
        const double spent_each = std::max(each, base);
        const auto effort = static_cast<std::uint64_t>(spent_each * kHashesACoreSecond);
        for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(options_.tries_a_day); ++i)
            for (Recipient& recipient : people_) {
                // Each person hears from all of them in turn.
                const Address sender = address(
                    "x" + std::to_string(recipient.next_domain++ % options_.bought_domains));
                const std::uint64_t paid = budget >= spent_each ? effort : 0;
                budget -= arrive(recipient, sender, false, paid);
            }
    }

    // The sender asks for nothing first, and works if it has to. What it spent.
    double arrive(Recipient& recipient, const Address& sender, bool wanted, std::uint64_t effort) {
        result_.honest_sent += wanted ? 1 : 0;
        DomainCredit& credit = credit_of(sender.domain());
        Evidence evidence;
        evidence.sender = sender;
        evidence.root = sha256(sender.text());
        evidence.key.standing = KeyStanding::active;
        evidence.price = kDefaultEffort;
        evidence.domain = DomainEvidence{credit.available(options_.people, now_)};
        Stub stub;
        stub.decision = decide(evidence);
        if (stub.decision.outcome == Outcome::price && effort > 0) {
            evidence.stamp = StampEvidence{StampEvidence::State::good, effort};
            stub.core_seconds = static_cast<double>(effort) / kHashesACoreSecond;
            stub.waiting.effort = effort;
            stub.decision = decide(evidence);
        }
        if (stub.decision.outcome != Outcome::hold)
            return stub.core_seconds;
        stub.waiting.way = way_of(credit, stub.decision);
        stub.waiting.id = std::to_string(next_id_++);
        stub.waiting.domain = sender.domain();
        stub.waiting.arrived = now_;
        stub.waiting.expires = now_ + kHeld;
        stub.sender = sender;
        stub.wanted = wanted;
        result_.unwanted_held += wanted ? 0 : 1;
        result_.unwanted_core_seconds += wanted ? 0 : stub.core_seconds;
        const double spent = stub.core_seconds;
        recipient.stubs.push_back(std::move(stub));
        return spent;
    }

    WaitingStub::Way way_of(DomainCredit& credit, const Decision& decision) {
        if (!decision.has(ReasonCode::domain_credit))
            return WaitingStub::Way::paid;
        const bool earned =
            credit.standing(options_.people, now_) == DomainCredit::Standing::earned;
        KITH_CHECK(credit.take(options_.people, now_));
        return earned ? WaitingStub::Way::earned : WaitingStub::Way::starting;
    }

    void look(Recipient& recipient) {
        std::erase_if(recipient.stubs,
                      [this](const Stub& stub) { return stub.waiting.expires <= now_; });
        std::vector<WaitingStub> waiting;
        for (const Stub& stub : recipient.stubs)
            waiting.push_back(stub.waiting);
        ByteArray<32> seed{};
        const std::uint64_t drawn = draw_.next();
        std::memcpy(seed.data(), &drawn, sizeof drawn);
        for (const ChosenRequest& chosen : choose_requests(waiting, recipient.shown, seed, now_)) {
            const auto found = std::ranges::find(
                recipient.stubs, chosen.id, [](const Stub& stub) { return stub.waiting.id; });
            KITH_CHECK(found != recipient.stubs.end());
            see(*found);
            recipient.stubs.erase(found);
        }
        for (Stub& stub : recipient.stubs)
            work_more(stub);
    }

    void see(const Stub& stub) {
        if (stub.wanted) {
            ++result_.honest_shown;
            result_.honest_free += stub.waiting.way == WaitingStub::Way::paid ? 0 : 1;
            waits_.push_back(static_cast<double>((now_ - stub.waiting.arrived).count()) /
                             static_cast<double>(kDay.count()));
            costs_.push_back(stub.core_seconds);
            if (draw_.chance(options_.answered))
                have_outcome(stub, MessageOutcome::engaged);
            return;
        }
        ++result_.unwanted_shown;
        if (draw_.chance(options_.complaints))
            have_outcome(stub, MessageOutcome::unwanted);
    }

    void have_outcome(const Stub& stub, MessageOutcome outcome) {
        const Settlement settlement =
            settle(stub.decision, sha256(stub.sender.text()), stub.sender, outcome);
        if (settlement.domain)
            apply(*settlement.domain, credit_of(settlement.domain->domain), options_.people, now_);
    }

    // An honest client that was not shown works twice as much for the next day.
    void work_more(Stub& stub) {
        const double doubled = std::max(static_cast<double>(kDefaultEffort),
                                        2.0 * static_cast<double>(stub.waiting.effort));
        const double costs = doubled / kHashesACoreSecond;
        if (!stub.wanted || costs > options_.most_core_seconds)
            return;
        stub.waiting.effort = static_cast<std::uint64_t>(doubled);
        stub.core_seconds += costs;
    }

    MarketOptions options_;
    Draw draw_;
    Time now_;
    std::vector<Recipient> people_;
    std::map<std::string, DomainCredit> credits_;
    std::uint64_t next_id_ = 0;
    std::vector<double> waits_;
    std::vector<double> costs_;
    MarketResult result_;
};

double per(double part, double whole) {
    return whole > 0 ? part / whole : 0;
}

}  // namespace

double MarketResult::unwanted_a_person_day() const {
    return per(static_cast<double>(unwanted_shown),
               static_cast<double>(options.people) * static_cast<double>(options.days));
}
double MarketResult::core_seconds_each() const {
    return per(unwanted_core_seconds, static_cast<double>(unwanted_shown));
}
double MarketResult::money_each() const {
    return per(options.bought_domains * options.domain_price, static_cast<double>(unwanted_shown));
}
double MarketResult::honest_shown_share() const {
    return per(static_cast<double>(honest_shown), static_cast<double>(honest_sent));
}

MarketResult run_market(const MarketOptions& options) {
    return Market(options).run();
}

}  // namespace kith::sim
