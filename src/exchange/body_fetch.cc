#include "exchange/body_fetch.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "exchange/store_calls.h"
#include "note/address.h"

namespace kith {
namespace {

// Whatever is wrong at the sender's, a body that is not the one or not there included, may be
// mended there until the message expires. One that is gone here stays gone.
bool may_pass(const Error& error) {
    return error.where != "message";
}

Result<void> mark_delivered(WriteTransaction& write, AccountId account, MessageRecord message) {
    const auto inbox = write.mailbox_by_role(account, "inbox");
    if (!inbox)
        return fail(ErrorKind::internal, "mailbox", "the account has no inbox");
    message.mailbox = inbox->id;
    message.blob_at = MessageRecord::Blob::here;
    message.state = MessageState::delivered;
    if (message.tier == MessageTier::unknown)
        message.tier = MessageTier::known;
    message.expires.reset();
    return write.update_message(account, message);
}

}  // namespace

BodyFetch::BodyFetch(Executor home, FetchServices services)
    : home_(home), services_(std::move(services)), tasks_(home) {}

void BodyFetch::start() {
    boost::asio::post(home_, [this] { tasks_.spawn(take_up()); });
}

awaitable<void> BodyFetch::stop(Milliseconds limit) {
    tasks_.cancel();
    co_await tasks_.join(limit);
}

awaitable<void> BodyFetch::take_up() {
    using Found = std::vector<std::pair<AccountId, MessageId>>;
    auto ask = [](ReadTransaction& read) -> Result<Found> {
        Found found;
        for (const AccountRecord& account : read.accounts())
            for (const MessageId id :
                 read.messages(account.id, {.state = MessageState::fetching}).ids)
                found.emplace_back(account.id, id);
        return found;
    };
    const auto found = co_await ask_store(services_.store, services_.workers, std::move(ask));
    if (!found)
        co_return;
    for (const auto& [account, message] : *found)
        tasks_.spawn(try_until_expired(account, message));
}

void BodyFetch::try_later(AccountId account, MessageId message) {
    boost::asio::post(home_, [this, account, message] {
        if (!tried_.contains({account, message}))
            tasks_.spawn(try_until_expired(account, message));
    });
}

awaitable<void> BodyFetch::try_until_expired(AccountId account, MessageId message) {
    const auto key = std::pair(account, message);
    if (!tried_.emplace(key, 0).second)
        co_return;
    while (true) {
        boost::asio::steady_timer timer(home_, back_off(++tried_[key], services_.random));
        co_await timer.async_wait(boost::asio::use_awaitable);
        const auto fetched = co_await fetch_once(account, message);
        if (fetched || !may_pass(fetched.error()))
            break;
    }
    tried_.erase(key);
}

awaitable<Result<void>> BodyFetch::fetch_held(AccountId account, MessageId message) {
    auto fetched = co_await fetch_once(account, message);
    if (!fetched && may_pass(fetched.error()))
        try_later(account, message);
    co_return fetched;
}

awaitable<Result<void>> BodyFetch::fetch_once(AccountId account, MessageId id) {
    auto ask = [&](ReadTransaction& read) -> Result<std::pair<MessageRecord, bool>> {
        const auto found = read.message(account, id);
        if (!found)
            return fail(ErrorKind::not_found, "message", "is gone");
        return std::pair(*found, read.blob(found->blob).has_value());
    };
    const auto found =
        CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(ask)));
    const MessageRecord& message = found.first;
    if (message.state == MessageState::delivered)
        co_return Result<void>();
    // Another message brought it, or the sender lives here.
    if (found.second)
        co_return co_await file_it(account, id, nullptr);
    const Address from = CO_TRY(Address::parse_normal(message.from));
    co_await wait_by_lot();
    const auto peer = CO_TRY(co_await services_.peers.find(from.domain()));
    const Body body = CO_TRY(co_await download(peer, &message));
    co_return co_await file_it(account, id, &body);
}

// Before the look-up of its domain, too: that is seen as well.
awaitable<void> BodyFetch::wait_by_lot() {
    const auto most = static_cast<std::uint64_t>(services_.delay.get().count());
    if (most == 0)
        co_return;
    std::uint64_t lot = 0;
    for (const std::uint8_t octet : services_.random.array<4>())
        lot = lot << 8 | octet;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                    Milliseconds(lot * most >> 32));
    co_await timer.async_wait(boost::asio::use_awaitable);
}

awaitable<Result<BodyFetch::Body>> BodyFetch::download(PeerPtr peer, const MessageRecord* message) {
    HttpCall call;
    call.path = "/kith/1/blobs/" + message->blob.hex_text();
    call.repeat = Repeat::allowed;
    call.deadline = services_.timeout;
    const auto stream = CO_TRY(co_await services_.client.open(peer->origin, std::move(call)));
    if (stream->status() == 404)
        co_return fail(ErrorKind::not_found, "body", peer->domain + " has it no longer");
    if (stream->status() != 200)
        co_return fail(ErrorKind::unavailable,
                       "body",
                       peer->domain + " answered " + std::to_string(stream->status()));
    co_return co_await read_body(stream.get(), message);
}

awaitable<Result<BodyFetch::Body>> BodyFetch::read_body(HttpStream* stream,
                                                        const MessageRecord* message) {
    Body body;
    if (message->size > kMaxSmallBlob) {
        auto begin = [this] { return services_.store.blobs().begin_large(); };
        body.file = CO_TRY(co_await run(services_.workers, std::move(begin)));
    }
    std::uint64_t size = 0;
    while (true) {
        const Bytes piece = CO_TRY(co_await stream->next(services_.timeout));
        if (piece.empty())
            break;
        size += piece.size();
        if (size > message->size)
            co_return fail(ErrorKind::limit, "body", "is longer than the stub says");
        if (!body.file) {
            body.octets.insert(body.octets.end(), piece.begin(), piece.end());
            continue;
        }
        auto append = [&body, &piece] { return body.file->append(piece); };
        CO_TRY(co_await run(services_.workers, std::move(append)));
    }
    if (size != message->size)
        co_return fail(ErrorKind::io, "body", "is shorter than the stub says");
    if (body.file) {
        auto finish = [&body, message] { return body.file->finish(message->blob); };
        CO_TRY(co_await run(services_.workers, std::move(finish)));
    } else if (sha256(body.octets) != message->blob) {
        co_return fail(ErrorKind::bad_signature, "body", "is not the one that the stub names");
    }
    co_return body;
}

awaitable<Result<void>> BodyFetch::file_it(AccountId account, MessageId id, const Body* body) {
    const Time now = services_.clock.now();
    ModSeq state = 0;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        const auto message = write.message(account, id);
        // Declined or destroyed while its body was under way.
        if (!message || message->state == MessageState::declined)
            return fail(ErrorKind::not_found, "message", "is gone");
        if (body != nullptr && body->file)
            write.add_large_blob(message->blob, message->size, now);
        else if (body != nullptr)
            write.add_small_blob(message->blob, body->octets, now);
        TRY(mark_delivered(write, account, *message));
        state = write.modseq(account);
        return {};
    };
    CO_TRY(co_await write_store(&services_.store, std::move(work), Store::Adds::yes));
    services_.changed(account, {ObjectType::email, ObjectType::mailbox}, state);
    co_return Result<void>();
}

}  // namespace kith
