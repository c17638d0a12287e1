// What decides (protocol section 5): evidence goes in, a decision with its reasons comes out. A
// pure function: no clock, no store, no randomness. Whoever gathers the evidence has verified it:
// the stub's signatures, the MACs, the stamp, the vouch; and has read the ledgers (evidence.h).
// What the decision costs is part of it, as a list of debits, which the caller books in the same
// commit as the message.
//
// New kinds of evidence are further optional members of Evidence and further rows in the table of
// steps (decision_steps.cc).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "crypto/hash.h"
#include "identity/keystate.h"
#include "note/address.h"
#include "trust/credit.h"
#include "trust/smtp_evidence.h"
#include "trust/token.h"

namespace kith {

enum class Tier { unknown, known, well_trusted };
enum class GrantLevel { blocked, known, well_trusted };
std::string_view name_of(Tier tier);         ///< "well-trusted"
std::string_view name_of(GrantLevel level);  ///< "blocked"
Result<Tier> parse_tier(std::string_view text);
Result<GrantLevel> parse_grant_level(std::string_view text);

/// Who stands for somebody, and under which serial their server has booked it.
struct Introducer {
    Hash root;
    Address address;  ///< as the recipient knows them
    std::string serial;

    friend bool operator==(const Introducer&, const Introducer&) = default;
};

/// The recipient's own entry for the sender's root.
struct GrantEvidence {
    GrantLevel level = GrantLevel::known;
    bool verified = false;  ///< compared out of band
    Address address;        ///< as the recipient knows them
    /// What has become of it (grant_standing.h); or that it is of a mailing list, whose mail comes
    /// with its token or as a stranger's, and is metered by that token alone.
    enum class State { firm, introduced, dormant, suspended, list } state = State::firm;
    /// What of the sender's mail may still go unanswered (D); absent: not metered, as one's own.
    std::optional<Credit> mail = std::nullopt;
    Introducer introducer = {};  ///< with `introduced`
};

/// The recipient has another root pinned for the address that this stub comes from.
struct OtherRootEvidence {
    Hash pinned;
    GrantLevel level = GrantLevel::known;
    std::optional<Credit> mail = std::nullopt;  ///< D of the pinned grant, as above
};

/// Somebody whom the recipient knows stands for the sender.
struct WordEvidence {
    enum class Kind {
        vouch,         ///< given by the introducer's server for this stub
        introduction,  ///< written by the introducer to both
    };
    Kind kind = Kind::vouch;
    Introducer introducer;
    Credit introductions;  ///< what the introducer's word is still worth here (I)
};

/// The sender's letter introduces somebody else to the recipient.
struct LetterEvidence {
    Address address;  ///< of whom it introduces
    Hash root;
    Time until;
    enum class State { good, too_many } state = State::good;
};

/// What the sender's domain has left with this server (domain_credit.h).
struct DomainEvidence {
    Credit credit;
};

/// A token came with the stub.
struct TokenEvidence {
    enum class State {
        good,     ///< ours, for this account and sender, within its quota
        revoked,  ///< its owner took it back
        spent,    ///< used up for good
        busy,     ///< today's quota is used up
        expired,  ///< its time is over
        foreign,  ///< not made here, or bound to somebody else
    };
    TokenKind kind = TokenKind::card;
    State state = State::foreign;
    std::string id;     ///< hex; empty when it is not ours
    std::string label;  ///< what its owner called it
};

/// A stamp came with the stub, and was checked (trust/price.h).
struct StampEvidence {
    enum class State { good, low, stale, wrong };
    State state = State::wrong;
    std::uint64_t effort = 0;  ///< as declared
    std::uint64_t asked = 0;   ///< in the price note that it answers; 0: not known
};

/// A stranger's price is waived by a policy.
struct WaivedPrice {
    std::string why;  ///< ends the sentence "no stamp is asked: …"
};

struct Evidence {
    Address sender;
    Hash root;
    KeyState key;  ///< of the device that signed, at the time of arrival
    /// What the sender's domain says of the card could not be proven (no domain key known yet).
    enum class Chain { proven, unproven } chain = Chain::proven;
    std::optional<GrantEvidence> grant;
    std::optional<OtherRootEvidence> other_root;
    std::optional<TokenEvidence> token;  ///< a reply token, too
    std::optional<StampEvidence> stamp;
    std::optional<WordEvidence> word;
    std::optional<LetterEvidence> letter;
    std::optional<DomainEvidence> domain;
    std::optional<WaivedPrice> waived;
    /// It came by SMTP: then `root` is smtp_root(sender) or that of a contact with that address,
    /// and there is neither key nor chain.
    std::optional<SmtpEvidence> smtp;
    std::uint64_t price = 0;  ///< effort asked: in the note that the stamp answers, else now
    /// The recipient's card: `strangers` (protocol section 3).
    enum class Stamps { accepted, not_accepted } stamps = Stamps::accepted;
    enum class Words { accepted, not_accepted } words = Words::accepted;  ///< "introduction"
};

enum class Outcome {
    deliver,  ///< 201: the body crosses
    hold,     ///< 202: the stub is kept in Requests, the body stays with the sender
    price,    ///< 402: nothing is stored
    refuse,   ///< 403: with `refusal`
    drop,     ///< the sender gets the answer of `told`; nothing is stored
};
enum class Folder { none, inbox, requests };

/// Why a delivery is refused; the word is the problem type (protocol section 7.2).
enum class Refusal {
    refused,
    token_revoked,
    token_spent,
    token_foreign,
    smtp_challenge,  ///< by SMTP: a stranger, who is told where to solve a stamp
    smtp_disowned,   ///< by SMTP: the domain says that it is not its own
};
std::string_view name_of(Refusal refusal);

enum class ReasonCode {
    blocked,
    key_unproven,
    key_frozen,
    key_revoked,
    key_expired,
    key_unknown,
    key_disputed,
    contact,
    contact_verified,
    contact_introduced,
    contact_dormant,
    contact_suspended,
    contact_list,
    introduces,
    introduces_in_vain,
    many_unanswered,
    new_device,
    root_changed,
    reply_token,
    invite_token,
    newsletter_token,
    card_token,
    token_revoked,
    token_spent,
    token_busy,
    token_expired,
    token_foreign,
    introduced,
    vouched,
    introducer_spent,
    word_taken_back,
    domain_credit,
    price_waived,
    stamp,
    stamp_low,
    stamp_stale,
    stamp_wrong,
    stranger,
    strangers_not_heard,
    smtp_proven,
    smtp_unproven,
    smtp_doubted,
    smtp_refuted,
    smtp_enforced,
    smtp_step_down,
    smtp_stranger,
    smtp_challenged,
    smtp_filter_passed,
    smtp_filter_failed,
};
std::string_view name_of(ReasonCode code);  ///< "key-unproven"

/// One reason: what it is, a clause for people, and the figures behind it.
struct Reason {
    ReasonCode code = ReasonCode::stranger;
    std::string text;
    std::vector<std::pair<std::string, std::string>> data = {};  ///< names a-z and "-"

