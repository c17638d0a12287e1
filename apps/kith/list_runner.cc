#include "kith/list_runner.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "kith/exit_code.h"
#include "kith/interrupt.h"
#include "kith/list_letters.h"
#include "kith/mail_rows.h"
#include "kith/outbox.h"
#include "kith/push_listening.h"
#include "kith/waiting_requests.h"

namespace kith {
namespace {

constexpr Seconds kScanEvery{60};     ///< clocks jump, and events are lost
constexpr Seconds kTryAgain{60};      ///< the server takes no more for now
constexpr Seconds kReaderAgain{300};  ///< a reader's domain is away
constexpr Seconds kReaderLost = std::chrono::days{5};
constexpr Seconds kPostsKept = std::chrono::days{60};
constexpr std::string_view kDoneKeyword = "kith-list-done";
constexpr std::int64_t kMostJoinOctets = 65'536;

// What a reader's server says when it will take no mail of the list any more.
constexpr std::string_view kGone[] = {
    "token-revoked", "token-foreign", "token-spent", "stamp-needed", "no-such-account"};

constexpr std::string_view kFinal[] = {"delivered", "held", "refused", "failed", "needs-stamp"};

Result<void> act_on_request(Person& person, const std::string& email, const char* action) {
    const auto answer = TRY(person.server().call(
        "Request/set", {{"update", json::object{{email, json::object{{"action", action}}}}}}));
    const auto done = updated_in(answer, email);
    // Its body is on the way: the server goes on trying.
    if (!done && done.error().kind != ErrorKind::unavailable &&
        done.error().kind != ErrorKind::not_found)
        return done.error();
    return {};
}

std::string short_id(const std::string& id) {
    return id.substr(0, 8);
}

std::string line_of(const ListNews& news) {
    std::string line(name_of(news.what));
    line.resize(std::max<std::size_t>(line.size(), 10), ' ');
    if (!news.id.empty())
        line += short_id(news.id) + "  ";
    line += news.who;
    if (!news.subject.empty())
        line += "  " + news.subject;
    if (!news.why.empty())
        line += "  (" + news.why + ")";
    return printable(line);
}

}  // namespace

ListRunner::ListRunner(Person& person, ListHome list, const Hash& root)
    : person_(person),
      list_(std::move(list)),
      desk_(person, list_, root, [this](const ListNews& news) { tell(news); }) {}

void ListRunner::tell(const ListNews& news) {
    if (person_.terminal().json)
        print_json({{"event", name_of(news.what)},
                    {"address", text_or_null(news.who)},
                    {"id", text_or_null(news.id)},
                    {"subject", text_or_null(news.subject)},
                    {"why", text_or_null(news.why)}});
    else
        print_line(line_of(news));
    fflush(stdout);
}

Result<void> ListRunner::run() {
    const auto lock = TRY(list_.lock_run());
    const PushWork work{
        .types = "Email,EmailSubmission",
        .prepare = {},
        .begin =
            [this](bool first) {
                if (first && !person_.terminal().json)
                    print_notice("the list " + person_.address().text() + " runs; Ctrl-C ends it");
                return scan();
            },
        .heard = [this](bool changes) { return changes ? scan() : Result<void>(); },
        .meanwhile = [this] { return is_time() ? scan() : Result<void>(); }};
    return listen_to_push(person_, work);
}

// A moderator decided something, or something was put off until now.
bool ListRunner::is_time() const {
    const Time now = person_.clock().now();
    const auto is_due = [&](const auto& each) { return each.second <= now; };
    return list_.state() != seen_ || now - scanned_ >= kScanEvery || now < scanned_ ||
           std::ranges::any_of(next_, is_due);
}

Result<void> ListRunner::scan() {
    flush_outbox(person_);
    scanned_ = person_.clock().now();
    const auto before = TRY(list_.posts());
    TRY(take_requests(before));
    const auto with_requests = TRY(list_.posts());
    TRY(take_inbox(with_requests));
    TRY(look_for_moved());
    seen_ = list_.state();
    for (const Post& post : TRY(list_.posts())) {
        if (InterruptGuard::flag())
            return {};
        if (post.state == Post::State::accepted)
            TRY(send_on(post));
        else if (post.state == Post::State::sent && post.settled == Post::Settled::no)
            TRY(hear(post));
    }
    return list_.forget_posts(person_.clock().now() - kPostsKept);
}

// Who has moved is waited for as long as one whose domain is away; what waited for them goes at
// once when they have joined from there.
Result<void> ListRunner::look_for_moved() {
    const Time now = person_.clock().now();
    std::size_t away = 0;
    for (const auto& [root, member] : TRY(list_.members())) {
        if (!member.moved)
            continue;
        if (now - *member.moved < kReaderLost)
            ++away;
        else
            TRY(desk_.drop(root, "has moved there, and did not join from there"));
    }
    if (away < std::exchange(away_, away))
        next_.clear();
    return {};
}

Result<void> ListRunner::take_requests(const std::vector<Post>& posts) {
    std::vector<std::string> ids;
    for (const json::object& each : TRY(waiting_requests(person_)))
        ids.push_back(text_at(each, "emailId"));
    for (const json::object& email : TRY(get_emails(person_, ids))) {
        if (text_at(object_at(email, "kith"), "state") != "held")
            continue;
        const auto post = std::ranges::find(posts, text_at(email, "id"), &Post::email);
        TRY(take_request(email, post == posts.end() ? nullptr : &*post));
    }
    return {};
}

// The body is with its sender: it is asked for where a moderator said so, and of who wants to join.
Result<void> ListRunner::take_request(const json::object& email, const Post* post) {
    const std::string id = text_at(email, "id");
    if (post != nullptr && post->state == Post::State::pending)
        return {};
    if (post != nullptr && post->state == Post::State::accepted)
        return act_on_request(person_, id, "accept");
    if (post != nullptr)
        return act_on_request(person_, id, "decline");
    const std::string subject = text_at(row_of(person_, email), "subject");
    if (subject == kJoinSubject && number_at(email, "size") <= kMostJoinOctets)
        return act_on_request(person_, id, "accept");
    return desk_.hold(email, subject);
}

Result<void> ListRunner::take_inbox(const std::vector<Post>& posts) {
    std::set<std::string> open;
    for (const Post& post : posts)
        if (post.state == Post::State::pending || post.state == Post::State::accepted)
            open.insert(post.email);
    const std::string inbox = TRY(person_.server().mailbox("inbox"));
    auto ids = TRY(query_emails(
        person_, {{"inMailbox", inbox}, {"notKeyword", std::string(kDoneKeyword)}}, SIZE_MAX));
    std::erase_if(ids, [&](const std::string& id) { return open.contains(id); });
    std::ranges::reverse(ids);  // oldest first
    for (const json::object& email : TRY(get_emails(person_, ids))) {
        if (InterruptGuard::flag())
            return {};
        if (TRY(desk_.take(email)) == ListDesk::Taken::done)
            TRY(person_.server().call(
                "Email/set",
                {{"update",
                  json::object{{text_at(email, "id"),
                                json::object{{"keywords/" + std::string(kDoneKeyword), true}}}}}}));
    }
    return {};
}

void ListRunner::put_off(const std::string& post, Seconds wait, const std::string& why) {
    next_[post] = person_.clock().now() + wait;
    if (told_.insert(post + " " + why).second)
        print_notice(short_id(post) + " waits: " + printable(why));
}

Result<void> ListRunner::send_on(Post post) {
    const Time now = person_.clock().now();
    if (const auto next = next_.find(post.id); next != next_.end() && next->second > now)
        return {};
    const auto came = TRY(get_emails(person_, {post.email}));
    if (!came.empty() && text_at(object_at(came.front(), "kith"), "state") != "delivered")
        return {};  // accepted among the requests: its body is on the way
    const auto done = fan_out(person_, TRY(list_.settings()), TRY(list_.members()), post);
    if (!done && may_pass(done.error()))
        return done.error();
    if (!done) {
        put_off(post.id, kTryAgain, sentence_of(done.error()));
        return {};
    }
    if (done->left > 0 && now - post.decided.value_or(now) < kReaderLost) {
        put_off(post.id, kReaderAgain, done->why);
        return {};
    }
    next_.erase(post.id);
    post.state = Post::State::sent;
    return finish(post);
}

// First that it was sent, then that its message is done with: in between, it is only looked at.
Result<void> ListRunner::finish(const Post& post) {
    {
        const auto lock = TRY(list_.lock());
        auto now = TRY(list_.post(post.id));
        if (now && now->state == Post::State::accepted) {
            now->state = Post::State::sent;
            TRY(list_.put(*now));
        }
    }
    TRY(desk_.forget_stranger(post.root));
    tell({.what = ListNews::What::sent,
          .who = post.author.text(),
          .id = post.id,
          .subject = post.subject});
    return {};
}

namespace {

bool is_final(const json::object& recipient) {
    return std::ranges::find(kFinal, text_at(recipient, "state")) != std::end(kFinal);
}

std::string why_not(const json::object& recipient) {
    const std::string state = text_at(recipient, "state");
    return state == "refused" || state == "needs-stamp"
               ? text_at(object_at(recipient, "answer"), "type")
               : std::string();
}

bool is_among(const json::array& recipients, const Address& address) {
    return std::ranges::any_of(objects_in(recipients), [&](const json::object* each) {
        return text_at(*each, "address") == address.text();
    });
}

}  // namespace

// True: the post is to go to where they are.
Result<bool> ListRunner::hear_of_move(const json::object& answer, const json::array& all) {
    const std::string address = text_at(answer, "address");
    for (const auto& [root, member] : TRY(list_.members())) {
        if (member.left && member.left->text() == address)
            return !is_among(all, member.address);
        if (member.address.text() != address)
            continue;
        const auto followed = desk_.follow(member, text_at(object_at(answer, "answer"), "card"));
        if (followed)
            return true;
        if (may_pass(followed.error()))
            return followed.error();
        TRY(desk_.drop(root, "their server says that they moved, and shows no card that says so"));
    }
    return false;
}

Result<void> ListRunner::hear_no(const Post& post, const json::object& answer) {
    const std::string address = text_at(answer, "address");
    for (const auto& [root, member] : TRY(list_.members()))
        // Who joined again since then is another's answer.
        if (member.address.text() == address && member.since <= post.decided.value_or(post.came))
            TRY(desk_.drop(root, "their server takes the list's mail no more: " + why_not(answer)));
    return {};
}

Result<void> ListRunner::hear(const Post& post) {
    bool open = false;
    bool goes_on = false;
    const auto all = TRY(answers_to(person_, post));
    for (const json::object* each : objects_in(all)) {
        open = open || !is_final(*each);
        const std::string why = why_not(*each);
        if (why == "moved")
            goes_on = TRY(hear_of_move(*each, all)) || goes_on;
        else if (std::ranges::find(kGone, why) != std::end(kGone))
            TRY(hear_no(post, *each));
    }
    goes_on = goes_on && person_.clock().now() - post.decided.value_or(post.came) < kReaderLost;
    if (open && !goes_on)
        return {};
    const auto lock = TRY(list_.lock());
    auto now = TRY(list_.post(post.id));
    if (!now)
        return {};
    if (goes_on)
        now->state = Post::State::accepted;
    else
        now->settled = Post::Settled::yes;
    return list_.put(*now);
}

}  // namespace kith
