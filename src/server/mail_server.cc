// The server while it runs: what it tells of itself, its upkeep, and its end. How it is opened is
// in mail_server_opening.cc and mail_server_parts.cc, how it is changed in mail_server_reload.cc.
#include "server/mail_server.h"

#include <algorithm>

#include "delivery/confirmation.h"
#include "server/mail_server_parts.h"
#include "server/resolver_options.h"

namespace kith {

MailServer::~MailServer() = default;

MailServer::Status MailServer::status() const {
    Status status;
    status.since = parts_->since;
    const auto counts = parts_->server->counts();
    status.connections = counts.connections;
    status.requests = counts.requests;
    const auto good = parts_->store->health();
    status.store = good ? "good" : good.error().text();
    return status;
}

RunningServer::Load MailServer::load(std::size_t rows) const {
    Load load;
    load.loaded = parts_->admission.is_loaded();
    const auto counts = parts_->server->counts();
    load.connections = counts.connections;
    load.connections_refused = counts.connections_refused;
    const auto lanes = parts_->workers.lanes();
    for (std::size_t i = 0; i < kArrivalClasses; ++i)
        load.classes.push_back({.name = name_of(static_cast<ArrivalClass>(i)),
                                .waiting = parts_->workers.waiting(i),
                                .share = lanes[i].share});
    load.book = parts_->book.report(rows, parts_->clock.steady());
    return load;
}

Metrics::Gauges MailServer::Parts::gauges() {
    const auto read = store->read();
    Metrics::Gauges gauges;
    gauges.accounts = static_cast<double>(read->accounts().size());
    gauges.queued_recipients = static_cast<double>(read->queue_size());
    std::error_code unknown;
    const auto space = std::filesystem::space(config.data_dir, unknown);
    gauges.free_octets = unknown ? 0 : static_cast<double>(space.available);
    gauges.store_healthy = store->health() ? 1 : 0;
    gauges.since = static_cast<double>(since.time_since_epoch().count());
    gauges.strangers_effort = static_cast<double>(price.effort(clock.now()));
    gauges.http = server->counts();
    if (smtp)
        gauges.smtp = smtp->counts();
    gauges.loaded = admission.is_loaded() ? 1 : 0;
    gauges.waiting = static_cast<double>(workers.waiting());
    gauges.connections_out = client->connections();
    gauges.log_entries = static_cast<double>(read->log_size());
    gauges.log_stalled = own_log->is_stalled() ? 1 : 0;
    const auto seen = read->known_logs();
    gauges.logs_contradicting = static_cast<double>(std::ranges::count_if(
        seen, [](const KnownLogRecord& known) { return !known.evidence.empty(); }));
    return gauges;
}

void MailServer::retry_queue() {
    parts_->queue->forget_failures();
}

void MailServer::changed(AccountId account, const std::set<ObjectType>& types, ModSeq state) {
    parts_->hub->changed(account, types, state);
}

void MailServer::end_account(AccountId account) {
    parts_->hub->end_account(account);
}

Result<void> MailServer::health() const {
    return parts_->store->health();
}

// What waited for a person who did not come.
void MailServer::Parts::expire_waiting() {
    const Time now = clock.now();
    if (store->read()->unconfirmed_expired(now, 1).empty())
        return;
    std::map<AccountId, std::uint64_t> expired;
    std::map<AccountId, ModSeq> states;
    const auto done = store->write_and_wait(
        [&](WriteTransaction& write) -> Result<void> {
            expired = expire_unconfirmed(write, now);
            for (const auto& [account, recipients] : expired)
                states[account] = write.modseq(account);
            return {};
        },
        Store::Adds::no);
    if (!done) {
        log->warn("upkeep-failed", {{"detail", done.error().text()}});
        return;
    }
    for (const auto& [account, recipients] : expired) {
        hub->changed(account, {ObjectType::submission}, states[account]);
        meter->braked(
            {.what = BrakeEvent::What::expired, .account = account, .recipients = recipients});
    }
}

void MailServer::begin_upkeep() {
    if (parts_->upkeep.valid() && parts_->upkeep.wait_for(Seconds(0)) != std::future_status::ready)
        return;
    parts_->upkeep = std::async(std::launch::async, [parts = parts_.get()] {
        const auto done = parts->store->maintain(parts->clock.now());
        if (!done)
            parts->log->warn("upkeep-failed", {{"detail", done.error().text()}});
        if (!done)
            return;
        parts->expire_waiting();
        for (const auto& [account, state] : done->changed)
            parts->hub->changed(account, {ObjectType::email, ObjectType::mailbox}, state);
        if (done->expired_requests + done->removed_blobs > 0)
            parts->log->info("upkeep",
                             {{"expired_requests", std::to_string(done->expired_requests)},
                              {"removed_blobs", std::to_string(done->removed_blobs)},
                              {"freed_octets", std::to_string(done->freed_octets)}});
    });
}

bool MailServer::stop(Milliseconds limit) {
    Parts& all = *parts_;
    all.admin.reset();
    all.hub->end_all();
    bool clean = all.smtp == nullptr || all.smtp->stop(limit);
    clean = (all.server == nullptr || all.server->stop(limit)) && clean;
    auto stop_home = [](Parts* parts, Milliseconds within) -> awaitable<void> {
        co_await parts->queue->stop(within);
        co_await parts->fetch->stop(within);
        co_await parts->push->stop(within);
        co_await parts->publisher->stop(within);
        co_await parts->note_push->stop(within);
        co_await parts->pull->stop(within);
        co_await parts->notes->stop(within);
        co_await parts->client->stop();
        parts->resolver->stop();
    };
    run_to_end(all.threads, stop_home(&all, limit));
    if (all.upkeep.valid())
        all.upkeep.wait();
    all.threads.stop();
    return clean;
}

}  // namespace kith
