#include "kith/import_lists.h"

#include <set>

#include "kith/files.h"

namespace kith {
namespace {

bool is_good_still(const json::object& token, Time now) {
    const auto expires = parse_time(text_at(token, "expiresAt"));
    const auto left = value_at(token, "usesLeft");
    return !flag_at(token, "revoked") && (!expires || *expires > now) &&
           (left.is_null() || number_at(token, "usesLeft") > 0);
}

std::string kind_and_label(const json::object& token) {
    return text_at(token, "kind") + " " + text_at(token, "label");
}

// An invite has no number a day.
json::object same_again(const json::object& token) {
    json::object create{{"kind", text_at(token, "kind")}, {"label", text_at(token, "label")}};
    for (const char* name : {"perDay", "expiresAt"})
        if (!value_at(token, name).is_null())
            create[name] = value_at(token, name);
    return create;
}

}  // namespace

Result<json::array> read_list(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error) && !error)
        return json::array();
    const std::string text = TRY(read_file(file));
    const json::value value = TRY(parse_json(text));
    return value.is_array() ? value.get_array() : json::array();
}

Result<void> import_blocked(Person& person, const std::filesystem::path& folder, Imported& count) {
    const auto answer = TRY(person.server().call("BlockedDomain/get", {{"ids", nullptr}}));
    std::set<std::string> here;
    for (const json::object* blocked : objects_in(array_at(answer, "list")))
        here.insert(text_at(*blocked, "domain"));
    const auto all = TRY(read_list(folder / "blocked.json"));
    for (const json::object* blocked : objects_in(all)) {
        const std::string domain = text_at(*blocked, "domain");
        if (!here.insert(domain).second)
            continue;
        const auto made = TRY(person.server().call(
            "BlockedDomain/set",
            {{"create", json::object{{"new", json::object{{"domain", domain}}}}}}));
        if (const auto done = created_in(made, "new"); done)
            ++count.blocked;
        else
            count.left_out.push_back(domain + ": " + done.error().detail);
    }
    return {};
}

Result<void> import_tokens(Person& person, const std::filesystem::path& folder, Imported& count) {
    const auto answer = TRY(person.server().call("Token/get", {{"ids", nullptr}}));
    std::set<std::string> here;
    for (const json::object* token : objects_in(array_at(answer, "list")))
        here.insert(kind_and_label(*token));
    const auto all = TRY(read_list(folder / "tokens.json"));
    for (const json::object* token : objects_in(all)) {
        if (!is_good_still(*token, person.clock().now()) || here.contains(kind_and_label(*token)))
            continue;
        const auto made = TRY(person.server().call(
            "Token/set", {{"create", json::object{{"new", same_again(*token)}}}}));
        if (const auto done = created_in(made, "new"); done)
            ++count.tokens;
        else
            count.left_out.push_back("the token " + kind_and_label(*token) + ": " +
                                     done.error().detail);
    }
    return {};
}

}  // namespace kith
