// contacts, trust, verify, card, token.
#include <algorithm>

#include "base/text.h"
#include "identity/safety_number.h"
#include "kith/commands.h"
#include "kith/contacts.h"
#include "kith/made_token.h"
#include "kith/outbox.h"
#include "kith/qr.h"
#include "note/token_link.h"
#include "trust/smtp_evidence.h"

namespace kith {
namespace {

constexpr std::string_view kLevels[] = {"well-trusted", "known", "blocked"};

Result<std::vector<json::object>> get_contacts(Person& person) {
    const auto answer = TRY(person.server().call("Contact/get", {{"ids", nullptr}}));
    std::vector<json::object> all;
    for (const json::object* each : objects_in(array_at(answer, "list")))
        all.push_back(*each);
    std::ranges::sort(all, [](const json::object& a, const json::object& b) {
        const auto since_a = text_at(a, "since");
        const auto since_b = text_at(b, "since");
        return since_a != since_b ? since_a > since_b
                                  : text_at(a, "address") < text_at(b, "address");
    });
    return all;
}

Result<void> check_level(const std::string& level) {
    if (std::ranges::find(kLevels, level) == std::end(kLevels))
        return usage_error("'" + level + "' is no level: well-trusted, known or blocked");
    return {};
}

Result<void> put_level(Person& person,
                       const Address& address,
                       const Hash& root,
                       const std::string& level,
                       bool verified) {
    const auto contact = TRY(contact_by_root(person, root));
    if (contact) {
        const std::string id = text_at(*contact, "id");
        const auto answer = TRY(person.server().call(
            "Contact/set", {{"update", json::object{{id, json::object{{"level", level}}}}}}));
        return updated_in(answer, id);
    }
    json::object create{{"address", address.text()},
                        {"root", root.text()},
                        {"level", level},
                        {"verified", verified}};
    const auto answer = TRY(person.server().call(
        "Contact/set", {{"create", json::object{{"new", std::move(create)}}}}));
    TRY(created_in(answer, "new"));
    return {};
}

// Who has moved is pinned under the address that they had.
std::optional<Pin> pin_of_contact(Person& person,
                                  const std::string& address,
                                  const std::string& root) {
    auto pin = person.pin_of(address);
    const auto all = person.pins();
    if (pin || !all)
        return pin;
    for (const auto& [old, each] : **all)
        if (each.root.text() == root)
            return each;
    return std::nullopt;
}

json::object contact_row(Person& person, const json::object& contact) {
    const std::string address = text_at(contact, "address");
    const auto pin = pin_of_contact(person, address, text_at(contact, "root"));
    json::object row{{"id", text_at(contact, "id")}, {"address", address}};
    for (const char* name : {"level",
                             "standing",
                             "suspended",
                             "ledger",
                             "name",
                             "root",
                             "since",
                             "source",
                             "lastEngagedAt"})
        row[name] = value_at(contact, name);
    const bool same = pin && pin->root.text() == text_at(contact, "root");
    row["verified"] = same && pin->verified;
    row["pinned"] = pin.has_value();
    row["warning"] = pin && !same
                         ? json::value("the server names another root than the one pinned here")
                         : json::value(nullptr);
    return row;
}

Style style_of_standing(const std::string& standing) {
    if (standing == "blocked" || standing == "suspended")
        return Style::bad;
    return standing == "dormant" ? Style::dim : Style::plain;
}

void print_contacts(const Terminal& terminal, const json::array& rows) {
    Table table({"address", "level", "verified", "since", "name"}, 0);
    for (const json::object* row : objects_in(rows))
        table.add({{text_at(*row, "address")},
                   {text_at(*row, "standing"), style_of_standing(text_at(*row, "standing"))},
                   {flag_at(*row, "verified") ? "yes" : "no",
                    flag_at(*row, "verified") ? Style::good : Style::dim},
                   {short_time(text_at(*row, "since"))},
                   {text_at(*row, "name")}});
    if (table.empty())
        print_line("no contacts yet: kith contacts add ADDRESS");
    else
        print_text(table.text(terminal));
    for (const json::object* row : objects_in(rows))
        if (const auto warning = text_at(*row, "warning"); !warning.empty())
            print_line(terminal.styled(
                Style::bad, "! " + printable(text_at(*row, "address") + ": " + warning)));
}

struct Who {
    Address address;
    std::optional<Hash> root;
    std::string token;
};

Result<Who> parse_who(const std::string& text) {
    if (!text.starts_with("kith:"))
        return Who{TRY(parse_person(text)), std::nullopt, {}};
    const auto link = parse_token_link(text);
    if (!link)
        return usage_error("'" + text + "' is no kith link");
    return Who{link->address, link->root, link->token.value_or("")};
}

Result<KnownPerson> look_up_linked(Person& person, const Who& who) {
    auto known = TRY(person.cards().get(who.address));
    if (who.root && *who.root != known.chain.root())
        return fail(ErrorKind::untrusted,
                    who.address.text(),
                    "is not the person this link leads to: ask for a new link in another way");
    const auto pin = person.pin_of(who.address);
    if (pin && pin->root != known.chain.root() && !who.root)
        return look_up(person, who.address);
    return known;
}

Result<void> tell_verified(Person& person, const Hash& root) {
    const auto response = TRY(person.server().call(
        "Contact/set",
        {{"update", json::object{{root.hex_text(), json::object{{"verified", true}}}}}}));
    return updated_in(response, root.hex_text());
}

}  // namespace

Outcome run_contacts(Person& person) {
    flush_outbox(person);
    json::array rows;
    for (const json::object& contact : TRY(get_contacts(person)))
        rows.push_back(contact_row(person, contact));
    if (person.terminal().json)
        print_json(rows);
    else
        print_contacts(person.terminal(), rows);
    return ExitCode::done;
}

Outcome run_contacts_add(Person& person, const ContactWish& wish) {
    flush_outbox(person);
    if (!wish.level.empty())
        TRY(check_level(wish.level));
    const Who who = TRY(parse_who(wish.who));
    if (who.address == person.address())
        return usage_error("that is you");
    const auto known = TRY(look_up_linked(person, who));
    const Hash root = known.chain.root();
    const auto contact = TRY(contact_by_root(person, root));
    if (contact && !wish.level.empty() && wish.level != text_at(*contact, "level"))
        return fail(ErrorKind::conflict,
                    who.address.text(),
                    "is a contact already (" + text_at(*contact, "level") +
                        "): change that with `kith trust`");
    Pin pin = person.pin_of(who.address).value_or(Pin{.root = root, .since = person.clock().now()});
    pin.verified = who.root.has_value() || (pin.verified && pin.root == root);
    pin.root = root;
    if (!wish.name.empty())
        pin.name = wish.name;
    if (!who.token.empty())
        pin.token = who.token;
    TRY(person.pin(who.address, pin));
    const std::string level = contact              ? text_at(*contact, "level")
                              : wish.level.empty() ? "known"
                                                   : wish.level;
    if (!contact)
        TRY(put_level(person, who.address, root, level, pin.verified));
    if (person.terminal().json)
        print_json({{"address", who.address.text()},
                    {"root", root.text()},
                    {"level", level},
                    {"verified", pin.verified}});
    else
        print_line(who.address.text() + " is " + level +
                   (pin.verified
                        ? ", verified by the link"
                        : "; kith verify " + who.address.text() + " compares the safety number"));
    return ExitCode::done;
}

namespace {

// Somebody who writes by SMTP has no card to look up.
Result<Hash> put_chosen_level(Person& person, const Address& address, const std::string& level) {
    if (TRY(contact_by_root(person, smtp_root(address)))) {
        if (level == "well-trusted")
            return usage_error(address.text() +
                               " writes by SMTP, which brings nobody further than "
                               "known: write to them by Kith");
        TRY(put_level(person, address, smtp_root(address), level, false));
        return smtp_root(address);
    }
    const auto known = TRY(look_up(person, address));
    const Hash root = known.chain.root();
    const auto pin = person.pin_of(address);
    if (!pin)
        TRY(person.pin(address, {.root = root, .since = person.clock().now()}));
    TRY(put_level(person, address, root, level, pin && pin->verified));
    return root;
}

}  // namespace

Outcome run_trust(Person& person, const std::string& address_text, const std::string& level) {
    flush_outbox(person);
    const Address address = TRY(parse_person(address_text));
    TRY(check_level(level));
    if (address == person.address())
        return usage_error("that is you: name somebody else");
    const Hash root = TRY(put_chosen_level(person, address, level));
    if (person.terminal().json)
        print_json({{"address", address.text()}, {"root", root.text()}, {"level", level}});
    else
        print_line(address.text() + " is " + level);
    return ExitCode::done;
}

Outcome run_verify(Person& person, const std::string& address_text, Confirm confirm) {
    flush_outbox(person);
    const Address address = TRY(parse_person(address_text));
    if (address == person.address())
        return usage_error("that is you: name somebody else");
    auto people = TRY(person.cards().get({address, person.address()}));
    const auto& them = people.at(address);
    const auto& own = people.at(person.address());
    if (!them)
        return them.error();
    if (!own)
        return own.error();
    const Hash root = them->chain.root();
    auto pin = person.pin_of(address);
    const bool changed = pin && pin->root != root;
    if (confirm == Confirm::yes) {
        Pin next = pin.value_or(Pin{.root = root, .since = person.clock().now()});
        next.root = root;
        next.verified = true;
        TRY(person.pin(address, next));
        pin = next;
        // What the server is told is for other programs; here the pin counts.
        if (TRY(contact_by_root(person, root)))
            TRY(tell_verified(person, root));
    }
    const auto groups = safety_number(own->chain.root(), root);
    std::string number;
    for (const std::string& group : groups)
        number += (number.empty() ? "" : " ") + group;
    const std::string uri = write_token_link(
        {.address = person.address(), .token = std::nullopt, .root = own->chain.root()});
    const bool verified = pin && pin->verified && pin->root == root;
    if (person.terminal().json) {
        print_json({{"address", address.text()},
                    {"root", root.text()},
                    {"safetyNumber", number},
                    {"verified", verified},
                    {"rootChanged", changed && confirm == Confirm::no},
                    {"link", uri}});
        return ExitCode::done;
    }
    if (changed && confirm == Confirm::no)
        print_line(person.terminal().styled(
            Style::bad, "! " + address.text() + " is not the person pinned here before"));
    print_text(safety_number_text(own->chain.root(), root));
    const auto contrast = person.terminal().colour ? Contrast::forced : Contrast::plain;
    print_line("\n" + TRY(qr_text(uri, contrast)));
    print_line(verified ? address.text() + " is verified"
                        : "The same number on both sides? Then: kith verify " + address.text() +
                              " --confirm");
    return ExitCode::done;
}

namespace {

json::array devices_of(const Card& card) {
    json::array devices;
    for (const CardDevice& device : card.devices)
        devices.push_back({{"name", device.name},
                           {"key", device.key.text()},
                           {"recipient", device.recipient.text()},
                           {"added", format_time(device.added)},
                           {"pending", device.pending},
                           {"server", device.server}});
    return devices;
}

json::array revoked_of(const Card& card) {
    json::array revoked;
    for (const RevokedDevice& device : card.revoked)
        revoked.push_back({{"name", device.name},
                           {"key", device.key.text()},
                           {"since", format_time(device.since)},
                           {"reason", name_of(device.reason)}});
    return revoked;
}

}  // namespace

Outcome run_card(Person& person, const std::string& address_text) {
    flush_outbox(person);
    const Address address =
        address_text.empty() ? person.address() : TRY(parse_person(address_text));
    const auto known = TRY(person.cards().get(address));
    const Card& card = known.card();
    const auto pin = person.pin_of(address);
    if (person.terminal().json) {
        print_json(
            {{"address", address.text()},
             {"root", known.chain.root().text()},
             {"serial", card.serial},
             {"hash", known.chain.current().hash.text()},
             {"time", format_time(card.time)},
             {"expires", format_time(card.expires)},
             {"devices", devices_of(card)},
             {"revoked", revoked_of(card)},
             {"frozen",
              card.frozen ? json::value(format_time(*card.frozen)) : json::value(nullptr)},
             {"moved", card.moved ? json::value(card.moved->text()) : json::value(nullptr)},
             {"disputed", known.chain.standing() == Chain::Standing::disputed},
             {"pinned", pin ? json::value(pin->root == known.chain.root()) : json::value(nullptr)},
             {"verified", pin && pin->verified && pin->root == known.chain.root()},
             {"secure", known.secure ? "dnssec" : "insecure"},
             {"card", known.chain.current().note.octets()}});
        return ExitCode::done;
    }
    print_line(person.terminal().styled(Style::bold, address.text()) + "  card " +
               std::to_string(card.serial) + ", until " + format_time(card.expires).substr(0, 10));
    print_line("root     " + known.chain.root().text());
    for (const CardDevice& device : card.devices)
        print_line("device   " + device.name + "  since " +
                   format_time(device.added).substr(0, 10) + (device.pending ? "  pending" : "") +
                   (device.server ? "  server" : ""));
    for (const RevokedDevice& device : card.revoked)
        print_line("revoked  " + device.name + "  since " +
                   format_time(device.since).substr(0, 10) + ", " + name_of(device.reason));
    if (card.frozen)
        print_line(
            person.terminal().styled(Style::bad, "frozen since " + format_time(*card.frozen)));
    if (card.moved)
        print_line("moved to " + card.moved->text());
    return ExitCode::done;
}

Outcome run_token_new(Person& person, const TokenWish& wish) {
    flush_outbox(person);
    if (wish.kind != "invite" && wish.kind != "newsletter" && wish.kind != "card")
        return usage_error("--kind: invite, newsletter or card");
    json::object create{{"kind", wish.kind}};
    if (!wish.label.empty())
        create["label"] = wish.label;
    if (wish.per_day > 0)
        create["perDay"] = wish.per_day;
    const auto made = TRY(make_token(person, create));
    if (person.terminal().json)
        print_json(made);
    else
        print_line(text_at(made, "link"));
    return ExitCode::done;
}

Outcome run_token_list(Person& person) {
    flush_outbox(person);
    const auto answer = TRY(person.server().call("Token/get", {{"ids", nullptr}}));
    auto tokens = objects_in(array_at(answer, "list"));
    std::ranges::sort(tokens, [](const json::object* a, const json::object* b) {
        return text_at(*a, "createdAt") > text_at(*b, "createdAt");
    });
    json::array rows;
    Table table({"id", "kind", "label", "used", "a day", "bound to", "revoked"}, 5);
    for (const json::object* token : tokens) {
        rows.push_back(*token);
        const auto per_day = number_at(*token, "perDay");
        table.add({{text_at(*token, "id").substr(0, 8), Style::dim},
                   {text_at(*token, "kind")},
                   {text_at(*token, "label")},
                   {std::to_string(number_at(*token, "usedTotal"))},
                   {per_day > 0 ? std::to_string(per_day) : "-"},
                   {text_at(*token, "boundAddress")},
                   {flag_at(*token, "revoked") ? "revoked" : "", Style::bad}});
    }
    if (person.terminal().json)
        print_json(rows);
    else if (table.empty())
        print_line("no tokens: kith token new --kind invite");
    else
        print_text(table.text(person.terminal()));
    return ExitCode::done;
}

Outcome run_token_revoke(Person& person, const std::string& id) {
    flush_outbox(person);
    const auto all = TRY(person.server().call("Token/get", {{"ids", nullptr}}));
    std::vector<std::string> fitting;
    for (const json::object* token : objects_in(array_at(all, "list")))
        if (const auto its = text_at(*token, "id");
            its.starts_with(id) || text_at(*token, "token") == id)
            fitting.push_back(its);
    if (fitting.empty())
        return fail(
            ErrorKind::not_found, id, "there is no such token: `kith token list` lists them");
    if (fitting.size() > 1)
        return usage_error("'" + id + "' begins the id of several tokens: write more of it");
    const auto answer = TRY(person.server().call(
        "Token/set", {{"update", json::object{{fitting[0], json::object{{"revoked", true}}}}}}));
    TRY(updated_in(answer, fitting[0]));
    if (person.terminal().json)
        print_json({{"id", fitting[0]}, {"revoked", true}});
    else
        print_line("revoked; the next delivery with it is refused");
    return ExitCode::done;
}

}  // namespace kith
