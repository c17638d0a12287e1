#include "protocol/jmap_request.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace kith::jmap {
namespace {

json::object object(std::string_view text) {
    return json::parse(text).get_object();
}

class JmapRequest : public ::testing::Test {
  protected:
    JmapRequest() {
        methods_.add("Foo/get", std::string(kMail));
        methods_.add("Foo/changes", std::string(kMail));
        methods_.add("Bar/get", std::string(kKith));
    }

    std::variant<Exchange, RequestError> begin_body(std::string_view body) {
        return Exchange::begin(body, {methods_, limits_});
    }

    /// A request that uses core and mail.
    Exchange begin(const std::string& calls, const std::string& more = "") {
        auto begun = begin_body(R"({"using":["urn:ietf:params:jmap:core",)"
                                R"("urn:ietf:params:jmap:mail"],"methodCalls":[)" +
                                calls + "]" + more + "}");
        EXPECT_TRUE(std::holds_alternative<Exchange>(begun));
        return std::get<Exchange>(std::move(begun));
    }

    RequestError refused(std::string_view body) {
        auto begun = begin_body(body);
        const bool is_refused = std::holds_alternative<RequestError>(begun);
        EXPECT_TRUE(is_refused) << body;
        return is_refused ? std::get<RequestError>(begun) : RequestError{};
    }

    /// The type of the error that a lone call is answered with by the machine itself.
    std::string error_of(const std::string& calls) {
        Exchange exchange = begin(calls);
        while (auto call = exchange.next_call())
            exchange.add_response(call->name, call->arguments);
        const auto out = object(exchange.finish("s"));
        const auto& last = out.at("methodResponses").as_array().back().as_array();
        EXPECT_EQ(last[0].as_string(), "error");
        return std::string(last[1].at("type").as_string());
    }

    MethodTable methods_;
    Limits limits_;
};

TEST_F(JmapRequest, calls_come_in_order_with_their_arguments) {
    Exchange exchange = begin(R"(["Foo/get",{"a":1},"c1"],["Foo/changes",{},"c2"])");
    auto first = exchange.next_call();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->name, "Foo/get");
    EXPECT_EQ(first->method, 0U);
    EXPECT_EQ(first->arguments, object(R"({"a":1})"));
    exchange.add_response("Foo/get", object(R"({"x":1})"));
    auto second = exchange.next_call();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->method, 1U);
    exchange.add_response("Foo/changes", {});
    EXPECT_FALSE(exchange.next_call());
    EXPECT_EQ(exchange.finish("75128aab4b1b"),
              R"({"methodResponses":[["Foo/get",{"x":1},"c1"],["Foo/changes",{},"c2"]],)"
              R"("sessionState":"75128aab4b1b"})");
}

TEST_F(JmapRequest, a_method_may_give_several_responses) {
    Exchange exchange = begin(R"(["Foo/get",{},"c1"])");
    ASSERT_TRUE(exchange.next_call());
    exchange.add_response("Foo/get", {});
    exchange.add_response("Foo/set", {});
    EXPECT_FALSE(exchange.next_call());
    const auto out = object(exchange.finish("s"));
    EXPECT_EQ(out.at("methodResponses").as_array().size(), 2U);
    EXPECT_EQ(out.at("methodResponses").at(1).at(2).as_string(), "c1");
}

TEST_F(JmapRequest, core_echo_gives_back_its_arguments) {
    Exchange exchange = begin(R"(["Core/echo",{"hello":true,"high":5},"b3ff"])");
    EXPECT_FALSE(exchange.next_call());
    EXPECT_EQ(exchange.finish("s"),
              R"({"methodResponses":[["Core/echo",{"hello":true,"high":5},"b3ff"]],)"
              R"("sessionState":"s"})");
}

