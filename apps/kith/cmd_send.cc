// send, introduce, compose, sent.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <thread>

#include "base/text.h"
#include "identity/move_check.h"
#include "kith/commands.h"
#include "kith/interrupt.h"
#include "kith/key_notices.h"
#include "kith/mail_rows.h"
#include "kith/moved_mail.h"
#include "kith/opened_mail.h"
#include "kith/outbox.h"
#include "kith/own_standing.h"
#include "kith/pending.h"
#include "kith/raising.h"

namespace kith {
namespace {

constexpr std::size_t kShortId = 8;
constexpr std::size_t kSubmissionsAtOnce = 100;
constexpr Milliseconds kRaisePause{50};

Style style_of_state(const std::string& state) {
    if (state == "delivered" || state == "held")
        return Style::good;
    return state == "queued" || state == "sending" || state == "unconfirmed" ? Style::warning
                                                                             : Style::bad;
}

std::string held_note(const json::object& recipient) {
    const json::object& answer = object_at(recipient, "answer");
    const std::string expires = text_at(answer, "expires");
    if (flag_at(answer, "shown"))
        return "had its turn among the requests, until " + short_time(expires);
    if (expires.empty())
        return "waits until the recipient accepts";
    return "waits for its turn, until " + short_time(expires);
}

// What the old server says of it counts for nothing: the card does.
std::string moved_note(Person& person, const json::object& recipient) {
    const auto address = Address::parse(text_at(recipient, "address"));
    const auto known =
        address ? person.cards().get(*address) : Result<KnownPerson>(address.error());
    const auto to =
        known ? moved_to(known->chain, *address, text_at(object_at(recipient, "answer"), "card"))
              : Result<Address>(known.error());
    return to ? "is at " + to->text() + " now"
              : "its server says that they have moved, and shows no card of theirs that says so";
}

std::string note_of(Person& person, const json::object& recipient) {
    const json::object& answer = object_at(recipient, "answer");
    if (text_at(answer, "type") == "moved")
        return moved_note(person, recipient);
    const std::string from = text_at(recipient, "movedFrom");
    if (!from.empty() && answer.empty())
        return "has moved from " + from;
    const std::string detail = text_at(answer, "detail");
    const std::string state = text_at(recipient, "state");
    if (state == "needs-stamp")
        return "a stranger's price, an effort of " +
               std::to_string(number_at(recipient, "effort")) + ": kith sent ID --pay, or a token";
    if (state == "held")
        return held_note(recipient);
    if (state == "unconfirmed")
        return "waiting for confirmation, until " + short_time(text_at(recipient, "expires")) +
               ": kith confirm";
    return detail.empty() ? text_at(answer, "type") : detail;
}

void print_recipients(Person& person, const json::array& recipients) {
    Table table({"to", "", "state", "attempts", "answer"}, 0);
    for (const json::object* each : objects_in(recipients)) {
        const std::string state = text_at(*each, "state");
        table.add({{text_at(*each, "address")},
                   {flag_at(*each, "bcc") ? "bcc" : "", Style::dim},
                   {state, style_of_state(state)},
                   {std::to_string(number_at(*each, "attempts"))},
                   {note_of(person, *each)}});
    }
    print_text(table.text(person.terminal()));
}

ExitCode code_of(Fate fate) {
    return fate == Fate::good   ? ExitCode::done
           : fate == Fate::open ? ExitCode::queued
                                : ExitCode::refused;
}

// What a message came to, as send and sent print it. The blind copies stand in `to`, too: it is
// the writer's own view.
json::object sent_object(const Person& person,
                         const std::string& id,
                         const std::string& subject,
                         const std::string& time,
                         const json::array& recipients) {
    json::array to;
    for (const json::object* each : objects_in(recipients))
        to.emplace_back(text_at(*each, "address"));
    return {{"id", id},
            {"from", person.address().text()},
            {"to", to},
            {"time", time},
            {"tier", "own"},
            {"subject", subject},
            {"recipients", recipients}};
}

json::object submitted_object(const Person& person,
                              const json::object& submission,
                              const json::array& recipients,
                              const std::string& id,
                              const std::string& subject) {
    auto object = sent_object(person, id, subject, text_at(submission, "sendAt"), recipients);
    object["emailId"] = text_at(submission, "emailId");
    object["undoStatus"] = text_at(submission, "undoStatus");
    return object;
}

json::object queued_object(const Person& person, const Outgoing& outgoing, const std::string& why) {
    json::array recipients;
    for (const Recipient& each : outgoing.recipients)
        recipients.push_back({{"address", each.to.text()},
                              {"bcc", each.as == Recipient::As::bcc},
                              {"state", "queued"},
                              {"attempts", 0}});
    auto object =
        sent_object(person, outgoing.id, outgoing.subject, format_time(outgoing.time), recipients);
    object["undoStatus"] = "pending";
    object["queued"] = "outbox";
    object["reason"] = why;
    return object;
}

Outcome queue_here(Person& person, const Outgoing& outgoing, const Error& why) {
    TRY(outbox_of(person).put(outgoing));
    const std::string reason = why.where == "overQuota" ? why.detail : sentence_of(why);
    if (person.terminal().json)
        print_json(queued_object(person, outgoing, reason));
    else
        print_line(outgoing.id);
    print_notice("queued here: " + reason +
                 "; it goes with the next kith command, or with kith watch");
    return ExitCode::queued;
}

// Before the person writes a long text: would it be refused anyway?
Result<void> check_wish(const SendWish& wish) {
    for (const auto* addresses : {&wish.to, &wish.cc, &wish.bcc})
        for (const std::string& address : *addresses)
            if (!parse_target(address))
                return usage_error("'" + address + "' is no address: write it like bob@two.test");
    for (const std::string& path : wish.attachments)
        if (::access(path.c_str(), R_OK) != 0)
            return fail(ErrorKind::io, path, "cannot be read: check the name and its permissions");
    return {};
}

std::string read_text() {
    if (::isatty(STDIN_FILENO) == 1)
        print_notice("write the message, end it with Ctrl-D");
    return {std::istreambuf_iterator<char>(std::cin), {}};
}

Result<Outgoing> outgoing_of(Person& person, const SendOrder& order) {
    SendWish wish = order.message;
    TRY(check_wish(wish));
    if (!order.answers.empty()) {
        const auto answered = TRY(find_email(person, order.answers, Side::received));
        wish.answers = text_at(object_at(answered, "kith"), "stubId");
        const auto row = row_of(person, answered);
        if (wish.to.empty())
            wish.to = {text_at(row, "from")};
        if (wish.subject.empty())
            wish.subject = reply_subject(text_at(row, "subject"));
        if (const auto opened = open_email(person, answered))
            if (const auto view = parse_message(opened->message))
                wish.in_reply_to = view->message_id();
    }
    if (order.text == SendOrder::Text::from_stdin && wish.eml.empty())
        wish.text = read_text();
    return make_outgoing(wish, person.address(), random_id(person.random()), person.clock().now());
}

// Where another device has to let it go, it says so; the exit code says that it is not final.
ExitCode tell_unconfirmed(Person& person, std::size_t unconfirmed) {
    if (unconfirmed == 0)
        return ExitCode::done;
    const auto own = person.cards().own();
    const bool several = own && speaking_devices(*own, person.clock().now()).size() > 1;
    print_notice(std::to_string(unconfirmed) +
                 (unconfirmed == 1 ? " recipient waits" : " recipients wait") +
                 " for confirmation: run `kith confirm`" +
                 (several ? " on another device of yours, or with --phrase" : ""));
    return ExitCode::queued;
}

}  // namespace

Outcome run_compose(Person& person, const SendOrder& order) {
    const auto outgoing = TRY(outgoing_of(person, order));
    print_text(outgoing.message);
    return ExitCode::done;
}

Outcome run_send(Person& person, const SendOrder& order) {
    const Outgoing outgoing = TRY(outgoing_of(person, order));
    if (order.outbox == SendOrder::Outbox::use)
        flush_outbox(person);
    const auto submitted = submit(person, outgoing, Attempt::first);
    if (!submitted && goes_later(submitted.error()) && order.outbox == SendOrder::Outbox::use)
        return queue_here(person, outgoing, submitted.error());
    if (!submitted)
        return submitted.error();
    if (order.waits == SendOrder::Wait::no) {
        if (person.terminal().json) {
            const auto submission = TRY(submission_of(person, submitted->submission));
            print_json(submitted_object(
                person, submission, recipients_of(submission), outgoing.id, outgoing.subject));
        } else
            print_line(outgoing.id);
        return tell_unconfirmed(person, submitted->unconfirmed);
    }
    const auto submission =
        TRY(wait_for_fate(person, outgoing.id, submitted->submission, order.wait));
    const auto recipients = TRY(recipients_where_they_are(person, submission, order.wait));
    const auto sent =
        submitted_object(person, submission, recipients, outgoing.id, outgoing.subject);
    const Fate fate = fate_of(array_at(sent, "recipients"));
    if (person.terminal().json) {
        print_json(sent);
    } else {
        print_line(outgoing.id);
        print_recipients(person, array_at(sent, "recipients"));
    }
    tell_unconfirmed(person, unconfirmed_in(array_at(sent, "recipients")));
    return code_of(fate);
}

namespace {

std::string letter_text(const std::string& one, const std::string& other, const std::string& own) {
    return (own.empty() ? std::string() : own + "\n\n") + one + " and " + other +
           ", I know you both, and I stand for each of you towards the other.\n" +
           "For 30 days the mail of each of you reaches the other's inbox on my word.\n";
}

}  // namespace

Outcome run_introduce(Person& person, const IntroduceWish& wish) {
    SendOrder order;
    order.message.to = {wish.one, wish.other};
    for (const std::string& address : order.message.to)
        if (!Address::parse(address))
            return usage_error("'" + address + "' is no address: write it like bob@two.test");
    order.message.subject = wish.subject.empty() ? wish.one + ", meet " + wish.other : wish.subject;
    order.message.text = letter_text(wish.one, wish.other, wish.text);
    order.message.introduces = Outgoing::Introduces::yes;
    order.wait = wish.wait;
    order.waits = wish.waits;
    return run_send(person, order);
}

namespace {

/// By the ids of their Emails.
Result<std::map<std::string, json::object>> submissions_of(
    Person& person, const std::vector<json::object>& emails) {
    std::map<std::string, json::object> all;
    for (std::size_t at = 0; at < emails.size(); at += kSubmissionsAtOnce) {
        json::array ids;
        for (std::size_t i = at; i < std::min(emails.size(), at + kSubmissionsAtOnce); ++i)
            ids.emplace_back(text_at(emails[i], "id"));
        std::vector<JmapCall> calls;
        calls.push_back({"EmailSubmission/query", {{"filter", json::object{{"emailIds", ids}}}}});
        calls.push_back(
            {"EmailSubmission/get",
             {{"#ids",
               json::object{
                   {"resultOf", "0"}, {"name", "EmailSubmission/query"}, {"path", "/ids"}}}}});
        const auto answers = TRY(person.server().call(std::move(calls)));
        for (const json::object* each : objects_in(array_at(answers[1], "list")))
            all[text_at(*each, "emailId")] = *each;
    }
    return all;
}

// What waits here is newer than what the server has.
json::array outbox_rows(Person& person) {
    json::array rows;
    const OutboxFolder outbox = outbox_of(person);
    const auto names = outbox.names();
    for (auto name = names.rbegin(); name != names.rend(); ++name)
        if (const auto outgoing = outbox.get(*name))
            rows.push_back(queued_object(person, *outgoing, "waits in the outbox"));
    return rows;
}

void print_sent_table(const Terminal& terminal, const json::array& rows) {
    Table table({"id", "to", "time", "state", "subject"}, 1);
    for (const json::object* row : objects_in(rows)) {
        std::string to;
        for (const std::string& each : texts_at(*row, "to"))
            to += (to.empty() ? "" : ", ") + each;
        const Fate fate = fate_of(array_at(*row, "recipients"));
        const bool waits = unconfirmed_in(array_at(*row, "recipients")) > 0;
        const char* state = fate == Fate::good  ? "sent"
                            : fate == Fate::bad ? "not delivered"
                            : waits             ? "unconfirmed"
                                                : "queued";
        table.add({{text_at(*row, "id").substr(0, kShortId), Style::dim},
                   {to},
                   {short_time(text_at(*row, "time"))},
                   {state, fate == Fate::bad ? Style::bad : Style::plain},
                   {text_at(*row, "subject")}});
    }
    print_text(table.text(terminal));
}

Outcome list_sent(Person& person, std::optional<std::size_t> limit) {
    const auto list = TRY(list_emails(person, {.role = "sent", .tier = {}, .limit = limit}));
    const auto submissions = TRY(submissions_of(person, list.emails));
    json::array rows = outbox_rows(person);
    for (const json::object& email : list.emails) {
        auto row = row_of(person, email);
        const auto found = submissions.find(text_at(email, "id"));
        row["recipients"] =
            found == submissions.end() ? json::array() : recipients_of(found->second);
        rows.push_back(std::move(row));
    }
    if (person.terminal().json)
        print_json(rows);
    else if (rows.empty())
        print_line("nothing sent yet");
    else
        print_sent_table(person.terminal(), rows);
    if (list.more)
        print_more(person.terminal());
    if (const auto trouble = own_trouble(person))
        print_notice(*trouble);
    return ExitCode::done;
}

struct Queued {
    std::string name;  ///< in the outbox
    Outgoing outgoing;
};

// In the outbox still? Then it says so, without a server.
std::optional<Queued> find_queued(Person& person, const std::string& id) {
    const OutboxFolder outbox = outbox_of(person);
    for (const std::string& name : outbox.names()) {
        auto outgoing = outbox.get(name);
        if (outgoing && outgoing->id.starts_with(to_lower(id)))
            return Queued{name, *std::move(outgoing)};
    }
    return std::nullopt;
}

Outcome show_queued(Person& person, const Queued& queued) {
    if (person.terminal().json)
        print_json(queued_object(person, queued.outgoing, "waits in the outbox"));
    else
        print_line("waits in the outbox: " + printable(queued.outgoing.subject));
    return ExitCode::done;
}

// Before a command that finds the server back could hand it over.
Outcome cancel_queued(Person& person, const Queued& queued) {
    const OutboxFolder outbox = outbox_of(person);
    const auto lock = TRY(outbox.lock());
    TRY(outbox.remove(queued.name));
    if (person.terminal().json)
        print_json({{"id", queued.outgoing.id}, {"undoStatus", "canceled"}});
    else
        print_line("taken back: it was never sent");
    return ExitCode::done;
}

Result<json::object> cancel(Person& person, const std::string& submission) {
    const auto answer = TRY(person.server().call(
        "EmailSubmission/set",
        {{"update", json::object{{submission, json::object{{"undoStatus", "canceled"}}}}}}));
    TRY(updated_in(answer, submission));
    return submission_of(person, submission);
}

// Blocks until every recipient who keeps it was asked, and paid more where it helps.
Outcome raise(Person& person,
              const std::string& id,
              const std::string& submission,
              std::uint64_t most_effort) {
    const InterruptGuard guard;
    const auto tell = [&person](const RaiseNews& news) {
        if (!person.terminal().json)
            print_line(printable(news.address) + ": " + sentence_of(news));
    };
    Raiser raiser(person, {.when = RaiseWish::When::now, .most_effort = most_effort}, tell);
    const auto taken = raiser.take(id, submission);
    if (!taken && taken.error().kind == ErrorKind::not_found)
        return fail(
            ErrorKind::not_found, "message", "nothing of it waits that this device could raise");
    if (!taken)
        return taken.error();
    while (!raiser.idle() && !InterruptGuard::flag()) {
        TRY(raiser.step());
        std::this_thread::sleep_for(kRaisePause);
    }
    return ExitCode::done;
}

}  // namespace

Outcome run_sent(Person& person, const SentWish& wish) {
    if (!wish.id.empty() && wish.cancel == SentWish::Cancel::yes)
        if (const auto queued = find_queued(person, wish.id))
            return cancel_queued(person, *queued);
    flush_outbox(person);
    if (wish.id.empty())
        return list_sent(person, wish.limit);
    if (const auto queued = find_queued(person, wish.id))
        return show_queued(person, *queued);
    const auto email = TRY(find_email(person, wish.id, Side::own));
    const auto row = row_of(person, email);
    auto submission = TRY(submission_of_email(person, text_at(email, "id")));
    const std::string submission_id = text_at(submission, "id");
    const std::string id = text_at(row, "id");
    if (wish.cancel == SentWish::Cancel::yes)
        submission = TRY(cancel(person, submission_id));
    if (wish.raise == SentWish::Raise::yes) {
        TRY(raise(person, id, submission_id, wish.most_effort));
        submission = TRY(submission_of(person, submission_id));
    }
    if (wish.pay == SentWish::Pay::yes)
        submission = TRY(wait_for_fate(
            person, id, submission_id, {.most_effort = wish.most_effort, .limit = std::nullopt}));
    const auto recipients = TRY(recipients_where_they_are(person, submission, std::nullopt));
    auto sent = submitted_object(person, submission, recipients, id, text_at(row, "subject"));
    sent["size"] = value_at(row, "size");
    if (person.terminal().json) {
        print_json(sent);
        return ExitCode::done;
    }
    print_line(printable(text_at(row, "subject")));
    print_line(person.terminal().styled(Style::dim, id + "  " + short_time(text_at(row, "time"))));
    print_recipients(person, array_at(sent, "recipients"));
    return ExitCode::done;
}

}  // namespace kith
