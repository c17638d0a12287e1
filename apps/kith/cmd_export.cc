// export: everything a person owns, as plain files that need no Kith to be read.
//
//   account.json                     who, when, which format
//   home/                            config.toml, device.key (as it is kept), pins.json, cards/
//   card.json contacts.json tokens.json devices.json
//   mail/ID.json, mail/ID.eml        what the lists say; the RFC 5322 message (not of one that is
//   held)
#include <boost/json.hpp>
#include <filesystem>

#include "kith/commands.h"
#include "kith/files.h"
#include "kith/mail_rows.h"
#include "kith/opened_mail.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kBatch = 100;

Result<void> write_json(const fs::path& file, const json::value& value) {
    return write_private_file(file, json::serialize(value) + "\n");
}

Result<void> copy_home(const Home& home, const fs::path& to) {
    TRY(make_private_folder(to));
    TRY(make_private_folder(to / "cards"));
    for (const char* name : {"config.toml", "device.key", "pins.json", "guardians.json"}) {
        const auto octets = read_private_file(home.file(name));
        if (octets)
            TRY(write_private_file(to / name, *octets));
        else if (octets.error().kind != ErrorKind::not_found)
            return octets.error();
    }
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(home.file("cards"), none)) {
        const std::string octets = TRY(read_private_file(entry.path()));
        TRY(write_private_file(to / "cards" / entry.path().filename(), octets));
    }
    return {};
}

Result<void> write_lists(Person& person, const fs::path& folder) {
    struct List {
        const char* method;
        const char* file;
    };
    for (const List& list : {List{"Card/get", "card.json"},
                             List{"Contact/get", "contacts.json"},
                             List{"Token/get", "tokens.json"},
                             List{"BlockedDomain/get", "blocked.json"},
                             List{"Device/get", "devices.json"}}) {
        const auto answer = TRY(person.server().call(list.method, {{"ids", nullptr}}));
        TRY(write_json(folder / list.file, array_at(answer, "list")));
    }
    return {};
}

/// The roles of the mailboxes by their ids.
Result<json::object> roles(Person& person) {
    const auto answer = TRY(person.server().call("Mailbox/get", {{"ids", nullptr}}));
    json::object by_id;
    for (const json::object* mailbox : objects_in(array_at(answer, "list")))
        by_id[text_at(*mailbox, "id")] = text_at(*mailbox, "role");
    return by_id;
}

// The body first: whoever finds the description has both.
Result<void> export_one(Person& person,
                        const json::object& email,
                        const json::object& role_of,
                        const fs::path& mail,
                        Exported& count) {
    json::object row = row_of(person, email);
    const std::string id = text_at(row, "id") + (text_at(row, "tier") == "own" ? "-own" : "");
    const fs::path description = mail / (id + ".json");
    ++count.messages;
    if (fs::exists(description))
        return {};
    const auto opened = open_email(person, email);
    if (opened)
        TRY(write_private_file(mail / (id + ".eml"), opened->message));
    else if (opened.error().kind == ErrorKind::unavailable && text_at(row, "state") == "delivered")
        return opened.error();
    else
        ++count.unread;
    const auto& boxes = object_at(email, "mailboxIds");
    row["mailbox"] = boxes.empty() ? "" : text_at(role_of, boxes.begin()->key());
    row["keywords"] = value_at(email, "keywords");
    row["kith"] = value_at(email, "kith");
    TRY(write_json(description, row));
    ++count.fresh;
    return {};
}

Result<Exported> export_mail(Person& person, const fs::path& mail) {
    TRY(make_private_folder(mail));
    const json::object role_of = TRY(roles(person));
    const auto ids = TRY(query_emails(person, {}, SIZE_MAX));
    ProgressBar bar(person.terminal(), "exporting");
    Exported count;
    for (std::size_t at = 0; at < ids.size(); at += kBatch) {
        const auto end =
            ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), at + kBatch));
        const auto emails =
            TRY(get_emails(person, {ids.begin() + static_cast<std::ptrdiff_t>(at), end}));
        for (const json::object& email : emails) {
            TRY(export_one(person, email, role_of, mail, count));
            bar.show(count.messages, ids.size());
        }
    }
    return count;
}

}  // namespace

Result<Exported> export_everything(Person& person, const std::string& folder) {
    const fs::path to(folder);
    TRY(take_private_folder(to));
    TRY(copy_home(person.home(), to / "home"));
    TRY(write_lists(person, to));
    const auto count = TRY(export_mail(person, to / "mail"));
    const json::object account{{"format", 1},
                               {"address", person.address().text()},
                               {"device", person.device()},
                               {"exportedAt", format_time(person.clock().now())},
                               {"messages", count.messages}};
    TRY(write_json(to / "account.json", account));
    return count;
}

Outcome run_export(Person& person, const std::string& folder) {
    const auto count = TRY(export_everything(person, folder));
    if (person.terminal().json)
        print_json({{"folder", folder},
                    {"messages", count.messages},
                    {"new", count.fresh},
                    {"withoutBody", count.unread}});
    else
        print_line(std::to_string(count.messages) + " messages in " + folder + ", " +
                   std::to_string(count.fresh) + " of them new: keep it safe, it can be read");
    return ExitCode::done;
}

}  // namespace kith
