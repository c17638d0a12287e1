// report, contacts restore.
#include "kith/cmd_list.h"
#include "kith/commands.h"
#include "kith/mail_rows.h"
#include "kith/outbox.h"

namespace kith {
namespace {

constexpr std::size_t kShortId = 8;

Result<void> put_outcome(Person& person, const std::string& email, const std::string& outcome) {
    const auto answer = TRY(person.server().call(
        "Email/set", {{"update", json::object{{email, json::object{{"kith/outcome", outcome}}}}}}));
    return updated_in(answer, email);
}

// Nobody who is reported goes on waiting to be heard.
Result<void> decline_request(Person& person, const json::object& email) {
    const std::string state = text_at(object_at(email, "kith"), "state");
    if (state != "held" && state != "fetching")
        return {};
    const std::string id = text_at(email, "id");
    const auto answer = TRY(person.server().call(
        "Request/set", {{"update", json::object{{id, json::object{{"action", "decline"}}}}}}));
    return updated_in(answer, id);
}

// So that it has more of the author wait.
Result<void> tell_list(Person& person, const json::object& row) {
    const auto list = Address::parse_normal(text_at(row, "from"));
    const auto root = parse_hash(text_at(row, "fromRoot"));
    if (!list || !root)
        return {};
    TRY(send_to_list(
        person,
        *list,
        {.action = ListCommand::Action::report, .list = *root, .post = text_at(row, "id")}));
    return {};
}

std::string what_follows(const std::string& from, Report::What what) {
    if (what == Report::What::unwanted)
        return "reported as unwanted; what " + from + " says for others counts for less";
    return "reported: " + from + " looks hacked, and waits in requests; `kith contacts restore " +
           from + "` ends that";
}

}  // namespace

Outcome run_report(Person& person, const Report& report) {
    if (report.what == Report::What::nothing)
        return usage_error("say what it is: --unwanted or --hacked");
    flush_outbox(person);
    const auto email = TRY(find_email(person, report.id, Side::received));
    const auto row = row_of(person, email);
    if (text_at(row, "tier") == "own")
        return usage_error("'" + report.id + "' is your own: name one that came");
    if (const auto before = text_at(row, "outcome"); !before.empty())
        return fail(ErrorKind::conflict,
                    report.id,
                    before == "engaged" ? "was answered or accepted: that counts for good"
                                        : "is reported already (" + before + ")");
    const std::string outcome = report.what == Report::What::unwanted ? "unwanted" : "looks-hacked";
    TRY(put_outcome(person, text_at(email, "id"), outcome));
    TRY(decline_request(person, email));
    const std::string from = text_at(row, "from");
    if (report.what == Report::What::unwanted && came_by_list(email))
        TRY(tell_list(person, row));
    if (person.terminal().json)
        print_json({{"id", text_at(row, "id")}, {"from", from}, {"outcome", outcome}});
    else
        print_line(printable(text_at(row, "id").substr(0, kShortId) + " " +
                             what_follows(from, report.what)));
    return ExitCode::done;
}

Outcome run_contacts_restore(Person& person, const std::string& address_text) {
    const auto address = Address::parse(address_text);
    if (!address)
        return usage_error("'" + address_text + "' is no address: write it like bob@two.test");
    flush_outbox(person);
    const auto answer = TRY(person.server().call("Contact/get", {{"ids", nullptr}}));
    for (const json::object* contact : objects_in(array_at(answer, "list"))) {
        if (text_at(*contact, "address") != address->text() || !flag_at(*contact, "suspended"))
            continue;
        const std::string id = text_at(*contact, "id");
        const auto done = TRY(person.server().call(
            "Contact/set", {{"update", json::object{{id, json::object{{"suspended", false}}}}}}));
        TRY(updated_in(done, id));
        if (person.terminal().json)
            print_json({{"address", address->text()}, {"suspended", false}});
        else
            print_line(address->text() + " is " + text_at(*contact, "level") + " again");
        return ExitCode::done;
    }
    return fail(ErrorKind::not_found,
                address->text(),
                "is no contact that was said to look hacked (`kith contacts` shows which are)");
}

}  // namespace kith
