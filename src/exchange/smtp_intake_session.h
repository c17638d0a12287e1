// One connection of another mail server, as smtp_intake.h decides about it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "exchange/letter_sealing.h"
#include "exchange/smtp_intake.h"
#include "exchange/smtp_letter_judging.h"
#include "mailauth/authentication.h"

namespace kith {

class SmtpIntakeSession final : public SmtpReceiverHandler {
  public:
    SmtpIntakeSession(const SmtpIntakeServices& services,
                      const SmtpIntakeOptions& options,
                      SpoolMemory& memory,
                      mailauth::KnownKeys& keys)
        : services_(services), options_(options), memory_(memory), keys_(keys) {}

    awaitable<SmtpAnswer> on_connect(SmtpPeer peer) override;
    awaitable<SmtpAnswer> on_helo(smtp::Hello hello, SmtpTls tls) override;
    awaitable<SmtpAnswer> on_auth(SmtpLogin login) override;
    awaitable<SmtpAnswer> on_mail(smtp::Mailbox from, smtp::MailParameters parameters) override;
    awaitable<SmtpAnswer> on_rcpt(smtp::Mailbox to, smtp::RcptParameters parameters) override;
    awaitable<SmtpAnswer> on_data_begin() override;
    awaitable<void> on_data_piece(Bytes piece) override;
    awaitable<SmtpAnswer> on_data_end() override;
    void on_reset() override { transaction_.reset(); }

  private:
    /// From MAIL to the end of the text.
    struct Transaction {
        smtp::Mailbox from;
        std::vector<SmtpRecipient> recipients;
        std::chrono::steady_clock::time_point began;
        // From DATA on:
        std::unique_ptr<LetterSpool> spool;
        std::optional<mailauth::Authentication> authentication;
        Sha256 fingerprint;
        std::optional<SmtpAnswer> refusal;  ///< found while the text was coming
        // When it is complete:
        SmtpLetter letter;
        LetterParts parts;
    };
    struct Committed {
        std::vector<std::pair<AccountId, ModSeq>> changed;
        MessageTier tier = MessageTier::unknown;
    };

    awaitable<SmtpAnswer> take_letter(Transaction* transaction);
    awaitable<DomainMode> mode_of(std::string domain);
    awaitable<std::optional<SmtpAnswer>> judge(Transaction* transaction);
    awaitable<SmtpAnswer> store(Transaction* transaction);
    Result<SealedLetter> seal(Transaction& transaction) const;
    Result<Committed> commit(const Transaction& transaction,
                             const std::vector<std::string>& keys,
                             WriteTransaction& write) const;
    SmtpAnswer refusal_of(const SmtpVerdict& verdict) const;
    std::string trace_fields(const Transaction& transaction) const;
    void report(const Transaction& transaction, const SmtpAnswer& answer) const;

    SmtpIntakeServices services_;
    const SmtpIntakeOptions& options_;
    SpoolMemory& memory_;
    mailauth::KnownKeys& keys_;
    SmtpPeer peer_;
    std::string helo_;
    SmtpTls tls_;
    std::unique_ptr<Transaction> transaction_;
    mutable MessageTier taken_as_ = MessageTier::unknown;
};

}  // namespace kith
