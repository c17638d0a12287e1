#include "kith/list_desk.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "identity/move_check.h"
#include "kith/contacts.h"
#include "kith/list_letters.h"
#include "kith/push_listening.h"
#include "kith/submission.h"

namespace kith {
namespace {

using What = ListNews::What;

struct NewsName {
    What what;
    std::string_view name;
};
constexpr std::array kNews = {NewsName{What::joined, "joined"},
                              NewsName{What::asks, "asks"},
                              NewsName{What::left, "left"},
                              NewsName{What::moved, "moved"},
                              NewsName{What::dropped, "dropped"},
                              NewsName{What::complaint, "complaint"},
                              NewsName{What::waits, "waits"},
                              NewsName{What::accepted, "accepted"},
                              NewsName{What::discarded, "discarded"},
                              NewsName{What::sent, "sent"}};

// nullopt: it brings none.
std::optional<Result<ListCommand>> command_in(const MessageView& message) {
    const auto files = message.attachments();
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i].type != kListCommandType)
            continue;
        const auto octets = message.attachment(i);
        return octets ? parse_list_command(as_text(*octets)) : Result<ListCommand>(octets.error());
    }
    return std::nullopt;
}

ListArrival arrival_of(const json::object& email, const OpenedMail& opened) {
    const bool proven = !opened.findings.device.empty() && opened.findings.warnings.empty();
    const bool known = text_at(object_at(email, "kith"), "tier") != "unknown";
    return {.from = opened.stub->from,
            .root = opened.stub->root,
            .proven = proven ? ListArrival::Proven::yes : ListArrival::Proven::no,
            .tier = known ? ListArrival::Tier::known : ListArrival::Tier::unknown};
}

}  // namespace

std::string_view name_of(What what) {
    return std::ranges::find(kNews, what, &NewsName::what)->name;
}

Result<Post> post_of(const json::object& email) {
    const json::object& kith = object_at(email, "kith");
    const auto note = TRY(SignedNote::parse(text_at(kith, "stub")));
    const Stub stub = TRY(parse_stub(note));
    return Post{.id = id_of_post(stub.root, stub.id),
                .email = text_at(email, "id"),
                .author = stub.from,
                .root = stub.root,
                .subject = {},
                .came = TRY(parse_time(text_at(email, "receivedAt"))),
                .why = {},
                .decided = std::nullopt,
                .complaints = {}};
}

Result<void> remove_contact(Person& person, const Hash& root) {
    const auto answer =
        TRY(person.server().call("Contact/set", {{"destroy", json::array{root.hex_text()}}}));
    const auto gone = updated_in(answer, root.hex_text());
    if (!gone && gone.error().kind != ErrorKind::not_found)
        return gone.error();
    return {};
}

Result<ListDesk::Taken> ListDesk::take(const json::object& email) {
    const json::object& kith = object_at(email, "kith");
    if (text_at(kith, "state") != "delivered")
        return Taken::open;
    if (text_at(kith, "stub").empty())
        return Taken::done;  // imported: it never came
    Post post = TRY(post_of(email));
    if (const auto before = TRY(list_.post(post.id)))
        return before->state == Post::State::pending || before->state == Post::State::accepted
                   ? Taken::open
                   : Taken::done;
    const auto opened = open_email(person_, email);
    if (!opened && may_pass(opened.error()))
        return opened.error();
    if (!opened)
        return discard(std::move(post), opened.error().detail);
    return take_opened(email, *opened, std::move(post));
}

Result<ListDesk::Taken> ListDesk::take_opened(const json::object& email,
                                              const OpenedMail& opened,
                                              Post post) {
    const auto message = parse_message(opened.message);
    if (!message)
        return discard(std::move(post), "is no mail message");
    post.subject = message->subject();
    const ListArrival arrival = arrival_of(email, opened);
    if (const auto command = command_in(*message)) {
        if (!*command)
            return discard(std::move(post), command->error().text());
        if (arrival.proven == ListArrival::Proven::no || (*command)->list != root_)
            return discard(std::move(post), "is a command of somebody else or for another list");
        return obey(**command, arrival, opened.stub->id);
    }
    if (to_lower(trim(message->subject())) == kLeaveSubject &&
        arrival.proven == ListArrival::Proven::yes && TRY(list_.members()).contains(arrival.root)) {
        TRY(drop(arrival.root, {}));
        return Taken::done;
    }
    return judge(*message, arrival, std::move(post));
}

