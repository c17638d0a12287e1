// Lists of edges as SNAP publishes them (snap.stanford.edu/data): a pair of numbers a line, parted
// by spaces or tabs; lines that begin with "#" are comments. The numbers are names: people are
// numbered anew, in rising order of their names.
#pragma once

#include <istream>
#include <string_view>

#include "sim/graph.h"

namespace kith::sim {

enum class Header {
    none,
    count,  ///< the first line says how many nodes and edges there are, as in email-Enron
};

/// Reads a whole list. Errors: malformed ("edge list: line N"), limit (a line of over 256 octets,
/// a name over 2^63, more than 400 million pairs), io, and those of Graph::of.
Result<Graph> read_edge_list(std::istream& in, Header header, Graph::Direction direction);

/// The same of a text in memory.
Result<Graph> read_edge_list(std::string_view text, Header header, Graph::Direction direction);

}  // namespace kith::sim
