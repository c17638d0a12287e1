// list create, settings, run, pending, approve, reject: what whoever runs a list does.
#include <algorithm>

#include "base/text.h"
#include "kith/cmd_list.h"
#include "kith/contacts.h"
#include "kith/list_runner.h"
#include "kith/made_token.h"
#include "kith/outbox.h"

namespace kith {
namespace {

constexpr std::size_t kShortId = 8;
constexpr std::uint64_t kJoinsADay = 200;
constexpr std::size_t kMaxName = 60;
constexpr std::size_t kMaxDescription = 500;

Result<std::string> line_of_text(const std::string& text, const char* option, std::size_t most) {
    if (printable(text) != text || text.size() > most)
        return usage_error(std::string(option) + ": one line of at most " + std::to_string(most) +
                           " octets");
    return text;
}

Result<void> change_moderators(Person& person,
                               const ListSettingsWish& wish,
                               ListSettings& settings) {
    for (const std::string& text : wish.no_moderators) {
        const Address address = TRY(parse_person(text));
        std::erase_if(settings.moderators,
                      [&](const Moderator& each) { return each.address == address; });
    }
    for (const std::string& text : wish.moderators) {
        const Address address = TRY(parse_person(text));
        const Hash root = TRY(look_up(person, address)).chain.root();
        std::erase_if(settings.moderators,
                      [&](const Moderator& each) { return each.root == root; });
        settings.moderators.push_back({address, root});
    }
    return {};
}

Result<void> change_number(const std::optional<std::uint64_t>& wanted,
                           const char* option,
                           std::uint64_t most,
                           std::uint64_t& number) {
    if (!wanted)
        return {};
    if (*wanted < 1 || *wanted > most)
        return usage_error(std::string(option) + ": from 1 to " + std::to_string(most));
    number = *wanted;
    return {};
}

Result<void> apply_wish(Person& person, const ListSettingsWish& wish, ListSettings& settings) {
    if (wish.name)
        settings.name = TRY(line_of_text(*wish.name, "--name", kMaxName));
    if (wish.description)
        settings.description =
            TRY(line_of_text(*wish.description, "--description", kMaxDescription));
    if (!wish.posts.empty()) {
        const auto posts = parse_posts(wish.posts);
        if (!posts)
            return usage_error("--posts: subscribers, known or moderators");
        settings.posts = *posts;
    }
    if (!wish.joins.empty()) {
        const auto joins = parse_joins(wish.joins);
        if (!joins)
            return usage_error("--joins: open or approve");
        settings.joins = *joins;
    }
    TRY(change_number(wish.author_a_day, "--author-a-day", 10'000, settings.author_a_day));
    TRY(change_number(wish.complaints, "--complaints", 10'000, settings.complaints));
    TRY(change_number(wish.at_once, "--at-once", kMaxRecipients, settings.at_once));
    return change_moderators(person, wish, settings);
}

json::object settings_object(const Person& person, const ListSettings& settings) {
    json::array moderators;
    for (const Moderator& each : settings.moderators)
        moderators.emplace_back(each.address.text());
    return {{"address", person.address().text()},
            {"name", text_or_null(settings.name)},
            {"description", text_or_null(settings.description)},
            {"posts", name_of(settings.posts)},
            {"joins", name_of(settings.joins)},
            {"moderators", moderators},
            {"authorADay", settings.author_a_day},
            {"complaints", settings.complaints},
            {"atOnce", settings.at_once}};
}

void print_settings(const Person& person, const ListSettings& settings) {
    const auto line = [](const char* name, const std::string& value) {
        print_line(std::string(name) + printable(value.empty() ? "-" : value));
    };
    std::string moderators;
    for (const Moderator& each : settings.moderators)
        moderators += (moderators.empty() ? "" : ", ") + each.address.text();
    line("list          ", person.address().text());
    line("name          ", settings.name);
    line("description   ", settings.description);
    line("posts         ", std::string(name_of(settings.posts)));
    line("joins         ", std::string(name_of(settings.joins)));
    line("moderators    ", moderators);
    line("author-a-day  ", std::to_string(settings.author_a_day));
    line("complaints    ", std::to_string(settings.complaints));
    line("at-once       ", std::to_string(settings.at_once));
}

// What brings a first message of whoever wants to join without a stamp.
Result<std::string> join_link(Person& person) {
    const json::object create{{"kind", "card"}, {"label", "joining"}, {"perDay", kJoinsADay}};
    return text_at(TRY(make_token(person, create)), "link");
}

Result<Post> find_post(const ListHome& list, const std::string& id) {
    std::vector<Post> fitting;
    for (const Post& post : TRY(list.posts()))
        if (post.state == Post::State::pending && post.id.starts_with(to_lower(id)))
            fitting.push_back(post);
    if (fitting.empty())
        return fail(
            ErrorKind::not_found, id, "nothing of it waits: `kith list pending` says what does");
    if (fitting.size() > 1)
        return usage_error("'" + id + "' begins the id of several posts: write more of it");
    return fitting.front();
}

Result<Member> find_asking(const ListHome& list, const std::string& address_text) {
    const Address address = TRY(parse_person(address_text));
    for (const auto& [root, member] : TRY(list.members()))
        if (member.address == address && member.state == Member::State::asks)
            return member;
    return fail(ErrorKind::not_found, address.text(), "does not ask to join");
}

Result<void> forgive(const ListHome& list, const Hash& author) {
    for (Post& post : TRY(list.posts()))
        if (post.root == author && !post.complaints.empty()) {
            post.counted = Post::Counted::forgiven;
            TRY(list.put(post));
        }
    return {};
}

void print_decided(Person& person,
                   const std::string& what,
                   const std::string& state,
                   const std::string& sentence) {
    if (person.terminal().json)
        print_json({{"id", what}, {"state", state}});
    else
        print_line(sentence);
}

Outcome decide_on_post(Person& person,
                       const ListHome& list,
                       const std::string& id,
                       Post::State state,
                       ListApproval::Complaints complaints) {
    const auto lock = TRY(list.lock());
    Post post = TRY(find_post(list, id));
    post.state = state;
    post.decided = person.clock().now();
    if (state == Post::State::rejected)
        post.why = "was rejected";
    TRY(list.put(post));
    if (complaints == ListApproval::Complaints::forgiven)
        TRY(forgive(list, post.root));
    print_decided(person,
                  post.id,
                  std::string(name_of(state)),
                  state == Post::State::accepted ? "approved: `kith list run` passes it on"
                                                 : "rejected; nobody hears of it");
    return ExitCode::done;
}

}  // namespace

Outcome run_list_create(Person& person, const ListSettingsWish& wish) {
    flush_outbox(person);
    if (ListHome::open(person.home()))
        return fail(ErrorKind::conflict,
                    person.address().text(),
                    "is a mailing list already: `kith list settings` changes it");
    ListSettings settings;
    TRY(apply_wish(person, wish, settings));
    const std::string link = TRY(join_link(person));
    TRY(ListHome::create(person.home(), settings));
    if (person.terminal().json) {
        auto object = settings_object(person, settings);
        object["link"] = link;
        print_json(std::move(object));
    } else {
        print_line(person.address().text() + " is a mailing list. Who wants to read it:");
        print_line("  kith list join '" + link + "'");
        print_line("Next: kith list run");
    }
    return ExitCode::done;
}

Outcome run_list_settings(Person& person, const ListSettingsWish& wish) {
    const ListHome list = TRY(ListHome::open(person.home()));
    const auto lock = TRY(list.lock());
    ListSettings settings = TRY(list.settings());
    const ListSettings before = settings;
    TRY(apply_wish(person, wish, settings));
    if (settings != before)
        TRY(list.put(settings));
    if (person.terminal().json)
        print_json(settings_object(person, settings));
    else
        print_settings(person, settings);
    return ExitCode::done;
}

Outcome run_list_run(Person& person) {
    const ListHome list = TRY(ListHome::open(person.home()));
    const Hash root = TRY(person.cards().own()).chain.root();
    ListRunner runner(person, list, root);
    TRY(runner.run());
    return ExitCode::done;
}

Outcome run_list_pending(Person& person) {
    const ListHome list = TRY(ListHome::open(person.home()));
    json::array rows;
    Table table({"id", "from", "time", "subject", "why"}, 4);
    for (const Post& post : TRY(list.posts())) {
        if (post.state != Post::State::pending)
            continue;
        const std::string came = format_time(post.came);
        rows.push_back({{"id", post.id},
                        {"emailId", post.email},
                        {"from", post.author.text()},
                        {"time", came},
                        {"subject", post.subject},
                        {"why", post.why},
                        {"what", "post"}});
        table.add({{post.id.substr(0, kShortId), Style::dim},
                   {post.author.text()},
                   {short_time(came)},
                   {post.subject},
                   {post.why}});
    }
    for (const auto& [root, member] : TRY(list.members())) {
        if (member.state != Member::State::asks)
            continue;
        const std::string since = format_time(member.since);
        rows.push_back({{"id", member.address.text()},
                        {"from", member.address.text()},
                        {"time", since},
                        {"why", "asks to join"},
                        {"what", "join"}});
        table.add({{"", Style::dim},
                   {member.address.text()},
                   {short_time(since)},
                   {""},
                   {"asks to join"}});
    }
    if (person.terminal().json)
        print_json(rows);
    else if (table.empty())
        print_line("nothing waits");
    else
        print_text(table.text(person.terminal()));
    return ExitCode::done;
}

Outcome run_list_approve(Person& person, const ListApproval& approval) {
    const ListHome list = TRY(ListHome::open(person.home()));
    if (!approval.id.contains('@'))
        return decide_on_post(
            person, list, approval.id, Post::State::accepted, approval.complaints);
    Member member = TRY(find_asking(list, approval.id));
    member.state = Member::State::subscribed;
    member.since = person.clock().now();
    {
        const auto lock = TRY(list.lock());
        auto members = TRY(list.members());
        members.insert_or_assign(member.root, member);
        TRY(list.put(members));
    }
    const Hash root = TRY(person.cards().own()).chain.root();
    ListDesk desk(person, list, root, [](const ListNews&) {});
    TRY(desk.welcome(member, "approved " + format_time(member.since)));
    print_decided(person,
                  member.address.text(),
                  "subscribed",
                  member.address.text() + " reads the list from now on");
    return ExitCode::done;
}

Outcome run_list_reject(Person& person, const std::string& id) {
    const ListHome list = TRY(ListHome::open(person.home()));
    if (!id.contains('@'))
        return decide_on_post(
            person, list, id, Post::State::rejected, ListApproval::Complaints::stand);
    const auto lock = TRY(list.lock());
    const Member member = TRY(find_asking(list, id));
    auto members = TRY(list.members());
    members.erase(member.root);
    TRY(list.put(members));
    print_decided(person, member.address.text(), "rejected", "rejected; nobody hears of it");
    return ExitCode::done;
}

}  // namespace kith