Result<ListDesk::Taken> ListDesk::obey(const ListCommand& command,
                                       const ListArrival& arrival,
                                       const std::string& stub_id) {
    switch (command.action) {
        case ListCommand::Action::join:
            return join(command, arrival, stub_id);
        case ListCommand::Action::leave:
            TRY(drop(arrival.root, {}));
            return Taken::done;
        case ListCommand::Action::report:
            break;
    }
    return complain(command, arrival);
}

Result<ListDesk::Taken> ListDesk::join(const ListCommand& command,
                                       const ListArrival& arrival,
                                       const std::string& stub_id) {
    if (arrival.root == root_)
        return Taken::done;
    Member member{.address = arrival.from,
                  .root = arrival.root,
                  .token = command.token,
                  .since = person_.clock().now(),
                  .state = Member::State::asks};
    {
        const auto lock = TRY(list_.lock());
        auto members = TRY(list_.members());
        const auto before = members.find(arrival.root);
        const bool invited = before != members.end() && before->second.state != Member::State::asks;
        if (invited || TRY(list_.settings()).joins == ListSettings::Joins::open)
            member.state = Member::State::subscribed;
        // Who reads it already keeps their place, and what is on its way to them.
        if (before != members.end() && before->second.state == member.state &&
            (before->second.token == member.token || before->second.address != member.address ||
             before->second.moved))
            member.since = before->second.since;
        if (before != members.end())
            member.left = before->second.address == member.address ? before->second.left
                                                                   : before->second.address;
        members.insert_or_assign(arrival.root, member);
        TRY(list_.put(members));
    }
    if (member.state == Member::State::subscribed) {
        TRY(welcome(member, stub_id));
        tell_({.what = What::joined, .who = member.address.text()});
    } else {
        TRY(forget_stranger(member.root));
        tell_({.what = What::asks, .who = member.address.text()});
    }
    return Taken::done;
}

Result<void> ListDesk::welcome(const Member& member, const std::string& join) {
    if (!person_.pin_of(member.address))
        TRY(person_.pin(member.address, {.root = member.root, .since = member.since}));
    // Brings their card to this server, which wants it before it makes a contact.
    TRY(look_up(person_, member.address));
    if (!TRY(contact_by_root(person_, member.root))) {
        const json::object create{{"address", member.address.text()},
                                  {"root", member.root.text()},
                                  {"level", "known"},
                                  {"source", "reader"}};
        const auto answer =
            TRY(person_.server().call("Contact/set", {{"create", json::object{{"new", create}}}}));
        TRY(created_in(answer, "new"));
    }
    const auto letter = welcome_letter(person_.address(), TRY(list_.settings()), member, join);
    const Outgoing outgoing = TRY(write_letter(person_, letter));
    TRY(submit(person_, outgoing, Attempt::again));
    return {};
}

Result<void> ListDesk::drop(const Hash& root, const std::string& why) {
    std::string who;
    {
        const auto lock = TRY(list_.lock());
        auto members = TRY(list_.members());
        const auto found = members.find(root);
        if (found == members.end())
            return {};
        who = found->second.address.text();
        members.erase(found);
        TRY(list_.put(members));
    }
    TRY(remove_contact(person_, root));
    tell_({.what = why.empty() ? What::left : What::dropped, .who = who, .why = why});
    return {};
}

