#include "kith/mail_rows.h"

#include <algorithm>

#include "base/text.h"
#include "kith/exit_code.h"
#include "kith/opening.h"

namespace kith {
namespace {

constexpr std::size_t kPage = 1'000;
constexpr std::size_t kGetAtOnce = 250;
constexpr std::size_t kStubId = 32;
constexpr std::size_t kLeastPrefix = 2;

std::string first_address(const json::object& email) {
    const auto list = objects_in(array_at(email, "from"));
    return list.empty() ? std::string() : text_at(*list.front(), "email");
}

json::array addresses_in(const json::object& email, std::string_view name) {
    json::array out;
    for (const json::object* each : objects_in(array_at(email, name)))
        out.emplace_back(text_at(*each, "email"));
    return out;
}

Preview preview_of(Person& person, const json::object& kith) {
    const auto keys = parse_base64(text_at(kith, "keys"));
    const auto sealed = parse_base64(text_at(kith, "preview"));
    if (!keys || !sealed || sealed->empty())
        return {};
    const auto preview = open_preview_with(as_text(*keys), *sealed, person.keys().identity);
    return preview ? *preview : Preview{.subject = "(not sealed for this device)", .text = {}};
}

bool is_hex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool wanted(const json::object& email, Side side) {
    const bool own = text_at(object_at(email, "kith"), "tier") == "own";
    return own == (side == Side::own);
}

Error nothing_there(const std::string& id) {
    return fail(ErrorKind::not_found,
                id,
                "there is no such message: `kith inbox` and `kith sent` list them");
}

// A message to oneself is there twice, under one id: then `side` says which. Who asks for an own
// one means no received one; a reader may mean both, and has to say which.
Result<json::object> choose(const std::vector<json::object>& found,
                            const std::string& id,
                            Side side) {
    if (found.empty())
        return nothing_there(id);
    std::vector<const json::object*> fitting;
    for (const json::object& email : found)
        if (side == Side::received || wanted(email, side))
            fitting.push_back(&email);
    if (fitting.empty())
        return nothing_there(id);
    const auto stub_of = [](const json::object& email) {
        return text_at(object_at(email, "kith"), "stubId") + first_address(email);
    };
    for (const json::object* each : fitting)
        if (stub_of(*each) != stub_of(*fitting.front()))
            return usage_error("'" + id +
                               "' is what the ids of several messages begin with: write more of "
                               "it, or the emailId that --json shows");
    const auto best = std::ranges::find_if(
        fitting, [side](const json::object* email) { return wanted(*email, side); });
    return best == fitting.end() ? *fitting.front() : **best;
}

// The server finds whole ids; a beginning is looked for here, among all messages.
Result<std::vector<json::object>> find_prefix(Person& person, const std::string& prefix) {
    std::vector<json::object> found;
    const auto ids = TRY(query_emails(person, {}, SIZE_MAX));
    for (std::size_t at = 0; at < ids.size(); at += kGetAtOnce) {
        const auto end = std::min(ids.size(), at + kGetAtOnce);
        auto emails = TRY(get_emails(person,
                                     {ids.begin() + static_cast<std::ptrdiff_t>(at),
                                      ids.begin() + static_cast<std::ptrdiff_t>(end)}));
        for (json::object& email : emails)
            if (text_at(object_at(email, "kith"), "stubId").starts_with(prefix))
                found.push_back(std::move(email));
    }
    return found;
}

}  // namespace

json::object row_of(Person& person, const json::object& email) {
    const json::object& kith = object_at(email, "kith");
    const Preview preview = preview_of(person, kith);
    const std::string from = first_address(email);
    const std::string state = text_at(kith, "state");
    const bool own = text_at(kith, "tier") == "own";
    std::string warning =
        own ? std::string() : pin_warning(from, text_at(kith, "fromRoot"), person.pin_of(from));
    if (text_at(kith, "via") == "smtp")
        warning = smtp_warning(kith);
    json::object row;
    row["id"] = text_at(kith, "stubId");
    row["emailId"] = text_at(email, "id");
    row["from"] = from;
    row["to"] = addresses_in(email, "to");
    row["time"] = text_at(email, "sentAt");
    row["receivedAt"] = text_at(email, "receivedAt");
    row["tier"] = text_at(kith, "tier");
    row["via"] = value_at(kith, "via");
    row["state"] = state;
    row["subject"] = preview.subject;
    row["preview"] = preview.text;
    row["size"] = number_at(email, "size");
    row["unread"] = !object_at(email, "keywords").contains("$seen");
    row["warning"] = text_or_null(warning);
    row["batched"] = flag_at(kith, "batched");
    row["activeContent"] = flag_at(kith, "activeContent");
    row["outcome"] = value_at(kith, "outcome");
    row["answers"] = value_at(kith, "answers");
    row["fromRoot"] = text_at(kith, "fromRoot");
    row["expires"] = value_at(kith, "expires");
    // What the server keeps of it: the body only where it is here.
    const auto stub = text_at(kith, "stub").size();
    const auto decision = json::serialize(object_at(kith, "decision")).size();
    const bool body = value_at(email, "blobId").is_string();
    row["storedOctets"] =
        stub + decision + (body ? static_cast<std::size_t>(number_at(email, "size")) : 0);
    return row;
}

std::string smtp_warning(const json::object& kith) {
    for (const json::object* reason : objects_in(array_at(object_at(kith, "decision"), "reasons")))
        for (const char* code : {"smtp-unproven", "smtp-doubted", "smtp-step-down"})
            if (text_at(*reason, "code") == code)
                return text_at(*reason, "text");
    return {};
}

bool came_by_list(const json::object& email) {
    const json::object& decision = object_at(object_at(email, "kith"), "decision");
    return std::ranges::any_of(
        objects_in(array_at(decision, "reasons")),
        [](const json::object* reason) { return text_at(*reason, "code") == "contact-list"; });
}

Result<std::vector<std::string>> query_emails(Person& person,
                                              const json::object& filter,
                                              std::size_t limit) {
    std::vector<std::string> ids;
    while (ids.size() < limit) {
        json::object arguments{
            {"position", ids.size()},
            {"limit", std::min(kPage, limit - ids.size())},
            {"sort",
             json::array{json::object{{"property", "receivedAt"}, {"isAscending", false}}}}};
        if (!filter.empty())
            arguments["filter"] = filter;
        const auto answer = TRY(person.server().call("Email/query", std::move(arguments)));
        const auto page = texts_at(answer, "ids");
        if (page.empty())
            break;
        ids.insert(ids.end(), page.begin(), page.end());
    }
    return ids;
}

Result<std::vector<json::object>> get_emails(Person& person, const std::vector<std::string>& ids) {
    std::vector<json::object> emails;
    for (std::size_t at = 0; at < ids.size(); at += kGetAtOnce) {
        json::array some;
        for (std::size_t i = at; i < std::min(ids.size(), at + kGetAtOnce); ++i)
            some.emplace_back(ids[i]);
        const auto answer = TRY(person.server().call("Email/get", {{"ids", some}}));
        std::map<std::string, const json::object*> by_id;
        for (const json::object* email : objects_in(array_at(answer, "list")))
            by_id[text_at(*email, "id")] = email;
        for (std::size_t i = at; i < std::min(ids.size(), at + kGetAtOnce); ++i)
            if (const auto found = by_id.find(ids[i]); found != by_id.end())
                emails.push_back(*found->second);
    }
    return emails;
}

Result<MailList> list_emails(Person& person, const ListWish& wish) {
    json::object filter;
    if (!wish.role.empty())
        filter["inMailbox"] = TRY(person.server().mailbox(wish.role));
    if (!wish.tier.empty())
        filter["tier"] = wish.tier;
    const Terminal& terminal = person.terminal();
    const bool cut = !wish.limit && terminal.output && !terminal.json;
    auto ids =
        TRY(query_emails(person, filter, cut ? kOnTerminal + 1 : wish.limit.value_or(SIZE_MAX)));
    const bool more = cut && ids.size() > kOnTerminal;
    if (more)
        ids.resize(kOnTerminal);
    return MailList{.emails = TRY(get_emails(person, ids)), .more = more};
}

void print_more(const Terminal& terminal) {
    print_line(terminal.styled(Style::dim, "these are the newest; --limit N shows more"));
}

Result<json::object> find_email(Person& person, const std::string& id, Side side) {
    const std::string wanted_id = to_lower(id);
    if (wanted_id.starts_with('m') && parse_decimal(wanted_id.substr(1))) {
        const auto found = TRY(get_emails(person, {wanted_id}));
        return found.empty() ? Result<json::object>(nothing_there(id)) : found.front();
    }
    if (wanted_id.size() < kLeastPrefix || wanted_id.size() > kStubId || !is_hex(wanted_id))
        return nothing_there(id);
    if (wanted_id.size() < kStubId)
        return choose(TRY(find_prefix(person, wanted_id)), id, side);
    const auto ids = TRY(query_emails(person, {{"stubId", wanted_id}}, kPage));
    return choose(TRY(get_emails(person, ids)), id, side);
}

}  // namespace kith
