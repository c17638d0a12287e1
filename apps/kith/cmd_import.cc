// import: takes over what an export holds, into this account: contacts with what was verified and
// what they have used up of their meters, and mail, sealed anew for this account's devices. What is
// here already stays; running it again goes on where it was broken off.
#include <algorithm>
#include <filesystem>
#include <set>

#include "kith/commands.h"
#include "kith/files.h"
#include "kith/import_lists.h"
#include "kith/mail_rows.h"
#include "kith/sealing.h"
#include "mail/message.h"
#include "mail/preview.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kTextInPreview = kMaxPreviewOctets;

// A pin of ours is stronger than one of the export.
Result<void> import_pin(Person& person, const Address& address, const Hash& root, bool verified) {
    if (person.pin_of(address))
        return {};
    return person.pin(address, {.root = root, .verified = verified, .since = person.clock().now()});
}

Result<void> import_contact(Person& person, const json::object& contact, Imported& count) {
    const auto address = Address::parse(text_at(contact, "address"));
    const auto root = parse_hash(text_at(contact, "root"));
    if (!address || !root || *address == person.address())
        return {};
    const auto them = person.cards().get(*address);
    if (!them || them->chain.root() != *root) {
        count.left_out.push_back(address->text() +
                                 (them ? ": is somebody else now" : ": " + them.error().detail));
        return {};
    }
    TRY(import_pin(person, *address, *root, flag_at(contact, "verified")));
    json::object create{{"address", them->address.text()},
                        {"root", root->text()},
                        {"level", text_at(contact, "level")},
                        {"name", text_at(contact, "name")},
                        {"verified", flag_at(contact, "verified")},
                        {"source", "import"},
                        {"suspended", flag_at(contact, "suspended")}};
    // What they had used up of their meters stays used up. (Exports of before have none.)
    for (const char* name : {"ledger", "lastEngagedAt"})
        if (!value_at(contact, name).is_null())
            create[name] = value_at(contact, name);
    const auto answer = TRY(person.server().call(
        "Contact/set", {{"create", json::object{{"new", std::move(create)}}}}));
    if (const auto made = created_in(answer, "new"); made)
        ++count.contacts;
    else if (made.error().kind != ErrorKind::conflict)
        count.left_out.push_back(address->text() + ": " + made.error().detail);
    return {};
}

Result<void> import_contacts(Person& person, const fs::path& folder, Imported& count) {
    const auto answer = TRY(person.server().call("Contact/get", {{"ids", nullptr}}));
    std::set<std::string> here;
    for (const json::object* contact : objects_in(array_at(answer, "list")))
        here.insert(text_at(*contact, "root"));
    const auto contacts = TRY(read_list(folder / "contacts.json"));
    for (const json::object* contact : objects_in(contacts))
        if (!here.contains(text_at(*contact, "root")) && !is_list_contact(*contact))
            TRY(import_contact(person, *contact, count));
    return {};
}

Result<bool> is_here(Person& person, const std::string& stub_id) {
    const auto found =
        TRY(person.server().call("Email/query", {{"filter", json::object{{"stubId", stub_id}}}}));
    return !array_at(found, "ids").empty();
}

// What others wrote goes to the archive: the inbox is for what was delivered here.
Result<std::string> mailbox_for(Person& person, const std::string& role) {
    const bool own = role == "sent" || role == "drafts";
    return person.server().mailbox(own || role == "trash" ? role : "archive");
}

Result<void> import_message(Person& person,
                            const json::object& row,
                            const std::string& message,
                            const KnownPerson& own) {
    const auto view = TRY(parse_message(message));
    const std::string preview = make_preview(view.subject(), view.text().substr(0, kTextInPreview));
    const SealedMessage sealed = seal_message(message, preview, person.random());
    TRY(person.server().upload(sealed.payload, {}));
    const auto header = seal_header(sealed.key, own.recipients(), person.random());
    json::object keywords{{"$seen", true}};
    for (const auto& member : object_at(row, "keywords"))
        keywords[member.key()] = true;
    json::object create{
        {"mailboxIds", json::object{{TRY(mailbox_for(person, text_at(row, "mailbox"))), true}}},
        {"keywords", keywords},
        {"blobId", "sha256-" + sealed.blob.hex_text()},
        {"kith",
         json::object{{"stubId", text_at(row, "id")},
                      {"keys", base64(as_bytes(header))},
                      {"preview", base64(sealed.preview)},
                      {"to", array_at(row, "to")},
                      {"answers", value_at(row, "answers")}}}};
    const auto answer = TRY(
        person.server().call("Email/set", {{"create", json::object{{"new", std::move(create)}}}}));
    TRY(created_in(answer, "new"));
    return {};
}

