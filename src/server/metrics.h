// What Prometheus reads at /metrics. Every figure is made here once; the rest of the server counts
// into it. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "exchange/smtp_receiver.h"
#include "net/http_server.h"

namespace kith {

class Metrics {
  public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// kith_deliveries_total{direction,answer}: deliveries answered, and answers got.
    void delivery(std::string_view direction, int answer);
    /// kith_delivery_seconds{direction}: from the first octet to the answer.
    void delivery_seconds(std::string_view direction, double seconds);
    /// kith_http_requests_total{route,status}.
    void request(std::string_view route, int status);
    /// kith_http_request_seconds{route}: to the head of the answer.
    void request_seconds(std::string_view route, double seconds);
    /// kith_shed_total{reason}: turned away before it cost work, and why.
    void shed(std::string_view reason);
    /// kith_new_threads_total{event}: recipients "held" for a confirmation, "confirmed", "expired".
    void unconfirmed(std::string_view event, std::uint64_t recipients);
    /// kith_challenges_total{event}: a "report" of an account here; challenges "raised" and "met".
    void challenge(std::string_view event);
    /// kith_store_commits_total and kith_store_commit_seconds.
    void commit(double seconds);

    /// Figures that are looked up when somebody asks.
    struct Gauges {
        double accounts = 0;
        double queued_recipients = 0;
        double free_octets = 0;
        double store_healthy = 0;
        double since = 0;               ///< seconds of the epoch
        double strangers_effort = 0;    ///< asked now
        double loaded = 0;              ///< 1: unknown networks are asked for a cookie
        double waiting = 0;             ///< for a worker, in all classes
        double log_entries = 0;         ///< of our directory log
        double log_stalled = 0;         ///< 1: it lacks what others have seen
        double logs_contradicting = 0;  ///< other domains' logs that there is evidence against
        HttpServerCounts http;
        SmtpReceiverCounts smtp;  ///< all 0 where no mail is taken by SMTP
        std::size_t connections_out = 0;
    };
    /// The text of the exposition format.
    std::string text(const Gauges& gauges);

  private:
    void set_http(const Gauges& gauges);
    void set_smtp(const Gauges& gauges);
    struct Families;
    std::unique_ptr<Families> families_;
};

}  // namespace kith
