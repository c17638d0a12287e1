#include "exchange/admission.h"

#include <algorithm>

#include "net/address.h"

namespace kith {
namespace {

constexpr Seconds kMinute{60};
/// After the last time that many waited.
constexpr Seconds kLoadLasts{5};
/// A network that brings wanted mail may do so many times as much that is wrong: it is large.
constexpr double kStandingForgives = 10;
constexpr std::size_t kMostShutOut = 65'536;
constexpr std::string_view kCookieField = "kith-cookie";

}  // namespace

const char* name_of(ArrivalClass of) {
    switch (of) {
        case ArrivalClass::own:
            return "own";
        case ArrivalClass::known:
            return "known";
        case ArrivalClass::token:
            return "token";
        case ArrivalClass::stamp:
            return "stamp";
        case ArrivalClass::other:
            return "other";
    }
    return "";
}

std::vector<WorkerPool::Lane> lanes_of(const AdmissionOptions& options) {
    std::vector<WorkerPool::Lane> lanes;
    for (std::size_t i = 0; i < kArrivalClasses; ++i)
        lanes.push_back({.share = options.shares[i], .limit = options.waiting[i]});
    return lanes;
}

Admission::Admission(const AdmissionOptions& options,
                     Secret cookie_key,
                     WorkerPool& workers,
                     const Clock& clock)
    : cookies_(options.cookies),
      shut_out_for_(options.shut_out),
      lookups_at_once_(options.lookups_at_once),
      many_waiting_(std::size_t{1}),
      workers_(workers),
      clock_(clock),
      cookie_(std::move(cookie_key)),
      faults_(options.faults_a_minute, kMinute, options.wide_networks),
      insisting_(options.faults_a_minute, kMinute, options.wide_networks),
      lookups_(options.lookups_a_minute, kMinute, options.wide_networks) {
    set_options(options);
}

void Admission::set_options(const AdmissionOptions& options) {
    cookies_.set(options.cookies);
    shut_out_for_.set(options.shut_out);
    lookups_at_once_.set(options.lookups_at_once);
    const auto others = options.waiting[static_cast<std::size_t>(ArrivalClass::other)];
    many_waiting_.set(std::max<std::size_t>(1, others / 2));
    faults_.set(options.faults_a_minute, kMinute, options.wide_networks);
    insisting_.set(options.faults_a_minute, kMinute, options.wide_networks);
    lookups_.set(options.lookups_a_minute, kMinute, options.wide_networks);
    workers_.set_lanes(lanes_of(options));
}

Admission::Door Admission::door(const HttpRequest& request) {
    const Client client = request.remote.address();
    const Moment now = clock_.steady();
    const std::string network = client_prefix(client);
    // Who brings wanted mail answers for itself alone, not for its neighbours.
    const bool stands = standings_.has_any(network, clock_.now());
    if (stands ? faults_.is_narrow_spent(client, now) : faults_.is_spent(client, now)) {
        insist(client, now);
        return Door::shut;
    }
    return !stands && asks_for_cookie(request, network) ? Door::come_back : Door::open;
}

// Of a network without standing.
bool Admission::asks_for_cookie(const HttpRequest& request, const std::string& network) {
    using Cookies = AdmissionOptions::Cookies;
    const Cookies when = cookies_;
    if (when == Cookies::never || (when == Cookies::under_load && !is_loaded()))
        return false;
    const Time now = clock_.now();
    const auto brought = request.headers.find(kCookieField);
    return !brought || !cookie_.is_good(*brought, network, now);
}

std::string Admission::cookie_for(const Client& client) const {
    return cookie_.make(client_prefix(client), clock_.now());
}

// The wide network is shut out only when it insists as a whole.
void Admission::insist(const Client& client, Moment now) {
    if (insisting_.pass(client, now))
        return;
    const auto until = now + shut_out_for_.get();
    const std::scoped_lock lock(mutex_);
    if (shut_out_.size() >= kMostShutOut)
        std::erase_if(shut_out_, [now](const auto& each) { return each.second <= now; });
    if (shut_out_.size() < kMostShutOut)
        shut_out_.insert_or_assign(client_prefix(client), until);
}

bool Admission::is_shut_out(const Client& client) const {
    const std::string network = client_prefix(client);
    {
        const std::scoped_lock lock(mutex_);
        const auto found = shut_out_.find(network);
        if (found == shut_out_.end() || found->second <= clock_.steady())
            return false;
    }
    return !devices_.has_any(network, clock_.now());
}

void Admission::note_device(const Client& client) {
    devices_.note(client_prefix(client), {}, clock_.now());
}

bool Admission::has_standing(const Client& client, const std::string& domain) const {
    return standings_.has(client_prefix(client), domain, clock_.now());
}

bool Admission::can_wait(const Client& client) const {
    const std::string network = client_prefix(client);
    const Time now = clock_.now();
    return !standings_.has_any(network, now) && !devices_.has_any(network, now);
}

void Admission::note_wanted(const Client& client, const std::string& domain) {
    standings_.note(client_prefix(client), domain, clock_.now());
}

void Admission::note_fault(const Client& client, double weight) {
    const bool stands = standings_.has_any(client_prefix(client), clock_.now());
    faults_.take(client, stands ? weight / kStandingForgives : weight, clock_.steady());
}

std::optional<Admission::LookUp> Admission::look_up(const Client& client) {
    if (lookups_under_way_.fetch_add(1) >= lookups_at_once_) {
        lookups_under_way_.fetch_sub(1);
        return std::nullopt;
    }
    LookUp right(&lookups_under_way_);
    if (!lookups_.pass(client, clock_.steady()))
        return std::nullopt;
    return right;
}

bool Admission::is_loaded() {
    const Moment now = clock_.steady();
    if (workers_.waiting(static_cast<std::size_t>(ArrivalClass::other)) >= many_waiting_) {
        loaded_until_ = (now + kLoadLasts).time_since_epoch().count();
        return true;
    }
    return now.time_since_epoch().count() < loaded_until_;
}

}  // namespace kith
