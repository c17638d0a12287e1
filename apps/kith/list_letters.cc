#include "kith/list_letters.h"

#include "mail/preview.h"

namespace kith {
namespace {

constexpr const char* kCommandFile = "list.txt";

std::string named(const Address& list, const ListSettings& settings) {
    return settings.name.empty() ? list.text() : settings.name + " (" + list.text() + ")";
}

std::string about(const ListSettings& settings) {
    return settings.description.empty() ? std::string() : settings.description + "\n\n";
}

std::string text_of(const ListCommand& command) {
    switch (command.action) {
        case ListCommand::Action::join:
            return "I want to read this list.\n";
        case ListCommand::Action::leave:
            return "I do not want to read this list any more.\n";
        case ListCommand::Action::report:
            break;
    }
    return "I did not want the post " + command.post + ".\n";
}

std::string subject_of(const ListCommand& command) {
    switch (command.action) {
        case ListCommand::Action::join:
            return std::string(kJoinSubject);
        case ListCommand::Action::leave:
            return std::string(kLeaveSubject);
        case ListCommand::Action::report:
            break;
    }
    return "report";
}

}  // namespace

Result<Outgoing> write_letter(const Person& person, const ListLetter& letter) {
    Draft draft;
    draft.from.email = person.address().text();
    draft.to = {{.name = {}, .email = letter.to.to.text()}};
    draft.subject = letter.subject;
    draft.date = person.clock().now();
    draft.message_id = letter.id + "@" + person.address().domain();
    draft.text = letter.text;
    if (letter.command)
        draft.attachments = {{.name = kCommandFile,
                              .type = std::string(kListCommandType),
                              .octets = to_bytes(write_list_command(*letter.command))}};
    if (letter.made == ListLetter::Made::automatically)
        draft.headers = {{"Auto-Submitted", "auto-generated"}};
    Outgoing out;
    out.id = letter.id;
    out.time = draft.date;
    out.recipients = {letter.to};
    out.subject = letter.subject;
    out.preview = make_preview(letter.subject, letter.text);
    out.message = TRY(compose(draft));
    return out;
}

ListLetter command_letter(const Recipient& list,
                          const std::string& id,
                          const ListCommand& command) {
    return {.to = list,
            .id = id,
            .subject = subject_of(command),
            .text = text_of(command),
            .command = command};
}

ListLetter welcome_letter(const Address& list,
                          const ListSettings& settings,
                          const Member& member,
                          const std::string& join) {
    const std::string address = list.text();
    return {
        .to = {.to = {member.address, {}}, .token = member.token, .root = std::nullopt},
        .id = sha256("kith/1 list welcome\n" + member.root.text() + "\n" + join + "\n")
                  .hex_text()
                  .substr(0, 32),
        .subject = "Welcome to " + (settings.name.empty() ? address : settings.name),
        .text = "You read " + named(list, settings) + " from now on.\n\n" + about(settings) +
                "To write to all who read it:\n\n  kith send " + address +
                " -s SUBJECT\n\nA post that you did not want:\n\n  kith report ID --unwanted\n\n"
                "To read it no more:\n\n  kith list leave " +
                address + "\n",
        .made = ListLetter::Made::automatically};
}

ListLetter invitation_letter(const Address& list,
                             const ListSettings& settings,
                             const Address& to,
                             const std::string& id,
                             const std::string& link) {
    return {.to = {.to = {to, {}}, .token = {}, .root = std::nullopt},
            .id = id,
            .subject = "Do you want to read " +
                       (settings.name.empty() ? list.text() : settings.name) + "?",
            .text = "You are invited to read " + named(list, settings) + ".\n\n" + about(settings) +
                    "If you want to:\n\n  kith list join '" + link +
                    "'\n\nIf not, you need do nothing.\n",
            .made = ListLetter::Made::automatically};
}

}  // namespace kith
