// Is a stub what it says: signed by a device of the card that it names, and countersigned by the
// domain of its sender, on the stub or by a batch (protocol sections 4.1 and 4.2)?
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "note/batch.h"
#include "note/card.h"
#include "note/stub.h"

namespace kith {

/// Remembers which texts a key was seen to have signed, so that a batch note or a domain's card is
/// verified once. Bounded, the longest unused goes first. Thread-safe.
class VerifiedNotes {
  public:
    explicit VerifiedNotes(std::size_t capacity = 4096) : capacity_(capacity) {}
    VerifiedNotes(const VerifiedNotes&) = delete;
    VerifiedNotes& operator=(const VerifiedNotes&) = delete;

    bool contains(const Hash& text, const NamedKey& key);
    void remember(const Hash& text, const NamedKey& key);

  private:
    static Hash entry_name(const Hash& text, const NamedKey& key);

    const std::size_t capacity_;
    std::mutex mutex_;
    std::list<Hash> newest_first_;
    std::unordered_map<Hash, std::list<Hash>::iterator> places_;
};

/// Verifies that one of the keys signed, or remembers that it did.
/// Errors: bad_signature, untrusted.
Result<void> verify_once(const SignedNote& note,
                         std::span<const NamedKey> known,
                         VerifiedNotes& verified);

/// The domain's countersignature where it is not on the stub.
struct BatchEvidence {
    SignedNote batch;
    BatchPath path;
};

/// Everything a stub is held against. References must outlive the call.
struct StubContext {
    const SignedCard& card;                  ///< the one the stub names, its chain verified
    std::span<const PublicKey> domain_keys;  ///< of the sender's domain
    const BatchEvidence* batch = nullptr;    ///< may be absent
    VerifiedNotes& verified;                 ///< for batch notes
};

struct CheckedStub {
    enum class Countersigned { on_stub, by_batch };
    std::string device;  ///< who signed
    PublicKey key;
    Countersigned by = Countersigned::on_stub;
};

/// `stub` is what parse_stub made of `note`. Times are not looked at (note/stub.h: check_times),
/// nor the key's state now (keystate.h). Errors: untrusted ("stub: card" another card; "stub:
/// root"; "stub: from"; "stub: signature" no device of the card; "stub: domain" no
/// countersignature), bad_signature, malformed ("path").
Result<CheckedStub> check_stub(const SignedNote& note,
                               const Stub& stub,
                               const StubContext& context);

/// Of that alone what needs no card: the domain countersigned the stub, on it or in a batch.
/// Errors: untrusted, bad_signature, malformed.
Result<void> check_countersignature(const SignedNote& note,
                                    const Stub& stub,
                                    std::span<const PublicKey> domain_keys,
                                    const BatchEvidence* batch,
                                    VerifiedNotes& verified);

/// Signs once for many: the batch note's text and a path for each stub (texts, at most 1024).
struct BatchDraft {
    std::string text;
    std::vector<BatchPath> paths;
};
BatchDraft make_batch(const std::string& domain,
                      Time now,
                      std::span<const std::string_view> stub_texts);

}  // namespace kith
