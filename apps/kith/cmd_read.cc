// read, why.
#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "kith/commands.h"
#include "kith/files.h"
#include "kith/guardian_book.h"
#include "kith/mail_rows.h"
#include "kith/opened_mail.h"
#include "kith/outbox.h"
#include "mail/list_post.h"
#include "note/guardian_share.h"

namespace kith {
namespace {

json::array mail_addresses(const std::vector<MailAddress>& addresses) {
    json::array out;
    for (const MailAddress& each : addresses)
        out.push_back({{"name", text_or_null(each.name)}, {"email", each.email}});
    return out;
}

std::string shown(const std::vector<MailAddress>& addresses) {
    std::string out;
    for (const MailAddress& each : addresses)
        out += (out.empty() ? "" : ", ") +
               (each.name.empty() ? each.email : each.name + " <" + each.email + ">");
    return printable(out);
}

// Line ends and tabs stay, all else that could steer a terminal goes. The last line is ended.
std::string printable_text(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = text.find_first_of("\t\r\n");
        out += printable(text.substr(0, end));
        if (end == std::string_view::npos)
            break;
        if (text[end] != '\r')
            out += text[end];
        text.remove_prefix(end + 1);
    }
    return out.empty() || out.ends_with('\n') ? out : out + "\n";
}

// A pipe or file gets the very octets; a terminal nothing that could steer it.
void print_eml(const Terminal& terminal, const std::string& message) {
    print_text(terminal.output ? printable_text(message) : message);
}

// Of a list that this person joined: who wrote it, by the list's word.
std::optional<MailAddress> author_via_list(const json::object& email,
                                           const OpenedMail& opened,
                                           const MessageView& view) {
    return opened.stub && came_by_list(email) ? author_of_post(view, opened.stub->from)
                                              : std::nullopt;
}

// A post is from its author, and to the list.
void add_header_warnings(Person& person,
                         const json::object& email,
                         OpenedMail& opened,
                         const MessageView& view) {
    if (!opened.stub || author_via_list(email, opened, view))
        return;
    const auto warnings = header_warnings(view, opened.stub->from.text(), person.address().text());
    for (const HeaderWarning warning : warnings)
        opened.findings.warnings.emplace_back(text_of(warning));
}

json::object message_object(json::object row, const OpenedMail& opened, const MessageView& view) {
    json::array attachments;
    for (const AttachmentInfo& each : view.attachments())
        attachments.push_back(
            {{"name", each.name}, {"type", each.type}, {"encodedOctets", each.encoded_octets}});
    json::array warnings;
    for (const std::string& warning : opened.findings.warnings)
        warnings.emplace_back(warning);
    row["subject"] = view.subject();
    row["header"] = {
        {"from", mail_addresses(view.from())},
        {"to", mail_addresses(view.to())},
        {"cc", mail_addresses(view.cc())},
        {"date", view.date() ? json::value(format_time(*view.date())) : json::value(nullptr)},
        {"messageId", text_or_null(view.message_id())}};
    row["text"] = view.text();
    row["attachments"] = attachments;
    row["blob"] = opened.blob;
    row["stub"] = text_or_null(opened.note);
    row["device"] = text_or_null(opened.findings.device);
    row["warnings"] = warnings;
    return row;
}

void print_message(Person& person,
                   const json::object& row,
                   const OpenedMail& opened,
                   const MessageView& view) {
    const Terminal& terminal = person.terminal();
    const auto line = [&](std::string_view name, const std::string& value) {
        if (!value.empty())
            print_line(terminal.styled(Style::dim, name) + value);
    };
    for (const std::string& warning : opened.findings.warnings)
        print_line(terminal.styled(Style::bad, "! " + printable(warning)));
    const std::string author = text_at(row, "author");
    line("from     ",
         printable((author.empty() ? "" : author + " via ") + text_at(row, "from")) + "  " +
             terminal.styled(Style::dim,
                             text_at(row, "tier") + (flag_at(row, "batched") ? ", batched" : "")));
    if (text_at(row, "via") == "smtp")
        line("note     ", "it came by SMTP: its sender did not seal it, and signed nothing");
    if (!flag_at(row, "activeContent"))
        line("note     ",
             "links and attachments wait until you are sure of the sender: kith why " +
                 text_at(row, "id").substr(0, 8));
    line("to       ", shown(view.to()));
    line("cc       ", shown(view.cc()));
    line("time     ", short_time(text_at(row, "time")));
    line("subject  ", terminal.styled(Style::bold, printable(view.subject())));
    for (const AttachmentInfo& each : view.attachments())
        line("file     ",
             printable(each.name + "  " + each.type) + ", about " +
                 size_text(each.encoded_octets * 3 / 4));
    print_line("");
    print_text(printable_text(view.text()));
}

// Never over a file that is there.
std::filesystem::path free_name(const std::filesystem::path& folder, const std::string& name) {
    auto path = folder / name;
    std::error_code error;
    for (int n = 2; std::filesystem::exists(path, error); ++n)
        path = folder / (std::filesystem::path(name).stem().string() + "-" + std::to_string(n) +
                         std::filesystem::path(name).extension().string());
    return path;
}

Outcome save_attachments(const Person& person, const MessageView& view, const std::string& to) {
    std::error_code error;
    const std::filesystem::path folder(to);
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail(ErrorKind::io, to, "cannot be made: " + error.message());
    json::array saved;
    for (std::size_t i = 0; i < view.attachments().size(); ++i) {
        const AttachmentInfo& info = view.attachments()[i];
        const Bytes octets = TRY(view.attachment(i));
        const auto path = free_name(folder, info.name);
        TRY(write_public_file(path, as_text(octets)));
        saved.push_back({{"name", info.name}, {"path", path.string()}, {"size", octets.size()}});
        if (!person.terminal().json)
            print_line(path.string());
    }
    if (person.terminal().json)
        print_json({{"saved", saved}});
    else if (saved.empty())
        print_line("there are no attachments");
    return ExitCode::done;
}

// That it was read is worth no failure.
void mark_read(Person& person, const json::object& email) {
    if (object_at(email, "keywords").contains("$seen"))
        return;
    [[maybe_unused]] const auto done = person.server().call(
        "Email/set",
        {{"update", json::object{{text_at(email, "id"), json::object{{"keywords/$seen", true}}}}}});
}

void print_reasons(Person& person, const json::object& row, const json::object& decision) {
    const Terminal& terminal = person.terminal();
    print_line(terminal.styled(Style::bold, printable(text_at(row, "subject"))));
    print_line("from " + printable(text_at(row, "from")) + ", " +
               short_time(text_at(row, "receivedAt")) + ": " +
               terminal.styled(Style::bold, text_at(decision, "tier")) +
               (flag_at(row, "batched") ? ", batched" : ""));
    if (const auto text = text_at(decision, "text"); !text.empty())
        print_line(printable(text));
    for (const json::object* reason : objects_in(array_at(decision, "reasons"))) {
        std::string data;
        for (const auto& member : *reason)
            if (member.key() != "code" && member.key() != "text" && member.value().is_string())
                data +=
                    "  " + std::string(member.key()) + " " + as_std(member.value().get_string());
        print_line("  " + text_at(*reason, "code") + ": " + printable(text_at(*reason, "text")) +
                   terminal.styled(Style::dim, printable(data)));
    }
    if (const auto warning = text_at(row, "warning"); !warning.empty())
        print_line(terminal.styled(Style::bad, "! " + printable(warning)));
}

}  // namespace

