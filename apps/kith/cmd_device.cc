// device list, link, rekey.
#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <thread>

#include "kith/commands.h"
#include "kith/interrupt.h"
#include "kith/outbox.h"
#include "kith/own_card.h"
#include "kith/rekeying.h"
#include "note/link.h"

namespace kith {
namespace {

constexpr Milliseconds kPollEvery{200};

Result<json::object> link_state(Person& person, const std::string& id) {
    const auto answer = TRY(person.server().call("DeviceLink/get", {{"ids", json::array{id}}}));
    const auto found = objects_in(array_at(answer, "list"));
    if (found.empty())
        return fail(ErrorKind::not_found, "link code", "is not good any more: begin again");
    return *found.front();
}

// The new device's note, once it has sent one.
Result<Link> wait_for_link(Person& person, const LinkCode& code) {
    const InterruptGuard guard;
    while (!InterruptGuard::flag()) {
        const auto state = TRY(link_state(person, code.id()));
        if (text_at(state, "state") == "expired")
            return fail(ErrorKind::timeout, "link code", "ran out unused: begin again");
        const std::string octets = text_at(state, "link");
        if (octets.empty()) {
            std::this_thread::sleep_for(kPollEvery);
            continue;
        }
        const auto note = TRY(SignedNote::parse(octets));
        const auto link = TRY(parse_link(note));
        TRY(check_link_mac(link, code));
        if (link.address != person.address())
            return fail(ErrorKind::untrusted, "link", "is for " + link.address.text());
        return link;
    }
    return fail(ErrorKind::unavailable, "link", "was broken off: no device was added");
}

void refuse_link(Person& person, const std::string& id) {
    [[maybe_unused]] const auto done = person.server().call(
        "DeviceLink/set", {{"update", json::object{{id, json::object{{"state", "refused"}}}}}});
}

Result<KnownPerson> add_device(Person& person, const Link& link) {
    const auto own = TRY(person.cards().own());
    CardBuilder builder = CardBuilder::after(own.chain.current(), person.clock().now());
    builder.add_device({.name = link.device, .key = link.key, .recipient = link.recipient},
                       CardBuilder::Admission::pending);
    return publish_card(person, own, builder.card(), {person.device(), person.keys().signing});
}

void print_rekeyed(Person& person, const std::string& device, const Rekeyed& result) {
    if (person.terminal().json) {
        print_json({{"device", device}, {"rekeyed", result.done}, {"skipped", result.skipped}});
        return;
    }
    print_line("old mail: " + std::to_string(result.done) + " headers made anew" +
               (result.skipped > 0
                    ? ", " + std::to_string(result.skipped) + " are not for this device"
                    : ""));
}

// What another device wants this one to sign, too.
void tell_of_draft(Person& person) {
    const auto own = person.cards().own();
    const auto draft = own ? waiting_draft(person, *own) : Result<CardDraft>(own.error());
    if (!draft || draft->by == person.device())
        return;
    std::string what;
    for (const std::string& clause : clauses_of(own->card(), draft->card.card))
        what += (what.empty() ? "" : ", ") + clause;
    print_notice("a card signed by " + draft->by + " waits for this device: " + what +
                 "; `kith device confirm` signs it");
}

}  // namespace

Outcome run_device_list(Person& person) {
    flush_outbox(person);
    const auto answer = TRY(person.server().call("Device/get", {{"ids", nullptr}}));
    json::array rows;
    Table table({"name", "since", "last seen", "", "state"}, 0);
    auto devices = objects_in(array_at(answer, "list"));
    // Newest first; of one second, the one that the card lists last.
    std::set<std::pair<std::string, std::size_t>, std::greater<>> newest_first;
    for (std::size_t i = 0; i < devices.size(); ++i)
        newest_first.emplace(text_at(*devices[i], "since"), i);
    for (const auto& [since, index] : newest_first) {
        const json::object* device = devices[index];
        rows.push_back(*device);
        const bool revoked = flag_at(*device, "revoked");
        const auto seen = text_at(*device, "lastSeenAt");
        table.add({{text_at(*device, "name"), Style::bold},
                   {short_time(text_at(*device, "since"))},
                   {seen.empty() ? "-" : short_time(seen)},
                   {flag_at(*device, "current") ? "this one" : "", Style::dim},
                   {revoked                       ? "revoked, " + text_at(*device, "reason")
                    : flag_at(*device, "pending") ? "pending"
                                                  : "active",
                    revoked ? Style::bad : Style::plain}});
    }
    if (person.terminal().json)
        print_json(rows);
    else
        print_text(table.text(person.terminal()));
    tell_of_draft(person);
    return ExitCode::done;
}

Outcome run_device_link(Person& person) {
    flush_outbox(person);
    const auto answer = TRY(person.server().call(
        "DeviceLink/set", {{"create", json::object{{"new", json::object()}}}}));
    const auto made = TRY(created_in(answer, "new"));
    const auto id = maybe_text_at(made, "code-id").value_or(text_at(made, "id"));
    const auto code = TRY(LinkCode::make(id, person.random()));
    if (person.terminal().json) {
        print_json({{"code", code.text()}, {"expires", value_at(made, "expires")}});
    } else {
        print_line("On the new device, within ten minutes:\n\n  kith init " +
                   person.address().text() + " --link " + code.text() + "\n");
        fflush(stdout);
    }
    const auto link = wait_for_link(person, code);
    if (!link) {
        refuse_link(person, id);
        return link.error();
    }
    const auto own = add_device(person, *link);
    if (!own) {
        refuse_link(person, id);
        return own.error();
    }
    if (!person.terminal().json)
        print_line(link->device + " is in your card");
    print_rekeyed(person, link->device, TRY(rekey_all(person, *own)));
    return ExitCode::done;
}

Outcome run_device_rekey(Person& person) {
    flush_outbox(person);
    const auto own = TRY(person.cards().own());
    print_rekeyed(person, person.device(), TRY(rekey_all(person, own)));
    return ExitCode::done;
}

}  // namespace kith
