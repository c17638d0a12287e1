#include "exchange/note_push.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "delivery/outcome_notes.h"
#include "exchange/note_post.h"
#include "exchange/report_booking.h"
#include "exchange/store_calls.h"
#include "note/signed_note.h"

namespace kith {
namespace {

constexpr Milliseconds kLook{5'000};  ///< how often the queue is looked at
constexpr std::int64_t kAtOnce = 64;
constexpr Milliseconds kRound{40'000};  ///< what is not answered by then is tried again

}  // namespace

NotePush::NotePush(Executor home, NotePushServices services)
    : home_(home), services_(std::move(services)), tasks_(home) {}

void NotePush::start() {
    boost::asio::post(home_, [this] { tasks_.spawn(run()); });
}

awaitable<void> NotePush::stop(Milliseconds limit) {
    tasks_.cancel();
    co_await tasks_.join(limit);
}

awaitable<void> NotePush::run() {
    for (;;) {
        while (co_await push_due()) {
        }
        boost::asio::steady_timer timer(home_, kLook);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

// True: there may be more that is due. One round is over before the next begins, so that no note is
// under way twice.
awaitable<bool> NotePush::push_due() {
    const Time now = services_.clock.now();
    auto ask = [now](ReadTransaction& read) -> Result<std::vector<QueuedNote>> {
        return read.due_notes(now, kAtOnce);
    };
    const auto due = co_await ask_store(services_.store, services_.workers, std::move(ask));
    if (!due)
        co_return false;
    TaskGroup round(home_);
    for (const QueuedNote& note : *due)
        round.spawn(push(note));
    if (!co_await round.join(kRound))
        round.cancel();
    co_return std::ssize(*due) == kAtOnce;
}

awaitable<void> NotePush::push(QueuedNote note) {
    const bool done =
        note.domain == services_.domain ? co_await take_here(note) : co_await post(note);
    ++note.attempts;
    note.next_attempt = services_.clock.now() + back_off(note.attempts, services_.random);
    auto work = [note, done](WriteTransaction& write) -> Result<void> {
        if (done || note.next_attempt >= note.expires)
            write.remove_note(note.id);
        else
            write.put_off_note(note);
        return {};
    };
    const auto written = co_await write_store(&services_.store, std::move(work), Store::Adds::no);
    if (!written)
        services_.meter.warn("note-queue-not-written", written.error().text());
}

// False: worth another attempt.
awaitable<bool> NotePush::post(QueuedNote note) {
    const auto signed_note = SignedNote::sign(note.text, services_.domain, services_.domain_key);
    if (!signed_note) {
        services_.meter.warn("note-not-signed", signed_note.error().text());
        co_return true;
    }
    co_return co_await post_note(
        &services_.peers, &services_.client, note.domain, signed_note->octets()) ==
        NotePosted::done;
}

// The introducer, or the sender, lives here, too: the same, without the wire.
awaitable<bool> NotePush::take_here(QueuedNote note) {
    const auto parsed = SignedNote::sign(note.text, services_.domain, services_.domain_key);
    const auto outcome =
        parsed ? parse_outcome(*parsed)
               : Result<OutcomeNote>(fail(ErrorKind::internal, "note", "cannot be signed"));
    if (!outcome)
        co_return true;
    if (outcome->stub)
        co_return (co_await book_report(&services_.store,
                                        &services_.meter,
                                        services_.changed,
                                        *outcome,
                                        services_.clock.now()))
            .has_value();
    std::optional<AccountId> account;
    ModSeq state = 0;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        const auto taken = take_outcome(*outcome, write, services_.clock.now());
        account = taken ? *taken : std::nullopt;
        state = account ? write.modseq(*account) : 0;
        return {};
    };
    if (!co_await write_store(&services_.store, std::move(work), Store::Adds::no))
        co_return false;
    if (account)
        services_.changed(*account, {ObjectType::contact}, state);
    co_return true;
}

}  // namespace kith
