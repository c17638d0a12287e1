// All cards of one person, and which of them stands.
#include "identity/chain.h"

#include <algorithm>

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

// Cards of devices that lose, and recoveries beyond the second of one key, change nothing: they are
// bounded, so that a thief's flood cannot keep the owner's recovery out.
Result<void> Chain::check_room(const Node& node) const {
    if (node.by == CardChange::By::recovery) {
        if (recoveries(node.card.card.recovery_key).size() >= 2)
            return fail(ErrorKind::limit, "card: recovery-key", "disputed twice over already");
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
           cards_[line_[line_.size() - 1 - count]].by == CardChange::By::devices)
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
    TRY(check_room(node));
    cards_.push_back(std::move(node));
    settle();
    added.place = standing_ == Standing::disputed     ? Place::disputed
                  : line_.back() == cards_.size() - 1 ? Place::current
                                                      : Place::superseded;
    return added;
}

std::vector<std::size_t> Chain::recoveries(const std::optional<PublicKey>& by) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < cards_.size(); ++i)
        if (cards_[i].by == CardChange::By::recovery && cards_[i].card.card.recovery_key == by)
            found.push_back(i);
    return found;
}

// Only a recovery changes the commitment, so all cards between two recoveries share it: an epoch. A
// recovery of the epoch wins over all its device-signed cards, whichever of them it follows; two of
// them are a dispute. Without one, the first known child of each card goes on.
void Chain::settle() {
    line_ = {0};
    standing_ = Standing::good;
    for (;;) {
        const std::size_t start = line_.back();
        const std::vector<std::size_t> winners = recoveries_of_epoch(start);
        if (winners.empty())
            break;
        extend_line_to(cards_[winners.front()].prev, start);
        if (winners.size() > 1) {
            standing_ = Standing::disputed;
            return;
        }
        line_.push_back(winners.front());
    }
    for (std::size_t i = line_.back() + 1; i < cards_.size(); ++i)
        if (cards_[i].prev == line_.back() && cards_[i].by == CardChange::By::devices)
            line_.push_back(i);
}

std::vector<std::size_t> Chain::recoveries_of_epoch(std::size_t start) const {
    std::vector<std::size_t> found;
    for (std::size_t i = start + 1; i < cards_.size(); ++i) {
        const Node& node = cards_[i];
        if (node.by == CardChange::By::recovery &&
            sha256(node.card.card.recovery_key->view()) == cards_[start].card.card.recovery)
            found.push_back(i);
    }
    return found;
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
