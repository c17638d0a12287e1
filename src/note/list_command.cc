#include "note/list_command.h"

#include <algorithm>
#include <array>

#include "note/fields.h"
#include "note/token_link.h"

namespace kith {
namespace {

using Action = ListCommand::Action;

struct ActionName {
    Action action;
    std::string_view name;
};
constexpr std::array kActions = {ActionName{Action::join, "join"},
                                 ActionName{Action::leave, "leave"},
                                 ActionName{Action::report, "report"}};

Result<Action> as_action(std::string_view value) {
    const auto* const found = std::ranges::find(kActions, value, &ActionName::name);
    if (found == kActions.end())
        return fail(ErrorKind::malformed, "action", "is not join, leave or report");
    return found->action;
}

Result<std::string> as_token(std::string_view value) {
    if (!is_token(value))
        return fail(ErrorKind::malformed, "token", "is not a token");
    return std::string(value);
}

// Each action has its own field, and no other's.
Result<ListCommand> read_command(std::string_view text) {
    if (text.size() > kMaxListCommand)
        return fail(ErrorKind::limit, "size", "larger than 1024 octets");
    const Fields fields = TRY(Fields::parse(text, "list"));
    ListCommand command;
    command.action = TRY(fields.required("action", as_action));
    command.list = TRY(fields.required("list", as_hash));
    if (command.action == Action::join)
        command.token = TRY(fields.required("token", as_token));
    else if (fields.has("token"))
        return fail(ErrorKind::malformed, "token", "is for join alone");
    if (command.action == Action::report)
        command.post = TRY(fields.required("post", as_id));
    else if (fields.has("post"))
        return fail(ErrorKind::malformed, "post", "is for report alone");
    return command;
}

}  // namespace

Result<ListCommand> parse_list_command(std::string_view text) {
    auto command = read_command(text);
    return command ? std::move(command) : std::move(command).error().within("list");
}

std::string write_list_command(const ListCommand& command) {
    FieldWriter out("list");
    out.add("action", std::ranges::find(kActions, command.action, &ActionName::action)->name);
    out.add("list", command.list.text());
    if (command.action == Action::join)
        out.add("token", command.token);
    if (command.action == Action::report)
        out.add("post", command.post);
    return out.take();
}

}  // namespace kith
