#include "kith/made_token.h"

#include "kith/json_access.h"

namespace kith {
namespace json = boost::json;

Result<json::object> make_token(Person& person, const json::object& create) {
    const auto answer =
        TRY(person.server().call("Token/set", {{"create", json::object{{"new", create}}}}));
    const std::string id = text_at(TRY(created_in(answer, "new")), "id");
    const auto got = TRY(person.server().call("Token/get", {{"ids", json::array{id}}}));
    const auto found = objects_in(array_at(got, "list"));
    if (found.empty())
        return fail(ErrorKind::not_found, id, "the token is gone again");
    return *found.front();
}

}  // namespace kith
