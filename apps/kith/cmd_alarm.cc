// alarm: tells somebody's server that their key is in a thief's hands, and hears them no more until
// that is cleared up (protocol section 3.7).
#include "kith/commands.h"
#include "kith/discovery.h"
#include "kith/mail_rows.h"
#include "kith/outbox.h"
#include "kith/own_card.h"
#include "note/alarm.h"
#include "protocol/problem.h"

namespace kith {
namespace {

// The newest message of theirs: who was never written to has no say.
Result<json::object> newest_message(Person& person, const Address& address) {
    const auto ids = TRY(query_emails(person, {{"from", address.text()}}, 50));
    for (const json::object& email : TRY(get_emails(person, ids)))
        if (text_at(row_of(person, email), "tier") != "own" &&
            !text_at(object_at(email, "kith"), "stub").empty() &&
            text_at(row_of(person, email), "from") == address.text())
            return email;
    return fail(ErrorKind::not_found,
                address.text(),
                "has not written to you: nothing says that you know their mail");
}

Result<SignedNote> make_alarm(Person& person, const Address& address, const json::object& email) {
    const std::string octets = text_at(object_at(email, "kith"), "stub");
    const auto given = TRY(SignedNote::parse(octets));
    const auto stub = TRY(parse_stub(given));
    const auto own = TRY(person.cards().own());
    const Alarm alarm{.address = address,
                      .root = stub.root,
                      .from = person.address(),
                      .from_root = own.chain.root(),
                      .time = person.clock().now(),
                      .stub = octets};
    auto note = TRY(SignedNote::sign(
        write_alarm(alarm), own.card().key_name(person.device()), person.keys().signing));
    TRY(parse_alarm(note));
    return note;
}

// Straight to their server: the thief may read what goes by mail.
Result<void> post_alarm(Person& person, const Address& address, const SignedNote& note) {
    HomeConfig theirs = person.home().config();
    if (address.domain() != theirs.address.domain())
        theirs.server_host.clear();
    theirs.address = address;
    const HttpOrigin origin = TRY(find_server(person.network(), theirs));
    HttpCall call;
    call.method = "POST";
    call.path = "/kith/1/notes";
    call.headers = {{"content-type", "text/plain; charset=utf-8"}};
    call.body = to_bytes(note.octets());
    call.repeat = Repeat::allowed;
    const auto reply = TRY(person.network().request(origin, std::move(call)));
    if (reply.status == 202)
        return {};
    const auto problem = answer_problem(as_text(reply.body), static_cast<int>(reply.status));
    return fail(
        reply.status == 429 || reply.status >= 500 ? ErrorKind::unavailable : ErrorKind::denied,
        address.domain(),
        "did not take the alarm: " + (problem.detail.empty() ? problem.title : problem.detail));
}

// False: they are no contact.
Result<bool> suspend(Person& person, const Address& address) {
    const auto contacts = TRY(person.server().call("Contact/get", {{"ids", nullptr}}));
    for (const json::object* contact : objects_in(array_at(contacts, "list"))) {
        if (text_at(*contact, "address") != address.text())
            continue;
        const std::string id = text_at(*contact, "id");
        const auto done = TRY(person.server().call(
            "Contact/set", {{"update", json::object{{id, json::object{{"suspended", true}}}}}}));
        TRY(updated_in(done, id));
        return true;
    }
    return false;
}

}  // namespace

Outcome run_alarm(Person& person, const AlarmWish& wish) {
    if (wish.dismiss == AlarmWish::Dismiss::yes)
        return run_alarm_dismiss(person, wish.phrase);
    const auto address = Address::parse(wish.address);
    if (!address)
        return usage_error("name whose key it is, like alice@one.test");
    if (*address == person.address())
        return usage_error("that is you: `kith freeze` stops what goes out as you");
    flush_outbox(person);
    const auto email = TRY(newest_message(person, *address));
    const bool suspended = TRY(suspend(person, *address));
    const auto note = TRY(make_alarm(person, *address, email));
    TRY(post_alarm(person, *address, note));
    if (person.terminal().json)
        print_json({{"address", address->text()}, {"suspended", suspended}});
    else
        print_line(address->text() + "'s devices are told" +
                   (suspended ? "; what comes from them waits in requests, until `kith contacts "
                                "restore " +
                                    address->text() + "`"
                              : std::string()));
    return ExitCode::done;
}

Outcome run_alarm_dismiss(Person& person, const PhraseSource& source) {
    if (!source.is_given())
        return fail(ErrorKind::denied,
                    "alarms",
                    "are dismissed with the recovery phrase: --phrase, or --recovery-file FILE");
    const auto own = TRY(person.cards().own());
    const Mnemonic phrase = TRY(read_phrase(source));
    TRY(publish_with_phrase(
        person, own, CardBuilder::after(own.chain.current(), person.clock().now()), phrase));
    if (person.terminal().json)
        print_json({{"dismissed", true}});
    else
        print_line("you have shown that it is you: the alarms are void");
    return ExitCode::done;
}

}  // namespace kith
