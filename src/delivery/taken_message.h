// One message that is taken back (protocol section 3.6): it is as of an unknown sender from now on.
#pragma once

#include "store/store.h"
#include "trust/decision.h"

namespace kith {

/// It stands in the inbox for more than a stranger's. A stranger's request stays one.
bool was_heard(const MessageRecord& message);

/// `reason` and `text` become those of its decision. One that nobody has read loses its body, and
/// waits among the requests: its owner may still ask for the body. Whose body is on its way waits
/// for another word of the owner. Within a write of the store. Errors: those of the store.
Result<void> take_back_message(WriteTransaction& write,
                               AccountId account,
                               MessageRecord message,
                               Reason reason,
                               std::string text);

}  // namespace kith
