#include "kith/import_lists.h"

#include <algorithm>
#include <map>
#include <set>

#include "kith/cmd_list.h"
#include "kith/contacts.h"
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

/// By the roots of the lists, as texts: their addresses, and how many posts a day were taken.
struct Subscription {
    std::string address;
    std::uint64_t per_day = 0;
};
Result<std::map<std::string, Subscription>> subscriptions_in(const std::filesystem::path& folder,
                                                             Time now) {
    std::map<std::string, Subscription> found;
    const auto contacts = TRY(read_list(folder / "contacts.json"));
    for (const json::object* contact : objects_in(contacts))
        if (is_list_contact(*contact) && text_at(*contact, "level") != "blocked")
            found[text_at(*contact, "root")] = {text_at(*contact, "address"), 0};
    const auto tokens = TRY(read_list(folder / "tokens.json"));
    for (const json::object* token : objects_in(tokens))
        if (const auto list = found.find(text_at(*token, "boundRoot"));
            list != found.end() && is_good_still(*token, now))
            list->second.per_day =
                static_cast<std::uint64_t>(std::max<std::int64_t>(number_at(*token, "perDay"), 0));
    return found;
}

Result<void> join_again(Person& person, const Subscription& list, const Hash& root) {
    const Address address = TRY(Address::parse(list.address));
    const auto known = TRY(person.cards().get(address));
    if (known.chain.root() != root)
        return fail(ErrorKind::untrusted, address.text(), "is somebody else now");
    if (!person.pin_of(known.address))
        TRY(person.pin(known.address, {.root = root, .since = person.clock().now()}));
    Recipient to;
    to.to.address = known.address;
    TRY(subscribe(person, to, root, list.per_day));
    return {};
}

}  // namespace

bool is_list_contact(const json::object& contact) {
    return text_at(contact, "source") == "list";
}

Result<void> import_subscriptions(Person& person,
                                  const std::filesystem::path& folder,
                                  Imported& count) {
    for (const auto& [root, list] : TRY(subscriptions_in(folder, person.clock().now()))) {
        const auto hash = parse_hash(root);
        const auto here = hash ? TRY(contact_by_root(person, *hash)) : std::nullopt;
        // One that was left, and no list has a token of the export: it was taken for nothing.
        if (!hash || here || list.per_day == 0)
            continue;
        if (const auto joined = join_again(person, list, *hash); joined)
            ++count.contacts;
        else
            count.left_out.push_back("the list " + list.address + ": " + joined.error().detail +
                                     "; `kith list join` it again");
    }
    return {};
}

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
    const auto lists = TRY(subscriptions_in(folder, person.clock().now()));
    const auto all = TRY(read_list(folder / "tokens.json"));
    for (const json::object* token : objects_in(all)) {
        if (!is_good_still(*token, person.clock().now()) || here.contains(kind_and_label(*token)) ||
            lists.contains(text_at(*token, "boundRoot")))
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
