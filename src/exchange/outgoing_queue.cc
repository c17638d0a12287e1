#include "exchange/outgoing_queue.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"
#include "exchange/store_calls.h"
#include "exchange/stored_body.h"

namespace kith {
namespace {

constexpr Seconds kLease{900};
/// Asked for again at least so often: clocks jump.
constexpr Milliseconds kLongestSleep{10'000};
constexpr Milliseconds kShortestSleep{20};
constexpr Milliseconds kSleepAfterFailure{2'000};
constexpr Seconds kJump{60};
constexpr Seconds kAfterRetryAsked{1};
constexpr std::size_t kBatch = 64;
constexpr std::size_t kMostTold = 20'000;
constexpr std::size_t kMostFailing = 10'000;
constexpr std::uint64_t kSlowestRate = 32ULL * 1024;  ///< octets a second that a body may take
constexpr std::size_t kReplyLimit = kMaxProblem;
constexpr int kMostSteps = 4;
constexpr std::string_view kCookieField = "kith-cookie";
constexpr std::size_t kMostCookie = 256;
constexpr Seconds kMostRetryAfter{6 * 3600};

// The server was not reached, or did not finish: it, not the message, is the trouble.
bool is_away(const Attempt& attempt) {
    return attempt.came == Attempt::Came::no_answer &&
           (attempt.error.kind == ErrorKind::unavailable ||
            attempt.error.kind == ErrorKind::timeout || attempt.error.kind == ErrorKind::io ||
            attempt.error.kind == ErrorKind::untrusted);
}

Attempt no_answer(Error why) {
    Attempt attempt;
    attempt.error = std::move(why);
    return attempt;
}

std::optional<Seconds> retry_after(const HttpHeaders& headers) {
    const auto text = headers.find("retry-after");
    if (!text)
        return std::nullopt;
    const auto seconds = parse_decimal(*text, UINT32_MAX);
    if (!seconds)
        return std::nullopt;
    return std::min(Seconds(static_cast<std::int64_t>(*seconds)), kMostRetryAfter);
}

}  // namespace

OutgoingQueue::OutgoingQueue(Executor home, OutgoingServices services, OutgoingOptions options)
    : home_(home),
      services_(std::move(services)),
      options_(std::move(options)),
      tasks_(home,
             [this](const std::exception_ptr& failure) {
                 try {
                     std::rethrow_exception(failure);
                 } catch (const std::exception& error) {
                     services_.meter.warn("queue-failed", error.what());
                 }
             }),
      wake_(home) {}

void OutgoingQueue::start() {
    boost::asio::post(home_, [this] { tasks_.spawn(run()); });
}

void OutgoingQueue::notify() {
    boost::asio::post(home_, [this] {
        woken_ = true;
        wake_.cancel();
    });
}

void OutgoingQueue::forget_failures() {
    boost::asio::post(home_, [this] {
        failing_.clear();
        retry_asked_ = services_.clock.steady();
        woken_ = true;
        wake_.cancel();
    });
}

awaitable<void> OutgoingQueue::stop(Milliseconds limit) {
    stopping_ = true;
    wake_.cancel();
    if (co_await tasks_.join(limit))
        co_return;
    tasks_.cancel();
    co_await tasks_.join(limit);
}

// --- taking

awaitable<void> OutgoingQueue::run() {
    last_look_ = services_.clock.now();
    last_steady_ = services_.clock.steady();
    auto release = [now = last_look_](WriteTransaction& write) -> Result<void> {
        write.release_leases(now);
        return {};
    };
    if (const auto done =
            co_await write_store(&services_.room.store, std::move(release), Store::Adds::no);
        !done)
        services_.meter.warn("queue-not-written", done.error().text());
    while (!stopping_) {
        woken_ = false;
        auto rows = co_await take();
        const bool failed = !rows;
        const bool some = !failed && !rows->empty();
        if (some)
            send_out(*std::move(rows));
        if (!stopping_ && !(some && active_ < options_.in_flight))
            co_await wait_for_work(failed ? kSleepAfterFailure : kShortestSleep);
    }
}

awaitable<Result<OutgoingQueue::Rows>> OutgoingQueue::take() {
    const std::size_t room =
        options_.in_flight - std::min<std::size_t>(active_, options_.in_flight);
    if (room == 0)
        co_return Rows();
    const Time now = services_.clock.now();
    auto due = [now](ReadTransaction& read) -> Result<bool> {
        const auto next = read.next_due();
        return next && *next <= now;
    };
    // A write costs an fsync: only when there is something.
    if (!CO_TRY(co_await ask_store(services_.room.store, services_.workers, std::move(due))))
        co_return Rows();
    WriteTransaction::DueRows wanted{.now = now,
                                     .lease = now + kLease,
                                     .limit = static_cast<std::int64_t>(room),
                                     .per_domain = static_cast<std::int64_t>(options_.per_domain)};
    for (const auto& [domain, count] : active_of_)
        wanted.busy[domain] = static_cast<std::int64_t>(count);
    wanted.after = last_domain_;
    Rows rows;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        rows = write.take_due(wanted);
        return {};
    };
    CO_TRY(co_await write_store(&services_.room.store, std::move(work), Store::Adds::no));
    if (!rows.empty())
        last_domain_ = rows.back().domain;
    co_return rows;
}

awaitable<void> OutgoingQueue::wait_for_work(Milliseconds least) {
    co_await look_at_clock();
    auto ask = [](ReadTransaction& read) -> Result<std::optional<Time>> { return read.next_due(); };
    const auto next = co_await ask_store(services_.room.store, services_.workers, std::move(ask));
    Milliseconds sleep = kLongestSleep;
    waits_for_room_ = false;
    if (next && *next) {
        const Seconds until = **next - services_.clock.now();
        // What is due and was not taken waits for one of its domain to end.
        waits_for_room_ = until <= Seconds(0) && active_ > 0;
        if (!waits_for_room_)
            sleep = std::clamp<Milliseconds>(until, least, kLongestSleep);
    }
    if (woken_ || stopping_)
        co_return;
    wake_.expires_after(sleep);
    boost::system::error_code ignored;
    co_await wake_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
}

// After the wall clock went back, what was due soon would be due in a far future.
awaitable<void> OutgoingQueue::look_at_clock() {
    const Time now = services_.clock.now();
    const auto steady = services_.clock.steady();
    const auto passed = std::chrono::duration_cast<Seconds>(steady - last_steady_);
    const bool went_back = now + kJump < last_look_ + passed;
    last_look_ = now;
    last_steady_ = steady;
    if (!went_back)
        co_return;
    services_.meter.warn("clock-went-back", format_time(now));
    auto work = [now](WriteTransaction& write) -> Result<void> {
        for (RecipientRecord row : write.queue(INT64_MAX))
            if (row.state == RecipientState::queued && row.next_attempt > now) {
                row.next_attempt = now;
                write.update_recipient(row);
            }
        return {};
    };
    if (const auto done =
            co_await write_store(&services_.room.store, std::move(work), Store::Adds::no);
        !done)
        services_.meter.warn("queue-not-written", done.error().text());
    failing_.clear();
}

// --- sending

void OutgoingQueue::send_out(Rows rows) {
    std::map<std::string, Rows> groups;
    for (RecipientRecord& row : rows)
        groups[row.domain].push_back(std::move(row));
    const Time now = services_.clock.now();
    for (auto& [domain, group] : groups) {
        const auto failing = failing_.find(domain);
        if (failing != failing_.end() && failing->second.until > now) {
            tasks_.spawn(put_back(std::move(group), failing->second.until));
            continue;
        }
        for (std::size_t at = 0; at < group.size(); at += kBatch) {
            const std::size_t end = std::min(group.size(), at + kBatch);
            Rows chunk(std::make_move_iterator(group.begin() + static_cast<std::ptrdiff_t>(at)),
                       std::make_move_iterator(group.begin() + static_cast<std::ptrdiff_t>(end)));
            active_ += chunk.size();
            active_of_[domain] += chunk.size();
            tasks_.spawn(send_group(domain, std::move(chunk)));
        }
    }
}

void OutgoingQueue::one_less(const std::string& domain) {
    const bool was_full =
        active_ >= options_.in_flight || active_of_[domain] >= options_.per_domain;
    --active_;
    if (--active_of_[domain] == 0)
        active_of_.erase(domain);
    if (!was_full && !waits_for_room_)
        return;
    woken_ = true;
    wake_.cancel();
}

awaitable<void> OutgoingQueue::send_group(std::string domain, Rows rows) {
    const Time now = services_.clock.now();
    auto prepare = [this, rows, now]() -> Result<OutgoingBatch> {
        return make_ready(services_.room, rows, now);
    };
    auto batch = co_await kith::run(services_.workers, std::move(prepare));
    if (!batch) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            one_less(domain);
        co_await put_back(std::move(rows), now + Seconds(5));
        co_return;
    }
    co_await send_prepared(std::move(domain), *std::move(batch));
}

awaitable<void> OutgoingQueue::send_prepared(std::string domain, OutgoingBatch batch) {
    const Moment began = services_.clock.steady();
    for (UnfitMail& unfit : batch.unfit) {
        Attempt attempt = no_answer(std::move(unfit.why));
        attempt.error.kind = ErrorKind::malformed;
        tasks_.spawn(finish(std::move(unfit.row), std::move(attempt), began));
    }
    if (domain == services_.room.domain) {
        for (OutgoingMail& mail : batch.ready)
            tasks_.spawn(deliver_here(std::move(mail)));
        co_return;
    }
    if (batch.ready.empty())
        co_return;
    const auto peer = co_await services_.peers.find(domain);
    if (!peer)
        note_health(domain, no_answer(peer.error()), began);
    for (OutgoingMail& mail : batch.ready) {
        if (peer) {
            tasks_.spawn(deliver(std::move(mail), *peer));
            continue;
        }
        report(mail, no_answer(peer.error()), 0);
        tasks_.spawn(finish(std::move(mail.row), no_answer(peer.error()), began));
    }
}

awaitable<void> OutgoingQueue::deliver(OutgoingMail mail, PeerPtr peer) {
    const bool knows_card = told_.contains({peer->domain, mail.card});
    if (!knows_card) {
        mail.parts.cards = {mail.chain.back()};
        if (!mail.proof.empty())
            mail.parts.proof = mail.proof;
    }
    mail.parts.checkpoints = news_for(peer->domain, mail);
    Attempt attempt;
    attempt.blob_sent = true;
    attempt.chain_sent = !knows_card && mail.chain.size() == 1;
    const Moment first = services_.clock.steady();
    for (int step = 0; step < kMostSteps; ++step) {
        const auto began = services_.clock.steady();
        attempt = co_await this->attempt(&mail, peer.get(), attempt);
        note_health(peer->domain, attempt, first);
        report(
            mail, attempt, std::chrono::duration<double>(services_.clock.steady() - began).count());
        const auto outcome = judge_attempt(attempt);
        if (outcome.next != NextStep::send_chain)
            break;
        mail.parts.cards = mail.chain;
        attempt.chain_sent = true;
    }
    if (attempt.status == 201 || attempt.status == 202) {
        note_told(peer->domain, mail);
        if (!stopping_)
            tasks_.spawn(services_.logs.ask(peer));
    }
    co_await finish(std::move(mail.row), std::move(attempt), first);
}

// Our newest checkpoint, where no proof brings it, and those of others that we saw lately.
std::vector<std::string> OutgoingQueue::news_for(const std::string& domain,
                                                 const OutgoingMail& mail) {
    std::vector<std::string> news;
    const auto add = [&](const std::string& checkpoint) {
        if (news.size() < kMaxCheckpointsInDelivery &&
            !told_.contains({domain, sha256(checkpoint)}))
            news.push_back(checkpoint);
    };
    if (!mail.parts.proof && !mail.checkpoint.empty())
        add(mail.checkpoint);
    for (const auto& [whose, checkpoint] : services_.logs.lately_seen())
        add(checkpoint);
    return news;
}

// A card that went without its proof goes again.
void OutgoingQueue::note_told(const std::string& domain, const OutgoingMail& mail) {
    if (told_.size() >= kMostTold)
        told_.clear();
    if (!mail.proof.empty())
        told_.insert({domain, mail.card});
    for (const std::string& checkpoint : mail.parts.checkpoints)
        told_.insert({domain, sha256(checkpoint)});
    if (mail.parts.proof && !mail.checkpoint.empty())
        told_.insert({domain, sha256(mail.checkpoint)});
}

awaitable<Attempt> OutgoingQueue::attempt(const OutgoingMail* mail,
                                          const Peer* peer,
                                          Attempt sent) {
    std::string head = write_delivery(mail->parts, mail->place.size);
    HttpCall call;
    call.method = "POST";
    call.path = "/kith/1/deliveries";
    call.headers = {{"content-type", "application/octet-stream"}};
    call.deadline = options_.request_timeout.get() +
                    Seconds(static_cast<std::int64_t>(mail->place.size / kSlowestRate));
    call.reply_limit = kReplyLimit;
    if (mail->is_small()) {
        Bytes body = to_bytes(head);
        body.insert(body.end(), mail->small_body.begin(), mail->small_body.end());
        call.body = std::move(body);
        call.repeat = Repeat::allowed;
    } else {
        call.body = std::make_shared<StoredBody>(services_.room.store,
                                                 services_.workers,
                                                 mail->row.blob,
                                                 mail->place,
                                                 ByteRange{0, mail->place.size - 1},
                                                 std::move(head));
    }
    if (const auto cookie = cookies_.find(peer->domain); cookie != cookies_.end())
        call.headers.add(std::string(kCookieField), cookie->second);
    const auto reply = co_await services_.client.request(peer->origin, std::move(call));
    if (reply)
        keep_cookie(peer->domain, reply->headers);
    sent.came = reply ? Attempt::Came::answer : Attempt::Came::no_answer;
    sent.status = 0;
    sent.problem = {};
    if (!reply) {
        sent.error = reply.error();
        co_return sent;
    }
    sent.status = static_cast<int>(reply->status);
    sent.retry_after = retry_after(reply->headers);
    sent.held.reset();
    if (reply->status == 202)
        if (auto held = parse_held_answer(as_text(reply->body)))
            sent.held = *std::move(held);
    if (reply->status >= 300)
        sent.problem = answer_problem(as_text(reply->body), sent.status);
    co_return sent;
}

// A server under load asks who is unknown to it to come back with what it gave.
void OutgoingQueue::keep_cookie(const std::string& domain, const HttpHeaders& headers) {
    const auto cookie = headers.find(kCookieField);
    if (!cookie || cookie->size() > kMostCookie)
        return;
    if (cookies_.size() >= kMostTold)
        cookies_.clear();
    cookies_.insert_or_assign(domain, std::string(*cookie));
}

// A recipient of our own domain: the same corridor, without the wire.
awaitable<void> OutgoingQueue::deliver_here(OutgoingMail mail) {
    mail.parts.cards = mail.chain;
    const auto began = services_.clock.steady();
    auto attempt = co_await attempt_here(&mail);
    report(mail, attempt, std::chrono::duration<double>(services_.clock.steady() - began).count());
    co_await finish(std::move(mail.row), std::move(attempt), began);
}

awaitable<Attempt> OutgoingQueue::attempt_here(const OutgoingMail* mail) {
    const Time now = services_.clock.now();
    Attempt attempt;
    attempt.came = Attempt::Came::answer;
    attempt.blob_sent = attempt.chain_sent = true;
    const auto problem = [&attempt](ProblemDetails details) {
        attempt.status = details.status;
        attempt.problem = std::move(details);
        return attempt;
    };
    auto read = services_.inbound.read(mail->parts, now);
    if (const auto* wrong = std::get_if<ProblemDetails>(&read))
        co_return problem(*wrong);
    auto& candidate = std::get<Candidate>(read);
    const std::vector<PublicKey> keys = {services_.room.domain_key.public_key()};
    if (candidate.parts.hints) {
        auto look = [&](ReadTransaction& store) -> Result<bool> {
            services_.inbound.preview(candidate, keys, store, now);
            return true;
        };
        const auto looked =
            co_await ask_store(services_.room.store, services_.workers, std::move(look));
        if (!looked)
            co_return no_answer(looked.error());
    }
    Verdict verdict;
    ModSeq state = 0;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        verdict = TRY(services_.inbound.commit(candidate, keys, write, nullptr, now));
        if (verdict.account != 0)
            state = write.modseq(verdict.account);
        return {};
    };
    const auto written =
        co_await write_store(&services_.room.store, std::move(work), Store::Adds::yes);
    if (!written)
        co_return no_answer(written.error());
    if (mail->is_small())
        services_.vouches.pull_if_tagged(
            candidate, keys, verdict, {.octets = mail->small_body, .on_disk = false});
    if (verdict.answer == Verdict::Answer::problem)
        co_return problem(verdict.problem);
    attempt.status = verdict.status();
    if (verdict.answer == Verdict::Answer::hold)
        attempt.held = verdict.held;
    services_.inbound.count_taken(candidate, verdict, now);
    if (verdict.account == 0)
        co_return attempt;
    services_.changed(
        verdict.account,
        {ObjectType::email, ObjectType::mailbox, ObjectType::contact, ObjectType::token},
        state);
    co_return attempt;
}

