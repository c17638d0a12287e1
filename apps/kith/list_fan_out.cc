#include "kith/list_fan_out.h"

#include <algorithm>
#include <set>

#include "kith/mail_rows.h"
#include "kith/opened_mail.h"
#include "kith/submission.h"
#include "mail/list_post.h"

namespace kith {
namespace {

constexpr std::string_view kBlobPrefix = "sha256-";

/// The post under Sent.
struct Copy {
    std::string email;
    SealedMessage sealed;  ///< without the payload
    std::string answers;
};

Result<std::vector<json::object>> own_copies(Person& person, const std::string& id) {
    const auto ids = TRY(query_emails(person, {{"stubId", id}}, SIZE_MAX));
    auto emails = TRY(get_emails(person, ids));
    std::erase_if(emails, [](const json::object& email) {
        return text_at(object_at(email, "kith"), "tier") != "own";
    });
    std::ranges::sort(emails, {}, [](const json::object& email) { return text_at(email, "id"); });
    return emails;
}

// From what the server keeps: the key is sealed to this device.
Result<Copy> read_copy(Person& person, const json::object& email) {
    const json::object& kith = object_at(email, "kith");
    const Bytes keys = TRY(parse_base64(text_at(kith, "keys")));
    const std::string blob = text_at(email, "blobId");
    Copy copy;
    copy.email = text_at(email, "id");
    copy.answers = text_at(kith, "answers");
    copy.sealed.key = TRY(open_header(as_text(keys), std::span(&person.keys().identity, 1)));
    copy.sealed.blob = TRY(
        parse_hash_hex(std::string_view(blob).substr(std::min(kBlobPrefix.size(), blob.size()))));
    copy.sealed.size = static_cast<std::uint64_t>(number_at(email, "size"));
    copy.sealed.preview = TRY(parse_base64(text_at(kith, "preview")));
    return copy;
}

// An answer to a post is one in the thread of each reader.
Result<std::string> answered_post(Person& person, const OpenedMail& opened) {
    const std::string answers = opened.stub ? opened.stub->answers.value_or("") : "";
    if (answers.empty() || TRY(own_copies(person, answers)).empty())
        return std::string();
    return answers;
}

Result<Copy> make_copy(Person& person, const ListSettings& settings, const Post& post) {
    const auto came = TRY(get_emails(person, {post.email}));
    if (came.empty())
        return fail(ErrorKind::not_found, post.id, "the message is gone");
    const OpenedMail opened = TRY(open_email(person, came.front()));
    const std::string message = as_list_post(opened.message, person.address(), settings.name);
    const auto view = TRY(parse_message(message));
    Copy copy;
    copy.sealed = seal_message(message, make_preview(view.subject(), view.text()), person.random());
    copy.answers = TRY(answered_post(person, opened));
    TRY(person.server().upload(copy.sealed.payload, [](std::uint64_t, std::uint64_t) {}));
    const auto own = TRY(person.cards().own());
    const json::object create{
        {"mailboxIds", json::object{{TRY(person.server().mailbox("sent")), true}}},
        {"keywords", json::object{{"$seen", true}}},
        {"blobId", std::string(kBlobPrefix) + copy.sealed.blob.hex_text()},
        {"kith",
         json::object{
             {"stubId", post.id},
             {"keys",
              base64(as_bytes(seal_header(copy.sealed.key, own.recipients(), person.random())))},
             {"preview", base64(copy.sealed.preview)},
             {"to", json::array{person.address().text()}},
             {"answers", text_or_null(copy.answers)}}}};
    const auto answer =
        TRY(person.server().call("Email/set", {{"create", json::object{{"new", create}}}}));
    copy.email = text_at(TRY(created_in(answer, "new")), "id");
    copy.sealed.payload.clear();
    return copy;
}

Result<json::array> recipients_in(Person& person, const std::vector<json::object>& copies) {
    json::array ids;
    for (const json::object& email : copies)
        ids.emplace_back(text_at(email, "id"));
    json::array all;
    if (ids.empty())
        return all;
    std::vector<JmapCall> calls;
    calls.push_back({"EmailSubmission/query", {{"filter", json::object{{"emailIds", ids}}}}});
    calls.push_back(
        {"EmailSubmission/get",
         {{"#ids",
           json::object{{"resultOf", "0"}, {"name", "EmailSubmission/query"}, {"path", "/ids"}}}}});
    const auto answers = TRY(person.server().call(std::move(calls)));
    for (const json::object* submission : objects_in(array_at(answers[1], "list")))
        for (json::value& each : recipients_of(*submission))
            all.push_back(std::move(each));
    return all;
}

std::vector<Member> readers_of(const Members& members, const Post& post) {
    std::vector<Member> readers;
    for (const auto& [root, member] : members)
        if (member.state == Member::State::subscribed && root != post.root &&
            (!post.decided || member.since <= *post.decided))
            readers.push_back(member);
    return readers;
}

Result<void> check_reader(const Member& member, const Result<KnownPerson>& known, Time now) {
    if (member.moved)
        return fail(ErrorKind::unavailable,
                    member.address.text(),
                    "has moved there, and has not joined from there yet");
    if (!known)
        return known.error();
    return check_writable(*known, Pin{.root = member.root, .since = member.since}, now);
}

Result<FannedOut> submit_to(Person& person,
                            const Copy& copy,
                            const Post& post,
                            std::span<const Member> readers) {
    FannedOut out;
    std::vector<Address> addresses{person.address()};
    for (const Member& each : readers)
        addresses.push_back(each.address);
    const auto people = TRY(person.cards().get(addresses));
    const auto& own = people.at(person.address());
    if (!own)
        return own.error();
    const Sender sender = TRY(sender_of(person, *own));
    const Time now = person.clock().now();
    json::array rcpt_to;
    for (const Member& each : readers) {
        const auto& known = people.at(each.address);
        if (const auto good = check_reader(each, known, now); !good) {
            if (out.left++ == 0)
                out.why = sentence_of(good.error());
            continue;
        }
        const StubOrder order{
            .id = post.id,
            .to = {each.address, {}},
            .devices = known->recipients(),
            .answers = copy.answers.empty() ? std::nullopt : std::optional(copy.answers),
            .time = now};
        const auto note = TRY(make_stub(copy.sealed, sender, order, person.random()));
        rcpt_to.push_back(json::object{
            {"email", each.address.text()},
            {"parameters",
             json::object{{"stub", note.octets()}, {"token", text_or_null(each.token)}}}});
    }
    if (rcpt_to.empty())
        return out;
    const json::object submission{{"identityId", TRY(person.server().identity())},
                                  {"emailId", copy.email},
                                  {"envelope", json::object{{"rcptTo", std::move(rcpt_to)}}}};
    const auto answer = TRY(person.server().call("EmailSubmission/set",
                                                 {{"create", json::object{{"go", submission}}}}));
    TRY(created_in(answer, "go"));
    return out;
}

// The server takes fewer at once, or has taken nearly as many as it takes in an hour.
bool is_too_many(const Error& error) {
    return error.where == "overQuota" || error.where == "tooManyRecipients";
}

}  // namespace

Result<FannedOut> fan_out(Person& person,
                          const ListSettings& settings,
                          const Members& members,
                          const Post& post) {
    const auto copies = TRY(own_copies(person, post.id));
    std::set<std::string> done;
    for (const json::value& each : TRY(recipients_in(person, copies)))
        if (each.is_object())
            done.insert(text_at(each.get_object(), "address"));
    auto readers = readers_of(members, post);
    std::erase_if(readers, [&](const Member& each) { return done.contains(each.address.text()); });
    FannedOut out;
    if (readers.empty())
        return out;
    const Copy copy = copies.empty() ? TRY(make_copy(person, settings, post))
                                     : TRY(read_copy(person, copies.front()));
    std::size_t size = settings.at_once;
    for (std::size_t at = 0; at < readers.size();) {
        const auto some = std::span(readers).subspan(at, std::min(size, readers.size() - at));
        const auto handed = submit_to(person, copy, post, some);
        if (!handed && is_too_many(handed.error()) && some.size() > 1) {
            size = some.size() / 2;
            continue;
        }
        if (!handed)
            return handed.error();
        if (out.left == 0)
            out.why = handed->why;
        out.left += handed->left;
        at += some.size();
    }
    return out;
}

Result<json::array> answers_to(Person& person, const Post& post) {
    return recipients_in(person, TRY(own_copies(person, post.id)));
}

}  // namespace kith
