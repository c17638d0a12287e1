#include "protocol/jmap_arguments.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace kith::jmap {
namespace {

constexpr std::string_view kProperties[] = {"id", "name", "size"};
constexpr std::string_view kConditions[] = {"inMailbox", "after"};
constexpr std::string_view kSort[] = {"receivedAt"};

json::object object(std::string_view text) {
    return json::parse(text).get_object();
}

template <class T>
MethodError error_of(const Result<T>& result) {
    EXPECT_FALSE(result);
    return result ? MethodError::server_fail : method_error_of(result.error());
}

Result<GetArguments> get(std::string_view text) {
    return read_get(object(text), {.properties = kProperties, .most = 3});
}

TEST(JmapGet, ids_and_properties_are_read) {
    const auto arguments = get(R"({"accountId":"a1","ids":["x","y","x"],"properties":["name"]})");
    ASSERT_TRUE(arguments) << arguments.error().text();
    EXPECT_EQ(*arguments->ids, (std::vector<std::string>{"x", "y"}));
    EXPECT_TRUE(arguments->wants("id"));
    EXPECT_TRUE(arguments->wants("name"));
    EXPECT_FALSE(arguments->wants("size"));
    json::object record = object(R"({"id":"x","name":"n","size":5})");
    select_properties(record, *arguments);
    EXPECT_EQ(record, object(R"({"id":"x","name":"n"})"));
    EXPECT_EQ(get_response(*arguments, "s", {record}, {"y"}),
              object(R"({"accountId":"a1","state":"s","list":[{"id":"x","name":"n"}],
                         "notFound":["y"]})"));
}

TEST(JmapGet, null_means_all) {
    const auto arguments = get(R"({"accountId":"a1","ids":null,"properties":null})");
    ASSERT_TRUE(arguments);
    EXPECT_FALSE(arguments->ids);
    EXPECT_TRUE(arguments->wants("size"));
}

TEST(JmapGet, wrong_arguments_are_invalid) {
    for (const char* const text : {R"({})",
                                   R"({"accountId":5})",
                                   R"({"accountId":"a b"})",
                                   R"({"accountId":"a","ids":"x"})",
                                   R"({"accountId":"a","ids":[1]})",
                                   R"({"accountId":"a","ids":["x y"]})",
                                   R"({"accountId":"a","properties":["nope"]})",
                                   R"({"accountId":"a","other":1})"})
        EXPECT_EQ(error_of(get(text)), MethodError::invalid_arguments) << text;
}

TEST(JmapGet, too_many_ids_are_request_too_large) {
    EXPECT_EQ(error_of(get(R"({"accountId":"a","ids":["1","2","3","4"]})")),
              MethodError::request_too_large);
}

TEST(JmapGet, addresses_as_ids_and_further_arguments_where_the_type_has_them) {
    static constexpr std::string_view kMore[] = {"timeout"};
    EXPECT_TRUE(read_get(object(R"({"accountId":"a","ids":["alice@one.test"],"timeout":1})"),
                         {.properties = kProperties, .ids = IdForm::text, .more = kMore}));
}

TEST(JmapChanges, since_state_is_needed_and_max_changes_is_positive) {
    const auto arguments =
        read_changes(object(R"({"accountId":"a","sinceState":"s1","maxChanges":5})"));
    ASSERT_TRUE(arguments);
    EXPECT_EQ(arguments->most, 5U);
    for (const char* const text :
         {R"({"accountId":"a"})",
          R"({"accountId":"a","sinceState":"s","maxChanges":0})",
          R"({"accountId":"a","sinceState":"s","maxChanges":-1})",
          R"({"accountId":"a","sinceState":"s","maxChanges":1.5})",
          R"({"accountId":"a","sinceState":"s","maxChanges":9007199254740992})"})
        EXPECT_EQ(error_of(read_changes(object(text))), MethodError::invalid_arguments) << text;
    const json::object response = changes_response(*arguments, {"s2", true, {"c"}, {"u"}, {"d"}});
    EXPECT_EQ(response,
              object(R"({"accountId":"a","oldState":"s1","newState":"s2","hasMoreChanges":true,
                         "created":["c"],"updated":["u"],"destroyed":["d"]})"));
}

TEST(JmapSet, creates_updates_and_destroys_are_read_in_order) {
    const auto arguments = read_set(object(
        R"({"accountId":"a","ifInState":"s","create":{"k2":{"x":1},"k1":{}},
            "update":{"f1":{"y":null},"#k1":{}},"destroy":["f3","#k2"]})"));
    ASSERT_TRUE(arguments) << arguments.error().text();
    EXPECT_EQ(arguments->create.front().first, "k2");
    EXPECT_EQ(arguments->update.back().first, "#k1");
    EXPECT_EQ(arguments->destroy, (std::vector<std::string>{"f3", "#k2"}));
    EXPECT_TRUE(check_state(*arguments, "s"));
    EXPECT_EQ(error_of(check_state(*arguments, "t")), MethodError::state_mismatch);
}

TEST(JmapSet, wrong_arguments_are_invalid) {
    for (const char* const text : {R"({"accountId":"a","create":[]})",
                                   R"({"accountId":"a","create":{"k":1}})",
                                   R"({"accountId":"a","create":{"#k":{}}})",
                                   R"({"accountId":"a","update":{"a b":{}}})",
                                   R"({"accountId":"a","update":{"#":{}}})",
                                   R"({"accountId":"a","destroy":{}})",
                                   R"({"accountId":"a","destroy":[""]})",
                                   R"({"accountId":"a","ifInState":1})",
                                   R"({"accountId":"a","wipe":true})"})
        EXPECT_EQ(error_of(read_set(object(text))), MethodError::invalid_arguments) << text;
}

TEST(JmapSet, the_sum_of_all_three_is_limited) {
    EXPECT_EQ(error_of(read_set(object(R"({"accountId":"a","create":{"k":{}},"update":{"f":{}},
                                          "destroy":["g"]})"),
                                {.most = 2})),
              MethodError::request_too_large);
}

