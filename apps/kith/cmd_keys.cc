// device revoke, device confirm, freeze, thaw, status: what happens to one's keys when a device is
// lost, stolen or new.
#include "kith/commands.h"
#include "kith/outbox.h"
#include "kith/own_card.h"
#include "kith/own_standing.h"
#include "kith/since.h"
#include "kith/tty.h"

namespace kith {
namespace {

constexpr std::size_t kShortId = 8;

Result<const CardDevice*> device_of(const KnownPerson& own, const std::string& name) {
    const auto* device = own.card().device(std::string_view(name));
    if (device == nullptr)
        return fail(
            ErrorKind::not_found, name, "is no device of yours: `kith device list` lists them");
    return device;
}

// With the phrase at once; without it by this device, or as a draft for another one.
Outcome change_card(Person& person,
                    const KnownPerson& own,
                    const CardBuilder& next,
                    const PhraseSource& phrase) {
    Came came = Came::published;
    if (phrase.is_given()) {
        const Mnemonic words = TRY(read_phrase(phrase));
        TRY(publish_with_phrase(person, own, next, words));
    } else {
        came = TRY(publish_or_draft(person, own, next.card()));
    }
    const std::string what = joined_clauses(own.card(), next.card());
    const bool waits = came == Came::waits;
    if (person.terminal().json)
        print_json({{"change", what}, {"state", waits ? "waits" : "published"}});
    else if (waits)
        print_line("your next card (" + what +
                   ") waits for another device: run `kith device confirm` there within 72 hours");
    else
        print_line("your new card " + what);
    return waits ? ExitCode::queued : ExitCode::done;
}

Outcome confirm_draft(Person& person, const KnownPerson& own, ConfirmWish::Ask ask) {
    CardDraft draft = TRY(waiting_draft(person, own));
    if (draft.by == person.device())
        return fail(ErrorKind::denied,
                    "card draft",
                    "was made on this device: run `kith device confirm` on another one");
    const std::string what = joined_clauses(own.card(), draft.card.card);
    if (ask == ConfirmWish::Ask::yes) {
        if (!person.terminal().json)
            print_line(draft.by + " wants a new card, which " + what + ".");
        if (!ask_whether("kith: sign it, too?"))
            return fail(ErrorKind::denied,
                        "card draft",
                        "was not signed (it " + what + "): with --yes nothing is asked");
    }
    const std::string by = draft.by;
    TRY(publish_draft(person, own, std::move(draft)));
    if (person.terminal().json)
        print_json({{"change", what}, {"state", "published"}, {"by", by}});
    else
        print_line("your new card " + what);
    return ExitCode::done;
}

}  // namespace

Outcome run_device_revoke(Person& person, const RevokeWish& wish) {
    flush_outbox(person);
    const auto reason = parse_revocation_reason(wish.reason);
    if (!reason)
        return usage_error("--reason: replaced, lost or compromised");
    const Time now = person.clock().now();
    const Time since = wish.since.empty() ? now : TRY(parse_since(wish.since, now));
    const auto own = TRY(person.cards().own());
    TRY(device_of(own, wish.device));
    CardBuilder builder = CardBuilder::after(own.chain.current(), now);
    TRY(builder.remove_device(wish.device, since, *reason));
    return change_card(person, own, builder, wish.phrase);
}

Outcome run_device_confirm(Person& person, const ConfirmWish& wish) {
    flush_outbox(person);
    const auto own = TRY(person.cards().own());
    if (wish.device.empty())
        return confirm_draft(person, own, wish.ask);
    const CardDevice* device = TRY(device_of(own, wish.device));
    if (!device->pending)
        return fail(ErrorKind::conflict, wish.device, "is confirmed already");
    CardBuilder builder = CardBuilder::after(own.chain.current(), person.clock().now());
    TRY(builder.confirm_device(wish.device));
    return change_card(person, own, builder, wish.phrase);
}

Outcome run_freeze(Person& person) {
    const auto own = TRY(person.cards().own());
    if (own.card().frozen)
        return fail(ErrorKind::conflict,
                    person.address().text(),
                    "is frozen already, since " + format_time(*own.card().frozen));
    CardBuilder builder = CardBuilder::after(own.chain.current(), person.clock().now());
    builder.freeze();
    TRY(publish_card(person, own, builder.card(), {person.device(), person.keys().signing}));
    if (person.terminal().json)
        print_json({{"frozen", format_time(*builder.card().frozen)}});
    else
        print_line("the account is frozen: nothing goes out as " + person.address().text() +
                   " until `kith thaw` or `kith recover`");
    return ExitCode::done;
}

Outcome run_thaw(Person& person, const PhraseSource& phrase) {
    const auto own = TRY(person.cards().own());
    if (!own.card().frozen)
        return fail(ErrorKind::conflict, person.address().text(), "is not frozen");
    CardBuilder builder = CardBuilder::after(own.chain.current(), person.clock().now());
    builder.thaw();
    return change_card(person, own, builder, phrase);
}

namespace {

const char* standing_of(const KnownPerson& own, Time now) {
    if (own.chain.standing() == Chain::Standing::disputed)
        return "disputed";
    if (own.card().frozen)
        return "frozen";
    return own.card().expires < now ? "expired" : "active";
}

json::object status_object(const Person& person,
                           const KnownPerson& own,
                           const Result<CardDraft>& draft,
                           Time now) {
    const Card& card = own.card();
    json::object status{{"address", person.address().text()},
                        {"device", person.device()},
                        {"standing", standing_of(own, now)},
                        {"serial", card.serial},
                        {"frozen", nullptr},
                        {"expires", format_time(card.expires)},
                        {"devices", card.devices.size()},
                        {"pending", json::array()},
                        {"guardians", card.guardians.size()},
                        {"announced", nullptr},
                        {"draft", nullptr}};
    if (card.replacement)
        status["announced"] =
            json::object{{"at", format_time(card.replacement->since)},
                         {"from", format_time(card.replacement->since + kReplacementWait)}};
    if (card.frozen)
        status["frozen"] = format_time(*card.frozen);
    for (const CardDevice& device : card.devices)
        if (device.pending)
            status["pending"].get_array().emplace_back(device.name);
    if (draft)
        status["draft"] = json::object{{"by", draft->by},
                                       {"change", joined_clauses(card, draft->card.card)},
                                       {"expires", draft->expires}};
    return status;
}

void print_status(const Person& person, const json::object& status) {
    const Terminal& terminal = person.terminal();
    const std::string standing = text_at(status, "standing");
    print_line(terminal.styled(Style::bold, text_at(status, "address")) + " on " +
               text_at(status, "device") + ": " +
               terminal.styled(standing == "active" ? Style::good : Style::bad, standing));
    if (standing == "frozen")
        print_line("frozen since " + text_at(status, "frozen") +
                   ": nothing goes out, what was sent is held; `kith thaw` or `kith recover` ends "
                   "it");
    if (standing == "disputed")
        print_line("two recoveries contradict each other: ask your contacts in another way");
    if (const json::object& announced = object_at(status, "announced"); !announced.empty())
        print_line("your guardians announced a new recovery key on " + text_at(announced, "at") +
                   ", good from " + text_at(announced, "from") +
                   " on: `kith guardian veto --phrase` stops it");
    for (const json::object* alarm : objects_in(array_at(status, "alarms")))
        print_line(text_at(*alarm, "from") + " says that somebody else writes as you, since " +
                   text_at(*alarm, "at"));
    for (const json::object* report : objects_in(array_at(status, "reports")))
        print_line("message " + text_at(*report, "stubId").substr(0, kShortId) + " is called " +
                   text_at(*report, "outcome") + ", since " + text_at(*report, "at"));
    if (flag_at(status, "challenged"))
        print_line("only answers go out until you show that it is you: `kith confirm --challenge`");
    if (number_at(status, "unconfirmed") > 0)
        print_line("new threads wait until you let them go: `kith confirm`");
    for (const std::string& name : texts_at(status, "pending"))
        print_line("device " + name + " is not confirmed: `kith device confirm " + name + "`");
    const json::object draft = object_at(status, "draft");
    if (!draft.empty())
        print_line("a card signed by " + text_at(draft, "by") + " waits until " +
                   text_at(draft, "expires") + " (it " + text_at(draft, "change") +
                   "): `kith device confirm` on another device signs it");
}

}  // namespace

Outcome run_status(Person& person) {
    const auto own = TRY(person.cards().own());
    const auto draft = waiting_draft(person, own);
    if (!draft && draft.error().kind != ErrorKind::not_found)
        return draft.error();
    auto status = status_object(person, own, draft, person.clock().now());
    const auto standing = TRY(own_standing(person));
    status["alarms"] = standing.alarms;
    status["reports"] = standing.reports;
    status["challenged"] = standing.challenged;
    status["unconfirmed"] = standing.unconfirmed.size();
    if (person.terminal().json)
        print_json(std::move(status));
    else
        print_status(person, status);
    return ExitCode::done;
}

}  // namespace kith
