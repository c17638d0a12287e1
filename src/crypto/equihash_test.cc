// Equihash(96, 5) against the vectors that Zcash published (tests/vectors/equihash.json).
#include "crypto/equihash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "testing/vectors.h"

namespace kith {
namespace {

namespace json = boost::json;

const json::value& vectors() {
    static const json::value all =
        json::parse(testing::read_file(testing::source_root() / "tests/vectors/equihash.json"));
    return all;
}

EquihashSolution solution_of(const json::value& list) {
    EquihashIndices indices{};
    std::ranges::transform(list.as_array(), indices.begin(), [](const json::value& each) {
        return each.to_number<std::uint32_t>();
    });
    return pack_equihash(indices);
}

Bytes input_of(const json::value& one) {
    Bytes input = to_bytes(std::string_view(one.at("header").as_string()));
    const auto nonce = one.at("nonce").to_number<std::uint32_t>();
    input.resize(input.size() + 32);
    for (std::size_t i = 0; i < 4; ++i)
        input[input.size() - 32 + i] = static_cast<std::uint8_t>(nonce >> (8 * i));
    return input;
}

TEST(Equihash, published_solutions_hold_and_for_no_other_input) {
    for (const json::value& one : vectors().at("valid").as_array()) {
        Bytes other = input_of(one);
        other.back() ^= 1;
        for (const json::value& each : one.at("solutions").as_array()) {
            EXPECT_TRUE(check_equihash(input_of(one), solution_of(each)));
            EXPECT_EQ(check_equihash(other, solution_of(each)).error().kind, ErrorKind::untrusted);
        }
    }
}

TEST(Equihash, solver_finds_exactly_the_published_solutions) {
    EquihashSolver solver;
    for (const json::value& one : vectors().at("valid").as_array()) {
        std::vector<EquihashSolution> told;
        for (const json::value& each : one.at("solutions").as_array())
            told.push_back(solution_of(each));
        auto found = solver.solve(input_of(one));
        std::ranges::sort(found);
        std::ranges::sort(told);
        EXPECT_EQ(found, told) << json::serialize(one.at("nonce"));
    }
}

TEST(Equihash, published_wrong_solutions_are_refused) {
    for (const json::value& one : vectors().at("invalid").as_array())
        EXPECT_EQ(check_equihash(input_of(one), solution_of(one.at("solution"))).error().kind,
                  ErrorKind::untrusted)
            << one.at("name").as_string();
}

TEST(Equihash, each_way_of_being_wrong_has_its_reason) {
    const json::value& one = vectors().at("valid").at(0);
    const Bytes input = input_of(one);
    const auto good = *unpack_equihash(solution_of(one.at("solutions").at(0)));
    const auto why = [&](const EquihashIndices& indices) {
        return check_equihash(input, pack_equihash(indices)).error().detail;
    };
    auto swapped = good;
    std::swap_ranges(swapped.begin(), swapped.begin() + 16, swapped.begin() + 16);
    EXPECT_EQ(why(swapped), "the indices are not in order");
    auto twice = good;
    twice[31] = twice[1];
    EXPECT_EQ(why(twice), "an index stands twice");
    auto other = good;
    other[31] ^= 1;
    EXPECT_EQ(why(other), "the hashes do not collide");
    EXPECT_EQ(check_equihash(input, Bytes(kEquihashOctets - 1)).error().kind, ErrorKind::malformed);
    EXPECT_EQ(check_equihash(input, Bytes(kEquihashOctets + 1)).error().kind, ErrorKind::malformed);
}

// The pairs of one subtree in another arrangement: all XORs come to zero in the end, but not on the
// way. What is found by plain XOR of 32 hashes is no solution.
TEST(Equihash, collisions_are_asked_for_at_each_step) {
    const json::value& one = vectors().at("valid").at(0);
    auto indices = *unpack_equihash(solution_of(one.at("solutions").at(0)));
    std::ranges::sort(indices);
    EXPECT_EQ(check_equihash(input_of(one), pack_equihash(indices)).error().detail,
              "the hashes do not collide");
}

TEST(Equihash, every_text_of_68_octets_is_one_list_of_indices) {
    EquihashSolution octets{};
    for (std::size_t i = 0; i < octets.size(); ++i)
        octets[i] = static_cast<std::uint8_t>(i * 37 + 5);
    EXPECT_EQ(pack_equihash(*unpack_equihash(octets)), octets);
    EquihashIndices most{};
    most.fill((1U << kEquihashIndexBits) - 1);
    EXPECT_TRUE(std::ranges::all_of(pack_equihash(most), [](auto octet) { return octet == 0xff; }));
}

}  // namespace
}  // namespace kith
