// From a message to what leaves: the payload sealed once, a stub for each recipient with a header
// for their devices alone, the Sent copy's own header (protocol section 4). Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/age_stream.h"
#include "identity/chain.h"
#include "kith/keys.h"
#include "note/stub.h"

namespace kith {

inline constexpr Seconds kStubLife = std::chrono::days{30};

struct SealedMessage {
    FileKey key;
    Bytes payload;
    Hash blob;
    std::uint64_t size = 0;  ///< of the payload
    Bytes preview;           ///< sealed
};

/// `preview`: as make_preview gives it.
SealedMessage seal_message(std::string_view message, std::string_view preview, Random& random);

struct Sender {
    Address address;
    std::string device;
    const SigningKey& key;
    Hash root;
    Hash card;  ///< the newest
};

struct StubOrder {
    std::string id;
    Target to;
    std::vector<AgeRecipient> devices;
    std::optional<std::string> answers;
    Time time;
};

/// The note, signed by the device. Errors: limit (too many devices), malformed.
Result<SignedNote> make_stub(const SealedMessage& message,
                             const Sender& sender,
                             const StubOrder& order,
                             Random& random);

}  // namespace kith
