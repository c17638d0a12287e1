#include "exchange/smtp_intake.h"

#include "exchange/smtp_intake_session.h"

namespace kith {

SmtpIntake::SmtpIntake(SmtpIntakeServices services, SmtpIntakeOptions options)
    : services_(std::move(services)),
      options_(std::move(options)),
      memory_(options_.spool_memory) {}

std::unique_ptr<SmtpReceiverHandler> SmtpIntake::make_handler() {
    return std::make_unique<SmtpIntakeSession>(services_, options_, memory_, keys_);
}

}  // namespace kith
