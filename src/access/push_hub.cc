#include "access/push_hub.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kith {

PushSubscription::PushSubscription(Executor executor, PushOwner owner)
    : executor_(std::move(executor)), owner_(std::move(owner)), timer_(executor_) {}

awaitable<PushNews> PushSubscription::next(Milliseconds limit) {
    const auto self = shared_from_this();
    // The look and the wait are in one handler of the executor, and wake() posts to it: so a
    // change cannot fall between them.
    auto news = take();
    if (!news.types.empty() || ended())
        co_return news;
    timer_.expires_after(limit);
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_return take();
}

void PushSubscription::stop() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    wake();
}

bool PushSubscription::ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
}

void PushSubscription::add(const std::set<ObjectType>& types, ModSeq state) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.types.insert(types.begin(), types.end());
        waiting_.state = std::max(waiting_.state, state);
    }
    wake();
}

PushNews PushSubscription::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
}

void PushSubscription::wake() {
    boost::asio::post(executor_, [self = shared_from_this()] { self->timer_.cancel(); });
}

std::vector<std::shared_ptr<PushSubscription>> PushHub::of(AccountId account) {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<PushSubscription>> living;
    const auto found = accounts_.find(account);
    if (found == accounts_.end())
        return living;
    std::erase_if(found->second, [&](const auto& weak) {
        auto subscription = weak.lock();
        if (!subscription || subscription->ended())
            return true;
        living.push_back(std::move(subscription));
        return false;
    });
    if (found->second.empty())
        accounts_.erase(found);
    return living;
}

void PushHub::changed(AccountId account, const std::set<ObjectType>& types, ModSeq state) {
    for (const auto& subscription : of(account))
        subscription->add(types, state);
}

Result<std::shared_ptr<PushSubscription>> PushHub::subscribe(Executor executor, PushOwner owner) {
    if (of(owner.account).size() >= most_)
        return fail(ErrorKind::limit, "event sources", "too many are open");
    const auto account = owner.account;
    auto subscription = std::make_shared<PushSubscription>(std::move(executor), std::move(owner));
    const std::lock_guard lock(mutex_);
    accounts_[account].push_back(subscription);
    return subscription;
}

void PushHub::end_device(AccountId account, const std::string& device) {
    for (const auto& subscription : of(account))
        if (subscription->owner().device == device)
            subscription->stop();
}

void PushHub::end_account(AccountId account) {
    for (const auto& subscription : of(account))
        subscription->stop();
}

void PushHub::end_all() {
    std::vector<AccountId> accounts;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [account, subscriptions] : accounts_)
            accounts.push_back(account);
    }
    for (const auto account : accounts)
        end_account(account);
}

std::vector<std::string> push_names(ObjectType type) {
    switch (type) {
        case ObjectType::mailbox:
            return {"Mailbox"};
        case ObjectType::email:
            // A request is an Email that is held, a Thread some Emails: both have its state.
            return {"Email", "EmailDelivery", "Request", "Thread"};
        case ObjectType::submission:
            return {"EmailSubmission"};
        case ObjectType::contact:
            return {"Contact"};
        case ObjectType::token:
            return {"Token"};
        case ObjectType::device:
            return {"Device"};
        case ObjectType::card:
            return {"Card"};
        case ObjectType::identity:
            break;
    }
    return {};
}

}  // namespace kith
