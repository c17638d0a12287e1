#include "delivery/regulars.h"

namespace kith {
namespace {

std::string pair_of(const Hash& root, const Address& account) {
    std::string pair(as_text(root.view()));
    pair += account.text();
    return pair;
}

}  // namespace

bool Regulars::contains(const Hash& root, const Address& account) {
    const std::string pair = pair_of(root, account);
    const std::scoped_lock lock(mutex_);
    return pairs_.contains(pair);
}

void Regulars::add(const Hash& root, const Address& account) {
    std::string pair = pair_of(root, account);
    const std::scoped_lock lock(mutex_);
    if (pairs_.size() >= kMost)
        pairs_.clear();
    pairs_.insert(std::move(pair));
}

void Regulars::remove(const Hash& root, const Address& account) {
    const std::string pair = pair_of(root, account);
    const std::scoped_lock lock(mutex_);
    pairs_.erase(pair);
}

}  // namespace kith
