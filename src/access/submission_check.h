// Whether a message may be sent as it was handed in: every recipient's stub against the account's
// card and the message (docs/client-api.md section 4). Signatures are checked here, before the
// write, on a worker thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access/method.h"
#include "access/properties.h"
#include "delivery/introductions.h"
#include "note/stub.h"

namespace kith {

/// One recipient, read and with a good signature.
struct EnvelopeRecipient {
    Target to;
    Stub stub;
    std::string note;  ///< the stub as the device signed it
    std::string token;
    std::string stamp;
    RecipientRecord::Copy copy = RecipientRecord::Copy::open;
    std::string introduction;  ///< the note as the device signed it; empty: none
};

struct Envelope {
    std::vector<EnvelopeRecipient> recipients;
    Hash card;                                                    ///< that all stubs name
    std::optional<IntroductionPart> introduction = std::nullopt;  ///< of the two recipients
};

/// What an account's stubs are held against.
struct SenderState {
    Address address;
    Hash root;
    Hash card;  ///< the newest
    std::shared_ptr<const Chain> chain;
    Time now;
};
/// Errors: forbiddenToSend when the account is frozen, disputed, disabled, or its card expired.
OrSetError<SenderState> sender_state(ReadTransaction& store, const MethodCall& call);

/// The envelope of a create: form, and each stub by itself.
/// Errors: invalidProperties naming the recipient, tooManyRecipients.
OrSetError<Envelope> read_envelope(const json::object& create,
                                   const SenderState& sender,
                                   std::size_t most_recipients);

/// Does every stub speak of this message? Errors: invalidProperties naming the recipient.
OrSetError<void> check_message(const Envelope& envelope, const MessageRecord& message);

}  // namespace kith
