#include "tlog/policy.h"

#include <gtest/gtest.h>

#include "tlog/tlog_tests.h"

namespace kith {
namespace {

std::string witness_line(const std::string& name, std::uint8_t number) {
    return "witness " + name + " " + cosigner_of(number).vkey() + "\n";
}

// The example of c2sp.org/tlog-policy: two of the X and one of the Y.
std::string example() {
    return "log " + TestLog().named().vkey() + "\n\n" + witness_line("X1", 2) +
           witness_line("X2", 3) + witness_line("X3", 4) + "group X-witnesses 2 X1 X2 X3\n\n" +
           witness_line("Y1", 5) + witness_line("Y2", 6) + witness_line("Y3", 7) +
           "group Y-witnesses any Y1 Y2 Y3\n\n"
           "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n";
}

bool met(const WitnessPolicy& policy, const std::vector<std::size_t>& witnesses) {
    return policy.met_by(witnesses);
}

std::string where_of(const std::string& text) {
    const auto policy = WitnessPolicy::parse(text);
    EXPECT_FALSE(policy) << text;
    return policy ? "" : policy.error().where;
}

TEST(Policy, the_example_of_c2sp_asks_for_two_of_the_x_and_one_of_the_y) {
    const auto policy = WitnessPolicy::parse(example());
    ASSERT_TRUE(policy) << policy.error().text();
    EXPECT_EQ(policy->logs().at(0).key, TestLog().named());
    ASSERT_EQ(policy->witnesses().size(), 6U);
    EXPECT_EQ(policy->witnesses()[3].name, "Y1");
    EXPECT_EQ(policy->witness_keys()[5], cosigner_of(7));
    EXPECT_FALSE(met(*policy, {}));
    EXPECT_FALSE(met(*policy, {0, 1, 2}));
    EXPECT_FALSE(met(*policy, {0, 3, 4, 5}));
    EXPECT_TRUE(met(*policy, {0, 2, 4}));
    EXPECT_TRUE(met(*policy, {5, 1, 2}));
    EXPECT_TRUE(met(*policy, {0, 1, 2, 3, 4, 5}));
}

TEST(Policy, a_quorum_of_none_is_met_by_nobody_and_of_one_by_that_one) {
    EXPECT_TRUE(met(WitnessPolicy(), {}));
    EXPECT_TRUE(met(*WitnessPolicy::parse("quorum none\n"), {}));
    const auto one =
        WitnessPolicy::parse(witness_line("w", 2) + witness_line("v", 3) + "quorum v\n");
    ASSERT_TRUE(one);
    EXPECT_FALSE(met(*one, {0}));
    EXPECT_TRUE(met(*one, {1}));
}

TEST(Policy, blanks_comments_urls_and_a_missing_last_line_feed_do_not_matter) {
    const auto policy =
        WitnessPolicy::parse("# whom we believe\n\n \t \n\t# more\nlog " +
                             TestLog().named().vkey() + " https://one.test/log\n  witness \t w#1 " +
                             cosigner_of(2).vkey() + " https://2.test/kith/1/witness \nquorum w#1");
    ASSERT_TRUE(policy) << policy.error().text();
    EXPECT_EQ(policy->logs()[0].url, "https://one.test/log");
    EXPECT_EQ(policy->witnesses()[0].url, "https://2.test/kith/1/witness");
}

TEST(Policy, names_are_octets) {
    const auto policy =
        WitnessPolicy::parse(witness_line("\xE2\x84\xAA", 2) + witness_line("K", 3) +
                             witness_line("\xFF", 4) + "quorum K\n");
    ASSERT_TRUE(policy);
    EXPECT_TRUE(met(*policy, {1}));
    EXPECT_FALSE(met(*policy, {0, 2}));
}

TEST(Policy, refusals_name_the_line) {
    const std::string two = witness_line("a", 2) + witness_line("b", 3);
    const std::string log = "log " + TestLog().named().vkey() + "\n";
    EXPECT_EQ(where_of(""), "policy");
    EXPECT_EQ(where_of(two), "policy") << "no quorum";
    EXPECT_EQ(where_of("quorum none\nquorum none\n"), "policy: line 2");
    EXPECT_EQ(where_of("quorum\n"), "policy: line 1");
    EXPECT_EQ(where_of("quorum a\n" + two), "policy: line 1") << "not defined yet";
    EXPECT_EQ(where_of("quota none\n"), "policy: line 1");
    EXPECT_EQ(where_of("log\n"), "policy: line 1");
    EXPECT_EQ(where_of("log " + cosigner_of(2).vkey() + "\n"), "policy: line 1");
    EXPECT_EQ(where_of(log + log), "policy: line 2");
    EXPECT_EQ(where_of("witness a\n"), "policy: line 1");
    EXPECT_EQ(where_of("witness a " + TestLog().named().vkey() + "\n"), "policy: line 1");
    EXPECT_EQ(where_of("witness none " + cosigner_of(2).vkey() + "\n"), "policy: line 1");
    EXPECT_EQ(where_of(two + witness_line("a", 4)), "policy: line 3");
    const CosignerKey renamed{"other.test", cosigner_of(2).key};
    EXPECT_EQ(where_of(two + "witness c " + renamed.vkey() + "\n"), "policy: line 3")
        << "one key under two names would count twice";
    EXPECT_EQ(where_of(two + "group g 2 a\n"), "policy: line 3");
    EXPECT_EQ(where_of(two + "group g 0 a b\n"), "policy: line 3");
    EXPECT_EQ(where_of(two + "group g 01 a b\n"), "policy: line 3");
    EXPECT_EQ(where_of(two + "group g some a b\n"), "policy: line 3");
    EXPECT_EQ(where_of(two + "group g all\n"), "policy: line 3");
    EXPECT_EQ(where_of(two + "group g all g\n"), "policy: line 3");
    EXPECT_EQ(where_of(two + "group g all none\n"), "policy: line 3");
    EXPECT_EQ(where_of(two + "group a all b\n"), "policy: line 3");
    EXPECT_EQ(where_of(two + "group g any a a\n"), "policy: line 3");
    EXPECT_EQ(where_of(two + "group g any a\ngroup h any a b\n"), "policy: line 4");
    EXPECT_EQ(where_of("quorum none\r\n"), "policy");
    EXPECT_EQ(where_of(std::string("quorum none\n#\0\n", 15)), "policy");
    EXPECT_EQ(where_of("quorum none\n#" + std::string(kMaxPolicy, 'x')), "policy");
}

TEST(Policy, takes_64_of_each_and_no_more) {
    std::string witnesses;
    std::string groups;
    for (std::uint8_t i = 0; i < 64; ++i) {
        witnesses += witness_line("w" + std::to_string(i), static_cast<std::uint8_t>(100 + i));
        groups += "group g" + std::to_string(i) + " any w" + std::to_string(i) + "\n";
    }
    EXPECT_TRUE(WitnessPolicy::parse(witnesses + groups + "quorum g63\n"));
    const std::string more = witnesses + witness_line("w64", 99);
    EXPECT_EQ(WitnessPolicy::parse(more + "quorum none\n").error().kind, ErrorKind::limit);
    const std::string another = witnesses + groups + "group g64 any g0\n";
    EXPECT_EQ(WitnessPolicy::parse(another + "quorum none\n").error().kind, ErrorKind::limit);
}

}  // namespace
}  // namespace kith
