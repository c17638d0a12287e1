#include "kith/outgoing.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "kith/exit_code.h"
#include "kith/files.h"
#include "mail/message.h"
#include "mail/preview.h"
#include "mail/strip_bcc.h"
#include "note/fields.h"
#include "note/token_link.h"

namespace kith {
namespace {

constexpr std::pair<Recipient::As, std::string_view> kWays[] = {
    {Recipient::As::to, "to"}, {Recipient::As::cc, "cc"}, {Recipient::As::bcc, "bcc"}};

Result<void> add_recipients(const std::vector<std::string>& addresses,
                            Recipient::As as,
                            std::vector<Recipient>& out) {
    for (const std::string& text : addresses) {
        const auto target = parse_target(text);
        if (!target)
            return usage_error("'" + text + "' is no address: write it like bob@two.test");
        // A sub-address is the same mailbox: whoever is named twice gets one message.
        const bool twice = std::ranges::any_of(
            out, [&](const Recipient& r) { return r.to.address == target->address; });
        if (!twice)
            out.push_back({.to = *target, .as = as, .token = {}, .root = {}});
    }
    return {};
}

Result<void> add_token(const std::string& text, std::vector<Recipient>& recipients) {
    if (is_token(text)) {
        if (recipients.size() != 1)
            return usage_error(
                "--token: with several recipients give the whole link, it says whose it is");
        recipients.front().token = text;
        return {};
    }
    const auto link = parse_token_link(text);
    if (!link || !link->token)
        return usage_error("--token: '" + text + "' is neither a token nor a link with one");
    for (Recipient& recipient : recipients) {
        if (recipient.to.address != link->address)
            continue;
        recipient.token = *link->token;
        recipient.root = link->root;
        return {};
    }
    return usage_error("--token: it is for " + link->address.text() + ", who is no recipient");
}

Result<std::vector<DraftAttachment>> read_attachments(const std::vector<std::string>& paths) {
    std::vector<DraftAttachment> out;
    for (const std::string& path : paths) {
        const std::string octets = TRY(read_file(path));
        out.push_back({.name = std::filesystem::path(path).filename().string(),
                       .type = {},
                       .octets = to_bytes(octets)});
    }
    return out;
}

// What compose would refuse, in the words of the command line.
Result<void> check_words(const SendWish& wish) {
    if (printable(wish.subject) != wish.subject)
        return usage_error(
            "-s: a subject is one line of UTF-8 without control characters: write it anew");
    if (wish.subject.size() > kMaxSubject)
        return usage_error("-s: the subject is " + std::to_string(wish.subject.size()) +
                           " octets long, " + std::to_string(kMaxSubject) +
                           " are allowed: shorten it");
    if (!is_utf8(wish.text) || wish.text.contains('\0'))
        return usage_error("the text is not UTF-8: convert it, or send it as a file with -a");
    if (wish.attachments.size() > kMaxAttachments)
        return usage_error("-a: " + std::to_string(kMaxAttachments) +
                           " files are allowed: pack them");
    return {};
}

Result<std::string> read_eml(const std::string& path) {
    std::string octets = TRY(read_file(path));
    const auto view = parse_message(octets);
    if (!view && view.error().kind == ErrorKind::limit)
        return fail(
            ErrorKind::limit, path, "is too large for a message (" + view.error().detail + ")");
    if (!view)
        return fail(ErrorKind::malformed,
                    path,
                    "is no mail message (" + view.error().detail +
                        "): it has to begin with a header as of RFC 5322");
    return strip_bcc(std::move(octets));
}

Result<std::string> compose_from(const SendWish& wish,
                                 const std::vector<Recipient>& recipients,
                                 const Address& from,
                                 const std::string& id,
                                 Time now) {
    Draft draft;
    draft.from.email = from.text();
    for (const Recipient& each : recipients) {
        if (each.as == Recipient::As::to)
            draft.to.push_back({.name = {}, .email = each.to.text()});
        if (each.as == Recipient::As::cc)
            draft.cc.push_back({.name = {}, .email = each.to.text()});
    }
    TRY(check_words(wish));
    draft.subject = wish.subject;
    draft.date = now;
    draft.message_id = id + "@" + from.domain();
    draft.in_reply_to = wish.in_reply_to;
    if (!wish.in_reply_to.empty())
        draft.references = {wish.in_reply_to};
    draft.text = wish.text;
    draft.attachments = TRY(read_attachments(wish.attachments));
    return compose(draft);
}

}  // namespace

std::string readdressed(std::string message, const Address& from, const Address& to) {
    const std::string old = from.text();
    for (std::size_t at = message.find(old);
         at != std::string::npos && at < message.find("\r\n\r\n");
         at = message.find(old, at + to.text().size()))
        message.replace(at, old.size(), to.text());
    return message;
}

std::string write_outgoing(const Outgoing& outgoing) {
    json::array recipients;
    for (const Recipient& each : outgoing.recipients)
        for (const auto& [as, name] : kWays)
            if (as == each.as)
                recipients.push_back(
                    {{"to", each.to.text()},
                     {"as", name},
                     {"token", each.token},
                     {"root", each.root ? json::value(each.root->text()) : json::value(nullptr)}});
    return json::serialize(
               json::object{{"id", outgoing.id},
                            {"time", format_time(outgoing.time)},
                            {"recipients", recipients},
                            {"preview", outgoing.preview},
                            {"subject", outgoing.subject},
                            {"answers", outgoing.answers},
                            {"introduces", outgoing.introduces == Outgoing::Introduces::yes}}) +
           "\n" + outgoing.message;
}

Result<Outgoing> parse_outgoing(std::string_view text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos)
        return fail(ErrorKind::malformed, "outbox", "has no head");
    const auto head = TRY(parse_json_object(text.substr(0, end)));
    Outgoing out;
    out.id = TRY(as_id(text_at(head, "id")));
    out.time = TRY(parse_time(text_at(head, "time")));
    out.message = text.substr(end + 1);
    out.preview = text_at(head, "preview");
    out.subject = text_at(head, "subject");
    out.answers = text_at(head, "answers");
    if (flag_at(head, "introduces"))
        out.introduces = Outgoing::Introduces::yes;
    for (const json::object* each : objects_in(array_at(head, "recipients"))) {
        Recipient recipient{.to = TRY(parse_target(text_at(*each, "to"))),
                            .as = Recipient::As::to,
                            .token = text_at(*each, "token"),
                            .root = std::nullopt};
        if (const auto root = maybe_text_at(*each, "root"))
            recipient.root = TRY(parse_hash(*root));
        for (const auto& [as, name] : kWays)
            if (text_at(*each, "as") == name)
                recipient.as = as;
        out.recipients.push_back(std::move(recipient));
    }
    if (out.recipients.empty())
        return fail(ErrorKind::malformed, "outbox", "names no recipient");
    return out;
}

