// Live vouches (protocol section 5.3): somebody writes to a stranger, and a contact of both stands
// for them without anybody's contacts being shown. Three servers have a part in it: the sender's
// brings tags, the recipient's looks whether one is of a contact of its own and asks that contact's
// server, which answers with a vouch. The sender learns nothing of it.
#pragma once

#include <optional>
#include <string>

#include "note/ask.h"
#include "note/stub.h"
#include "note/vouch.h"
#include "store/store.h"
#include "trust/decision.h"
#include "trust/hint_keys.h"

namespace kith {

// --- the keys, at the servers of an introducer's contacts ----------------------------------------

/// Keeps what came with a contact's mail. `text`: the part `introducer`, which parses.
void keep_weekly_keys(WriteTransaction& write,
                      AccountId account,
                      const Hash& introducer,
                      const std::string& text);

// --- at the sender's server ----------------------------------------------------------------------

/// May the recipient use the sender's introducer key? Contacts of the sender's own choice may.
bool is_firm_contact(ReadTransaction& read,
                     AccountId account,
                     const std::string& address,
                     Time now);
/// A mailing list that the account joined, which uses nobody's key and asks for no vouch.
bool is_joined_list(ReadTransaction& read, AccountId account, const std::string& address);
/// The part `hints` of a first contact, whether the account holds any key or none.
Result<Bytes> hints_of(ReadTransaction& read, AccountId account, const Stub& stub, Random& random);
/// The ask that goes with it; the domain signs it.
Ask ask_of(const Stub& stub);

// --- at the recipient's server -------------------------------------------------------------------

/// Which contact's tag is there whose vouch would decide; of several the one whose word is worth
/// most. As much work whatever is found. Requires: hints that check_hints takes.
std::optional<Introducer> find_introducer(ReadTransaction& read,
                                          AccountId account,
                                          const Stub& stub,
                                          ByteView hints,
                                          const Evidence& evidence,
                                          Time now);

// --- at the introducer's server ------------------------------------------------------------------

/// What is asked of it, the ask's signature checked.
struct VouchRequest {
    Ask ask;
    Hash introducer;  ///< root
    Hash recipient;   ///< commitment
};
/// Debits V of the grant introducer→sender, once for an ask and commitment, however often they
/// come. Errors: not_found, for whatever reason there is none.
Result<Vouch> give_vouch(const VouchRequest& request,
                         const std::string& domain,
                         WriteTransaction& write,
                         Time now);

}  // namespace kith
