// Graphs of contacts that are made: with hubs and triangles, and with communities.
#pragma once

#include "sim/draw.h"
#include "sim/graph.h"

namespace kith::sim {

/// Holme and Kim, "Growing scale-free networks with tunable clustering" (2002): each new person
/// comes to know `links` others, the first by preferential attachment, each next one with
/// probability `triads` among the contacts of the one before. Grants go both ways.
/// Errors: malformed (links of 0, fewer people than links + 1, a probability beyond 0 to 1), limit.
Result<Graph> make_holme_kim(std::uint64_t people, std::uint32_t links, double triads, Draw draw);

/// Communities of `size` people each; a person knows `inside` others there on average, and
/// `outside` others of anywhere. Grants go both ways. Errors: as above.
Result<Graph> make_communities(
    std::uint64_t people, std::uint32_t size, double inside, double outside, Draw draw);

}  // namespace kith::sim
