// JSON for people: two spaces a level, members in the order in which they were put in.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace kith::vectors {

std::string pretty(const boost::json::value& value);

}  // namespace kith::vectors
