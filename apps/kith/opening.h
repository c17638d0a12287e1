// From what came to what is shown: previews, bodies, and what a reader is warned of. Pure but for
// the keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/age_stream.h"
#include "identity/keystate.h"
#include "kith/pins.h"
#include "mail/message.h"
#include "mail/preview.h"
#include "note/stub.h"

namespace kith {

/// The preview behind a header. Errors: untrusted (not for this device), bad_signature.
Result<Preview> open_preview_with(std::string_view keys,
                                  ByteView preview,
                                  const AgeIdentity& identity);

/// Collects a payload, opens it and its hash. Errors (finish): bad_signature, malformed; untrusted
/// (not for this device; the blob is not what the stub says).
class BodyOpener {
  public:
    static Result<BodyOpener> begin(std::string_view keys, const AgeIdentity& identity);
    Result<void> take(ByteView piece);
    /// `blob`: what it must be; nullopt where no stub says so.
    Result<std::string> finish(const std::optional<Hash>& blob);

  private:
    explicit BodyOpener(const FileKey& key) : opener_(key) {}

    PayloadOpener opener_;
    Sha256 hash_;
    Bytes plain_;
};

/// What stands behind a received message.
struct StubFindings {
    std::string device;                 ///< who signed; empty when it could not be checked
    std::vector<std::string> warnings;  ///< sentences for people
};

/// Holds a stub against the sender's chain (nullptr: not to be had now) and the pin.
/// `at`: when the message came.
StubFindings examine_stub(const SignedNote& note,
                          const Stub& stub,
                          const Chain* chain,
                          const std::optional<Pin>& pin,
                          Time at);

/// The one warning that lists show: another root than the pinned one. Empty: none.
std::string pin_warning(const std::string& from,
                        const std::string& root,
                        const std::optional<Pin>& pin);

}  // namespace kith
