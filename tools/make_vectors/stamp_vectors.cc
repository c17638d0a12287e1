// stamps.json: the line, the challenge, and whether the work was done.
#include <boost/json/array.hpp>

#include "crypto/puzzle.h"
#include "make_vectors/vectors.h"
#include "note/stamp.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kEffort = 4096;  // a moment's work

json::object begin(const std::string& name, const std::string& line, const Hash& stub) {
    return {{"name", name}, {"stamp", line}, {"stub", stub.text()}};
}

Result<void> check(const std::string& line, const Hash& stub) {
    const Stamp stamp = TRY(parse_stamp(line));
    auto done = make_target_puzzle()->check(
        as_bytes(stamp_challenge(stamp, stub)), stamp.solution, stamp.effort);
    if (!done)
        done.error().where = "stamp";
    return done;
}

}  // namespace

json::value stamp_vectors(const People& people) {
    using enum ErrorKind;
    const Hash stub = note_hash(write_stub(people.stub()));
    Stamp stamp;
    stamp.puzzle = "blake2b";
    stamp.effort = kEffort;
    stamp.seed = people.stub().id;
    stamp.solution =
        *make_target_puzzle()->solve(as_bytes(stamp_challenge(stamp, stub)), kEffort, {});
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
    bad("no solution", line.substr(0, line.rfind(' ')), stub, malformed);
    bad("an effort of zero", "blake2b 0 " + stamp.seed + " AAECAwQFBgc=", stub, malformed);
    bad("two spaces", "blake2b  1 " + stamp.seed + " AAECAwQFBgc=", stub, malformed);
    bad("a line feed", line + "\n", stub, malformed);
    bad("larger than 512 octets", line + std::string(512, 'A'), stub, limit);
    return {
        {"description",
         "Stamps for a stub (protocol section 5.2). `untrusted`: the form is good, the work was "
         "not done."},
        {"cases", cases}};
}

}  // namespace kith::vectors
