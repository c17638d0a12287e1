// Mail that other servers bring by SMTP (protocol section 12): who it is for, who it is from, what
// becomes of it; stored before it is accepted. The dialogue is smtp_receiver.h's, the decision
// delivery/smtp_inbound.h's. Nothing is ever bounced: every refusal is said in the session.
#pragma once

#include <memory>
#include <string>

#include "crypto/random.h"
#include "delivery/smtp_inbound.h"
#include "exchange/delivery_meter.h"
#include "exchange/letter_spool.h"
#include "exchange/smtp_receiver_handler.h"
#include "mailauth/known_keys.h"
#include "net/resolver.h"
#include "net/worker_pool.h"

namespace kith {

struct SmtpIntakeOptions {
    std::string host_name;     ///< ours: in Received and Authentication-Results
    std::string spool_folder;  ///< for letters that are too large for memory
    std::size_t spool_memory = std::size_t{64} << 20;
};

struct SmtpIntakeServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    Random& random;
    SmtpInbound& inbound;
    Resolver& resolver;
    DeliveryMeter& meter;
    ChangeSink changed;
};

/// Thread-safe; what the services refer to must outlive it, and it its handlers.
class SmtpIntake {
  public:
    SmtpIntake(SmtpIntakeServices services, SmtpIntakeOptions options);
    SmtpIntake(const SmtpIntake&) = delete;
    SmtpIntake& operator=(const SmtpIntake&) = delete;

    /// For one connection of another server.
    std::unique_ptr<SmtpReceiverHandler> make_handler();

  private:
    SmtpIntakeServices services_;
    SmtpIntakeOptions options_;
    SpoolMemory memory_;
    mailauth::KnownKeys keys_;
};

}  // namespace kith
