#include "protocol/jmap_request.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <span>

#include "base/text.h"
#include "protocol/jmap_patch.h"

namespace kith::jmap {
namespace {

using Type = RequestError::Type;

std::string string_of(const json::value& value) {
    const json::string& text = value.get_string();
    return {text.data(), text.size()};
}

RequestError not_request(std::string detail) {
    return {Type::not_request, std::move(detail), {}};
}

Error bad_reference(std::string description) {
    return fail_method(MethodError::invalid_result_reference, std::move(description));
}

std::uint64_t cost_of(const json::value& value);

// What a copy of a value costs, about: Boost.JSON's 16 octets a value and the text.
std::uint64_t cost_of(const json::object& object) {
    std::uint64_t cost = 16;
    for (const json::key_value_pair& member : object)
        cost += 32 + member.key().size() + cost_of(member.value());
    return cost;
}

std::uint64_t cost_of(const json::value& value) {
    if (const json::object* const object = value.if_object())
        return cost_of(*object);
    std::uint64_t cost = 16;
    if (const json::string* const text = value.if_string()) {
        cost += text->size();
    } else if (const json::array* const array = value.if_array()) {
        for (const json::value& item : *array)
            cost += cost_of(item);
    }
    return cost;
}

Result<json::value> copy_within(const json::value& value, std::uint64_t& budget) {
    const std::uint64_t cost = cost_of(value);
    if (cost > budget)
        return bad_reference("the references of this request make too much");
    budget -= cost;
    return value;
}

using Tokens = std::span<const std::string>;

// RFC 6901 section 4: digits without leading zero. "-" is no item.
const json::value* item_of(const json::array& array, const std::string& token) {
    const auto index = parse_decimal(token, kMaxInt);
    return index && *index < array.size() ? &array[*index] : nullptr;
}

// As deep as there are tokens, which split_pointer bounds.
Result<json::value> walk(const json::value& from, Tokens tokens, std::uint64_t& budget) {
    if (tokens.empty())
        return copy_within(from, budget);
    const std::string& token = tokens.front();
    const Tokens rest = tokens.subspan(1);
    if (const json::object* const object = from.if_object()) {
        const json::value* const member = object->if_contains(token);
        if (member == nullptr)
            return bad_reference("nothing is at \"" + token + "\"");
        return walk(*member, rest, budget);
    }
    const json::array* const array = from.if_array();
    if (array == nullptr)
        return bad_reference("\"" + token + "\" is asked of neither object nor array");
    if (token != "*") {
        const json::value* const item = item_of(*array, token);
        if (item == nullptr)
            return bad_reference("there is no item \"" + token + "\"");
        return walk(*item, rest, budget);
    }
    json::array all;
    for (const json::value& item : *array) {
        json::value found = TRY(walk(item, rest, budget));
        if (json::array* const several = found.if_array())
            all.insert(all.end(), several->begin(), several->end());
        else
            all.push_back(std::move(found));
    }
    return json::value(std::move(all));
}

Result<std::string> reference_member(const json::object& reference, std::string_view name) {
    const json::value* const value = reference.if_contains(name);
    if (value == nullptr || !value->is_string())
        return fail_method(MethodError::invalid_arguments,
                           "a result reference has no string \"" + std::string(name) + "\"");
    return string_of(*value);
}

}  // namespace

std::size_t MethodTable::add(std::string name, std::string capability) {
    const std::size_t number = methods_.size();
    add_capability(capability);
    const bool added =
        methods_.try_emplace(std::move(name), Method{number, std::move(capability)}).second;
    KITH_CHECK(added);
    return number;
}

void MethodTable::add_capability(std::string capability) {
    capabilities_.emplace(std::move(capability));
}

std::optional<std::size_t> MethodTable::find(std::string_view name,
                                             const std::vector<std::string>& used) const {
    const auto found = methods_.find(name);
    if (found == methods_.end() || std::ranges::find(used, found->second.capability) == used.end())
        return std::nullopt;
    return found->second.number;
}

bool MethodTable::knows_capability(std::string_view capability) const {
    return capability == kCore || capabilities_.contains(capability);
}

std::string_view name_of(RequestError::Type type) {
    switch (type) {
        case Type::unknown_capability:
            return "urn:ietf:params:jmap:error:unknownCapability";
        case Type::not_json:
            return "urn:ietf:params:jmap:error:notJSON";
        case Type::not_request:
            return "urn:ietf:params:jmap:error:notRequest";
        case Type::limit:
            break;
    }
    return "urn:ietf:params:jmap:error:limit";
}

std::string write_request_error(const RequestError& error) {
    json::object object{{"type", name_of(error.type)}, {"status", 400}};
    object["detail"] = error.detail;
    if (error.type == Type::limit)
        object["limit"] = error.limit;
    return json::serialize(object);
}

std::variant<Exchange, RequestError> Exchange::begin(std::string_view body, const Rules& rules) {
    if (body.size() > rules.limits.size_request)
        return RequestError{Type::limit,
                            "The request is larger than the server is willing to process.",
                            "maxSizeRequest"};
    auto parsed = parse_json(body);
    if (!parsed)
        return RequestError{
            parsed.error().kind == ErrorKind::limit ? Type::not_request : Type::not_json,
            "The request is not I-JSON that can be read here: " + parsed.error().detail + ".",
            {}};
    if (!parsed->is_object())
        return not_request("The request is not an object.");
    Exchange exchange(rules);
    if (auto error = exchange.read(parsed->get_object()))
        return *std::move(error);
    return exchange;
}

std::optional<RequestError> Exchange::read(json::object& request) {
    const json::value* const capabilities = request.if_contains("using");
    if (capabilities == nullptr || !capabilities->is_array())
        return not_request("\"using\" is not an array of strings.");
    for (const json::value& item : capabilities->get_array()) {
        if (!item.is_string())
            return not_request("\"using\" is not an array of strings.");
        using_.push_back(string_of(item));
    }
    if (auto error = read_calls(request))
        return error;
    if (auto error = read_created_ids(request))
        return error;
    for (const std::string& capability : using_)
        if (!methods_->knows_capability(capability))
            return RequestError{Type::unknown_capability,
                                "The Request object used capability '" + printable(capability) +
                                    "', which is not supported by this server.",
                                {}};
    return std::nullopt;
}

std::optional<RequestError> Exchange::read_calls(json::object& request) {
    json::value* const calls = request.if_contains("methodCalls");
    if (calls == nullptr || !calls->is_array())
        return not_request("\"methodCalls\" is not an array of invocations.");
    if (calls->get_array().size() > limits_.calls_in_request)
        return RequestError{
            Type::limit, "The request has too many method calls.", "maxCallsInRequest"};
    for (json::value& item : calls->get_array()) {
        json::array* const call = item.if_array();
        if (call == nullptr || call->size() != 3 || !(*call)[0].is_string() ||
            !(*call)[1].is_object() || !(*call)[2].is_string())
            return not_request("A method call is not a name, an object and a string.");
        calls_.push_back(
            {string_of((*call)[0]), std::move((*call)[1].get_object()), string_of((*call)[2])});
    }
    return std::nullopt;
}

std::optional<RequestError> Exchange::read_created_ids(const json::object& request) {
    const json::value* const created = request.if_contains("createdIds");
    if (created == nullptr)
        return std::nullopt;
    if (!created->is_object())
        return not_request("\"createdIds\" is not an object.");
    created_given_ = true;
    for (const json::key_value_pair& member : created->get_object()) {
        if (!is_id(member.key()) || !member.value().is_string() ||
            !is_id(string_of(member.value())))
            return not_request("\"createdIds\" is not a map of ids to ids.");
        created_[std::string(member.key())] = string_of(member.value());
    }
    return std::nullopt;
}

std::optional<Call> Exchange::next_call() {
    KITH_CHECK(!in_hand_);
    while (next_ < calls_.size()) {
        Invocation& call = calls_[next_++];
        call_id_ = call.call_id;
        if (responded_ > limits_.response_octets) {
            respond("error",
                    method_error_object(fail_method(
                        MethodError::request_too_large,
                        "the calls before have filled the response; send this one again")));
            continue;
        }
        if (auto resolved = resolve_references(call.arguments); !resolved) {
            respond("error", method_error_object(resolved.error()));
            continue;
        }
        // RFC 8620 section 4.
        if (call.name == "Core/echo" && std::ranges::find(using_, kCore) != using_.end()) {
            respond(std::move(call.name), std::move(call.arguments));
            continue;
        }
        const auto method = methods_->find(call.name, using_);
        if (!method) {
            respond("error", method_error_object(fail_method(MethodError::unknown_method)));
            continue;
        }
        in_hand_ = true;
        return Call{*method, call.name, std::move(call.arguments)};
    }
    return std::nullopt;
}

// RFC 8620 3.7.
Result<void> Exchange::resolve_references(json::object& arguments) {
    std::vector<std::string> names;
    for (const json::key_value_pair& member : arguments)
        if (member.key().starts_with('#'))
            names.emplace_back(member.key());
    for (const std::string& name : names)
        if (arguments.contains(std::string_view(name).substr(1)))
            return fail_method(MethodError::invalid_arguments,
                               "\"" + name + "\" is there in normal and in referenced form");
    for (const std::string& name : names) {
        json::value value = TRY(resolve(arguments.at(name)));
        arguments.erase(name);
        arguments[std::string_view(name).substr(1)] = std::move(value);
    }
    return {};
}

Result<json::value> Exchange::resolve(const json::value& reference) {
    if (!reference.is_object())
        return fail_method(MethodError::invalid_arguments, "a result reference is not an object");
    const std::string result_of = TRY(reference_member(reference.get_object(), "resultOf"));
    const std::string name = TRY(reference_member(reference.get_object(), "name"));
    const std::string path = TRY(reference_member(reference.get_object(), "path"));
    const auto response = std::ranges::find(responses_, result_of, &Invocation::call_id);
    if (response == responses_.end())
        return bad_reference("no call before has the id \"" + printable(result_of) + "\"");
    if (response->name != name)
        return bad_reference("the response is not \"" + printable(name) + "\"");
    std::uint64_t budget = limits_.size_request - std::min(copied_, limits_.size_request);
    const std::uint64_t before = budget;
    auto value = evaluate_path(response->arguments, path, budget);
    copied_ += before - budget;
    return value;
}

void Exchange::respond(std::string name, json::object arguments) {
    responded_ += cost_of(arguments) + name.size() + call_id_.size();
    responses_.push_back({std::move(name), std::move(arguments), call_id_});
}

void Exchange::add_response(std::string name, json::object arguments) {
    in_hand_ = false;
    respond(std::move(name), std::move(arguments));
}

void Exchange::add_error(const Error& error) {
    in_hand_ = false;
    respond("error", method_error_object(error));
}

void Exchange::record_created(const std::string& creation_id, const std::string& id) {
    created_[creation_id] = id;
}

std::optional<std::string> Exchange::real_id(std::string_view id_or_reference) const {
    if (!id_or_reference.starts_with('#'))
        return std::string(id_or_reference);
    const auto found = created_.find(id_or_reference.substr(1));
    return found != created_.end() ? std::optional(found->second) : std::nullopt;
}

std::string Exchange::finish(std::string_view session_state) {
    KITH_CHECK(!in_hand_ && next_ == calls_.size());
    json::array responses;
    responses.reserve(responses_.size());
    for (Invocation& response : responses_)
        responses.push_back(json::array{
            json::value(response.name), std::move(response.arguments), response.call_id});
    json::object out;
    out["methodResponses"] = std::move(responses);
    if (created_given_) {
        json::object& created = out["createdIds"].emplace_object();
        for (const auto& [creation_id, id] : created_)
            created[creation_id] = id;
    }
    out["sessionState"] = session_state;
    return json::serialize(out);
}

Result<json::value> evaluate_path(const json::object& from,
                                  std::string_view path,
                                  std::uint64_t& budget) {
    if (path.empty())
        return copy_within(from, budget);
    auto tokens = path.starts_with('/') ? split_pointer(path.substr(1))
                                        : Result<std::vector<std::string>>(fail(
                                              ErrorKind::malformed, "patch", "has no first \"/\""));
    if (!tokens)
        return bad_reference("the path " + tokens.error().detail);
    const std::string& first = tokens->front();
    const json::value* const member = from.if_contains(first);
    if (member == nullptr)
        return bad_reference("nothing is at \"" + printable(first) + "\"");
    return walk(*member, Tokens(*tokens).subspan(1), budget);
}

}  // namespace kith::jmap