Result<Outgoing> make_outgoing(const SendWish& wish,
                               const Address& from,
                               const std::string& id,
                               Time now) {
    Outgoing out;
    out.id = id;
    out.time = now;
    TRY(add_recipients(wish.to, Recipient::As::to, out.recipients));
    TRY(add_recipients(wish.cc, Recipient::As::cc, out.recipients));
    TRY(add_recipients(wish.bcc, Recipient::As::bcc, out.recipients));
    if (out.recipients.empty())
        return usage_error("name at least one recipient");
    out.introduces = wish.introduces;
    if (wish.introduces == Outgoing::Introduces::yes && out.recipients.size() != 2)
        return usage_error("an introduction is of two people: name two different ones");
    if (out.recipients.size() > kMaxRecipients)
        return usage_error(std::to_string(out.recipients.size()) +
                           " recipients are too many for one message: " +
                           std::to_string(kMaxRecipients) + " at most, send it in parts");
    for (const std::string& token : wish.tokens)
        TRY(add_token(token, out.recipients));
    out.message = wish.eml.empty() ? TRY(compose_from(wish, out.recipients, from, id, now))
                                   : TRY(read_eml(wish.eml));
    const auto view = parse_message(out.message);
    if (!view)
        return fail(view.error().kind, "message", "cannot be sent: " + view.error().detail);
    out.subject = view->subject();
    out.preview = make_preview(view->subject(), view->text());
    out.answers = wish.answers;
    return out;
}

}  // namespace kith
