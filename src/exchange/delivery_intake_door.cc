// Before a delivery is judged: its network, its recipient, the keys of its sender's domain. What is
// turned away here has cost next to nothing.
#include "exchange/answers.h"
#include "exchange/arrival.h"
#include "exchange/store_calls.h"
#include "net/address.h"

namespace kith {
namespace {

constexpr Seconds kFaultsWait{60};
constexpr double kNoCookie = 0.5;  ///< of a fault

// How much of a network's patience an answer costs: work that was for nothing. A stranger who has
// not paid yet, or a chain that is incomplete, is half of what good mail looks like.
double weight_of(std::string_view type) {
    constexpr double kHalfGood = 0.25;
    const ProblemKind* kind = find_problem(type);
    if (kind == nullptr || kind->remedy == Remedy::wait || kind->status >= 500)
        return 0;
    return kind->remedy == Remedy::none ? 1 : kHalfGood;
}

}  // namespace

// By its network alone.
std::optional<HttpResponse> DeliveryIntake::turn_away(const HttpRequest& request,
                                                      Arrival* arrival) {
    switch (services_.admission.door(request)) {
        case Admission::Door::open:
            return std::nullopt;
        case Admission::Door::shut:
            arrival->shed = "faults";
            return busy_answer(
                Problem::over_quota, kFaultsWait, "too much from this network was wrong");
        case Admission::Door::come_back:
            break;
    }
    arrival->shed = "cookie";
    // An honest server sends what was under way, and then brings it.
    services_.admission.note_fault(arrival->client, kNoCookie);
    auto response = busy_answer(Problem::busy, ReturnCookie::kWait, "come back with the cookie");
    response.headers.add("kith-cookie", services_.admission.cookie_for(arrival->client));
    return response;
}

void DeliveryIntake::report(const HttpRequest& request,
                            const HttpResponse& response,
                            const Arrival& arrival) {
    DeliveryEvent event;
    event.status = static_cast<int>(response.status);
    event.request = request.id;
    if (response.status >= 300)
        if (const auto* body = std::get_if<Bytes>(&response.body))
            event.type = answer_problem(as_text(*body), event.status).type;
    if (arrival.candidate) {
        event.peer = arrival.candidate->sender_domain();
        event.message = arrival.candidate->stub.id;
    }
    event.tier = arrival.tier;
    event.network = client_prefix(arrival.client);
    event.shed = arrival.shed;
    if (response.status < 300 && arrival.candidate)
        event.octets = arrival.candidate->stub.size;
    event.seconds = std::chrono::duration<double>(services_.clock.steady() - arrival.began).count();
    const bool judged = arrival.shed.empty() && !arrival.broke_off;
    if (const double weight = judged ? weight_of(event.type) : 0; weight > 0)
        services_.admission.note_fault(arrival.client, weight);
    services_.meter.answered(event);
}

// Only by what its sender cannot have made up.
ArrivalClass DeliveryIntake::class_of(const Arrival& arrival) const {
    if (services_.admission.has_standing(arrival.client, arrival.candidate->sender_domain()))
        return ArrivalClass::known;
    switch (services_.inbound.backing_of(*arrival.candidate, arrival.now)) {
        case Inbound::Backing::token:
            return ArrivalClass::token;
        case Inbound::Backing::stamp:
            return ArrivalClass::stamp;
        case Inbound::Backing::none:
            break;
    }
    return ArrivalClass::other;
}

// The recipient, then the sender's domain: the network is asked only for mail to somebody.
awaitable<std::optional<ProblemDetails>> DeliveryIntake::look_at_ends(Arrival* arrival) {
    const Candidate& candidate = *arrival->candidate;
    if (services_.inbound.is_over_quota(candidate, arrival->now)) {
        arrival->shed = "domain";
        co_return make_problem(Problem::over_quota, candidate.sender_domain() + " sends too much");
    }
    const auto there =
        co_await recipients_.is_there(candidate.stub.to.address.text(), lane_of(arrival->of));
    if (!there) {
        if (is_lane_full(there.error()))
            arrival->shed = name_of(arrival->of);
        co_return failure_problem(there.error());
    }
    if (!*there)
        co_return make_problem(Problem::no_such_account);
    auto keys = co_await keys_of(arrival);
    if (!keys && keys.error().kind == ErrorKind::not_found)
        co_return make_problem(Problem::wrong_domain, keys.error().detail);
    if (!keys)
        co_return make_problem(Problem::busy, keys.error().detail);
    arrival->domain_keys = *std::move(keys);
    co_return std::nullopt;
}

awaitable<Result<std::vector<PublicKey>>> DeliveryIntake::keys_of(Arrival* arrival) {
    const std::string& domain = arrival->candidate->sender_domain();
    if (domain == services_.domain)
        co_return services_.own_keys;
    const bool known = services_.peers.knows(domain);
    const auto right =
        known ? std::optional<Admission::LookUp>() : services_.admission.look_up(arrival->client);
    if (!known && !right) {
        arrival->shed = "look-ups";
        co_return fail(ErrorKind::unavailable, "domain", "too many look-ups");
    }
    const auto peer = CO_TRY(co_await services_.peers.find(domain));
    co_return peer->record.keys;
}

awaitable<bool> DeliveryIntake::is_countersigned(Arrival* arrival) {
    auto check = [this, arrival] {
        return services_.inbound.is_countersigned(*arrival->candidate, arrival->domain_keys);
    };
    const auto vouched = co_await run(services_.workers, std::move(check), lane_of(arrival->of));
    co_return vouched && *vouched;
}

// Only a domain that vouches for the message with its signature is asked for the rest of a chain:
// else anybody could have us ask anybody.
awaitable<bool> DeliveryIntake::ask_for_cards(Arrival* arrival) {
    const Address& from = arrival->candidate->stub.from;
    if (no_cards_.contains(from.text(), services_.clock.steady()))
        co_return false;
    if (!co_await is_countersigned(arrival))
        co_return false;
    const auto right = services_.admission.look_up(arrival->client);
    if (!right)
        co_return false;
    if (co_await services_.cards.fetch(from))
        co_return true;
    no_cards_.add(from.text(), services_.clock.steady());
    co_return false;
}

}  // namespace kith