TEST_F(JmapRequest, what_is_not_i_json_is_not_json) {
    for (const std::string_view body : {"",
                                        "{",
                                        "{} {}",
                                        "\xFF",
                                        R"({"using":[],"using":[],"methodCalls":[]})",
                                        R"({"using":[],"methodCalls":[["a",{"x":1,"x":1},"c"]]})",
                                        R"({"using":["\ud800"],"methodCalls":[]})",
                                        R"({"using":[],"methodCalls":[],"x":1e400})",
                                        R"({"using":[],"methodCalls":[],"x":-1e400})",
                                        R"({"using":[],"methodCalls":[],"x":"\ufffe"})",
                                        R"({"using":[],"methodCalls":[],"x":["\ufdd0"]})",
                                        R"({"using":[],"methodCalls":[],"\ud83f\udfff":1})"})
        EXPECT_EQ(refused(body).type, RequestError::Type::not_json) << body;
}

TEST_F(JmapRequest, texts_and_numbers_at_their_bounds_are_json) {
    Exchange exchange = begin(
        R"(["Core/echo",{"a":1.7976931348623157e308,"b":"\ufffd\ud83d\ude00","c":1e-400},"c1"])");
    EXPECT_FALSE(exchange.next_call());
    EXPECT_EQ(object(exchange.finish("s")).at("methodResponses").at(0).at(1).at("b").as_string(),
              "\xEF\xBF\xBD\xF0\x9F\x98\x80");
}

TEST_F(JmapRequest, what_is_not_a_request_object_is_not_request) {
    for (const std::string_view body :
         {"[]",
          "null",
          "{}",
          R"({"using":[]})",
          R"({"methodCalls":[]})",
          R"({"using":"x","methodCalls":[]})",
          R"({"using":[1],"methodCalls":[]})",
          R"({"using":[],"methodCalls":{}})",
          R"({"using":[],"methodCalls":[[]]})",
          R"({"using":[],"methodCalls":[["a",{},"c","d"]]})",
          R"({"using":[],"methodCalls":[["a",[],"c"]]})",
          R"({"using":[],"methodCalls":[["a",{},1]]})",
          R"({"using":[],"methodCalls":[[1,{},"c"]]})",
          R"({"using":[],"methodCalls":[],"createdIds":[]})",
          R"({"using":[],"methodCalls":[],"createdIds":{"a":1}})",
          R"({"using":[],"methodCalls":[],"createdIds":{"a b":"c"}})"})
        EXPECT_EQ(refused(body).type, RequestError::Type::not_request) << body;
}

TEST_F(JmapRequest, deep_nesting_is_not_request) {
    const std::string body = R"({"using":[],"methodCalls":[],"x":)" + std::string(100, '[') +
                             std::string(100, ']') + "}";
    EXPECT_EQ(refused(body).type, RequestError::Type::not_request);
}

TEST_F(JmapRequest, unknown_members_of_the_request_are_ignored) {
    EXPECT_TRUE(std::holds_alternative<Exchange>(
        begin_body(R"({"using":[],"methodCalls":[],"future":{"a":[1,2]}})")));
}

