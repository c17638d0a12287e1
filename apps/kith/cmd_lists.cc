// inbox, requests, accept, decline.
#include <algorithm>
#include <map>
#include "kith/commands.h"
#include "kith/key_notices.h"
#include "kith/mail_rows.h"
#include "kith/outbox.h"
#include "kith/waiting_requests.h"

namespace kith {
namespace {

constexpr std::size_t kShortId = 8;
constexpr std::size_t kDeclinedAtOnce = 250;

Style style_of_tier(const std::string& tier) {
    if (tier == "well-trusted")
        return Style::good;
    return tier == "unknown" ? Style::warning : Style::plain;
}

json::array as_array(std::vector<json::object> rows) {
    json::array all;
    for (json::object& row : rows)
        all.push_back(std::move(row));
    return all;
}

void print_mail_table(const Terminal& terminal, const std::vector<json::object>& rows) {
    Table table({"id", "from", "time", "tier", "size", "subject"}, 1);
    for (const json::object& row : rows) {
        const std::string tier = text_at(row, "tier");
        const std::string batched = flag_at(row, "batched") ? ", batched" : "";
        const Style subject = flag_at(row, "unread") ? Style::bold : Style::plain;
        table.add({{text_at(row, "id").substr(0, kShortId), Style::dim},
                   {text_at(row, "from")},
                   {short_time(text_at(row, "receivedAt"))},
                   {tier + batched, style_of_tier(tier)},
                   {size_text(static_cast<std::uint64_t>(number_at(row, "size")))},
                   {text_at(row, "subject"), subject}});
    }
    print_text(table.text(terminal));
    for (const json::object& row : rows)
        if (const auto warning = text_at(row, "warning"); !warning.empty())
            print_line(terminal.styled(
                Style::bad,
                "! " + printable(text_at(row, "id").substr(0, kShortId) + ": " + warning)));
}

Result<void> act_on(Person& person, const std::string& email, const std::string& action) {
    const auto answer = TRY(person.server().call(
        "Request/set", {{"update", json::object{{email, json::object{{"action", action}}}}}}));
    return updated_in(answer, email);
}

json::object first_or(const std::vector<json::object>& emails, const json::object& other) {
    return emails.empty() ? other : emails.front();
}

Result<json::object> find_request(Person& person, const std::string& id) {
    auto email = TRY(find_email(person, id, Side::received));
    const std::string state = text_at(object_at(email, "kith"), "state");
    if (state != "held" && state != "fetching")
        return fail(ErrorKind::not_found, id, "is no request (`kith requests` lists them)");
    return email;
}

}  // namespace

Outcome run_inbox(Person& person, const InboxWish& wish) {
    static constexpr std::string_view kTiers[] = {"", "well-trusted", "known", "unknown", "own"};
    if (std::ranges::find(kTiers, wish.tier) == std::end(kTiers))
        return usage_error("--tier: well-trusted, known, unknown or own, not " + wish.tier);
    flush_outbox(person);
    const auto list = TRY(list_emails(person,
                                      {.role = wish.mailbox == "all" ? "" : wish.mailbox,
                                       .tier = wish.tier,
                                       .limit = wish.limit}));
    std::vector<json::object> rows;
    for (const json::object& email : list.emails)
        rows.push_back(row_of(person, email));
    if (person.terminal().json)
        print_json(as_array(std::move(rows)));
    else if (rows.empty())
        print_line("nothing here");
    else
        print_mail_table(person.terminal(), rows);
    if (list.more)
        print_more(person.terminal());
    tell_key_notices(person);
    return ExitCode::done;
}

namespace {

Result<void> decline_all(Person& person, const std::vector<std::string>& ids) {
    for (std::size_t at = 0; at < ids.size(); at += kDeclinedAtOnce) {
        json::object updates;
        for (std::size_t i = at; i < std::min(ids.size(), at + kDeclinedAtOnce); ++i)
            updates[ids[i]] = json::object{{"action", "decline"}};
        TRY(person.server().call("Request/set", {{"update", std::move(updates)}}));
    }
    return {};
}

void print_requests(const Terminal& terminal,
                    const std::vector<json::object>& rows,
                    std::size_t hidden) {
    if (rows.empty())
        print_line("no requests");
    else {
        print_mail_table(terminal, rows);
        print_line(terminal.styled(
            Style::dim,
            "kith accept ID brings the message here; kith decline ID [--block] turns it away"));
    }
    if (hidden > 0)
        print_line(terminal.styled(
            Style::dim, std::to_string(hidden) + " more wait for their day; kith requests --all"));
}

}  // namespace

Outcome run_requests(Person& person, const RequestsWish& wish) {
    flush_outbox(person);
    TRY(person.server().call("Request/show", {}));
    auto requests = TRY(waiting_requests(person));
    const std::size_t waiting = requests.size();
    if (wish.which == RequestsWish::Which::shown)
        std::erase_if(requests, [](const json::object& one) { return !flag_at(one, "shown"); });
    const std::size_t hidden = waiting - requests.size();
    std::vector<std::string> ids;
    std::map<std::string, const json::object*> by_email;
    for (const json::object& request : requests) {
        ids.push_back(text_at(request, "emailId"));
        by_email[ids.back()] = &request;
    }
    std::vector<json::object> rows;
    for (const json::object& email : TRY(get_emails(person, ids))) {
        auto row = row_of(person, email);
        const json::object& request = *by_email.at(text_at(email, "id"));
        for (const char* name : {"effort", "evidence", "expires", "shown"})
            row[name] = value_at(request, name);
        rows.push_back(std::move(row));
    }
    if (wish.discard == RequestsWish::Discard::yes)
        TRY(decline_all(person, ids));
    if (person.terminal().json)
        print_json(as_array(std::move(rows)));
    else if (wish.discard == RequestsWish::Discard::yes)
        print_line("declined: " + std::to_string(ids.size()));
    else
        print_requests(person.terminal(), rows, hidden);
    return ExitCode::done;
}

Outcome run_accept(Person& person, const std::string& id) {
    flush_outbox(person);
    const auto email = TRY(find_request(person, id));
    const std::string email_id = text_at(email, "id");
    const auto done = act_on(person, email_id, "accept");
    if (!done && done.error().kind == ErrorKind::unavailable) {
        if (person.terminal().json)
            print_json(row_of(person, first_or(TRY(get_emails(person, {email_id})), email)));
        print_notice("accepted; the body is not here yet (" + done.error().detail +
                     "), the server goes on trying");
        return ExitCode::queued;
    }
    if (!done)
        return done.error();
    auto row = row_of(person, first_or(TRY(get_emails(person, {email_id})), email));
    if (person.terminal().json)
        print_json(std::move(row));
    else
        print_line("accepted: " + printable(text_at(row, "from")) +
                   " is known from now on; kith read " + text_at(row, "id").substr(0, kShortId));
    return ExitCode::done;
}

Outcome run_decline(Person& person, const std::string& id, Decline how) {
    flush_outbox(person);
    const auto email = TRY(find_request(person, id));
    TRY(act_on(person, text_at(email, "id"), how == Decline::and_block ? "block" : "decline"));
    const auto row = row_of(person, email);
    if (person.terminal().json)
        print_json({{"id", text_at(row, "id")},
                    {"from", text_at(row, "from")},
                    {"declined", true},
                    {"blocked", how == Decline::and_block}});
    else
        print_line(how == Decline::and_block
                       ? "declined; " + printable(text_at(row, "from")) + " is blocked"
                       : "declined");
    return ExitCode::done;
}

}  // namespace kith
