// list join, leave: what its readers do.
#include "kith/cmd_list.h"

#include "kith/contacts.h"
#include "kith/list_letters.h"
#include "kith/made_token.h"
#include "kith/outbox.h"
#include "note/token_link.h"

namespace kith {
namespace {

constexpr const char* kListSource = "list";  ///< of a contact (docs/client-api.md)

struct ListLink {
    Address address;
    std::string token;
    std::optional<Hash> root;
};

Result<ListLink> parse_list(const std::string& text) {
    if (const auto link = parse_token_link(text))
        return ListLink{link->address, link->token.value_or(""), link->root};
    return ListLink{TRY(parse_person(text)), {}, std::nullopt};
}

bool is_subscription(const json::object& token, const Hash& root) {
    return text_at(token, "kind") == "newsletter" && text_at(token, "boundRoot") == root.text() &&
           !flag_at(token, "revoked");
}

Result<std::vector<json::object>> subscriptions(Person& person, const Hash& root) {
    const auto answer = TRY(person.server().call("Token/get", {{"ids", nullptr}}));
    std::vector<json::object> found;
    for (const json::object* token : objects_in(array_at(answer, "list")))
        if (is_subscription(*token, root))
            found.push_back(*token);
    return found;
}

// What the list's mail is taken for, bound to it before it has it.
Result<std::string> make_subscription(Person& person,
                                      const Address& list,
                                      const Hash& root,
                                      std::uint64_t per_day) {
    const json::object create{{"kind", "newsletter"},
                              {"label", list.text()},
                              {"perDay", per_day},
                              {"boundRoot", root.text()},
                              {"boundAddress", list.text()}};
    return text_at(TRY(make_token(person, create)), "token");
}

Result<void> change_token(Person& person, const json::object& token, const json::object& to) {
    const std::string id = text_at(token, "id");
    const auto answer =
        TRY(person.server().call("Token/set", {{"update", json::object{{id, to}}}}));
    return updated_in(answer, id);
}

Result<void> make_list_contact(Person& person, const Address& list, const Hash& root) {
    const auto contact = TRY(contact_by_root(person, root));
    if (contact && text_at(*contact, "level") == "blocked")
        return fail(ErrorKind::denied,
                    list.text(),
                    "is blocked by you: `kith unblock " + list.text() + "` first");
    if (!contact) {
        const json::object create{{"address", list.text()},
                                  {"root", root.text()},
                                  {"level", "known"},
                                  {"source", kListSource}};
        const auto answer =
            TRY(person.server().call("Contact/set", {{"create", json::object{{"new", create}}}}));
        TRY(created_in(answer, "new"));
        return {};
    }
    const std::string id = text_at(*contact, "id");
    const auto answer = TRY(person.server().call(
        "Contact/set", {{"update", json::object{{id, json::object{{"source", kListSource}}}}}}));
    return updated_in(answer, id);
}

// Who they are; with a link that says so they are verified, too.
Result<Hash> list_root(Person& person, const ListLink& link) {
    const auto known = TRY(look_up(person, link.address));
    const Hash root = known.chain.root();
    if (link.root && *link.root != root)
        return fail(ErrorKind::untrusted,
                    link.address.text(),
                    "is not the list this link leads to: ask for a new link in another way");
    Pin pin =
        person.pin_of(link.address).value_or(Pin{.root = root, .since = person.clock().now()});
    pin.verified = pin.verified || link.root.has_value();
    TRY(person.pin(link.address, pin));
    return root;
}

Recipient list_recipient(const ListLink& link) {
    return {.to = {link.address, {}}, .token = link.token, .root = link.root};
}

}  // namespace

Result<Subscribing> subscribe(Person& person,
                              const Recipient& list,
                              const Hash& root,
                              std::uint64_t per_day) {
    const Address& address = list.to.address;
    TRY(make_list_contact(person, address, root));
    // One that is there goes on, so that nothing on its way is turned away.
    const auto before = TRY(subscriptions(person, root));
    if (!before.empty())
        TRY(change_token(person, before.front(), {{"perDay", per_day}}));
    const std::string token = before.empty()
                                  ? TRY(make_subscription(person, address, root, per_day))
                                  : text_at(before.front(), "token");
    const auto letter =
        command_letter(list,
                       random_id(person.random()),
                       {.action = ListCommand::Action::join, .list = root, .token = token});
    const Outgoing outgoing = TRY(write_letter(person, letter));
    const auto submitted = TRY(submit(person, outgoing, Attempt::first));
    return Subscribing{outgoing.id, submitted.submission};
}

Outcome run_list_join(Person& person, const ListJoinWish& wish) {
    flush_outbox(person);
    const ListLink link = TRY(parse_list(wish.list));
    if (link.address == person.address())
        return usage_error("that is you: name a list");
    const Hash root = TRY(list_root(person, link));
    const auto asked = TRY(subscribe(person, list_recipient(link), root, wish.per_day));
    const auto submission = TRY(wait_for_fate(person, asked.id, asked.submission, wish.wait));
    const Fate fate = fate_of(recipients_of(submission));
    if (person.terminal().json)
        print_json({{"list", link.address.text()},
                    {"root", root.text()},
                    {"perDay", wish.per_day},
                    {"id", asked.id},
                    {"recipients", recipients_of(submission)}});
    else if (fate == Fate::bad)
        print_line(link.address.text() + " did not take it: kith sent " + asked.id.substr(0, 8));
    else
        print_line("asked " + link.address.text() + ", which writes back; at most " +
                   std::to_string(wish.per_day) + " posts a day reach you");
    return fate == Fate::good   ? ExitCode::done
           : fate == Fate::open ? ExitCode::queued
                                : ExitCode::refused;
}

Outcome run_list_leave(Person& person, const std::string& address_text) {
    flush_outbox(person);
    const ListLink link = TRY(parse_list(address_text));
    const auto pin = person.pin_of(link.address);
    const Hash root = pin ? pin->root : TRY(look_up(person, link.address)).chain.root();
    const auto tokens = TRY(subscriptions(person, root));
    const auto contact = TRY(contact_by_root(person, root));
    const bool joined = contact && text_at(*contact, "source") == kListSource;
    if (tokens.empty() && !joined)
        return fail(ErrorKind::not_found, link.address.text(), "is no list that you joined");
    // From here on nothing of it arrives, whatever the list does.
    for (const json::object& token : tokens)
        TRY(change_token(person, token, {{"revoked", true}}));
    if (joined) {
        const std::string id = text_at(*contact, "id");
        const auto gone = TRY(person.server().call("Contact/set", {{"destroy", json::array{id}}}));
        TRY(updated_in(gone, id));
    }
    const bool told = TRY(
        send_to_list(person, link.address, {.action = ListCommand::Action::leave, .list = root}));
    if (person.terminal().json)
        print_json({{"list", link.address.text()}, {"left", true}, {"told", told}});
    else
        print_line("you read " + link.address.text() + " no more" +
                   (told ? "" : "; the list hears of it later"));
    return ExitCode::done;
}

Result<bool> send_to_list(Person& person, const Address& list, const ListCommand& command) {
    const Recipient to{.to = {list, {}}, .token = {}, .root = std::nullopt};
    const Outgoing outgoing =
        TRY(write_letter(person, command_letter(to, random_id(person.random()), command)));
    const auto submitted = submit(person, outgoing, Attempt::first);
    if (submitted)
        return true;
    if (goes_later(submitted.error()))
        TRY(outbox_of(person).put(outgoing));
    else
        print_notice(sentence_of(submitted.error()));
    return false;
}

}  // namespace kith
