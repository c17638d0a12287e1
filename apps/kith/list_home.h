// What the home of a mailing list holds besides that of any account: list/ (kith(1), FILES).
//
//   list.json      who may post, who may join, who moderates
//   members.json   whom posts go to, and the token that each gave
//   posts/ID.json  what becomes of each post, for 60 days; ID is that of the stub it goes on under
//
// Each file is written whole. Commands run beside `kith list run`: whoever changes what they read
// holds the lock.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "crypto/hash.h"
#include "kith/files.h"
#include "kith/home.h"
#include "kith/json_access.h"

namespace kith {

struct Moderator {
    Address address;
    Hash root;

    friend bool operator==(const Moderator&, const Moderator&) = default;
};

struct ListSettings {
    std::string name;         ///< for people
    std::string description;  ///< a sentence, may be empty
    enum class Posts { subscribers, known, moderators } posts = Posts::subscribers;
    enum class Joins { open, approve } joins = Joins::open;
    std::vector<Moderator> moderators;
    std::uint64_t author_a_day = 10;  ///< posts of one author; more wait
    std::uint64_t complaints = 2;     ///< readers, in 30 days, that make an author's posts wait
    std::uint64_t at_once = 500;      ///< recipients of one submission

    friend bool operator==(const ListSettings&, const ListSettings&) = default;
};
std::string_view name_of(ListSettings::Posts posts);
std::string_view name_of(ListSettings::Joins joins);
Result<ListSettings::Posts> parse_posts(std::string_view text);
Result<ListSettings::Joins> parse_joins(std::string_view text);

struct Member {
    Address address;
    Hash root;
    std::string token;  ///< what the member's server takes the list's mail for
    Time since;         ///< in the state
    enum class State { invited, asks, subscribed } state = State::subscribed;
    std::optional<Address> left = {};  ///< the address that they had before they moved
    /// When that was found out; until they have joined from the new address, whose server does not
    /// know the token.
    std::optional<Time> moved = {};

    friend bool operator==(const Member&, const Member&) = default;
};
std::string_view name_of(Member::State state);
using Members = std::map<Hash, Member>;  // by root

/// A message to the list, from when it came.
struct Post {
    std::string id;     ///< of the stub that it goes on under
    std::string email;  ///< the Email's id as it came
    Address author;
    Hash root;  ///< the author's
    std::string subject;
    Time came;
    /// accepted: on its way; sent: handed over for every reader.
    enum class State { pending, accepted, sent, rejected } state = State::pending;
    std::string why;               ///< it waits, or is rejected
    std::optional<Time> decided;   ///< when it was accepted or rejected
    std::vector<Hash> complaints;  ///< roots of the readers who found it unwanted
    enum class Counted { yes, forgiven } counted = Counted::yes;  ///< the complaints
    enum class Settled { no, yes } settled = Settled::no;  ///< of `sent`: every answer is final

    friend bool operator==(const Post&, const Post&) = default;
};
std::string_view name_of(Post::State state);

/// The id under which a post goes on: the same however often it is begun, so that it reaches nobody
/// twice.
std::string id_of_post(const Hash& author, const std::string& stub_id);

class ListHome {
  public:
    /// Errors: not_found (the home is no list's).
    static Result<ListHome> open(const Home& home);
    /// Errors: conflict (it is one already), io.
    static Result<ListHome> create(const Home& home, const ListSettings& settings);

    /// Held while what was read is changed and written.
    Result<FileLock> lock() const;
    /// Held by the one `kith list run`. Errors: unavailable (another runs).
    Result<FileLock> lock_run() const;

    Result<ListSettings> settings() const;
    Result<void> put(const ListSettings& settings) const;
    Result<Members> members() const;
    Result<void> put(const Members& members) const;
    /// nullopt: none of that id. Errors: malformed, io.
    Result<std::optional<Post>> post(const std::string& id) const;
    Result<void> put(const Post& post) const;
    /// Oldest first.
    Result<std::vector<Post>> posts() const;
    /// Those done with before `end`.
    Result<void> forget_posts(Time end) const;
    /// Changes with every change of posts and members, for who waits for one.
    std::string state() const;

  private:
    explicit ListHome(const Home& home) : home_(home) {}
    std::filesystem::path file(std::string_view name) const { return home_.file("list") / name; }

    Home home_;
};

// The files' texts. Errors: malformed; what is unknown is ignored.
Result<ListSettings> parse_list_settings(std::string_view text);
std::string write_list_settings(const ListSettings& settings);
Result<Members> parse_members(std::string_view text);
std::string write_members(const Members& members);
Result<Post> parse_post(std::string_view text);
std::string write_post(const Post& post);

}  // namespace kith
