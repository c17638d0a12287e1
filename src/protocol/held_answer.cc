#include "protocol/held_answer.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "note/signed_note.h"
#include "protocol/problem.h"

namespace kith {
namespace {
namespace json = boost::json;

Error malformed(const char* member, const char* why) {
    return {ErrorKind::malformed, std::string("held: ") + member, why};
}

}  // namespace

std::string write_held_answer(const HeldAnswer& answer) {
    json::object object{{"expires", format_time(answer.expires)},
                        {"shown", answer.shown == HeldAnswer::Shown::yes}};
    if (!answer.price.empty())
        object["price"] = answer.price;
    return json::serialize(object);
}

Result<HeldAnswer> parse_held_answer(std::string_view body) {
    if (body.size() > kMaxProblem)
        return fail(ErrorKind::limit, "held", "more than 128 KiB");
    boost::system::error_code error;
    const json::value value = json::parse(body, error);
    const auto* object = value.if_object();
    if (error || object == nullptr)
        return fail(ErrorKind::malformed, "held", "is not a JSON object");
    HeldAnswer answer;
    const auto* expires = object->if_contains("expires");
    if (expires == nullptr || !expires->is_string())
        return malformed("expires", "is missing");
    const auto time = parse_time(std::string_view(expires->get_string()));
    if (!time)
        return malformed("expires", "is not a time");
    answer.expires = *time;
    const auto* shown = object->if_contains("shown");
    if (shown == nullptr || !shown->is_bool())
        return malformed("shown", "is missing");
    answer.shown = shown->get_bool() ? HeldAnswer::Shown::yes : HeldAnswer::Shown::no;
    if (const auto* price = object->if_contains("price")) {
        if (!price->is_string())
            return malformed("price", "is not a text");
        if (price->get_string().size() > kMaxNote)
            return fail(ErrorKind::limit, "held: price", "more than 65,536 octets");
        answer.price = std::string(std::string_view(price->get_string()));
    }
    return answer;
}

}  // namespace kith
