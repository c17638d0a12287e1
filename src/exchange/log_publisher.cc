#include "exchange/log_publisher.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <span>

#include "exchange/store_calls.h"
#include "exchange/stored_tiles.h"

namespace kith {
namespace {

constexpr std::size_t kAdoptedAtOnce = 64;  // each costs the writer a VRF
constexpr Milliseconds kIdle{3'600'000};
constexpr Milliseconds kAfterFailure{30'000};
constexpr std::chrono::hours kCosignedAnew{24};

// Is what somebody else has seen of our log still what it is?
Result<bool> agrees(ReadTransaction& read, const TreeHead& head) {
    if (head.size > read.log_size())
        return false;
    StoredTiles tiles(read);
    return TRY(TileTree(tiles, head.size).root()) == head.root;
}

}  // namespace

LogPublisher::LogPublisher(Executor home, LogServices services, Seconds interval)
    : home_(home),
      services_(std::move(services)),
      interval_(interval),
      tasks_(home),
      timer_(home) {}

void LogPublisher::start() {
    boost::asio::post(home_, [this] { tasks_.spawn(run()); });
}

awaitable<void> LogPublisher::stop(Milliseconds limit) {
    tasks_.cancel();
    co_await tasks_.join(limit);
}

// What comes before the start is done is adopted then.
Result<void> LogPublisher::add(WriteTransaction& write, const Address& address, const Hash& card) {
    return ready_ ? services_.log.add(write, address, card) : Result<void>();
}

void LogPublisher::notify() {
    boost::asio::post(home_, [this] {
        notified_ = true;
        timer_.cancel();
    });
}

void LogPublisher::shown(SignedCheckpoint checkpoint) {
    boost::asio::post(home_, [this, seen = std::move(checkpoint)]() mutable {
        tasks_.spawn(look_at(std::move(seen)));
    });
}

void LogPublisher::stall(const std::string& why) {
    if (services_.log.is_stalled())
        return;
    services_.log.stall();
    services_.meter.warn("log-stalled", why + "; nothing is published until this is mended");
}

// Until then, or until somebody notifies.
awaitable<void> LogPublisher::wait(Milliseconds time) {
    timer_.expires_after(time);
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

awaitable<void> LogPublisher::run() {
    for (auto begun = co_await begin(); !begun; begun = co_await begin()) {
        services_.meter.warn("log-not-begun", begun.error().text());
        co_await wait(kAfterFailure);
    }
    while (true) {
        notified_ = false;
        const auto next = co_await step();
        if (!notified_ && next > Milliseconds(0))
            co_await wait(next);
    }
}

// Publishes what is due; answers how long there is nothing to do.
awaitable<Milliseconds> LogPublisher::step() {
    const auto due = co_await is_due();
    if (!due)
        co_return kAfterFailure;
    if (!*due)
        co_return kIdle;
    const auto now = services_.clock.steady();
    const auto then = last_ ? *last_ + interval_.get() : now;
    if (now < then)
        co_return std::chrono::ceil<Milliseconds>(then - now);
    if (const auto published = co_await publish(); !published) {
        services_.meter.warn("log-not-published", published.error().text());
        co_return kAfterFailure;
    }
    last_ = now;
    co_return Milliseconds(0);
}

// --- the start

awaitable<Result<void>> LogPublisher::begin() {
    auto mend = [this] { return services_.journal.mend(services_.store, services_.log); };
    const auto lacked = co_await kith::run(services_.workers, std::move(mend));
    if (!lacked && lacked.error().kind != ErrorKind::conflict &&
        lacked.error().kind != ErrorKind::io && lacked.error().kind != ErrorKind::malformed)
        co_return lacked.error();
    if (!lacked)
        stall(lacked.error().text());
    else if (*lacked != 0)
        services_.meter.warn(
            "log-mended",
            std::to_string(*lacked) + " entries that the store lacked came out of the journal");
    CO_TRY(co_await ask_witnesses());
    ready_ = true;
    co_return co_await adopt();
}

// Without a journal only others know what was published: somebody must have been heard.
awaitable<Result<void>> LogPublisher::ask_witnesses() {
    if (!services_.cosigning.is_wanted() || services_.log.is_stalled())
        co_return Result<void>();
    bool heard = false;
    for (auto& answer : co_await services_.cosigning.remembered()) {
        heard = heard || answer.has_value();
        if (answer && *answer)
            co_await look_at(**std::move(answer));
    }
    auto journal = [this] { return services_.journal.checkpoint(); };
    const auto recorded = CO_TRY(co_await kith::run(services_.workers, std::move(journal)));
    auto ask = [](ReadTransaction& read) -> Result<bool> { return read.log_size() == 0; };
    const bool fresh =
        CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(ask)));
    if (!heard && !recorded && !fresh)
        co_return fail(ErrorKind::unavailable,
                       "log",
                       "there is no journal, and no witness can be asked what was published");
    co_return Result<void>();
}

awaitable<void> LogPublisher::look_at(SignedCheckpoint checkpoint) {
    const NamedKey key{services_.log.origin(), services_.log.key()};
    if (checkpoint.checkpoint.origin != key.name || !signed_by_log(checkpoint, {&key, 1}))
        co_return;
    const TreeHead head = checkpoint.checkpoint.head;
    auto ask = [head](ReadTransaction& read) { return agrees(read, head); };
    const auto same = co_await ask_store(services_.store, services_.workers, std::move(ask));
    if (same && !*same)
        stall("others have seen a checkpoint of " + std::to_string(head.size) +
              " entries that this log does not have");
}

awaitable<Result<void>> LogPublisher::adopt() {
    if (services_.log.is_stalled())
        co_return Result<void>();
    auto ask = [this](ReadTransaction& read) -> Result<std::vector<OwnLog::Card>> {
        return services_.log.missing(read);
    };
    const auto missing =
        CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(ask)));
    for (std::size_t from = 0; from < missing.size(); from += kAdoptedAtOnce) {
        const auto some =
            std::span(missing).subspan(from, std::min(kAdoptedAtOnce, missing.size() - from));
        auto work = [this, some](WriteTransaction& write) -> Result<void> {
            for (const OwnLog::Card& card : some)
                TRY(services_.log.add(write, card.address, card.hash));
            return {};
        };
        CO_TRY(co_await write_store(&services_.store, std::move(work), Store::Adds::yes));
    }
    co_return Result<void>();
}

