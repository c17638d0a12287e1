#include "kith/list_judging.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "mail/list_post.h"

namespace kith {
namespace {

constexpr Seconds kDay = std::chrono::days{1};
constexpr Seconds kComplaintsCount = std::chrono::days{30};

Judgement wait(std::string why) {
    return {Judgement::What::wait, std::move(why)};
}
Judgement discard(std::string why) {
    return {Judgement::What::discard, std::move(why)};
}

bool is_of(const MessageView& message, const Address& author) {
    const auto from = message.from().size() == 1 ? parse_target(message.from().front().email)
                                                 : Result<Target>(fail(ErrorKind::malformed, ""));
    return from && from->address == author;
}

bool is_subscribed(const Members& members, const Hash& root) {
    const auto found = members.find(root);
    return found != members.end() && found->second.state == Member::State::subscribed;
}

std::size_t passed_on_today(const Hash& author, std::span<const Post> posts, Time now) {
    return static_cast<std::size_t>(std::ranges::count_if(posts, [&](const Post& post) {
        const bool passed = post.state == Post::State::accepted || post.state == Post::State::sent;
        return passed && post.root == author && post.decided && now - *post.decided < kDay;
    }));
}

// Whom the list's owner lets post; empty: this one.
std::string who_may_not(const ListArrival& arrival,
                        const ListSettings& settings,
                        const Members& members) {
    switch (settings.posts) {
        case ListSettings::Posts::subscribers:
            return is_subscribed(members, arrival.root) ? "" : "is no subscriber";
        case ListSettings::Posts::known:
            return arrival.tier == ListArrival::Tier::known ? "" : "is a stranger";
        case ListSettings::Posts::moderators:
            break;
    }
    return "is no moderator";
}

}  // namespace

std::size_t complaints_about(const Hash& author, std::span<const Post> posts, Time now) {
    std::set<Hash> readers;
    for (const Post& post : posts)
        if (post.root == author && post.counted == Post::Counted::yes &&
            now - post.came < kComplaintsCount)
            readers.insert(post.complaints.begin(), post.complaints.end());
    return readers.size();
}

Judgement judge_post(const ListArrival& arrival,
                     const MessageView& message,
                     const ListSettings& settings,
                     const Members& members,
                     std::span<const Post> posts,
                     const Moderator& own,
                     Time now) {
    if (message.list_id() == list_id_of(own.address))
        return discard("is a post of this list");
    if (message.made() == MessageView::Made::automatically)
        return discard("was sent by a program");
    if (arrival.proven == ListArrival::Proven::no)
        return wait("could not be proven to be from " + arrival.from.text());
    // The list's word for who wrote it is all that its readers have.
    if (!is_of(message, arrival.from))
        return wait("says it is from somebody else than " + arrival.from.text());
    const auto is_this = [&](const Moderator& each) { return each.root == arrival.root; };
    if (arrival.root == own.root || std::ranges::any_of(settings.moderators, is_this))
        return {};
    if (const auto why = who_may_not(arrival, settings, members); !why.empty())
        return wait(arrival.from.text() + " " + why);
    if (!message.list_id().empty())
        return wait("comes from another list");
    if (const auto readers = complaints_about(arrival.root, posts, now);
        readers >= settings.complaints)
        return wait(std::to_string(readers) + " readers found posts of " + arrival.from.text() +
                    " unwanted");
    if (passed_on_today(arrival.root, posts, now) >= settings.author_a_day)
        return wait("is one more than " + std::to_string(settings.author_a_day) +
                    " posts of one author a day");
    return {};
}

}  // namespace kith
