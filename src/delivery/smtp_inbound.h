// The corridor for a letter that came by SMTP: the same evidence, the same decision, the same
// commit as inbound.h, with what SMTP can prove (trust/smtp_evidence.h). The letter is sealed to
// the account's devices before it comes here. No sockets, no dialogue: `exchange` has those.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/adjustable.h"
#include "delivery/brought_token.h"
#include "delivery/own_cards.h"
#include "store/store.h"
#include "trust/decision.h"

namespace kith {

/// What becomes of strangers who write by SMTP.
enum class SmtpStrangers {
    hold,       ///< in Requests, so many a day
    challenge,  ///< refused, with the address of a page where a stamp is solved
    filter,     ///< a spam filter is asked; while it is away: hold
    refuse,     ///< not heard
};
std::string_view name_of(SmtpStrangers strangers);  ///< "hold"
Result<SmtpStrangers> parse_smtp_strangers(std::string_view text);

/// The account's own choice; nothing: the server's holds.
std::optional<SmtpStrangers> chosen_strangers(ReadTransaction& read, AccountId account);
void choose_strangers(WriteTransaction& write,
                      AccountId account,
                      std::optional<SmtpStrangers> choice);

/// Somebody here whom a letter may go to.
struct SmtpRecipient {
    AccountId account = 0;
    Address address;
    std::string sub;  ///< the sub-address, in which a token may stand; empty: none
    std::vector<AgeRecipient> devices;
    SmtpStrangers strangers = SmtpStrangers::hold;
    /// A stranger's letter may be refused for this one while another recipient would have it; as
    /// there is one answer to a letter, this one must be its only recipient.
    enum class Company { any, none } company = Company::any;
};

/// Why there is nobody.
struct NoSmtpRecipient {
    enum class Why { unknown, disabled, moved, full } why = Why::unknown;
    std::optional<Address> moved;
};

/// A letter as a whole, with what was found out about it.
struct SmtpLetter {
    Address from;  ///< of its From field
    SmtpEvidence::Proof proof = SmtpEvidence::Proof::unproven;
    std::string shown;  ///< SmtpEvidence::shown
    enum class Filter { not_asked, away, passed, unsure, failed } filter = Filter::not_asked;
    std::string id;       ///< 32 hex digits of its contents: the same again is the same letter
    std::string answers;  ///< the stub id of a message of ours that it answers, or empty
    Time sent_at;
    std::uint64_t size = 0;  ///< sealed
    Hash blob;
    const Bytes* octets = nullptr;  ///< the sealed payload; null: brought to disk as a large blob
    Bytes preview;                  ///< sealed
};

/// What a letter came to, for one recipient.
struct SmtpVerdict {
    enum class Answer {
        taken,   ///< and durable, once the write is acknowledged; or it was here already
        refuse,  ///< for good, for `refusal`
        later,   ///< too much today
    };
    Answer answer = Answer::refuse;
    std::optional<Refusal> refusal;
    std::string text;  ///< one sentence: what the decision says
    bool stranger = false;
    /// Of commit(): 0 when nothing was stored.
    AccountId account = 0;
    MessageTier tier = MessageTier::unknown;
};

struct SmtpInboundOptions {
    std::string domain;
    Adjustable<std::uint64_t> quota_octets = 10ULL << 30;
    Adjustable<std::int64_t> requests_a_day = 200;
    Adjustable<Seconds> keep_requests = Seconds(14 * 86'400);
    Adjustable<SmtpStrangers> strangers = SmtpStrangers::hold;
};

/// Thread-safe; `tokens` must outlive it.
class SmtpInbound {
  public:
    SmtpInbound(SmtpInboundOptions options, const TokenMaker& tokens)
        : options_(std::move(options)), tokens_(tokens) {}

    void set_limits(const SmtpInboundOptions& options);
    const std::string& domain() const { return options_.domain; }

    /// For RCPT TO. `target` is of our domain.
    std::variant<SmtpRecipient, NoSmtpRecipient> find(const Target& target,
                                                      ReadTransaction& read,
                                                      Time now);

    /// What would be answered: so that what is refused is not sealed, and the filter asked only
    /// about strangers.
    SmtpVerdict preview(const SmtpLetter& letter,
                        const SmtpRecipient& recipient,
                        ReadTransaction& read,
                        Time now) const;

    /// Decides again and stores, within a write. `keys`: the age header for the recipient's
    /// devices. The answer may be given once that write is acknowledged.
    Result<SmtpVerdict> commit(const SmtpLetter& letter,
                               const SmtpRecipient& recipient,
                               const std::string& keys,
                               WriteTransaction& write,
                               Time now) const;

  private:
    struct Judged {
        Evidence evidence;
        Decision decision;
        std::optional<GrantRecord> grant;
        std::optional<BroughtToken> token;
    };
    Judged judge(const SmtpLetter& letter,
                 const SmtpRecipient& recipient,
                 ReadTransaction& read,
                 Time now) const;
    void gather_grant(const SmtpRecipient& recipient,
                      ReadTransaction& read,
                      Time now,
                      Judged& judged) const;
    SmtpVerdict verdict_of(const Judged& judged,
                           const SmtpRecipient& recipient,
                           ReadTransaction& read,
                           Time now) const;
    void debit(const Judged& judged,
               const SmtpRecipient& recipient,
               WriteTransaction& write,
               Time now) const;
    Result<void> store(const SmtpLetter& letter,
                       const SmtpRecipient& recipient,
                       const std::string& keys,
                       const Judged& judged,
                       WriteTransaction& write,
                       Time now) const;

    SmtpInboundOptions options_;
    const TokenMaker& tokens_;
    OwnCards cards_;
};

}  // namespace kith
