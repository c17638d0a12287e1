// How what was taken from the queue travels: to the server of its domain, with what that server
// does not know yet, or straight to the inbound corridor when the domain is ours.
#include "base/text.h"
#include "exchange/outgoing_queue.h"
#include "exchange/store_calls.h"
#include "exchange/stored_body.h"

namespace kith {
namespace {

constexpr std::size_t kBatch = 64;
constexpr std::size_t kMostTold = 20'000;
constexpr std::uint64_t kSlowestRate = 32ULL * 1024;  ///< octets a second that a body may take
constexpr std::size_t kReplyLimit = kMaxProblem;
constexpr int kMostSteps = 4;
constexpr std::string_view kCookieField = "kith-cookie";
constexpr std::size_t kMostCookie = 256;
constexpr Seconds kMostRetryAfter{6 * 3600};

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

}  // namespace kith
