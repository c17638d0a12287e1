#include "sim/edge_list.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace kith::sim {
namespace {

constexpr std::size_t kLongestLine = 256;
constexpr std::uint64_t kLargestName = UINT64_MAX / 2;

using Pair = std::pair<std::uint64_t, std::uint64_t>;

bool is_space(char c) {
    return c == ' ' || c == '\t';
}

std::string_view without_spaces(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    return text;
}

// Takes one number off the front.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    text = without_spaces(text);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value > kLargestName)
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty() && !is_space(text.front()))
        return std::nullopt;
    return value;
}

Error at_line(std::uint64_t number, ErrorKind kind, std::string detail) {
    return fail(kind, "edge list: line " + std::to_string(number), std::move(detail));
}

// A third column (a weight, a time) is nothing to us, but it has to be one number.
std::optional<Pair> parse_pair(std::string_view line) {
    const auto first = take_number(line);
    const auto second = first ? take_number(line) : std::nullopt;
    if (!second)
        return std::nullopt;
    if (!without_spaces(line).empty() && (!take_number(line) || !without_spaces(line).empty()))
        return std::nullopt;
    return Pair{*first, *second};
}

// Line by line into a buffer of its own size, so that a file without line ends is no danger.
class Lines {
  public:
    explicit Lines(std::istream& in) : in_(in) {}

    /// False at the end. Errors: limit, io.
    Result<bool> next(std::string_view& line) {
        ++number_;
        in_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        if (in_.bad())
            return at_line(number_, ErrorKind::io, "could not be read");
        if (in_.fail() && in_.gcount() == 0)
            return false;
        if (in_.fail() && !in_.eof())
            return at_line(number_, ErrorKind::limit, "is longer than 256 octets");
        line = std::string_view(buffer_.data());
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        return true;
    }
    std::uint64_t number() const { return number_; }

  private:
    std::istream& in_;
    std::vector<char> buffer_ = std::vector<char>(kLongestLine + 2);
    std::uint64_t number_ = 0;
};

Result<std::vector<Pair>> read_pairs(std::istream& in, Header header) {
    std::vector<Pair> pairs;
    Lines lines(in);
    std::string_view line;
    bool count_is_due = header == Header::count;
    while (TRY(lines.next(line))) {
        if (without_spaces(line).empty() || line.front() == '#')
            continue;
        const auto pair = parse_pair(line);
        if (!pair)
            return at_line(lines.number(), ErrorKind::malformed, "is no pair of numbers");
        if (count_is_due) {
            count_is_due = false;
            continue;
        }
        if (pairs.size() == kMostGrants)
            return at_line(lines.number(), ErrorKind::limit, "is beyond 400 million pairs");
        pairs.push_back(*pair);
    }
    return pairs;
}

std::vector<std::uint64_t> names_in(const std::vector<Pair>& pairs) {
    std::vector<std::uint64_t> names;
    names.reserve(2 * pairs.size());
    for (const auto& [x, y] : pairs) {
        names.push_back(x);
        names.push_back(y);
    }
    std::ranges::sort(names);
    const auto again = std::ranges::unique(names);
    names.erase(again.begin(), again.end());
    return names;
}

}  // namespace

Result<Graph> read_edge_list(std::istream& in, Header header, Graph::Direction direction) {
    const std::vector<Pair> pairs = TRY(read_pairs(in, header));
    const std::vector<std::uint64_t> names = names_in(pairs);
    if (names.size() > kMostPeople)
        return fail(ErrorKind::limit, "edge list: people", "are more than 50 million");
    const auto number_of = [&names](std::uint64_t name) {
        return static_cast<Person>(std::ranges::lower_bound(names, name) - names.begin());
    };
    std::vector<std::pair<Person, Person>> numbered;
    numbered.reserve(pairs.size());
    for (const auto& [x, y] : pairs)
        numbered.emplace_back(number_of(x), number_of(y));
    return Graph::of(names.size(), std::move(numbered), direction);
}

Result<Graph> read_edge_list(std::string_view text, Header header, Graph::Direction direction) {
    std::istringstream in{std::string(text)};
    return read_edge_list(in, header, direction);
}

}  // namespace kith::sim