// --- writing down

awaitable<void> OutgoingQueue::finish(RecipientRecord row, Attempt attempt, Moment began) {
    const std::string domain = row.domain;
    const auto outcome = judge_attempt(attempt);
    const Time now = services_.clock.now();
    ++row.attempts;
    Seconds wait = attempt.retry_after.value_or(back_off(row.attempts, services_.room.random));
    if (began < retry_asked_)
        wait = kAfterRetryAsked;
    if (outcome.next == NextStep::wait)
        put_off(row, outcome, wait, now);
    else
        settle(row, outcome, now);
    Rows rows;
    rows.push_back(std::move(row));
    co_await write_rows(std::move(rows));
    one_less(domain);
}

awaitable<void> OutgoingQueue::put_back(Rows rows, Time until) {
    const Time now = services_.clock.now();
    for (RecipientRecord& row : rows) {
        AttemptOutcome outcome;
        outcome.answer = row.answer;
        put_off(row, outcome, std::max(Seconds(1), until - now), now);
    }
    co_await write_rows(std::move(rows));
}

// Somebody may have removed a row meanwhile: then nothing is written. If it cannot be written at
// all, its lease runs out and it is sent again, which is the same message for the receiver.
awaitable<void> OutgoingQueue::write_rows(Rows rows) {
    std::map<AccountId, ModSeq> told;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        told.clear();
        for (const RecipientRecord& row : rows) {
            const auto now = write.recipient(row.id);
            if (!now || now->state != RecipientState::sending)
                continue;
            write.update_recipient(row);
            told[row.account] = write.modseq(row.account);
        }
        return {};
    };
    const auto written =
        co_await write_store(&services_.room.store, std::move(work), Store::Adds::no);
    if (!written) {
        services_.meter.warn("queue-not-written", written.error().text());
        co_return;
    }
    for (const auto& [account, state] : told)
        services_.changed(account, {ObjectType::submission}, state);
}

void OutgoingQueue::note_health(const std::string& domain, const Attempt& attempt, Moment began) {
    if (!is_away(attempt)) {
        failing_.erase(domain);
        return;
    }
    if (began < retry_asked_)
        return;
    if (failing_.size() >= kMostFailing)
        failing_.clear();
    const Time now = services_.clock.now();
    Failing& failing = failing_[domain];
    // Those under way at the same time fail together: that is one failure.
    if (failing.until > now)
        return;
    ++failing.failures;
    failing.until = now + back_off(failing.failures, services_.room.random);
}

void OutgoingQueue::report(const OutgoingMail& mail, const Attempt& attempt, double seconds) {
    DeliveryEvent event;
    event.direction = DeliveryEvent::Direction::out;
    event.status = attempt.status;
    event.type =
        attempt.came == Attempt::Came::answer ? attempt.problem.type : name_of(attempt.error.kind);
    if (attempt.came == Attempt::Came::no_answer)
        event.detail = attempt.error.text();
    event.peer = mail.row.domain;
    event.message = mail.stub.id;
    event.attempt = mail.row.attempts + 1;
    event.seconds = seconds;
    services_.meter.answered(event);
}

}  // namespace kith