    /// Empty when there is no such figure.
    std::string_view figure(std::string_view name) const;

    friend bool operator==(const Reason&, const Reason&) = default;
};

/// One credit of one meter: what a decision costs.
struct Debit {
    enum class Meter {
        mail,           ///< D of the grant to `of`, a root as text
        introductions,  ///< I of the grant to `of`, the introducer's root
        domain,         ///< the credit of the domain `of`
        token,          ///< a use of the token, or reply token, with the id `of`
    };
    Meter meter = Meter::mail;
    std::string of;

    friend bool operator==(const Debit&, const Debit&) = default;
};
std::string_view name_of(Debit::Meter meter);

struct DecisionFlags {
    bool active_content_off = false;  ///< show neither links, images nor attachments unasked
    bool batched = false;             ///< no notification of its own
    bool root_changed = false;        ///< show a warning: not the person pinned for this address

    friend bool operator==(const DecisionFlags&, const DecisionFlags&) = default;
};

struct Decision {
    Outcome outcome = Outcome::price;
    /// What the sender is answered. It differs where the answer would tell too much: of somebody
    /// who is blocked, and of a vouch, the sender hears what a stranger with the same evidence
    /// hears.
    Outcome told = Outcome::price;
    Tier tier = Tier::unknown;
    Folder folder = Folder::none;
    DecisionFlags flags;
    std::vector<Reason> reasons;     ///< in the order in which they were found; never empty
    std::vector<Debit> debits;       ///< to book with the message, also for `drop`; often none
    std::string text;                ///< one sentence that says it all
    std::optional<Refusal> refusal;  ///< when `told` is refuse

    bool has(ReasonCode code) const { return reason(code) != nullptr; }
    /// nullptr when it is not among the reasons.
    const Reason* reason(ReasonCode code) const;
    friend bool operator==(const Decision&, const Decision&) = default;
};
std::string_view name_of(Outcome outcome);
std::string_view name_of(Folder folder);

/// The first step that matches decides; the reasons of the steps before it stay.
Decision decide(const Evidence& evidence);

/// A hint matched an introducer: would a vouch of theirs decide? Only then their server is asked,
/// last of all. `evidence`: all else that is known, `word` the vouch that might come.
bool would_decide(const WordEvidence& word, const Evidence& evidence);

/// For the store, the client API and people. JSON object, members as in docs/client-api.md.
std::string write_decision(const Decision& decision);
/// Errors: malformed, limit (64 KiB); `where` is "decision: MEMBER".
Result<Decision> parse_decision(std::string_view text);

}  // namespace kith
