// The one corridor that incoming mail walks: parts of a delivery → evidence → decision → store, the
// decision and what it leads to in one durable commit. No sockets: `exchange` feeds it over HTTP,
// the queue feeds it directly for recipients of our own domain. Its steps are in inbound_reading,
// _proving, _gathering, _answering and _storing.cc, in this order; inbound.cc joins them.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/adjustable.h"
#include "crypto/random.h"
#include "delivery/brought_token.h"
#include "delivery/chain_cache.h"
#include "delivery/domain_quota.h"
#include "delivery/introductions.h"
#include "delivery/own_cards.h"
#include "delivery/regulars.h"
#include "identity/stub_check.h"
#include "protocol/delivery_body.h"
#include "protocol/held_answer.h"
#include "protocol/problem.h"
#include "store/store.h"
#include "trust/decision.h"
#include "trust/grant_ledger.h"
#include "trust/price.h"
#include "trust/token.h"

namespace kith {

/// A delivery whose form is good; nothing in it is believed yet.
struct Candidate {
    DeliveryParts parts;
    SignedNote note;
    Stub stub;
    Hash hash;  ///< of the stub's text
    std::vector<SignedCard> cards;
    std::optional<BatchEvidence> batch;
    std::optional<IntroductionPart> introduction;

    /// Signatures that verified with this card and these keys: they need not be verified again.
    struct Proven {
        Hash card;
        std::vector<PublicKey> domain_keys;
        CheckedStub stub;
    };
    std::optional<Proven> proven;
    /// Found by preview(): its sender was not told before what becomes of it.
    bool first = false;
    /// For commit_vouched(): who has stood for the sender.
    std::optional<Introducer> vouched = std::nullopt;

    /// Was the card seen in its domain's directory log (protocol section 10.4)? Set by who asks.
    enum class Listing { proven, unproven } listing = Listing::proven;

    const std::string& sender_domain() const { return stub.from.domain(); }
    /// Is it that stub? Mostly to the octet; the signatures may be others.
    bool is_stub_of(const std::string& octets) const;
};

/// What a delivery came to.
struct Verdict {
    enum class Answer { deliver, hold, problem };
    Answer answer = Answer::problem;
    ProblemDetails problem;  ///< with Answer::problem
    HeldAnswer held;         ///< with Answer::hold
    /// Whether the body must still come: not when it is here already, or is not wanted.
    enum class Body { not_wanted, here, wanted } body = Body::not_wanted;
    /// Of commit(): its sender is told for the first time that it was taken.
    bool taken = false;
    std::uint64_t paid = 0;  ///< with `taken`: effort of the stamp that it came in for
    /// Of commit(): whose mailbox it went to, as what; 0 when nothing was stored, though it be
    /// `taken`.
    AccountId account = 0;
    MessageTier tier = MessageTier::unknown;

    int status() const;
};

/// The body, once it has come: in memory, or on disk through LargeBlobWriter.
struct ArrivedBody {
    Bytes octets;  ///< small
    bool on_disk = false;
};

struct InboundOptions {
    std::string domain;
    Adjustable<std::uint64_t> most_blob_octets = 50ULL << 20;
    Adjustable<std::uint64_t> quota_octets = 10ULL << 30;
    Adjustable<std::int64_t> requests_a_day = 200;
    /// Of each other domain (domain_quota.h).
    Adjustable<std::uint64_t> deliveries_at_first = DomainAllowance().at_first;
    Adjustable<std::uint64_t> deliveries_times_usual = DomainAllowance().times;
    Adjustable<std::uint64_t> deliveries_per_domain_hour = DomainAllowance().most;
    Adjustable<Seconds> keep_requests = Seconds(14 * 86'400);
    /// Does a domain's credit stand for a stamp? (protocol section 5.8)
    enum class DomainCredit { unused, used };
    Adjustable<DomainCredit> domain_credit = DomainCredit::unused;
};

/// A stub's sender, as who brings its token.
inline TokenBearer bearer_of(const Stub& stub) {
    return {.from = stub.from, .root = stub.root, .card = stub.card};
}

/// Where the store keeps how the price of strangers stands (StrangerPrice::restore).
inline constexpr const char* kStrangerPriceKey = "stranger-price";

/// Thread-safe; what it refers to must outlive it.
class Inbound {
  public:
    Inbound(InboundOptions options,
            const TokenMaker& tokens,
            StrangerPrice& price,
            const SigningKey& domain_key)
        : options_(std::move(options)), tokens_(tokens), price_(price), domain_key_(domain_key) {}

