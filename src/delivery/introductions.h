// Introductions (protocol section 5.4): somebody writes one letter to two people and stands for
// each towards the other. The letter brings the note; at its recipient's server it lets in the one
// who is introduced, on the introducer's meter; at the introducer's server it costs two vouches.
#pragma once

#include <optional>
#include <span>

#include "identity/stub_check.h"
#include "note/introduction.h"
#include "store/store.h"
#include "trust/decision.h"
#include "trust/grant_ledger.h"

namespace kith {

/// Of one introducer at one recipient, good at the same time.
inline constexpr std::int64_t kMostIntroductions = 16;

/// The part `introduction` of a delivery.
struct IntroductionPart {
    SignedNote note;
    Introduction fields;
};
/// Form and times. Errors: malformed, limit, future, expired; `where` is "introduction: FIELD".
Result<IntroductionPart> parse_introduction_part(std::string_view octets, Time now);
/// Is it its bringer's: of the same person and card as the stub, signed by the same device, and
/// countersigned by the domain? Errors: untrusted, bad_signature.
Result<void> check_introduction(const IntroductionPart& part,
                                const Stub& stub,
                                const NamedKey& device,
                                std::span<const PublicKey> domain_keys);

// --- at the recipient's server -------------------------------------------------------------------

/// What a letter says to this account. Errors: malformed (it introduces two others).
Result<LetterEvidence> letter_for(const IntroductionPart& part,
                                  const AccountRecord& account,
                                  ReadTransaction& read,
                                  Time now);
/// Within the write that stores the letter. `device`: of the introducer, which signed both.
void keep_introduction(const IntroductionPart& part,
                       const std::string& device,
                       const AccountRecord& account,
                       WriteTransaction& write,
                       Time now);

/// Whose word lets `subject` in, and the introducer's ledger, which it is metered by.
struct HeardWord {
    WordEvidence evidence;
    GrantLedger ledger;
};
/// Of several the one whose word is worth most.
std::optional<HeardWord> word_for(const Hash& subject,
                                  AccountId account,
                                  ReadTransaction& read,
                                  Time now);
/// Who introduced a contact that is no more than introduced.
Introducer introducer_of(const Hash& subject, AccountId account, ReadTransaction& read);
/// Something came on the word: `subject` is known from here on, for as long as the introduction is
/// good. Within the write that stores the message.
void use_introduction(
    const Stub& stub, const Hash& introducer, AccountId account, WriteTransaction& write, Time now);

// --- at the introducer's server ------------------------------------------------------------------

/// Debits V of both grants and remembers what was given. Within a write. Errors: not_found (`where`
/// is the address: no contact under that root), limit (`where` is the address: one has stood for
/// them as often as one may for now).
Result<void> stand_for_both(const Introduction& introduction,
                            AccountId account,
                            WriteTransaction& write,
                            Time now);

}  // namespace kith
