// When a device turns out to be revoked since a time T0, what came from it at or after T0 (by the
// clock of this server, when it came) is taken back (protocol section 3.6), from whoever has it:
// what nobody has read goes to Requests without its body, what was read stays where it is, as of an
// unknown sender, what waits in Requests says so, and what answers to it had earned is gone. So it
// is with what came because the person stood for its sender since T0.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "identity/chain.h"
#include "store/store.h"

namespace kith {

/// What became of one account here that knows the person, or has had mail of theirs.
struct TakenBack {
    AccountId account = 0;
    std::size_t messages = 0;
    ModSeq state = 0;  ///< the account's
};
/// What of an account changed then.
std::set<ObjectType> types_taken_back();

/// Once for each newest card; later calls with the same card do nothing. Within a write of the
/// store. Errors: those of the store.
Result<std::vector<TakenBack>> take_back(const Chain& chain, WriteTransaction& write, Time now);
/// To an account that makes the person a contact only now: what take_back() told the others lately.
/// Within a write of the store.
void tell_of_replaced_keys(const Chain& chain,
                           WriteTransaction& write,
                           AccountId account,
                           Time now);
/// Was take_back() done for this newest card?
bool is_taken_back(ReadTransaction& read, const Hash& root, const Hash& newest);

/// What a person is told of a contact whose key was replaced.
struct KeyReplaced {
    Time at;                   ///< when this server learned of it
    Time since;                ///< T0
    std::size_t messages = 0;  ///< taken back
};
/// Of the last 30 days, by the contact's root in hex.
std::map<std::string, KeyReplaced> keys_replaced(ReadTransaction& read,
                                                 AccountId account,
                                                 Time now);

/// Which of them are new.
std::vector<RevokedDevice> newly_revoked(std::span<const RevokedDevice> before,
                                         std::span<const RevokedDevice> after);
/// Since when somebody else may have acted in the person's name; nothing where none was
/// compromised.
std::optional<Time> thiefs_since(std::span<const RevokedDevice> devices);

/// Did this key sign a note that was verified when it came? By name and id of the signature lines:
/// no signature is verified again.
bool carries_signature(const SignedNote& note, const NamedKey& key);

}  // namespace kith
