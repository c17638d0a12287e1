#include "kith/list_home.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/text.h"

namespace kith {
namespace {

template <class Enum>
struct Named {
    Enum value;
    std::string_view name;
};
constexpr std::array kPosts = {Named{ListSettings::Posts::subscribers, "subscribers"},
                               Named{ListSettings::Posts::known, "known"},
                               Named{ListSettings::Posts::moderators, "moderators"}};
constexpr std::array kJoins = {Named{ListSettings::Joins::open, "open"},
                               Named{ListSettings::Joins::approve, "approve"}};
constexpr std::array kMemberStates = {Named{Member::State::invited, "invited"},
                                      Named{Member::State::asks, "asks"},
                                      Named{Member::State::subscribed, "subscribed"}};
constexpr std::array kPostStates = {Named{Post::State::pending, "pending"},
                                    Named{Post::State::accepted, "accepted"},
                                    Named{Post::State::sent, "sent"},
                                    Named{Post::State::rejected, "rejected"}};

template <class Table, class Enum>
std::string_view name_in(const Table& table, Enum value) {
    return std::ranges::find(table, value, &Table::value_type::value)->name;
}

template <class Table>
auto value_in(const Table& table, std::string_view name, const char* what)
    -> Result<decltype(table.front().value)> {
    const auto* const found = std::ranges::find(table, name, &Table::value_type::name);
    if (found == table.end())
        return fail(ErrorKind::malformed, what, "is not one of its words");
    return found->value;
}

json::value time_value(const std::optional<Time>& time) {
    return time ? json::value(format_time(*time)) : json::value(nullptr);
}

Result<std::uint64_t> count_at(const json::object& object, std::string_view name) {
    const std::int64_t number = number_at(object, name);
    if (number < 1)
        return fail(ErrorKind::malformed, std::string(name), "must be at least 1");
    return static_cast<std::uint64_t>(number);
}

Result<Member> read_member(const json::object& object) {
    Member member{.address = TRY(Address::parse_normal(text_at(object, "address"))),
                  .root = TRY(parse_hash(text_at(object, "root"))),
                  .token = text_at(object, "token"),
                  .since = TRY(parse_time(text_at(object, "since"))),
                  .state = TRY(value_in(kMemberStates, text_at(object, "state"), "state"))};
    if (const auto left = text_at(object, "left"); !left.empty())
        member.left = TRY(Address::parse_normal(left));
    if (const auto moved = text_at(object, "moved"); !moved.empty())
        member.moved = TRY(parse_time(moved));
    return member;
}

}  // namespace

std::string_view name_of(ListSettings::Posts posts) {
    return name_in(kPosts, posts);
}
std::string_view name_of(ListSettings::Joins joins) {
    return name_in(kJoins, joins);
}
std::string_view name_of(Member::State state) {
    return name_in(kMemberStates, state);
}
std::string_view name_of(Post::State state) {
    return name_in(kPostStates, state);
}
Result<ListSettings::Posts> parse_posts(std::string_view text) {
    return value_in(kPosts, text, "posts");
}
Result<ListSettings::Joins> parse_joins(std::string_view text) {
    return value_in(kJoins, text, "joins");
}

std::string id_of_post(const Hash& author, const std::string& stub_id) {
    return sha256("kith/1 list post\n" + author.text() + "\n" + stub_id + "\n")
        .hex_text()
        .substr(0, 32);
}

std::string write_list_settings(const ListSettings& settings) {
    json::array moderators;
    for (const Moderator& each : settings.moderators)
        moderators.push_back({{"address", each.address.text()}, {"root", each.root.text()}});
    return json::serialize(json::object{{"name", settings.name},
                                        {"description", settings.description},
                                        {"posts", name_of(settings.posts)},
                                        {"joins", name_of(settings.joins)},
                                        {"moderators", moderators},
                                        {"authorADay", settings.author_a_day},
                                        {"complaints", settings.complaints},
                                        {"atOnce", settings.at_once}}) +
           "\n";
}

Result<ListSettings> parse_list_settings(std::string_view text) {
    const auto object = TRY(parse_json_object(text));
    ListSettings settings;
    settings.name = text_at(object, "name");
    settings.description = text_at(object, "description");
    settings.posts = TRY(parse_posts(text_at(object, "posts")));
    settings.joins = TRY(parse_joins(text_at(object, "joins")));
    for (const json::object* each : objects_in(array_at(object, "moderators")))
        settings.moderators.push_back({TRY(Address::parse_normal(text_at(*each, "address"))),
                                       TRY(parse_hash(text_at(*each, "root")))});
    settings.author_a_day = TRY(count_at(object, "authorADay"));
    settings.complaints = TRY(count_at(object, "complaints"));
    settings.at_once = TRY(count_at(object, "atOnce"));
    return settings;
}

std::string write_members(const Members& members) {
    json::array list;
    for (const auto& [root, member] : members) {
        json::object each{{"address", member.address.text()},
                          {"root", root.text()},
                          {"token", member.token},
                          {"since", format_time(member.since)},
                          {"state", name_of(member.state)}};
        if (member.left)
            each["left"] = member.left->text();
        if (member.moved)
            each["moved"] = format_time(*member.moved);
        list.push_back(std::move(each));
    }
    return json::serialize(json::object{{"members", list}}) + "\n";
}

Result<Members> parse_members(std::string_view text) {
    const auto object = TRY(parse_json_object(text));
    Members members;
    for (const json::object* each : objects_in(array_at(object, "members"))) {
        Member member = TRY(read_member(*each));
        const Hash root = member.root;
        members.insert_or_assign(root, std::move(member));
    }
    return members;
}

std::string write_post(const Post& post) {
    json::array complaints;
    for (const Hash& each : post.complaints)
        complaints.emplace_back(each.text());
    return json::serialize(json::object{{"id", post.id},
                                        {"email", post.email},
                                        {"author", post.author.text()},
                                        {"root", post.root.text()},
                                        {"subject", post.subject},
                                        {"came", format_time(post.came)},
                                        {"state", name_of(post.state)},
                                        {"why", post.why},
                                        {"decided", time_value(post.decided)},
                                        {"complaints", complaints},
                                        {"forgiven", post.counted == Post::Counted::forgiven},
                                        {"settled", post.settled == Post::Settled::yes}}) +
           "\n";
}

Result<Post> parse_post(std::string_view text) {
    const auto object = TRY(parse_json_object(text));
    Post post{.id = text_at(object, "id"),
              .email = text_at(object, "email"),
              .author = TRY(Address::parse_normal(text_at(object, "author"))),
              .root = TRY(parse_hash(text_at(object, "root"))),
              .subject = text_at(object, "subject"),
              .came = TRY(parse_time(text_at(object, "came"))),
              .state = TRY(value_in(kPostStates, text_at(object, "state"), "state")),
              .why = text_at(object, "why"),
              .decided = std::nullopt,
              .complaints = {}};
    if (const auto decided = maybe_text_at(object, "decided"))
        post.decided = TRY(parse_time(*decided));
    for (const std::string& each : texts_at(object, "complaints"))
        post.complaints.push_back(TRY(parse_hash(each)));
    if (flag_at(object, "forgiven"))
        post.counted = Post::Counted::forgiven;
    if (flag_at(object, "settled"))
        post.settled = Post::Settled::yes;
    return post;
}

Result<ListHome> ListHome::open(const Home& home) {
    std::error_code error;
    if (!std::filesystem::exists(home.file("list") / "list.json", error))
        return fail(ErrorKind::not_found,
                    home.address().text(),
                    "is no mailing list: `kith list create` makes it one");
    return ListHome(home);
}

Result<ListHome> ListHome::create(const Home& home, const ListSettings& settings) {
    if (ListHome::open(home))
        return fail(ErrorKind::conflict,
                    home.address().text(),
                    "is a mailing list already: `kith list settings` changes it");
    TRY(home.subfolder("list"));
    TRY(home.subfolder("list/posts"));
    ListHome list(home);
    TRY(list.put(Members()));
    TRY(list.put(settings));  // last: from now on it is one
    return list;
}

Result<FileLock> ListHome::lock() const {
    return FileLock::acquire(file("lock"), FileLock::Wait::yes);
}

Result<FileLock> ListHome::lock_run() const {
    auto lock = FileLock::acquire(file("run.lock"), FileLock::Wait::no);
    if (!lock && lock.error().kind == ErrorKind::unavailable)
        return fail(ErrorKind::conflict,
                    home_.address().text(),
                    "is run by another `kith list run` already");
    return lock;
}

Result<ListSettings> ListHome::settings() const {
    return parse_list_settings(TRY(read_private_file(file("list.json"))));
}
Result<void> ListHome::put(const ListSettings& settings) const {
    return write_private_file(file("list.json"), write_list_settings(settings));
}
Result<Members> ListHome::members() const {
    return parse_members(TRY(read_private_file(file("members.json"))));
}
Result<void> ListHome::put(const Members& members) const {
    return write_private_file(file("members.json"), write_members(members));
}

Result<std::optional<Post>> ListHome::post(const std::string& id) const {
    const auto text = read_private_file(file("posts") / (id + ".json"));
    if (!text && text.error().kind == ErrorKind::not_found)
        return std::optional<Post>();
    if (!text)
        return text.error();
    return std::optional(TRY(parse_post(*text)));
}

Result<void> ListHome::put(const Post& post) const {
    return write_private_file(file("posts") / (post.id + ".json"), write_post(post));
}

Result<std::vector<Post>> ListHome::posts() const {
    std::vector<Post> posts;
    std::error_code error;
    for (std::filesystem::directory_iterator it(file("posts"), error), end; !error && it != end;
         it.increment(error)) {
        if (it->path().extension() != ".json")
            continue;
        const std::string text = TRY(read_private_file(it->path()));
        posts.push_back(TRY(parse_post(text)));
    }
    // Email ids are numbers with a letter in front: in the order in which they came.
    std::ranges::sort(posts, {}, [](const Post& post) {
        return std::tuple(post.came, post.email.size(), post.email);
    });
    return posts;
}

Result<void> ListHome::forget_posts(Time end) const {
    for (const Post& post : TRY(posts())) {
        const bool over = post.state == Post::State::rejected ||
                          (post.state == Post::State::sent && post.settled == Post::Settled::yes);
        if (over && post.came < end)
            TRY(remove_file(file("posts") / (post.id + ".json")));
    }
    return {};
}

std::string ListHome::state() const {
    std::string state;
    for (const char* name : {"posts", "members.json", "list.json"}) {
        std::error_code error;
        const auto time = std::filesystem::last_write_time(file(name), error);
        state += std::to_string(error ? 0 : time.time_since_epoch().count()) + " ";
    }
    return state;
}

}  // namespace kith