TEST(JmapSet, response_has_null_where_there_is_nothing) {
    SetResponse response;
    response.created("k", object(R"({"id":"f1"})"));
    response.updated("f2");
    response.not_destroyed("f3", {SetErrorType::not_found, {}, {}, {}});
    EXPECT_EQ(std::move(response).object("a", std::nullopt, "s2"),
              object(R"({"accountId":"a","oldState":null,"newState":"s2",
                         "created":{"k":{"id":"f1"}},"updated":{"f2":null},"destroyed":null,
                         "notCreated":null,"notUpdated":null,
                         "notDestroyed":{"f3":{"type":"notFound"}}})"));
}

Result<QueryArguments> query(std::string_view more) {
    return read_query(object(R"({"accountId":"a")" + std::string(more) + "}"),
                      {.conditions = kConditions, .sort = kSort});
}

TEST(JmapQuery, filter_and_sort_are_read_as_trees_and_lists) {
    const auto arguments = query(
        R"(,"filter":{"operator":"NOT","conditions":[{"inMailbox":"m"},
            {"operator":"AND","conditions":[]}]},
            "sort":[{"property":"receivedAt","isAscending":false}],
            "position":-3,"limit":10,"calculateTotal":true)");
    ASSERT_TRUE(arguments) << arguments.error().text();
    EXPECT_EQ(arguments->filter->kind, Filter::Kind::none_of);
    ASSERT_EQ(arguments->filter->parts.size(), 2U);
    EXPECT_EQ(arguments->filter->parts[0].condition, object(R"({"inMailbox":"m"})"));
    EXPECT_EQ(arguments->filter->parts[1].kind, Filter::Kind::all_of);
    EXPECT_FALSE(arguments->sort.at(0).ascending);
    EXPECT_EQ(arguments->position, -3);
    EXPECT_EQ(arguments->limit, 10U);
    EXPECT_TRUE(arguments->calculate_total);
}

TEST(JmapQuery, unknown_conditions_and_deep_trees_are_unsupported_filter) {
    EXPECT_EQ(error_of(query(R"(,"filter":{"subject":"x"})")), MethodError::unsupported_filter);
    std::string deep = R"({"after":"x"})";
    for (int i = 0; i < 10; ++i)
        deep = R"({"operator":"AND","conditions":[)" + deep + "]}";
    EXPECT_EQ(error_of(query(R"(,"filter":)" + deep)), MethodError::unsupported_filter);
}

TEST(JmapQuery, unknown_sort_and_collation_are_unsupported_sort) {
    EXPECT_EQ(error_of(query(R"(,"sort":[{"property":"size"}])")), MethodError::unsupported_sort);
    EXPECT_EQ(error_of(query(R"(,"sort":[{"property":"receivedAt","collation":"x"}])")),
              MethodError::unsupported_sort);
}

