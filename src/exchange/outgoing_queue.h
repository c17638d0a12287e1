// The runner of the outgoing queue: takes what is due from the store, carries it to the recipients'
// servers (or, for our own domain, straight to the inbound corridor), and writes down what was
// answered. A row leaves the queue only with a final answer; whatever happens to the process in
// between, it is sent again, and is one message for the receiver.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <set>

#include "base/adjustable.h"
#include "delivery/inbound.h"
#include "delivery/outgoing.h"
#include "exchange/delivery_meter.h"
#include "exchange/outgoing_mail.h"
#include "exchange/peer_directory.h"
#include "exchange/peer_logs.h"
#include "exchange/ports.h"
#include "exchange/vouch_pull.h"
#include "net/task_group.h"
#include "net/worker_pool.h"

namespace kith {

struct OutgoingServices {
    MailRoom room;
    WorkerPool& workers;
    const Clock& clock;
    Inbound& inbound;
    PeerDirectory& peers;
    HttpClient& client;
    DeliveryMeter& meter;
    ChangeSink changed;
    PeerLogs& logs;
    VouchPull& vouches;
};

struct OutgoingOptions {
    Adjustable<std::size_t> in_flight = 256;  ///< deliveries under way at once
    Adjustable<std::size_t> per_domain = 64;  ///< of them to one domain
    Adjustable<Milliseconds> request_timeout = Milliseconds(60'000);
};

/// Lives on its executor; notify() and forget_failures() may be called from any thread.
class OutgoingQueue final : public Outbox {
  public:
    OutgoingQueue(Executor home, OutgoingServices services, OutgoingOptions options);

    /// Begins; what was being sent when the process ended is due again.
    void start();
    void notify() override;
    /// For what is taken from here on. Any thread.
    void set_options(const OutgoingOptions& options) { options_ = options; }
    /// Servers that were away are tried at once again.
    void forget_failures();
    /// No more is taken; what is under way is waited for, then cancelled. On the executor.
    awaitable<void> stop(Milliseconds limit);

  private:
    using Rows = std::vector<RecipientRecord>;
    using Moment = std::chrono::steady_clock::time_point;
    /// A server that did not answer is left alone for a while, and so are its rows.
    struct Failing {
        std::int64_t failures = 0;
        Time until;
    };

    awaitable<void> run();
    awaitable<Result<Rows>> take();
    awaitable<void> wait_for_work(Milliseconds least);
    awaitable<void> look_at_clock();
    void send_out(Rows rows);
    awaitable<void> send_group(std::string domain, Rows rows);
    awaitable<void> send_prepared(std::string domain, OutgoingBatch batch);
    awaitable<void> deliver(OutgoingMail mail, PeerPtr peer);
    awaitable<void> deliver_here(OutgoingMail mail);
    std::vector<std::string> news_for(const std::string& domain, const OutgoingMail& mail);
    void note_told(const std::string& domain, const OutgoingMail& mail);
    awaitable<Attempt> attempt(const OutgoingMail* mail, const Peer* peer, Attempt sent);
    awaitable<Attempt> attempt_here(const OutgoingMail* mail);
    awaitable<void> finish(RecipientRecord row, Attempt attempt, Moment began);
    awaitable<void> put_back(Rows rows, Time until);
    awaitable<void> write_rows(Rows rows);
    void note_health(const std::string& domain, const Attempt& attempt, Moment began);
    void keep_cookie(const std::string& domain, const HttpHeaders& headers);
    void report(const OutgoingMail& mail, const Attempt& attempt, double seconds);
    void one_less(const std::string& domain);

    Executor home_;
    const OutgoingServices services_;
    OutgoingOptions options_;
    TaskGroup tasks_;
    boost::asio::steady_timer wake_;
    bool woken_ = false;
    bool stopping_ = false;
    bool waits_for_room_ = false;
    std::string last_domain_;
    std::size_t active_ = 0;
    std::map<std::string, std::size_t> active_of_;
    std::map<std::string, Failing> failing_;
    /// What failed, but began before somebody asked for another try, is tried again at once.
    Moment retry_asked_;
    /// Who has seen which card, and which checkpoint (by its hash): it need not travel again.
    std::set<std::pair<std::string, Hash>> told_;
    std::map<std::string, std::string> cookies_;  ///< by domain (protocol section 7.7)
    Time last_look_;
    std::chrono::steady_clock::time_point last_steady_;
};

}  // namespace kith