Result<void> import_mail(Person& person, const fs::path& mail, Imported& count) {
    std::vector<fs::path> descriptions;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(mail, error))
        if (entry.path().extension() == ".json")
            descriptions.push_back(entry.path());
    if (error)
        return fail(ErrorKind::io, mail.string(), error.message());
    std::ranges::sort(descriptions);
    const KnownPerson own = TRY(person.cards().own());
    ProgressBar bar(person.terminal(), "importing");
    std::uint64_t done = 0;
    for (const fs::path& description : descriptions) {
        bar.show(++done, descriptions.size());
        const std::string text = TRY(read_file(description));
        const json::object row = TRY(parse_json_object(text));
        const auto message = read_file(fs::path(description).replace_extension(".eml"));
        if (!message) {
            count.left_out.push_back(text_at(row, "id") + ": the export has no body of it");
            continue;
        }
        if (TRY(is_here(person, text_at(row, "id")))) {
            ++count.there_already;
            continue;
        }
        TRY(import_message(person, row, *message, own));
        ++count.messages;
    }
    return {};
}

}  // namespace

namespace {

Result<void> check_export(const std::string& folder) {
    const auto text = read_file(fs::path(folder) / "account.json");
    const auto account = text ? parse_json_object(*text) : Result<json::object>(text.error());
    if (account && number_at(*account, "format") == 1)
        return {};
    return fail(ErrorKind::malformed,
                folder,
                "is not a whole export: make it with `kith export` (again, if it was broken off)");
}

// A home from the one in the export; config.toml last, as init does it.
Result<void> restore_home(const fs::path& from, const fs::path& to) {
    Home home = TRY(Home::prepare(to));
    for (const char* name : {"device.key", "pins.json", "guardians.json"}) {
        const auto octets = read_private_file(from / name);
        if (octets)
            TRY(write_private_file(home.file(name), *octets));
        else if (octets.error().kind != ErrorKind::not_found)
            return octets.error();
    }
    const fs::path cards = TRY(home.subfolder("cards"));
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(from / "cards", none)) {
        const std::string octets = TRY(read_private_file(entry.path()));
        TRY(write_private_file(cards / entry.path().filename(), octets));
    }
    const std::string config = TRY(read_private_file(from / "config.toml"));
    return home.complete(TRY(parse_home_config(config)));
}

Result<void> restore_if_none(const fs::path& home,
                             const Terminal& terminal,
                             const std::string& folder) {
    std::error_code error;
    if (fs::exists(home / "config.toml", error))
        return {};
    TRY(restore_home(fs::path(folder) / "home", home));
    if (!terminal.json)
        print_line("the home is in " + home.string() +
                   " again: let only one machine use it, link others as devices of their own");
    return {};
}

}  // namespace

Result<Imported> import_everything(Person& person, const std::string& folder) {
    TRY(check_export(folder));
    Imported count;
    TRY(import_contacts(person, folder, count));
    TRY(import_blocked(person, folder, count));
    TRY(import_subscriptions(person, folder, count));
    TRY(import_tokens(person, folder, count));
    TRY(import_mail(person, fs::path(folder) / "mail", count));
    return count;
}

Outcome run_import(const fs::path& home, const Terminal& terminal, const std::string& folder) {
    TRY(check_export(folder));
    TRY(restore_if_none(home, terminal, folder));
    const auto opened = TRY(Person::open(home, terminal));
    Person& person = *opened;
    const Imported count = TRY(import_everything(person, folder));
    if (person.terminal().json) {
        json::array left_out(count.left_out.begin(), count.left_out.end());
        print_json({{"contacts", count.contacts},
                    {"blocked", count.blocked},
                    {"tokens", count.tokens},
                    {"messages", count.messages},
                    {"thereAlready", count.there_already},
                    {"leftOut", left_out}});
        return ExitCode::done;
    }
    print_line(std::to_string(count.contacts) + " contacts and " + std::to_string(count.messages) +
               " messages taken over; " + std::to_string(count.there_already) +
               " messages were here");
    if (count.blocked > 0)
        print_line(std::to_string(count.blocked) + " domains are blocked here, too");
    if (count.tokens > 0)
        print_line(std::to_string(count.tokens) +
                   " tokens were made anew, whose links are others now: `kith token list`");
    for (const std::string& sentence : count.left_out)
        print_notice("left out: " + sentence);
    return ExitCode::done;
}

}  // namespace kith
