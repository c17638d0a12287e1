// All cards of one person, and which of them stands.
#include "identity/chain.h"

#include <algorithm>
#include <set>

namespace kith {
namespace {

constexpr std::size_t kMaxCards = 4096;  // signed by devices, between two recoveries

}  // namespace

Result<Chain> Chain::begin(SignedCard first) {
    TRY(verify_first(first));
    Chain chain;
    chain.cards_.push_back(Node{.card = std::move(first)});
    chain.settle();
    return chain;
}

std::size_t Chain::index_of(const Hash& hash) const {
    const auto has = [&](const Node& node) { return node.card.hash == hash; };
    const auto found = std::ranges::find_if(cards_, has);
    return found == cards_.end() ? kNone : static_cast<std::size_t>(found - cards_.begin());
}

const SignedCard* Chain::find(const Hash& hash) const {
    const std::size_t index = index_of(hash);
    return index == kNone ? nullptr : &cards_[index].card;
}

std::vector<const SignedCard*> Chain::line() const {
    std::vector<const SignedCard*> out;
    out.reserve(line_.size());
    for (const std::size_t index : line_)
        out.push_back(&cards_[index].card);
    return out;
}

std::vector<const SignedCard*> Chain::evidence() const {
    auto out = line();
    if (standing_ == Standing::good)
        return out;
    const auto winner = recovery_of_epoch(cards_[line_.back()].epoch);
    const auto in_line = [&](std::size_t i) { return std::ranges::find(line_, i) != line_.end(); };
    std::set<std::size_t> behind;
    for (std::size_t i = 0; winner && i < cards_.size(); ++i)
        if (cards_[i].by == CardChange::By::recovery &&
            cards_[i].card.card.recovery_key == cards_[*winner].card.card.recovery_key)
            for (std::size_t at = i; at != kNone && !in_line(at); at = cards_[at].prev)
                behind.insert(at);
    for (const std::size_t index : behind)
        out.push_back(&cards_[index].card);
    return out;
}

// Cards of devices that lose, recoveries beyond the second of one key and announcements beyond the
// sixteenth change nothing: they are bounded, so that a thief's flood cannot keep the owner's
// recovery out.
Result<void> Chain::check_room(const Node& node) const {
    if (node.by == CardChange::By::recovery) {
        if (recoveries(node.card.card.recovery_key) >= 2)
            return fail(ErrorKind::limit, "card: recovery-key", "disputed twice over already");
        return {};
    }
    if (node.by == CardChange::By::guardians) {
        if (announcements(node.epoch).size() >= kMaxAnnouncements)
            return fail(ErrorKind::limit, "card: replacement", "announced too often already");
        return {};
    }
    const bool follows_the_line = standing_ == Standing::good && node.prev == line_.back();
    if (!follows_the_line && losers() >= kMaxLosers)
        return fail(ErrorKind::limit, "card: prev", "another card follows it, and too many lost");
    if (cards_of_epoch() >= kMaxCards)
        return fail(ErrorKind::limit, "card: serial", "too many cards since the last recovery");
    return {};
}

// Cards of the line since the last recovery: what came before must not cost the owner any room.
std::size_t Chain::cards_of_epoch() const {
    std::size_t count = 0;
    while (count < line_.size() &&
           cards_[line_[line_.size() - 1 - count]].by != CardChange::By::recovery)
        ++count;
    return count;
}

Result<Chain::Added> Chain::add(SignedCard card) {
    if (index_of(card.hash) != kNone)
        return Added{.place = Place::known, .change = {}};
    if (card.root() != root())
        return fail(ErrorKind::untrusted, "card: root", "somebody else's card");
    Node node{.card = std::move(card)};
    node.prev = node.card.card.prev ? index_of(*node.card.card.prev) : kNone;
    if (node.prev == kNone)
        return fail(ErrorKind::untrusted, "card: prev", "the card before is not known");
    Added added{.change = TRY(verify_next(cards_[node.prev].card, node.card))};
    node.by = added.change.by;
    node.replaced = added.change.replaced;
    node.epoch = node.by == CardChange::By::recovery ? cards_.size() : cards_[node.prev].epoch;
    TRY(check_room(node));
    cards_.push_back(std::move(node));
    settle();
    added.place = standing_ == Standing::disputed     ? Place::disputed
                  : line_.back() == cards_.size() - 1 ? Place::current
                                                      : Place::superseded;
    return added;
}

std::size_t Chain::recoveries(const std::optional<PublicKey>& by) const {
    const auto is_by = [&](const Node& node) {
        return node.by == CardChange::By::recovery && node.card.card.recovery_key == by;
    };
    return static_cast<std::size_t>(std::ranges::count_if(cards_, is_by));
}

std::vector<std::size_t> Chain::announcements(std::size_t epoch) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < cards_.size(); ++i)
        if (cards_[i].by == CardChange::By::guardians && cards_[i].epoch == epoch)
            found.push_back(i);
    return found;
}

