#include "note/stamp.h"

#include <algorithm>

#include "note/fields.h"

namespace kith {
namespace {

constexpr std::size_t kMaxPuzzleName = 32;

Result<Stamp> read_line(std::string_view line) {
    if (line.size() > kMaxStamp)
        return fail(ErrorKind::limit, "stamp", "more than 512 octets");
    const std::vector<std::string_view> words = split(line, ' ');
    if (words.size() != 4)
        return fail(ErrorKind::malformed, "stamp", "not puzzle, effort, seed, solution");
    Stamp stamp;
    stamp.puzzle = TRY(as_puzzle(words[0]));
    stamp.effort = TRY(as_effort(words[1]));
    stamp.seed = TRY(as_id(words[2]));
    stamp.solution = TRY(as_base64(words[3]));
    return stamp;
}

}  // namespace

Result<std::string> as_puzzle(std::string_view value) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (value.empty() || value.size() > kMaxPuzzleName || !std::ranges::all_of(value, allowed))
        return fail(ErrorKind::malformed, "puzzle", "not 1 to 32 of a-z 0-9 -");
    return std::string(value);
}

Result<std::uint64_t> as_effort(std::string_view value) {
    const std::uint64_t effort = TRY(parse_decimal(value, kMaxEffort));
    if (effort == 0)
        return fail(ErrorKind::malformed, "effort", "must be at least 1");
    return effort;
}

Result<Stamp> parse_stamp(std::string_view line) {
    auto stamp = read_line(line);
    if (!stamp)
        stamp.error().where = "stamp";
    return stamp;
}

std::string write_stamp(const Stamp& stamp) {
    return stamp.puzzle + " " + std::to_string(stamp.effort) + " " + stamp.seed + " " +
           base64(stamp.solution);
}

std::string stamp_challenge(const Stamp& stamp, const Hash& stub) {
    return "kith/1 stamp\n" + stamp.puzzle + "\n" + std::to_string(stamp.effort) + "\n" +
           stamp.seed + "\n" + stub.text() + "\n";
}

}  // namespace kith