    /// Other limits from here on; the domain stays.
    void set_limits(const InboundOptions& options);

    /// Form, size and times. Errors as a problem, ready to be answered.
    std::variant<Candidate, ProblemDetails> read(DeliveryParts parts, Time now) const;

    /// What a candidate brings that its sender cannot have made up: told without a signature and
    /// without the store, for whom to serve first.
    enum class Backing { none, stamp, token };
    Backing backing_of(const Candidate& candidate, Time now) const;
    /// Its domain has sent enough in this hour.
    bool is_over_quota(const Candidate& candidate, Time now);
    /// The sender's domain countersigned it: then its sender is worth asking that domain about.
    bool is_countersigned(const Candidate& candidate, std::span<const PublicKey> domain_keys);

    /// What would be answered now: so that the server can answer before the body crosses. Remembers
    /// in the candidate what was proven.
    Verdict preview(Candidate& candidate,
                    std::span<const PublicKey> domain_keys,
                    ReadTransaction& read,
                    Time now);

    /// After the answer, which does not wait for this (protocol section 5.3): which contact's tag
    /// came along whose vouch would let it in, if their server gives one.
    std::optional<Introducer> find_hinted(const Candidate& candidate,
                                          std::span<const PublicKey> domain_keys,
                                          ReadTransaction& read,
                                          Time now);

    /// For a sender whose last message to this account was taken: proves the signatures out of what
    /// is remembered, without asking the store, so that commit() may follow at once. False where
    /// anything is not remembered or does not prove: preview() finds out what. Costs one signature.
    bool recognise(Candidate& candidate, std::span<const PublicKey> domain_keys);

    /// Decides again and stores; to be called within a write of the store. The answer may be given
    /// once that write is acknowledged. `body` null: none came.
    Result<Verdict> commit(const Candidate& candidate,
                           std::span<const PublicKey> domain_keys,
                           WriteTransaction& write,
                           const ArrivedBody* body,
                           Time now);

    /// The same for a stranger's message for which a contact's server has given a vouch meanwhile
    /// (`vouched`): stores it as known, in the place of the request that it may be by now. Nothing,
    /// and the verdict has no account, where the word does not decide (any more).
    Result<Verdict> commit_vouched(const Candidate& candidate,
                                   std::span<const PublicKey> domain_keys,
                                   WriteTransaction& write,
                                   const ArrivedBody& body,
                                   Time now);

    /// Counts what commit() has taken, once it is acknowledged, towards the price of strangers;
    /// and remembers whether its sender may come by recognise() the next time.
    void count_taken(const Candidate& candidate, const Verdict& verdict, Time now);

    /// Whether a small body is the one that the stub names: before commit(), off the writer thread.
    static std::optional<ProblemDetails> check_body(const Candidate& candidate, ByteView octets);

    /// The note that says what a stranger's stamp costs now, signed.
    std::string price_note(Time now) const;

  private:
    /// The ledger that meters a message: of the sender's grant, or of the one pinned in their
    /// place.
    struct Metered {
        Hash root;
        GrantLedger ledger;
    };
    /// Everything that was found out about a candidate.
    struct Judged {
        std::optional<ProblemDetails> problem;
        std::optional<KnownStub> known;  ///< it is here already
        std::optional<PastStub> past;  ///< its sender was told so: it was here, or nothing was kept
        bool untold = false;           ///< it is or was here, on a vouch; told as if it were not
        bool blocked = false;          ///< told as if the sender were not; nothing is kept
        AccountRecord account;
        std::shared_ptr<const Chain> chain;
        std::optional<Candidate::Proven> proven;
        Evidence evidence;
        std::optional<Metered> metered;
        std::optional<Metered> word;  ///< of whoever stands for the sender
        std::optional<BroughtToken> token;
        Decision decision;
    };