// The announcement that stands in an epoch at a time (without one: at last): the one dated last. Of
// two dated the same second neither does: the guardians contradict each other.
std::optional<std::size_t> Chain::announced(std::size_t epoch, std::optional<Time> by) const {
    std::optional<std::size_t> last;
    bool twice = false;
    for (const std::size_t i : announcements(epoch)) {
        const Time time = cards_[i].card.card.time;
        if (by && time > *by)
            continue;
        const Time last_time = last ? cards_[*last].card.card.time : Time::min();
        twice = time == last_time || (twice && time < last_time);
        last = time > last_time ? i : *last;
    }
    return twice ? std::nullopt : last;
}

// Does the card of a new recovery key follow the announcement that stood when it was signed?
bool Chain::follows_announcement(const Node& node) const {
    const auto standing = announced(cards_[node.prev].epoch, node.card.card.time);
    std::size_t at = node.prev;
    while (cards_[at].by == CardChange::By::devices)
        at = cards_[at].prev;
    return standing == at;
}

bool Chain::is_before(std::size_t a, std::size_t b) const {
    return cards_[a].card.card.time < cards_[b].card.card.time;
}

// The recovery that ends an epoch. Only a recovery changes the commitment, so all cards of an epoch
// share it: the key that they commit to wins over all device-signed cards, whichever of them it
// follows. The key that guardians put in its place wins likewise, and over the old one, but for
// what the old one signed before it: that is the veto.
std::optional<std::size_t> Chain::recovery_of_epoch(std::size_t epoch) const {
    std::optional<std::size_t> own;
    std::optional<std::size_t> replacing;
    for (std::size_t i = epoch + 1; i < cards_.size(); ++i) {
        const Node& node = cards_[i];
        if (node.by != CardChange::By::recovery)
            continue;
        const bool is_replacing =
            node.replaced && cards_[node.prev].epoch == epoch && follows_announcement(node);
        const bool is_own = !node.replaced && sha256(node.card.card.recovery_key->view()) ==
                                                  cards_[epoch].card.card.recovery;
        if (is_replacing && (!replacing || is_before(i, *replacing)))
            replacing = i;
        if (is_own && (!own || is_before(i, *own)))
            own = i;
    }
    return replacing && (!own || is_before(*replacing, *own)) ? replacing : own;
}

// From recovery to recovery; then to what guardians announced, if they did; then the first known
// child of each card. A recovery key that signed twice is a dispute.
void Chain::settle() {
    line_ = {0};
    standing_ = Standing::good;
    while (const auto winner = recovery_of_epoch(line_.back())) {
        extend_line_to(cards_[*winner].prev, line_.back());
        if (recoveries(cards_[*winner].card.card.recovery_key) > 1) {
            standing_ = Standing::disputed;
            return;
        }
        line_.push_back(*winner);
    }
    if (const auto announcement = announced(line_.back(), std::nullopt))
        extend_line_to(*announcement, line_.back());
    for (std::size_t i = line_.back() + 1; i < cards_.size(); ++i)
        if (cards_[i].prev == line_.back() && cards_[i].by == CardChange::By::devices)
            line_.push_back(i);
}

// The cards after `start` that lead to `end`, by their prev.
void Chain::extend_line_to(std::size_t end, std::size_t start) {
    std::vector<std::size_t> path;
    for (std::size_t at = end; at != start && at != kNone; at = cards_[at].prev)
        path.push_back(at);
    line_.insert(line_.end(), path.rbegin(), path.rend());
}

Result<Resolution> resolve(std::vector<SignedCard> cards, const Hash& root) {
    const auto first = std::ranges::find(cards, root, &SignedCard::hash);
    if (first == cards.end())
        return fail(ErrorKind::untrusted, "card", "the first card of the chain is not there");
    Resolution out{.chain = TRY(Chain::begin(*first)), .refused = {}};
    // Any order is taken: what waits for the card before it is tried again.
    for (bool progress = true; progress;) {
        progress = false;
        std::vector<SignedCard> waiting;
        for (SignedCard& card : cards) {
            const bool ready = card.hash == root || !card.card.prev || card.root() != root ||
                               out.chain.find(*card.card.prev);
            if (!ready) {
                waiting.push_back(std::move(card));
                continue;
            }
            progress = true;
            const Hash hash = card.hash;
            if (auto added = out.chain.add(std::move(card)); !added)
                out.refused.emplace_back(hash, std::move(added).error());
        }
        cards = std::move(waiting);
    }
    for (const SignedCard& card : cards)
        out.refused.emplace_back(
            card.hash, fail(ErrorKind::untrusted, "card: prev", "the card before is not known"));
    return out;
}

}  // namespace kith