// --- publishing

// The log has grown, or its cosignatures grow old.
awaitable<Result<bool>> LogPublisher::is_due() {
    auto ask = [this](ReadTransaction& read) -> Result<bool> {
        const auto newest = TRY(OwnLog::checkpoint(read));
        const std::uint64_t size = newest ? newest->checkpoint.head.size : 0;
        const bool old = services_.cosigning.is_wanted() && last_ &&
                         services_.clock.steady() - *last_ >= kCosignedAnew;
        return !services_.log.is_stalled() && (read.log_size() > size || (old && size != 0));
    };
    co_return co_await ask_store(services_.store, services_.workers, std::move(ask));
}

awaitable<Result<void>> LogPublisher::publish() {
    auto sign = [this](ReadTransaction& read) { return services_.log.sign(read); };
    auto checkpoint =
        CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(sign)));
    auto collected = co_await services_.cosigning.collect(std::move(checkpoint));
    for (const Error& failure : collected.failures) {
        services_.meter.warn("log-not-cosigned", failure.text());
        if (failure.kind == ErrorKind::conflict)
            stall(failure.text());
    }
    if (services_.log.is_stalled())
        co_return Result<void>();
    const SignedCheckpoint& newest = collected.checkpoint;
    auto record = [&](ReadTransaction& read) { return services_.journal.record(read, newest); };
    CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(record)));
    auto keep = [&](WriteTransaction& write) { return services_.log.keep(write, newest); };
    co_return co_await write_store(&services_.store, std::move(keep), Store::Adds::yes);
}

}  // namespace kith