TEST_F(JmapRequest, unknown_capability_is_named) {
    const RequestError error =
        refused(R"({"using":["https://example.com/apis/foobar"],"methodCalls":[]})");
    EXPECT_EQ(error.type, RequestError::Type::unknown_capability);
    const auto document = object(write_request_error(error));
    EXPECT_EQ(document.at("type").as_string(), "urn:ietf:params:jmap:error:unknownCapability");
    EXPECT_EQ(document.at("status").as_int64(), 400);
    EXPECT_NE(document.at("detail").as_string().find("https://example.com/apis/foobar"),
              json::string::npos);
}

TEST_F(JmapRequest, too_large_a_request_names_the_limit) {
    limits_.size_request = 100;
    const RequestError error = refused(std::string(101, ' '));
    EXPECT_EQ(error.type, RequestError::Type::limit);
    EXPECT_EQ(object(write_request_error(error)).at("limit").as_string(), "maxSizeRequest");
}

TEST_F(JmapRequest, too_many_calls_name_the_limit) {
    limits_.calls_in_request = 1;
    const RequestError error = refused(R"({"using":[],"methodCalls":[["a",{},"1"],["a",{},"2"]]})");
    EXPECT_EQ(error.type, RequestError::Type::limit);
    EXPECT_EQ(error.limit, "maxCallsInRequest");
}

TEST_F(JmapRequest, unknown_method_is_answered_and_the_next_call_goes_on) {
    Exchange exchange = begin(R"(["No/get",{},"c1"],["Foo/get",{},"c2"])");
    const auto call = exchange.next_call();
    ASSERT_TRUE(call);
    EXPECT_EQ(call->name, "Foo/get");
    exchange.add_response("Foo/get", {});
    EXPECT_EQ(exchange.finish("s"),
              R"({"methodResponses":[["error",{"type":"unknownMethod"},"c1"],)"
              R"(["Foo/get",{},"c2"]],"sessionState":"s"})");
}

TEST_F(JmapRequest, method_whose_capability_is_not_used_does_not_exist) {
    EXPECT_EQ(error_of(R"(["Bar/get",{},"c1"])"), "unknownMethod");
}

TEST_F(JmapRequest, core_echo_without_core_does_not_exist) {
    auto begun = begin_body(R"({"using":[],"methodCalls":[["Core/echo",{},"c"]]})");
    Exchange& exchange = std::get<Exchange>(begun);
    EXPECT_FALSE(exchange.next_call());
    EXPECT_TRUE(exchange.finish("s").contains("unknownMethod"));
}

TEST_F(JmapRequest, created_ids_come_back_only_when_given) {
    Exchange without = begin(R"(["Foo/get",{},"c1"])");
    ASSERT_TRUE(without.next_call());
    without.record_created("k1", "f1");
    without.add_response("Foo/get", {});
    EXPECT_EQ(without.real_id("#k1"), "f1");
    EXPECT_FALSE(object(without.finish("s")).contains("createdIds"));

    Exchange with = begin("", R"(,"createdIds":{"k0":"f0"})");
    with.record_created("k1", "f1");
    with.record_created("k1", "f2");
    EXPECT_EQ(with.real_id("#k0"), "f0");
    EXPECT_EQ(with.real_id("#k1"), "f2");
    EXPECT_EQ(with.real_id("f9"), "f9");
    EXPECT_EQ(with.real_id("#k9"), std::nullopt);
    EXPECT_EQ(object(with.finish("s")).at("createdIds"), object(R"({"k0":"f0","k1":"f2"})"));
}

// The example of RFC 8620 3.7.
TEST_F(JmapRequest, result_reference_takes_an_argument_from_a_response_before) {
    Exchange exchange = begin(R"(["Foo/changes",{"sinceState":"abcdef"},"t0"],
        ["Foo/get",{"#ids":{"resultOf":"t0","name":"Foo/changes","path":"/created"}},"t1"])");
    ASSERT_TRUE(exchange.next_call());
    exchange.add_response("Foo/changes", object(R"({"created":["f1","f4"],"updated":[]})"));
    const auto call = exchange.next_call();
    ASSERT_TRUE(call);
    EXPECT_EQ(call->arguments, object(R"({"ids":["f1","f4"]})"));
}

TEST_F(JmapRequest, the_first_response_of_the_call_counts) {
    Exchange exchange = begin(R"(["Foo/get",{},"t0"],
        ["Foo/get",{"#x":{"resultOf":"t0","name":"Foo/set","path":"/a"}},"t1"])");
    ASSERT_TRUE(exchange.next_call());
    exchange.add_response("Foo/get", object(R"({"a":1})"));
    exchange.add_response("Foo/set", object(R"({"a":2})"));
    EXPECT_FALSE(exchange.next_call());
    EXPECT_TRUE(exchange.finish("s").contains("invalidResultReference"));
}

TEST_F(JmapRequest, references_that_do_not_resolve_are_invalid) {
    const std::string echo = R"(["Core/echo",{"a":[1,2],"b":{"c":"d"}},"t0"],)";
    const auto call = [&echo](const std::string& reference) {
        return echo + R"(["Foo/get",{"#ids":)" + reference + R"(},"t1"])";
    };
    for (const char* const reference : {R"({"resultOf":"t9","name":"Core/echo","path":"/a"})",
                                        R"({"resultOf":"t1","name":"Foo/get","path":"/a"})",
                                        R"({"resultOf":"t0","name":"Foo/get","path":"/a"})",
                                        R"({"resultOf":"t0","name":"Core/echo","path":"/z"})",
                                        R"({"resultOf":"t0","name":"Core/echo","path":"a"})",
                                        R"({"resultOf":"t0","name":"Core/echo","path":"/a/2"})",
                                        R"({"resultOf":"t0","name":"Core/echo","path":"/a/-"})",
                                        R"({"resultOf":"t0","name":"Core/echo","path":"/a/01"})",
                                        R"({"resultOf":"t0","name":"Core/echo","path":"/b/*"})",
                                        R"({"resultOf":"t0","name":"Core/echo","path":"/b/c/d"})",
                                        R"({"resultOf":"t0","name":"Core/echo","path":"/a/~2"})"})
        EXPECT_EQ(error_of(call(reference)), "invalidResultReference") << reference;
}

TEST_F(JmapRequest, ill_formed_references_are_invalid_arguments) {
    for (const char* const argument : {R"("#ids":5)",
                                       R"("#ids":{"resultOf":"t0","name":"x"})",
                                       R"("#ids":{"resultOf":1,"name":"x","path":""})",
                                       R"("ids":[],"#ids":{"resultOf":"t0","name":"x","path":""})"})
        EXPECT_EQ(error_of(R"(["Foo/get",{)" + std::string(argument) + R"(},"t1"])"),
                  "invalidArguments")
            << argument;
}

TEST_F(JmapRequest, references_cannot_be_made_to_grow_without_end) {
    std::string calls = R"(["Core/echo",{"a":[1,2,3,4,5,6,7,8]},"t0"])";
    for (int i = 1; i < 60; ++i) {
        const std::string before =
            R"({"resultOf":"t)" + std::to_string(i - 1) + R"(","name":"Core/echo","path":""})";
        calls += R"(,["Core/echo",{"#x":)" + before + R"(,"#y":)" + before + R"(},"t)" +
                 std::to_string(i) + R"("])";
    }
    Exchange exchange = begin(calls);
    EXPECT_FALSE(exchange.next_call());
    const std::string out = exchange.finish("s");
    EXPECT_TRUE(out.contains("invalidResultReference"));
    EXPECT_LT(out.size(), 20'000'000U);
}

Result<json::value> evaluate(std::string_view from, std::string_view path) {
    std::uint64_t budget = 100'000;
    return evaluate_path(object(from), path, budget);
}

TEST(ResultReferencePath, star_maps_and_flattens) {
    const auto ids =
        evaluate(R"({"list":[{"id":"1","emailIds":["a","b"]},{"id":"2","emailIds":["c"]}]})",
                 "/list/*/emailIds");
    ASSERT_TRUE(ids) << ids.error().text();
    EXPECT_EQ(*ids, json::parse(R"(["a","b","c"])"));
    EXPECT_EQ(*evaluate(R"({"list":[{"id":"1"},{"id":"2"}]})", "/list/*/id"),
              json::parse(R"(["1","2"])"));
    EXPECT_EQ(*evaluate(R"({"list":[[1,2],3]})", "/list/*"), json::parse("[1,2,3]"));
    EXPECT_EQ(*evaluate(R"({"list":[]})", "/list/*/id"), json::parse("[]"));
}

TEST(ResultReferencePath, star_fails_where_one_item_fails) {
    EXPECT_FALSE(evaluate(R"({"list":[{"id":"1"},{}]})", "/list/*/id"));
}

// RFC 6901 section 5.
TEST(ResultReferencePath, json_pointer_escapes_and_indices) {
    const std::string_view from = R"({"foo":["bar","baz"],"":0,"a/b":1,"m~n":8,"*":2,"o":{"*":3}})";
    EXPECT_EQ(*evaluate(from, "/foo/0"), json::value("bar"));
    EXPECT_EQ(*evaluate(from, "/"), json::value(0));
    EXPECT_EQ(*evaluate(from, "/a~1b"), json::value(1));
    EXPECT_EQ(*evaluate(from, "/m~0n"), json::value(8));
    EXPECT_EQ(*evaluate(from, "/o/*"), json::value(3));
    EXPECT_EQ(evaluate(from, "")->as_object().size(), 6U);
}

TEST(JmapErrors, an_error_becomes_the_method_error_of_its_kind) {
    EXPECT_EQ(method_error_of(fail_method(MethodError::state_mismatch)),
              MethodError::state_mismatch);
    EXPECT_EQ(method_error_of(fail(ErrorKind::malformed, "x")), MethodError::invalid_arguments);
    EXPECT_EQ(method_error_of(fail(ErrorKind::limit, "x")), MethodError::request_too_large);
    EXPECT_EQ(method_error_of(fail(ErrorKind::unavailable, "x")), MethodError::server_unavailable);
    EXPECT_EQ(method_error_of(fail(ErrorKind::denied, "x")), MethodError::forbidden);
    EXPECT_EQ(method_error_of(fail(ErrorKind::io, "x")), MethodError::server_fail);
}

TEST(JmapErrors, server_fail_tells_the_kind_alone) {
    EXPECT_EQ(method_error_object(fail(ErrorKind::io, "/var/x", "no space")),
              object(R"({"type":"serverFail","description":"io"})"));
    EXPECT_EQ(method_error_object(fail_method(MethodError::invalid_arguments, "ids: no")),
              object(R"({"type":"invalidArguments","description":"ids: no"})"));
}

TEST(JmapErrors, every_error_has_its_own_name) {
    std::set<std::string_view> names;
    constexpr int kMethodErrors =
        static_cast<int>(MethodError::from_account_not_supported_by_method) + 1;
    for (int i = 0; i < kMethodErrors; ++i)
        names.insert(name_of(static_cast<MethodError>(i)));
    EXPECT_EQ(names.size(), std::size_t{kMethodErrors});
    EXPECT_EQ(name_of(MethodError::from_account_not_supported_by_method),
              "fromAccountNotSupportedByMethod");
    EXPECT_EQ(name_of(SetErrorType::server_fail), "serverFail");
    EXPECT_EQ(name_of(SetErrorType::invalid_properties), "invalidProperties");
}

TEST(JmapErrors, set_error_lists_its_properties) {
    SetError error = set_error_of(fail(ErrorKind::malformed, "keywords", "not an object"));
    error.more["existingId"] = "f1";
    EXPECT_EQ(error.object(), object(R"({"existingId":"f1","type":"invalidProperties",
                         "description":"not an object","properties":["keywords"]})"));
    EXPECT_EQ(set_error_of(fail(ErrorKind::malformed, "patch", "x")).type,
              SetErrorType::invalid_patch);
    EXPECT_EQ(set_error_of(fail(ErrorKind::not_found, "email")).type, SetErrorType::not_found);
    EXPECT_EQ(set_error_of(fail(ErrorKind::io, "/x", "y")).description, "io");
}

TEST(JmapIds, are_1_to_255_of_the_url_safe_alphabet) {
    EXPECT_TRUE(is_id("aZ09-_"));
    EXPECT_TRUE(is_id(std::string(255, 'a')));
    for (const std::string& text : {std::string(),
                                    std::string(256, 'a'),
                                    std::string("a b"),
                                    std::string("a="),
                                    std::string("ä"),
                                    std::string("#a")})
        EXPECT_FALSE(is_id(text)) << text;
}

}  // namespace
}  // namespace kith::jmap
