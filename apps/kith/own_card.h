// The person's own next card: published by one device, by two (the first leaves a draft at the
// server), or with the recovery phrase.
#pragma once

#include "crypto/mnemonic.h"
#include "identity/card_builder.h"
#include "kith/person.h"

namespace kith {

/// Signs, holds it against the chain rules, and publishes. Gives oneself as known then.
/// Errors: untrusted (the rules want more signatures), the server's.
Result<KnownPerson> publish_card(Person& person,
                                 const KnownPerson& own,
                                 const Card& next,
                                 const CardSigner& signer);
/// The same with the recovery phrase: reveals the key that is due, and commits to its next one.
/// Errors: untrusted (another phrase).
Result<KnownPerson> publish_with_phrase(Person& person,
                                        const KnownPerson& own,
                                        CardBuilder next,
                                        const Mnemonic& phrase);

enum class Came { published, waits };  ///< waits: as a draft, for another device
/// By this device alone where that is enough; else as a draft, where another device could make up
/// the rest. Errors: denied (no other device could: what is needed instead).
Result<Came> publish_or_draft(Person& person, const KnownPerson& own, const Card& next);

/// Always as a draft: what two devices have signed shows that it is the person. Errors: as above.
Result<void> leave_draft(Person& person, const KnownPerson& own, const Card& next);

/// A draft that waits, held against the chain.
struct CardDraft {
    std::string id;
    std::string by;  ///< the device that made it
    SignedCard card;
    std::string expires;
};
/// Errors: not_found (none waits); untrusted (it is none of a card here).
Result<CardDraft> waiting_draft(Person& person, const KnownPerson& own);
/// With this device's signature. Errors: untrusted (the rules want more), the server's.
Result<CardChange> publish_draft(Person& person, const KnownPerson& own, CardDraft draft);
Result<void> drop_draft(Person& person, const CardDraft& draft);

/// What a next card does, a clause each: "removes phone (lost)", "thaws the account".
std::vector<std::string> clauses_of(const Card& before, const Card& after);
std::string joined_clauses(const Card& before, const Card& after);

}  // namespace kith
