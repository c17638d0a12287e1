#include "protocol/jmap_patch.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace kith::jmap {
namespace {

json::object object(std::string_view text) {
    return json::parse(text).get_object();
}

constexpr std::string_view kEmail =
    R"({"keywords":{"$seen":true},"mailboxIds":{"m1":true},"name":"n","list":[{"a":1}]})";

Result<json::object> patched(std::string_view patch) {
    return apply_patch(object(kEmail), object(patch), object(R"({"name":"standard"})"));
}

TEST(JmapPatch, sets_replaces_and_adds) {
    const auto out = patched(R"({"keywords/$flagged":true,"name":"new","extra":{"b":2}})");
    ASSERT_TRUE(out) << out.error().text();
    EXPECT_EQ(out->at("keywords"), json::parse(R"({"$seen":true,"$flagged":true})"));
    EXPECT_EQ(out->at("name"), json::value("new"));
    EXPECT_EQ(out->at("extra"), json::parse(R"({"b":2})"));
}

TEST(JmapPatch, null_removes_or_sets_the_default) {
    const auto out = patched(R"({"keywords/$seen":null,"name":null,"absent":null})");
    ASSERT_TRUE(out);
    EXPECT_TRUE(out->at("keywords").as_object().empty());
    EXPECT_EQ(out->at("name"), json::value("standard"));
    EXPECT_FALSE(out->contains("absent"));
}

TEST(JmapPatch, whole_object_is_a_patch) {
    EXPECT_EQ(*patched(kEmail), object(kEmail));
}

TEST(JmapPatch, escapes_are_resolved) {
    EXPECT_TRUE(
        patched(R"({"keywords/a~1b~0":true})")->at("keywords").as_object().contains("a/b~"));
}

TEST(JmapPatch, what_the_rfc_forbids_is_refused) {
    for (const char* const patch : {R"({"list/0":1})",
                                    R"({"list/0/a":1})",
                                    R"({"none/x":1})",
                                    R"({"name/x":1})",
                                    R"({"keywords":{},"keywords/x":true})",
                                    R"({"keywords/x":true,"keywords/x/y":true})",
                                    R"({"keywords/~2":true})"}) {
        const auto out = patched(patch);
        ASSERT_FALSE(out) << patch;
        EXPECT_EQ(set_error_of(out.error()).type, SetErrorType::invalid_patch) << patch;
    }
}

TEST(JmapPatch, names_that_only_begin_alike_are_no_prefixes) {
    EXPECT_TRUE(patched(R"({"key":1,"keywords/x":true})"));
}

}  // namespace
}  // namespace kith::jmap
