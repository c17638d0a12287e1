#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <shared_mutex>

namespace kith {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

const Histogram::BucketBoundaries kSeconds = {
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10};

Family<Counter>& counters(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Family<Histogram>& histograms(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

// Two who ask at once may bring totals in the wrong order: it never falls.
void raise(Counter& counter, std::uint64_t total) {
    const double more = static_cast<double>(total) - counter.Value();
    if (more > 0)
        counter.Increment(more);
}

}  // namespace

// One figure for each of a few names and each status. Looking a figure up in its family costs an
// allocation and a lock a label; here it is one load.
template <class Figure>
class ByName {
  public:
    static constexpr std::size_t kStatuses = 600;

    template <class Make>
    Figure& get(std::string_view name, int status, const Make& make) {
        const auto place = status > 0 ? static_cast<std::size_t>(status) % kStatuses : 0;
        std::atomic<Figure*>& known = row(name)[place];
        if (Figure* figure = known.load(std::memory_order_acquire))
            return *figure;
        Figure& made = make();
        known.store(&made, std::memory_order_release);
        return made;
    }

  private:
    using Row = std::array<std::atomic<Figure*>, kStatuses>;
    Row& row(std::string_view name) {
        {
            const std::shared_lock lock(mutex_);
            if (const auto found = rows_.find(name); found != rows_.end())
                return *found->second;
        }
        const std::scoped_lock lock(mutex_);
        return *rows_.try_emplace(std::string(name), std::make_unique<Row>()).first->second;
    }

    std::shared_mutex mutex_;
    std::map<std::string, std::unique_ptr<Row>, std::less<>> rows_;
};

struct Metrics::Families {
    prometheus::Registry registry;
    Family<Counter>& deliveries =
        counters(registry, "kith_deliveries_total", "Deliveries by direction and answer");
    Family<Histogram>& delivery_seconds =
        histograms(registry, "kith_delivery_seconds", "From the first octet to the answer");
    Family<Counter>& requests =
        counters(registry, "kith_http_requests_total", "Calls by route and status");
    Family<Histogram>& request_seconds = histograms(
        registry, "kith_http_request_seconds", "From the head of a call to that of its answer");
    Counter& commits =
        counters(registry, "kith_store_commits_total", "Group commits of the store").Add({});
    Histogram& commit_seconds =
        histograms(registry, "kith_store_commit_seconds", "One group commit, fsync included")
            .Add({}, kSeconds);
    Gauge& strangers_effort = gauge(
        registry, "kith_strangers_effort", "The effort that a stranger's stamp must have now");
    Gauge& accounts = gauge(registry, "kith_accounts", "Accounts");
    Gauge& queued = gauge(registry, "kith_queued_recipients", "Recipients waiting in the queue");
    Gauge& free_octets = gauge(registry, "kith_disk_free_bytes", "Free space at the store");
    Gauge& healthy = gauge(registry, "kith_store_healthy", "1: the store takes mail");
    Gauge& log_entries =
        gauge(registry, "kith_log_entries", "Entries of this domain's directory log");
    Gauge& log_stalled = gauge(
        registry, "kith_log_stalled", "1: the directory log lacks entries that others have seen");
    Gauge& logs_contradicting =
        gauge(registry,
              "kith_logs_contradicting",
              "Other domains whose directory log contradicts itself; see kithd log list");
    Gauge& connections = gauge(registry, "kith_connections", "Open connections");
    Gauge& connections_out =
        gauge(registry, "kith_connections_out", "Open connections to other servers");
    Gauge& in_progress =
        gauge(registry, "kith_http_requests_in_progress", "Calls that are being answered");
    Gauge& started =
        gauge(registry, "kith_start_time_seconds", "When the server started, seconds of the epoch");
    Counter& accepted =
        counters(registry, "kith_connections_accepted_total", "Connections taken").Add({});
    Counter& refused =
        counters(registry, "kith_connections_refused_total", "Connections over a limit").Add({});
    Family<Counter>& handshakes =
        counters(registry, "kith_tls_handshakes_total", "TLS handshakes by result");
    Counter& handshakes_done = handshakes.Add({{"result", "done"}});
    Counter& handshakes_failed = handshakes.Add({{"result", "failed"}});
    Counter& handshakes_refused = handshakes.Add({{"result", "refused"}});
    Counter& shed =
        counters(registry, "kith_http_requests_shed_total", "Calls answered 503: too many at once")
            .Add({});
    Family<Counter>& shed_calls =
        counters(registry, "kith_shed_total", "Calls turned away before they cost work, by reason");
    Family<Counter>& new_threads = counters(
        registry, "kith_new_threads_total", "Recipients of new threads that waited for a person");
    Family<Counter>& challenges = counters(registry,
                                           "kith_challenges_total",
                                           "Reports of accounts here, and challenges that came of "
                                           "them");
    Gauge& smtp_connections = gauge(registry, "kith_smtp_connections", "Open connections by SMTP");
    Family<Counter>& smtp_ended = counters(registry,
                                           "kith_smtp_connections_total",
                                           "Connections by SMTP: taken, refused, and ended so");
    Counter& smtp_accepted = smtp_ended.Add({{"event", "accepted"}});
    Counter& smtp_refused = smtp_ended.Add({{"event", "refused"}});
    Counter& smtp_violations = smtp_ended.Add({{"event", "violation"}});
    Counter& smtp_timeouts = smtp_ended.Add({{"event", "timeout"}});
    Gauge& loaded = gauge(
        registry, "kith_loaded", "1: networks unknown here are asked to come back with a cookie");
    Gauge& waiting = gauge(registry, "kith_work_waiting", "Jobs waiting for a worker");
    ByName<Counter> shed_by;
    ByName<Counter> deliveries_by;
    ByName<Histogram> delivery_seconds_by;
    ByName<Counter> requests_by;
    ByName<Histogram> request_seconds_by;
    /// Totals that others count are brought up to date here.
    std::mutex totals;
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::delivery(std::string_view direction, int answer) {
    const auto make = [&]() -> Counter& {
        return families_->deliveries.Add(
            {{"direction", std::string(direction)}, {"answer", std::to_string(answer)}});
    };
    families_->deliveries_by.get(direction, answer, make).Increment();
}

void Metrics::delivery_seconds(std::string_view direction, double seconds) {
    const auto make = [&]() -> Histogram& {
        return families_->delivery_seconds.Add({{"direction", std::string(direction)}}, kSeconds);
    };
    families_->delivery_seconds_by.get(direction, 0, make).Observe(seconds);
}

void Metrics::request(std::string_view route, int status) {
    const auto make = [&]() -> Counter& {
        return families_->requests.Add(
            {{"route", std::string(route)}, {"status", std::to_string(status)}});
    };
    families_->requests_by.get(route, status, make).Increment();
}

void Metrics::request_seconds(std::string_view route, double seconds) {
    const auto make = [&]() -> Histogram& {
        return families_->request_seconds.Add({{"route", std::string(route)}}, kSeconds);
    };
    families_->request_seconds_by.get(route, 0, make).Observe(seconds);
}

void Metrics::shed(std::string_view reason) {
    const auto make = [&]() -> Counter& {
        return families_->shed_calls.Add({{"reason", std::string(reason)}});
    };
    families_->shed_by.get(reason, 0, make).Increment();
}

void Metrics::unconfirmed(std::string_view event, std::uint64_t recipients) {
    families_->new_threads.Add({{"event", std::string(event)}})
        .Increment(static_cast<double>(recipients));
}

void Metrics::challenge(std::string_view event) {
    families_->challenges.Add({{"event", std::string(event)}}).Increment();
}

void Metrics::commit(double seconds) {
    families_->commits.Increment();
    families_->commit_seconds.Observe(seconds);
}

void Metrics::set_http(const Gauges& gauges) {
    const HttpServerCounts& http = gauges.http;
    families_->connections.Set(static_cast<double>(http.connections));
    families_->connections_out.Set(static_cast<double>(gauges.connections_out));
    families_->in_progress.Set(static_cast<double>(http.requests_in_progress));
    families_->started.Set(gauges.since);
    const std::scoped_lock lock(families_->totals);
    raise(families_->accepted, http.connections_accepted);
    raise(families_->refused, http.connections_refused);
    raise(families_->handshakes_done, http.handshakes);
    raise(families_->handshakes_failed, http.handshakes_failed);
    raise(families_->handshakes_refused, http.handshakes_refused);
    raise(families_->shed, http.requests_shed);
}

void Metrics::set_smtp(const Gauges& gauges) {
    const SmtpReceiverCounts& smtp = gauges.smtp;
    families_->smtp_connections.Set(static_cast<double>(smtp.connections));
    const std::scoped_lock lock(families_->totals);
    raise(families_->smtp_accepted, smtp.connections_accepted);
    raise(families_->smtp_refused, smtp.connections_refused);
    raise(families_->smtp_violations, smtp.violations);
    raise(families_->smtp_timeouts, smtp.timeouts);
}

std::string Metrics::text(const Gauges& gauges) {
    families_->accounts.Set(gauges.accounts);
    families_->queued.Set(gauges.queued_recipients);
    families_->free_octets.Set(gauges.free_octets);
    families_->healthy.Set(gauges.store_healthy);
    families_->log_entries.Set(gauges.log_entries);
    families_->log_stalled.Set(gauges.log_stalled);
    families_->logs_contradicting.Set(gauges.logs_contradicting);
    families_->strangers_effort.Set(gauges.strangers_effort);
    families_->loaded.Set(gauges.loaded);
    families_->waiting.Set(gauges.waiting);
    set_http(gauges);
    set_smtp(gauges);
    return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace kith