Result<void> ListDesk::follow(const Member& member, std::string_view card) {
    const auto known = TRY(person_.cards().get(member.address));
    if (known.chain.root() != member.root)
        return fail(ErrorKind::untrusted, member.address.text(), "is somebody else now");
    const Address to = TRY(moved_to(known.chain, member.address, card));
    {
        const auto lock = TRY(list_.lock());
        auto members = TRY(list_.members());
        const auto found = members.find(member.root);
        if (found == members.end() || found->second.address != member.address)
            return {};
        found->second.address = to;
        found->second.left = member.address;
        found->second.moved = person_.clock().now();
        TRY(list_.put(members));
    }
    tell_({.what = What::moved, .who = to.text(), .why = "from " + member.address.text()});
    return {};
}

Result<void> ListDesk::forget_stranger(const Hash& root) {
    const auto contact = TRY(contact_by_root(person_, root));
    const auto members = TRY(list_.members());
    const auto member = members.find(root);
    const bool reads = member != members.end() && member->second.state == Member::State::subscribed;
    if (!contact || text_at(*contact, "source") != "accepted" || reads ||
        TRY(list_.settings()).posts == ListSettings::Posts::known)
        return {};
    return remove_contact(person_, root);
}

// Each reader counts once; the author's message counts once as unwanted here, whoever says so.
Result<ListDesk::Taken> ListDesk::complain(const ListCommand& command, const ListArrival& arrival) {
    const auto members = TRY(list_.members());
    const auto reader = members.find(arrival.root);
    if (reader == members.end() || reader->second.state != Member::State::subscribed)
        return Taken::done;
    const auto post = TRY(list_.post(command.post));
    const bool went_out =
        post && (post->state == Post::State::sent || post->state == Post::State::accepted);
    if (!went_out || post->root == arrival.root || post->root == root_ ||
        std::ranges::find(post->complaints, arrival.root) != post->complaints.end())
        return Taken::done;
    TRY(person_.server().call(
        "Email/set",
        {{"update", json::object{{post->email, json::object{{"kith/outcome", "unwanted"}}}}}}));
    {
        const auto lock = TRY(list_.lock());
        auto now = TRY(list_.post(command.post));
        if (!now)
            return Taken::done;
        now->complaints.push_back(arrival.root);
        TRY(list_.put(*now));
    }
    tell_({.what = What::complaint,
           .who = arrival.from.text(),
           .id = post->id,
           .subject = post->subject,
           .why = "a post of " + post->author.text()});
    return Taken::done;
}

Result<ListDesk::Taken> ListDesk::judge(const MessageView& message,
                                        const ListArrival& arrival,
                                        Post post) {
    const auto lock = TRY(list_.lock());
    const Time now = person_.clock().now();
    const auto judgement = judge_post(arrival,
                                      message,
                                      TRY(list_.settings()),
                                      TRY(list_.members()),
                                      TRY(list_.posts()),
                                      {person_.address(), root_},
                                      now);
    if (judgement.what == Judgement::What::discard)
        return discard(std::move(post), judgement.why);
    const bool accepted = judgement.what == Judgement::What::accept;
    post.state = accepted ? Post::State::accepted : Post::State::pending;
    post.why = judgement.why;
    if (accepted)
        post.decided = now;
    TRY(list_.put(post));
    tell_({.what = accepted ? What::accepted : What::waits,
           .who = post.author.text(),
           .id = post.id,
           .subject = post.subject,
           .why = post.why});
    return Taken::open;
}

Result<ListDesk::Taken> ListDesk::discard(Post post, const std::string& why) {
    post.state = Post::State::rejected;
    post.why = why;
    post.decided = person_.clock().now();
    TRY(list_.put(post));
    tell_({.what = What::discarded,
           .who = post.author.text(),
           .id = post.id,
           .subject = post.subject,
           .why = why});
    return Taken::done;
}

Result<void> ListDesk::hold(const json::object& email, const std::string& subject) {
    Post post = TRY(post_of(email));
    const auto lock = TRY(list_.lock());
    if (TRY(list_.post(post.id)))
        return {};
    post.subject = subject;
    post.why = post.author.text() + " is a stranger";
    TRY(list_.put(post));
    tell_({.what = What::waits,
           .who = post.author.text(),
           .id = post.id,
           .subject = post.subject,
           .why = post.why});
    return {};
}

}  // namespace kith
