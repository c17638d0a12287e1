#include "exchange/card_push.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>

#include "delivery/correspondents.h"
#include "exchange/note_post.h"
#include "exchange/store_calls.h"

namespace kith {
namespace {

constexpr int kAttempts = 8;  // about an hour
constexpr Seconds kLately{86'400};
constexpr std::size_t kMostTasks = 4'096;

}  // namespace

CardPush::CardPush(Executor home, PushServices services)
    : home_(home), services_(std::move(services)), tasks_(home) {}

void CardPush::start() {
    boost::asio::post(home_, [this] { tasks_.spawn(repeat_lately()); });
}

awaitable<void> CardPush::stop(Milliseconds limit) {
    tasks_.cancel();
    co_await tasks_.join(limit);
}

void CardPush::publish(AccountId account, SignedCard card) {
    boost::asio::post(
        home_, [this, account, note = card.note.octets()] { tasks_.spawn(push(account, note)); });
}

awaitable<void> CardPush::repeat_lately() {
    const Time since = services_.clock.now() - kLately;
    using Found = std::vector<std::pair<AccountId, std::string>>;
    auto ask = [since](ReadTransaction& read) -> Result<Found> {
        Found found;
        for (const AccountRecord& account : read.accounts()) {
            const auto card = read.card(account.card);
            if (card && card->serial > 1 && card->first_seen >= since)
                found.emplace_back(account.id, card->note);
        }
        return found;
    };
    const auto found = co_await ask_store(services_.store, services_.workers, std::move(ask));
    if (!found)
        co_return;
    for (const auto& [account, note] : *found)
        tasks_.spawn(push(account, note));
}

awaitable<void> CardPush::push(AccountId account, std::string note) {
    const Time now = services_.clock.now();
    auto ask = [account, now](ReadTransaction& read) -> Result<std::set<std::string>> {
        std::set<std::string> domains = written_to(read, account, now);
        for (const GrantRecord& grant : read.grants(account))
            if (const auto at = grant.address.rfind('@'); at != std::string::npos)
                domains.insert(grant.address.substr(at + 1));
        return domains;
    };
    const auto domains = co_await ask_store(services_.store, services_.workers, std::move(ask));
    if (!domains)
        co_return;
    for (const std::string& domain : *domains)
        if (domain != services_.domain && tasks_.size() < kMostTasks)
            tasks_.spawn(tell(domain, note));
}

awaitable<void> CardPush::tell(std::string domain, std::string note) {
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
        if (co_await post_note(&services_.peers, &services_.client, domain, note) ==
            NotePosted::done)
            co_return;
        boost::asio::steady_timer timer(home_, back_off(attempt, services_.random));
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
    services_.meter.warn("card-not-pushed", domain);
}

}  // namespace kith
