#include "make_vectors/json.h"

#include <boost/json/serialize.hpp>

namespace kith::vectors {
namespace {

namespace json = boost::json;

void write(const json::value& value, const std::string& indent, std::string& out) {
    const std::string inner = indent + "  ";
    const char* separator = "\n";
    if (value.is_object() && !value.get_object().empty()) {
        out += "{";
        for (const auto& member : value.get_object()) {
            out += separator + inner + json::serialize(json::value(member.key())) + ": ";
            write(member.value(), inner, out);
            separator = ",\n";
        }
        out += "\n" + indent + "}";
    } else if (value.is_array() && !value.get_array().empty()) {
        out += "[";
        for (const json::value& element : value.get_array()) {
            out += separator + inner;
            write(element, inner, out);
            separator = ",\n";
        }
        out += "\n" + indent + "]";
    } else {
        out += json::serialize(value);
    }
}

}  // namespace

std::string pretty(const json::value& value) {
    std::string out;
    write(value, "", out);
    return out + "\n";
}

}  // namespace kith::vectors
