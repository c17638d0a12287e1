// stamps.json: the line, the challenge, and whether the work was done.
#include <algorithm>
#include <boost/json/array.hpp>

#include "crypto/puzzle.h"
#include "make_vectors/vectors.h"
#include "note/stamp.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kEffort = 8;  // a moment's work

json::object begin(const std::string& name, const std::string& line, const Hash& stub) {
    return {{"name", name}, {"stamp", line}, {"stub", stub.text()}};
}

Bytes solve(const Stamp& stamp, const Hash& stub) {
    return *solve_puzzle(as_bytes(stamp_challenge(stamp, stub)), stamp.effort, {}).solution;
}

Result<void> check(const std::string& line, const Hash& stub) {
    const Stamp stamp = TRY(parse_stamp(line));
    auto done = check_puzzle(as_bytes(stamp_challenge(stamp, stub)), stamp.solution, stamp.effort);
    if (!done)
        done.error().where = "stamp";
    return done;
}

}  // namespace

json::value stamp_vectors(const People& people) {
    using enum ErrorKind;
    const Hash stub = note_hash(write_stub(people.stub()));
    Stamp stamp;
    stamp.puzzle = kPuzzle;
    stamp.effort = kEffort;
    stamp.seed = people.stub().id;
    stamp.solution = solve(stamp, stub);
    const std::string line = write_stamp(stamp);

    json::array cases;
    json::object good = begin("good", line, stub);
    good["challenge"] = stamp_challenge(stamp, stub);
    expect_good(good, check(line, stub));
    cases.push_back(good);
    const auto bad =
        [&](const char* name, const std::string& text, const Hash& of, ErrorKind kind) {
            json::object out = begin(name, text, of);
            expect_refusal(out, check(text, of), {kind, "stamp"});
            cases.push_back(out);
        };
    bad("for another stub", line, sha256("another stub"), untrusted);
    Stamp dearer = stamp;
    dearer.effort = kEffort << 30;
    bad("more effort claimed", write_stamp(dearer), stub, untrusted);
    Stamp other_seed = stamp;
    other_seed.seed = std::string(32, '0');
    bad("another seed", write_stamp(other_seed), stub, untrusted);
    // Under the target by chance, with the work of Equihash left out or undone.
    const auto spoilt = [&](const char* name, std::size_t first, std::size_t second) {
        Stamp other = stamp;
        other.effort = 1;
        Bytes& octets = other.solution = solve(other, stub);
        std::swap_ranges(octets.begin() + static_cast<std::ptrdiff_t>(first),
                         octets.begin() + static_cast<std::ptrdiff_t>(second),
                         octets.begin() + static_cast<std::ptrdiff_t>(second));
        bad(name, write_stamp(other), stub, untrusted);
    };
    spoilt("the halves swapped", kNonceOctets, kNonceOctets + kEquihashOctets / 2);
    spoilt("another nonce", kNonceOctets - 1, kNonceOctets);
    Stamp nothing = stamp;
    nothing.effort = 1;
    nothing.solution = Bytes(kPuzzleSolutionOctets);
    bad("an index 32 times", write_stamp(nothing), stub, untrusted);
    nothing.solution.pop_back();
    bad("75 octets", write_stamp(nothing), stub, malformed);
    nothing.solution.resize(kPuzzleSolutionOctets + 1);
    bad("77 octets", write_stamp(nothing), stub, malformed);
    bad("no solution", line.substr(0, line.rfind(' ')), stub, malformed);
    bad("an effort of zero",
        std::string(kPuzzle) + " 0 " + stamp.seed + " AAECAwQFBgc=",
        stub,
        malformed);
    bad("two spaces",
        std::string(kPuzzle) + "  1 " + stamp.seed + " AAECAwQFBgc=",
        stub,
        malformed);
    bad("a line feed", line + "\n", stub, malformed);
    bad("larger than 512 octets", line + std::string(512, 'A'), stub, limit);
    return {
        {"description",
         "Stamps for a stub (protocol section 5.2). `untrusted`: the form is good, the work was "
         "not done."},
        {"cases", cases}};
}

}  // namespace kith::vectors
