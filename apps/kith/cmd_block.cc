// block, unblock.
#include <algorithm>

#include "kith/commands.h"
#include "kith/mail_rows.h"
#include "kith/outbox.h"
#include "kith/waiting_requests.h"

namespace kith {
namespace {

bool is_domain(const std::string& who) {
    return !who.contains('@') && !who.starts_with("kith:");
}

Result<std::string> parse_domain(const std::string& text) {
    const auto address = Address::parse("postmaster@" + text);
    if (!address)
        return usage_error("'" + text + "' is neither an address nor a domain");
    return address->domain();
}

Result<std::vector<json::object>> waiting_from(Person& person, const std::string& ending) {
    std::vector<json::object> found;
    for (json::object& request : TRY(waiting_requests(person)))
        if (text_at(request, "from").ends_with(ending))
            found.push_back(std::move(request));
    return found;
}

void print_blocked(const Terminal& terminal, const std::string& who, std::size_t declined) {
    if (terminal.json)
        print_json({{"blocked", who}, {"declined", declined}});
    else
        print_line(who + " is blocked" +
                   (declined == 0 ? "" : "; declined: " + std::to_string(declined)));
}

Outcome block_domain(Person& person, const std::string& text) {
    const std::string domain = TRY(parse_domain(text));
    const std::size_t waiting = TRY(waiting_from(person, "@" + domain)).size();
    const auto answer = TRY(person.server().call(
        "BlockedDomain/set",
        {{"create", json::object{{"new", json::object{{"domain", domain}}}}}}));
    TRY(created_in(answer, "new"));
    const std::size_t left = TRY(waiting_from(person, "@" + domain)).size();
    print_blocked(person.terminal(), domain, waiting - std::min(waiting, left));
    return ExitCode::done;
}

// Somebody who waits is blocked by who they are; nobody else's server has to be asked.
Outcome block_person(Person& person, const std::string& text) {
    const auto address = Address::parse(text);
    if (!address)
        return usage_error("'" + text + "' is no address: write it like bob@two.test");
    auto waiting = TRY(waiting_from(person, address->text()));
    std::erase_if(waiting,
                  [&](const json::object& one) { return text_at(one, "from") != address->text(); });
    for (const json::object& request : waiting) {
        const std::string id = text_at(request, "id");
        const auto answer = TRY(person.server().call(
            "Request/set", {{"update", json::object{{id, json::object{{"action", "block"}}}}}}));
        // One block sweeps all of that person.
        const auto done = updated_in(answer, id);
        if (!done && done.error().kind != ErrorKind::not_found)
            return done.error();
    }
    if (waiting.empty())
        return run_trust(person, address->text(), "blocked");
    print_blocked(person.terminal(), address->text(), waiting.size());
    return ExitCode::done;
}

Outcome unblock_domain(Person& person, const std::string& text) {
    const std::string domain = TRY(parse_domain(text));
    const auto all = TRY(person.server().call("BlockedDomain/get", {{"ids", nullptr}}));
    for (const json::object* blocked : objects_in(array_at(all, "list"))) {
        if (text_at(*blocked, "domain") != domain)
            continue;
        TRY(person.server().call("BlockedDomain/set",
                                 {{"destroy", json::array{value_at(*blocked, "id")}}}));
        if (person.terminal().json)
            print_json({{"unblocked", domain}});
        else
            print_line(domain + " may be heard again");
        return ExitCode::done;
    }
    return fail(ErrorKind::not_found, domain, "is not blocked");
}

Outcome unblock_person(Person& person, const std::string& text) {
    const auto answer = TRY(person.server().call(
        "Contact/query", {{"filter", json::object{{"level", "blocked"}, {"address", text}}}}));
    const auto contacts =
        TRY(person.server().call("Contact/get", {{"ids", value_at(answer, "ids")}}));
    for (const json::object* contact : objects_in(array_at(contacts, "list"))) {
        if (text_at(*contact, "address") != text)
            continue;
        TRY(person.server().call("Contact/set",
                                 {{"destroy", json::array{value_at(*contact, "id")}}}));
        if (person.terminal().json)
            print_json({{"unblocked", text}});
        else
            print_line(text + " may be heard again, as a stranger");
        return ExitCode::done;
    }
    return fail(ErrorKind::not_found, text, "is not blocked");
}

Outcome list_blocked(Person& person) {
    json::array all;
    const auto contacts = TRY(person.server().call("Contact/get", {{"ids", nullptr}}));
    for (const json::object* contact : objects_in(array_at(contacts, "list")))
        if (text_at(*contact, "level") == "blocked")
            all.push_back(json::object{{"blocked", value_at(*contact, "address")},
                                       {"since", value_at(*contact, "lastEngagedAt")}});
    const auto domains = TRY(person.server().call("BlockedDomain/get", {{"ids", nullptr}}));
    for (const json::object* domain : objects_in(array_at(domains, "list")))
        all.push_back(json::object{{"blocked", value_at(*domain, "domain")},
                                   {"since", value_at(*domain, "since")}});
    if (person.terminal().json) {
        print_json(std::move(all));
        return ExitCode::done;
    }
    for (const json::object* one : objects_in(all))
        print_line(printable(text_at(*one, "blocked")));
    if (all.empty())
        print_line("nobody is blocked");
    return ExitCode::done;
}

}  // namespace

Outcome run_block(Person& person, const std::string& who) {
    flush_outbox(person);
    if (who.empty())
        return list_blocked(person);
    return is_domain(who) ? block_domain(person, who) : block_person(person, who);
}

Outcome run_unblock(Person& person, const std::string& who) {
    flush_outbox(person);
    return is_domain(who) ? unblock_domain(person, who) : unblock_person(person, who);
}

}  // namespace kith