namespace {

// `kith guardian list` and `help` find it again.
void mark_share(Person& person, const json::object& email, const MessageView& view) {
    const std::string keyword(kGuardianKeyword);
    const auto holds = [](const AttachmentInfo& each) { return each.type == kGuardianShareType; };
    if (std::ranges::none_of(view.attachments(), holds) ||
        object_at(email, "keywords").contains(keyword))
        return;
    [[maybe_unused]] const auto done = person.server().call(
        "Email/set",
        {{"update",
          json::object{{text_at(email, "id"), json::object{{"keywords/" + keyword, true}}}}}});
}

}  // namespace

Outcome run_read(Person& person, const ReadWish& wish) {
    flush_outbox(person);
    const auto email = TRY(find_email(person, wish.id, Side::received));
    auto opened = TRY(open_email(person, email));
    mark_read(person, email);
    if (wish.as == ReadWish::As::eml && wish.save.empty()) {
        print_eml(person.terminal(), opened.message);
        for (const std::string& warning : opened.findings.warnings)
            print_notice(warning);
        return ExitCode::done;
    }
    const auto view = TRY(parse_message(opened.message));
    add_header_warnings(person, email, opened, view);
    mark_share(person, email, view);
    if (!wish.save.empty())
        return save_attachments(person, view, wish.save);
    auto row = row_of(person, email);
    const auto author = author_via_list(email, opened, view);
    row["author"] = author ? json::value(author->email) : json::value(nullptr);
    if (person.terminal().json)
        print_json(message_object(row, opened, view));
    else if (wish.as == ReadWish::As::text)
        print_text(printable_text(view.text()));
    else
        print_message(person, row, opened, view);
    return ExitCode::done;
}

Outcome run_why(Person& person, const std::string& id) {
    flush_outbox(person);
    const auto email = TRY(find_email(person, id, Side::received));
    const auto row = row_of(person, email);
    const json::object& kith = object_at(email, "kith");
    if (text_at(kith, "tier") == "own")
        return usage_error("'" + id + "' is your own: `kith sent " + id +
                           "` says what became of it");
    const json::object& decision = object_at(kith, "decision");
    if (person.terminal().json) {
        json::object out = decision;
        for (const char* name : {"id",
                                 "emailId",
                                 "from",
                                 "to",
                                 "time",
                                 "subject",
                                 "fromRoot",
                                 "state",
                                 "warning",
                                 "batched",
                                 "activeContent"})
            out[name] = value_at(row, name);
        out["tier"] = value_at(row, "tier");
        print_json(out);
        return ExitCode::done;
    }
    print_reasons(person, row, decision);
    return ExitCode::done;
}

}  // namespace kith
