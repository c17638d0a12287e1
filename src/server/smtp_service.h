// Mail by SMTP as one part of the server: the ports, what is decided behind them, their limits.
#pragma once

#include <memory>

#include "exchange/smtp_intake.h"
#include "exchange/smtp_receiver.h"
#include "server/config.h"

namespace kith {

struct SmtpServiceParts {
    Store& store;
    WorkerPool& workers;
    IoThreads& threads;
    const Clock& clock;
    Random& random;
    const TokenMaker& tokens;
    Resolver& resolver;
    DeliveryMeter& meter;
    ChangeSink changed;
    std::function<void(const std::string&)> log;
    std::function<bool(const boost::asio::ip::address&)> shut_out;
};

/// What the parts refer to must outlive it.
class SmtpService {
  public:
    /// Binds and serves. Null where the configuration names no port. Errors: io (cannot bind).
    static Result<std::unique_ptr<SmtpService>> open(const Config& config,
                                                     SmtpServiceParts parts,
                                                     std::shared_ptr<TlsIdentity> identity);

    void adjust(const Config& to);
    SmtpReceiverCounts counts() const { return receiver_->counts(); }
    /// See SmtpReceiver::stop.
    bool stop(Milliseconds limit) { return receiver_->stop(limit); }

  private:
    SmtpService(const Config& config, SmtpServiceParts parts);

    SmtpInbound inbound_;
    SmtpIntake intake_;
    std::unique_ptr<SmtpReceiver> receiver_;
};

}  // namespace kith
