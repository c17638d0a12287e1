#include "note/address.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

TEST(Address, local_part_and_domain_are_compared_in_lower_case) {
    const auto address = Address::parse("Alice.B@One.TEST");
    ASSERT_TRUE(address);
    EXPECT_EQ(address->text(), "alice.b@one.test");
    EXPECT_EQ(*address, *Address::parse("alice.b@one.test"));
    EXPECT_EQ(std::hash<Address>{}(*address),
              std::hash<Address>{}(*Address::parse("ALICE.B@one.test")));
}

TEST(Address, international_domain_becomes_a_labels) {
    const auto address = Address::parse(
        "alice@B\xC3\xBC"
        "cher.test");
    ASSERT_TRUE(address);
    EXPECT_EQ(address->domain(), "xn--bcher-kva.test");
    EXPECT_EQ(*normal_domain("xn--bcher-kva.test"), "xn--bcher-kva.test");
    EXPECT_EQ(*normal_domain("XN--BCHER-KVA.test"), "xn--bcher-kva.test");
}

TEST(Address, sharp_s_is_kept_as_idna_2008_says) {
    EXPECT_EQ(*normal_domain("stra\xC3\x9F"
                             "e.test"),
              "xn--strae-oqa.test");
}

TEST(Address, a_label_that_its_u_label_does_not_give_is_refused) {
    EXPECT_FALSE(normal_domain("xn--a.test"));
    EXPECT_FALSE(normal_domain("xn--one-.test"));
    EXPECT_FALSE(
        normal_domain("xn--B\xC3\xBC"
                      "cher.test"));
}

TEST(Address, what_breaks_a_rule_of_section_1_is_refused) {
    const std::string label(64, 'a');
    for (const std::string& text : {std::string("alice"),
                                    std::string("@one.test"),
                                    std::string("alice@"),
                                    std::string(".alice@one.test"),
                                    std::string("alice.@one.test"),
                                    std::string("al..ice@one.test"),
                                    std::string("al ice@one.test"),
                                    std::string("alice+news@one.test"),
                                    std::string("al\xC3\xAD"
                                                "ce@one.test"),
                                    std::string("alice@one@two.test"),
                                    label + "a@one.test",
                                    std::string("alice@one..test"),
                                    std::string("alice@one.test."),
                                    std::string("alice@-one.test"),
                                    std::string("alice@one-.test"),
                                    std::string("alice@o_ne.test"),
                                    "alice@" + label + ".test",
                                    std::string("alice@127.0.0.1"),
                                    std::string("alice@[::1]"),
                                    std::string("al\0ice@one.test", 15),
                                    std::string("alice@one.test\n"),
                                    std::string("alice@\xFF.test"),
                                    "alice@" + std::string(250, 'a') + ".test"}) {
        EXPECT_FALSE(Address::parse(text)) << text;
        EXPECT_FALSE(Address::parse_normal(text)) << text;
    }
}

TEST(Address, longest_allowed_forms_are_taken) {
    EXPECT_TRUE(Address::parse(std::string(64, 'a') + "@one.test"));
    EXPECT_TRUE(Address::parse("a@" + std::string(63, 'b') + ".test"));
    EXPECT_TRUE(Address::parse("a-b_c.d0@localhost"));
}

TEST(Address, in_notes_only_the_normal_form_is_taken) {
    EXPECT_TRUE(Address::parse_normal("alice@one.test"));
    EXPECT_FALSE(Address::parse_normal("Alice@one.test"));
    EXPECT_FALSE(Address::parse_normal("alice@One.test"));
    EXPECT_FALSE(
        Address::parse_normal("alice@b\xC3\xBC"
                              "cher.test"));
}

TEST(Target, sub_address_is_split_off_and_written_back) {
    const auto target = parse_target("Bob+News.2@two.test");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->address.text(), "bob@two.test");
    EXPECT_EQ(target->sub, "news.2");
    EXPECT_EQ(target->text(), "bob+news.2@two.test");
    EXPECT_EQ(parse_target("bob@two.test")->sub, "");
    EXPECT_TRUE(parse_normal_target("bob+news@two.test"));
    EXPECT_FALSE(parse_normal_target("bob+News@two.test"));
}

TEST(Target, empty_or_odd_sub_address_is_refused) {
    EXPECT_FALSE(parse_target("bob+@two.test"));
    EXPECT_FALSE(parse_target("bob+a+b@two.test"));
    EXPECT_FALSE(parse_target("+a@two.test"));
    EXPECT_FALSE(parse_target("bob+" + std::string(65, 'a') + "@two.test"));
}

TEST(DeviceName, is_1_to_32_of_lower_case_letters_digits_and_hyphen) {
    EXPECT_TRUE(parse_device_name("laptop-2"));
    EXPECT_TRUE(parse_device_name(std::string(32, 'a')));
    for (const std::string& text : {std::string(),
                                    std::string(33, 'a'),
                                    std::string("Laptop"),
                                    std::string("lap top"),
                                    std::string("lap.top")})
        EXPECT_FALSE(parse_device_name(text)) << text;
}

TEST(Address, by_smtp_any_local_part_of_rfc_5321_is_taken_in_one_form) {
    const std::pair<const char*, const char*> good[] = {
        {"Olga@Old.Test", "olga@old.test"},
        {"o'brien@old.test", "o'brien@old.test"},
        {"bounce+bob=two.test@old.test", "bounce+bob=two.test@old.test"},
        {"\"olga\"@old.test", "olga@old.test"},
        {"\"olga smith\"@old.test", "\"olga smith\"@old.test"},
        {"\"a\\\"b\"@old.test", "\"a\\\"b\"@old.test"},
        {"\"a@b\"@old.test", "\"a@b\"@old.test"},
        {"jos\xc3\xa9@b\xc3\xbc"
         "cher.test",
         "jos\xc3\xa9@xn--bcher-kva.test"},
    };
    for (const auto& [typed, normal] : good) {
        const auto address = Address::parse_smtp(typed);
        ASSERT_TRUE(address.has_value()) << typed;
        EXPECT_EQ(address->text(), normal);
        EXPECT_EQ(Address::parse_smtp(normal)->text(), normal) << "its form is not its own";
    }
}

TEST(Address, by_smtp_what_breaks_the_grammar_is_refused) {
    for (const std::string text : {"",
                                   "olga",
                                   "@old.test",
                                   "olga@",
                                   "o..lga@old.test",
                                   ".olga@old.test",
                                   "olga.@old.test",
                                   "ol ga@old.test",
                                   "ol\"ga@old.test",
                                   "\"olga@old.test",
                                   "\"ol\"ga\"@old.test",
                                   "\"olga\\\"@old.test",
                                   "\"ol\nga\"@old.test",
                                   "olga\xff@old.test",
                                   "olga@[192.0.2.1]",
                                   "olga@192.0.2.1",
                                   "<olga@old.test>"})
        EXPECT_FALSE(Address::parse_smtp(text).has_value()) << text;
    EXPECT_FALSE(Address::parse_smtp(std::string(65, 'a') + "@old.test").has_value());
}

}  // namespace
}  // namespace kith
