// The files of docs/vectors; what each case holds is told in docs/vectors/README.md.
//
// What a bad case is refused for is written by hand here and held against the library, not the
// other way round.
#pragma once

#include <boost/json/object.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "make_vectors/people.h"

namespace kith::vectors {

/// Why a bad case is refused.
struct Refusal {
    ErrorKind kind = ErrorKind::malformed;
    std::string where;
};

[[noreturn]] inline void wrong(const boost::json::object& out, const std::string& got) {
    std::fprintf(stderr, "case %s: %s\n", out.at("name").as_string().c_str(), got.c_str());
    std::exit(1);
}

/// Puts "valid" into the case; ends the process when the library comes to something else.
template <class T>
void expect_good(boost::json::object& out, const Result<T>& result) {
    if (!result)
        wrong(out, result.error().text());
    out["valid"] = true;
}

/// Puts "valid", "kind" and "where" into the case; likewise.
template <class T>
void expect_refusal(boost::json::object& out, const Result<T>& result, const Refusal& refusal) {
    if (result)
        wrong(out, "is good");
    if (result.error().kind != refusal.kind || result.error().where != refusal.where)
        wrong(out, result.error().text());
    out["valid"] = false;
    out["kind"] = name_of(refusal.kind);
    out["where"] = refusal.where;
}

boost::json::value signed_note_vectors(const People& people);
boost::json::value note_vectors(const People& people);
boost::json::value card_vectors(const People& people);
boost::json::value chain_vectors(const People& people);
boost::json::value move_vectors(const People& people);
boost::json::value recovery_vectors();
boost::json::value stub_vectors(const People& people);
boost::json::value stamp_vectors(const People& people);
boost::json::value delivery_vectors(const People& people);
boost::json::value log_vectors(const People& people);
/// What in it is not of a certain log.
boost::json::object log_part_vectors(const People& people);

/// A block of docs/protocol.md, section 9 or 10.
struct Example {
    std::string name;
    std::string text;
};
std::vector<Example> examples(const People& people);
boost::json::value example_vectors(const People& people);

/// The stub of the worked example: signed by alice's laptop, alone or with her domain.
SignedNote example_stub(const People& people);
SignedNote example_stub_countersigned(const People& people);

}  // namespace kith::vectors