TEST(JmapQuery, wrong_arguments_are_invalid) {
    for (const char* const text : {R"(,"filter":[])",
                                   R"(,"filter":{"operator":"XOR","conditions":[]})",
                                   R"(,"filter":{"operator":"AND"})",
                                   R"(,"filter":{"operator":"AND","conditions":[1]})",
                                   R"(,"sort":{})",
                                   R"(,"sort":[{}])",
                                   R"(,"sort":[{"property":"receivedAt","isAscending":1}])",
                                   R"(,"limit":-1)",
                                   R"(,"position":"0")",
                                   R"(,"position":null)",
                                   R"(,"calculateTotal":"yes")",
                                   R"(,"collapse":true)"})
        EXPECT_EQ(error_of(query(text)), MethodError::invalid_arguments) << text;
}

TEST(JmapQuery, window_follows_position_limit_and_anchor) {
    QueryArguments arguments;
    const auto window = [&arguments](std::optional<std::uint64_t> anchor = std::nullopt) {
        return *window_of(arguments, 100, anchor, 50);
    };
    EXPECT_EQ(window().count, 50U);
    EXPECT_EQ(window().limit, 50U);
    arguments.limit = 10;
    arguments.position = 95;
    EXPECT_EQ(window().count, 5U);
    EXPECT_EQ(window().limit, std::nullopt);
    arguments.position = 1000;
    EXPECT_EQ(window().count, 0U);
    arguments.position = -4;
    EXPECT_EQ(window().position, 96U);
    arguments.position = -400;
    EXPECT_EQ(window().position, 0U);
    arguments.anchor = "f7";
    arguments.anchor_offset = -2;
    EXPECT_EQ(window(7).position, 5U);
    arguments.anchor_offset = -20;
    EXPECT_EQ(window(7).position, 0U);
    EXPECT_EQ(error_of(window_of(arguments, 100, std::nullopt, 50)), MethodError::anchor_not_found);
}

TEST(JmapQuery, total_and_limit_are_told_only_when_due) {
    QueryArguments arguments;
    arguments.account_id = "a";
    EXPECT_EQ(query_response(arguments, {"q", 1, {0, 1, std::nullopt}, {"f1"}}),
              object(R"({"accountId":"a","queryState":"q","canCalculateChanges":false,
                         "position":0,"ids":["f1"]})"));
    arguments.calculate_total = true;
    const json::object full = query_response(arguments, {"q", 9, {0, 1, 1}, {"f1"}});
    EXPECT_EQ(full.at("total").to_number<int>(), 9);
    EXPECT_EQ(full.at("limit").to_number<int>(), 1);
}

TEST(JmapQuery, says_whether_changes_can_be_calculated) {
    QueryResult result{"q", 0, {}, {}};
    result.changes = QueryResult::Changes::calculated;
    EXPECT_TRUE(query_response({}, result).at("canCalculateChanges").as_bool());
}

constexpr QueryRules kRules{.conditions = kConditions, .sort = kSort};

TEST(JmapQueryChanges, are_asked_for_with_a_state_and_perhaps_a_bound) {
    const auto asked = read_query_changes(
        object(R"({"accountId":"a","sinceQueryState":"q","maxChanges":3,"upToId":"f9",
                   "calculateTotal":true})"),
        kRules);
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->since_state, "q");
    EXPECT_EQ(asked->most, 3U);
    EXPECT_EQ(asked->up_to_id, "f9");
    EXPECT_TRUE(asked->query.calculate_total);
    for (const char* wrong : {R"({"accountId":"a"})",
                              R"({"accountId":"a","sinceQueryState":1})",
                              R"({"accountId":"a","sinceQueryState":"q","maxChanges":-1})",
                              R"({"accountId":"a","sinceQueryState":"q","position":1})"})
        EXPECT_EQ(error_of(read_query_changes(object(wrong), kRules)),
                  MethodError::invalid_arguments)
            << wrong;
}

TEST(JmapQueryChanges, are_told_in_order_or_are_too_many) {
    QueryChangesArguments asked;
    asked.query.account_id = "a";
    asked.since_state = "q";
    const QueryChanges changes{
        .new_state = "r", .total = 7, .removed = {"f1"}, .added = {{"f2", 0}, {"f3", 5}}};
    EXPECT_EQ(*query_changes_response(asked, changes),
              object(R"({"accountId":"a","oldQueryState":"q","newQueryState":"r","removed":["f1"],
                         "added":[{"id":"f2","index":0},{"id":"f3","index":5}]})"));
    asked.query.calculate_total = true;
    asked.most = 3;
    EXPECT_EQ(query_changes_response(asked, changes)->at("total").to_number<int>(), 7);
    asked.most = 2;
    EXPECT_EQ(error_of(query_changes_response(asked, changes)), MethodError::too_many_changes);
}

}  // namespace
}  // namespace kith::jmap
