#include "delivery/own_cards.h"

namespace kith {
namespace {

constexpr std::size_t kMostRemembered = 10'000;

OwnCard read_own(const std::string& note) {
    OwnCard own;
    const auto read = read_card(note);
    if (!read)
        return own;
    const Card& card = read->card;
    own.strangers = card.strangers.value_or(Strangers());
    own.moved = card.moved;
    if (own.moved)
        own.note = note;
    for (const CardDevice& device : card.devices)
        own.devices.push_back(device.recipient);
    return own;
}

}  // namespace

std::shared_ptr<const OwnCard> OwnCards::find(const Hash& card, ReadTransaction& read) {
    {
        const std::scoped_lock lock(mutex_);
        if (const auto known = known_.find(card); known != known_.end())
            return known->second;
    }
    const auto record = read.card(card);
    auto own = std::make_shared<const OwnCard>(record ? read_own(record->note) : OwnCard());
    const std::scoped_lock lock(mutex_);
    if (known_.size() >= kMostRemembered)
        known_.clear();
    known_.insert_or_assign(card, own);
    return own;
}

}  // namespace kith