    Judged judge(const Candidate& candidate,
                 std::span<const PublicKey> domain_keys,
                 ReadTransaction& read,
                 Time now);
    Judged prove_ends(const Candidate& candidate,
                      std::span<const PublicKey> domain_keys,
                      ReadTransaction& read,
                      Time now);
    static void look_up(const Candidate& candidate, ReadTransaction& read, Judged& judged);
    std::optional<ProblemDetails> prove(const Candidate& candidate,
                                        const SignedCard& card,
                                        std::span<const PublicKey> domain_keys,
                                        Judged& judged);
    std::optional<ProblemDetails> check_signatures(const Candidate& candidate,
                                                   std::span<const PublicKey> domain_keys,
                                                   ReadTransaction& read,
                                                   Time now,
                                                   Judged& judged);
    std::optional<ProblemDetails> check_moved(const AccountRecord& account, ReadTransaction& read);
    void gather(const Candidate& candidate, ReadTransaction& read, Time now, Judged& judged);
    static void look_for_others(const Candidate& candidate,
                                ReadTransaction& read,
                                Time now,
                                Judged& judged);
    static void gather_word(const Candidate& candidate,
                            ReadTransaction& read,
                            Time now,
                            Judged& judged);
    Verdict verdict_of(const Candidate& candidate,
                       const Judged& judged,
                       ReadTransaction& read,
                       Time now) const;
    /// What the sender is told of a stub that is held, or would be.
    HeldAnswer held_answer(Time expires, HeldAnswer::Shown shown, Time now) const;
    Result<void> look_at_held(const Candidate& candidate,
                              Judged& judged,
                              WriteTransaction& write,
                              Time now);
    Time kept_until(const Stub& stub, Time now) const;
    Result<void> keep(const Candidate& candidate,
                      const Judged& judged,
                      const Verdict& verdict,
                      WriteTransaction& write,
                      const ArrivedBody* body,
                      Time now);
    Result<void> keep_or_pass_over(const Candidate& candidate,
                                   const Judged& judged,
                                   const Verdict& verdict,
                                   WriteTransaction& write,
                                   const ArrivedBody* body,
                                   Time now);
    Result<void> store(const Candidate& candidate,
                       const Judged& judged,
                       const Verdict& verdict,
                       WriteTransaction& write,
                       Time now) const;
    static void pass_over(const Candidate& candidate,
                          const Judged& judged,
                          const Verdict& verdict,
                          WriteTransaction& write,
                          Time now);
    void count_what_came(const Candidate& candidate,
                         const Judged& judged,
                         const Verdict& verdict,
                         WriteTransaction& write,
                         Time now);
    void count_for_domain(const Candidate& candidate, WriteTransaction& write, Time now);
    Result<void> debit(const Candidate& candidate,
                       const Judged& judged,
                       WriteTransaction& write,
                       Time now) const;
    static Result<void> debit_grant(const Debit& debit,
                                    const Judged& judged,
                                    WriteTransaction& write,
                                    Time now);
    Result<void> store_chain(const Chain& chain, WriteTransaction& write, Time now) const;

    InboundOptions options_;
    const TokenMaker& tokens_;
    StrangerPrice& price_;
    const SigningKey& domain_key_;
    DomainQuota quota_;
    ChainCache chains_;
    VerifiedNotes verified_;
    Regulars regulars_;
    void note_stored(const Chain& chain, ReadTransaction& read);
    bool is_known_stored(const Hash& newest) const;

    mutable std::mutex stored_mutex_;
    std::set<Hash> stored_;  ///< newest cards of chains that the store has whole, durably
    mutable std::mutex note_mutex_;
    mutable std::string note_text_;  ///< of the price note that was signed last
    mutable std::string note_;
    OwnCards own_cards_;
};

}  // namespace kith
