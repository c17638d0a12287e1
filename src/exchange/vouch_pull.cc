#include "exchange/vouch_pull.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "exchange/arrival.h"
#include "exchange/store_calls.h"
#include "note/ask.h"
#include "protocol/delivery_body.h"
#include "trust/vouching.h"

namespace kith {
namespace {

constexpr std::size_t kMostAtOnce = 256;
constexpr Milliseconds kDeadline{20'000};
constexpr std::uint64_t kMostWaitMs = 1'000;

}  // namespace

VouchPull::VouchPull(Executor home, VouchPullServices services)
    : home_(home), services_(std::move(services)), tasks_(home) {}

awaitable<void> VouchPull::stop(Milliseconds limit) {
    tasks_.cancel();
    co_await tasks_.join(limit);
}

void VouchPull::pull(WaitingMessage message) {
    auto shared = std::make_shared<WaitingMessage>(std::move(message));
    boost::asio::post(home_, [this, shared] {
        if (tasks_.size() < kMostAtOnce)
            tasks_.spawn(run(shared));
    });
}

void VouchPull::pull_if_tagged(const Candidate& candidate,
                               const std::vector<PublicKey>& domain_keys,
                               const Verdict& verdict,
                               ArrivedBody body) {
    const bool brings_tags = candidate.parts.hints && candidate.parts.ask;
    if (brings_tags && candidate.first && (verdict.status() == 402 || verdict.status() == 202))
        pull({candidate, domain_keys, std::move(body), std::nullopt});
}

awaitable<void> VouchPull::run(std::shared_ptr<WaitingMessage> message) {
    const auto found = co_await find(message);
    if (!found || !*found)
        co_return;
    message->introducer = *found;
    co_await wait_by_lot();
    auto serial = co_await ask(message);
    if (!serial && serial.error().kind == ErrorKind::not_found)
        co_return;
    if (serial) {
        message->introducer->serial = *serial;
        message->candidate.vouched = message->introducer;
        const auto stored = co_await store(message);
        if (stored)
            co_return;
        serial = stored.error();
    }
    services_.meter.warn("vouch-not-taken",
                         message->introducer->address.domain() + ": " + serial.error().text());
}

// So that it does not show in the answer to whatever its sender sends right behind it.
awaitable<void> VouchPull::wait_by_lot() {
    std::uint64_t lot = 0;
    for (const std::uint8_t octet : services_.random.array<4>())
        lot = lot << 8 | octet;
    boost::asio::steady_timer timer(home_, Milliseconds(lot * kMostWaitMs >> 32));
    co_await timer.async_wait(boost::asio::use_awaitable);
}

// With strangers' share of the workers.
awaitable<Result<std::optional<Introducer>>> VouchPull::find(
    std::shared_ptr<WaitingMessage> message) {
    auto ask = [this, message](ReadTransaction& read) -> Result<std::optional<Introducer>> {
        return services_.inbound.find_hinted(
            message->candidate, message->domain_keys, read, services_.clock.now());
    };
    co_return co_await ask_store(
        services_.store, services_.workers, std::move(ask), lane_of(ArrivalClass::other));
}

// The serial of a good vouch.
awaitable<Result<std::string>> VouchPull::ask(std::shared_ptr<WaitingMessage> message) {
    const Stub& stub = message->candidate.stub;
    const Introducer introducer = *message->introducer;
    const WantedVouch wanted{
        .introducer = introducer.root,
        .domain = introducer.address.domain(),
        .subject = stub.root,
        .recipient = recipient_commitment(stub.to.address, services_.random.array<32>())};
    const std::string ask = message->candidate.parts.ask.value_or("");
    if (wanted.domain == services_.domain) {
        const auto own =
            CO_TRY(co_await services_.own.give(ask, wanted.introducer, wanted.recipient));
        const Vouch given = CO_TRY(parse_vouch(own));
        co_return given.serial;
    }
    const auto peer = CO_TRY(co_await services_.peers.find(wanted.domain));
    const auto note = CO_TRY(co_await post(peer, ask, wanted.introducer, wanted.recipient));
    const Vouch vouch = CO_TRY(parse_vouch(note));
    std::vector<NamedKey> keys;
    for (const PublicKey& key : peer->record.keys)
        keys.push_back({wanted.domain, key});
    CO_TRY(verify_note(note, keys));
    CO_TRY(check_vouch(vouch, wanted, services_.clock.now()));
    co_return vouch.serial;
}

awaitable<Result<SignedNote>> VouchPull::post(PeerPtr peer,
                                              std::string ask,
                                              Hash introducer,
                                              Hash to) {
    HttpCall call;
    call.method = "POST";
    call.path = "/kith/1/vouches";
    call.headers = {{"content-type", "application/octet-stream"}};
    call.body = to_bytes(write_part("ask", ask) + write_part("introducer", introducer.hex_text()) +
                         write_part("recipient", to.hex_text()));
    call.repeat = Repeat::allowed;
    call.deadline = kDeadline;
    call.reply_limit = kMaxVouch;
    const auto reply = CO_TRY(co_await services_.client.request(peer->origin, std::move(call)));
    if (reply.status == 404)
        co_return fail(ErrorKind::not_found, "vouch", "there is none");
    if (reply.status != 200)
        co_return fail(
            ErrorKind::unavailable, "vouch", "answered with " + std::to_string(reply.status));
    co_return SignedNote::parse(as_text(reply.body));
}

awaitable<Result<void>> VouchPull::store(std::shared_ptr<WaitingMessage> message) {
    if (Inbound::check_body(message->candidate, message->body.octets))
        co_return Result<void>();
    Verdict verdict;
    ModSeq state = 0;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        verdict = TRY(services_.inbound.commit_vouched(
            message->candidate, message->domain_keys, write, message->body, services_.clock.now()));
        if (verdict.account != 0)
            state = write.modseq(verdict.account);
        return {};
    };
    CO_TRY(co_await write_store(&services_.store, std::move(work), Store::Adds::yes));
    if (verdict.account != 0)
        services_.changed(
            verdict.account, {ObjectType::email, ObjectType::mailbox, ObjectType::contact}, state);
    co_return Result<void>();
}

}  // namespace kith
