#include "exchange/recipients.h"

namespace kith {

bool Recipients::is_known(const std::string& address) {
    const std::scoped_lock lock(mutex_);
    return there_.contains(address);
}

void Recipients::remember(const std::string& address) {
    const std::scoped_lock lock(mutex_);
    if (there_.size() >= kMost)
        there_.clear();
    there_.insert(address);
}

awaitable<Result<bool>> Recipients::is_there(std::string address, std::size_t lane) {
    if (is_known(address))
        co_return true;
    if (absent_.contains(address, clock_.steady()))
        co_return false;
    auto ask = [&address](ReadTransaction& read) -> Result<bool> {
        const auto account = read.account(address);
        return account && account->state == AccountRecord::State::active;
    };
    const bool there = CO_TRY(co_await ask_store(store_, workers_, std::move(ask), lane));
    if (there)
        remember(address);
    else
        absent_.add(address, clock_.steady());
    co_return there;
}

}  // namespace kith
