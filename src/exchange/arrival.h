// One delivery under way, and what the two halves of DeliveryIntake share: delivery_intake_door.cc,
// what comes before it is judged, and delivery_intake.cc.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "exchange/delivery_intake.h"
#include "protocol/problem.h"

namespace kith {

struct DeliveryIntake::Arrival {
    Time now;
    std::chrono::steady_clock::time_point began;
    std::optional<Candidate> candidate;
    std::vector<PublicKey> domain_keys;
    std::optional<std::uint64_t> blob_octets;
    std::string tier;
    boost::asio::ip::address client;
    ArrivalClass of = ArrivalClass::other;
    std::string_view shed;   ///< why it was turned away unjudged
    bool broke_off = false;  ///< the sender reset it: nothing to hold against anybody
    /// Of the last look at it, and, once stored, the account's new state.
    Verdict verdict;
    ModSeq state = 0;
};

/// Of the worker pool.
inline std::size_t lane_of(ArrivalClass of) {
    return static_cast<std::size_t>(of);
}

/// The store was not asked: too much waits in that lane.
inline bool is_lane_full(const Error& error) {
    return error.where == "workers";
}

/// What kept us from taking it: the disk, or too much work.
inline ProblemDetails failure_problem(const Error& error) {
    return error.where == "store" ? make_problem(Problem::storage) : problem_of(error);
}

}  // namespace kith
