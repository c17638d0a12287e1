#include "identity/stub_check.h"

#include "crypto/merkle.h"

namespace kith {
namespace {

Error untrusted(const char* where, std::string detail) {
    return fail(ErrorKind::untrusted, where, std::move(detail));
}

Result<void> check_names(const Stub& stub, const SignedCard& card) {
    if (stub.card != card.hash)
        return untrusted("stub: card", "names another card");
    if (stub.root != card.root())
        return untrusted("stub: root", "is not the root of the card");
    if (stub.from != card.card.address)
        return untrusted("stub: from", "is not the address of the card");
    return {};
}

// One device's signature, and the domain's where it stands on the stub. A bad one of either
// refuses the stub, whatever else is good.
struct Signers {
    const CardDevice* device = nullptr;
    bool domain = false;
};

Result<Signers> find_signers(const SignedNote& note, const StubContext& context) {
    const Card& card = context.card.card;
    std::vector<NamedKey> known;
    known.reserve(card.devices.size() + context.domain_keys.size());
    for (const CardDevice& device : card.devices)
        known.push_back({card.key_name(device.name), device.key});
    for (const PublicKey& key : context.domain_keys)
        known.push_back({card.address.domain(), key});
    auto signed_by = verify_note(note, known);
    if (!signed_by && signed_by.error().kind == ErrorKind::untrusted)
        return untrusted("stub: signature", "no device of the card signed");
    if (!signed_by)
        return std::move(signed_by).error().within("stub");
    Signers signers;
    for (const std::size_t i : *signed_by) {
        if (i >= card.devices.size())
            signers.domain = true;
        else if (!signers.device)
            signers.device = &card.devices[i];
    }
    if (!signers.device)
        return untrusted("stub: signature", "no device of the card signed");
    return signers;
}

Result<void> check_batch(const SignedNote& note,
                         const Stub& stub,
                         std::span<const PublicKey> domain_keys,
                         const BatchEvidence& evidence,
                         VerifiedNotes& verified) {
    const Batch batch = TRY(parse_batch(evidence.batch));
    if (batch.domain != stub.from.domain())
        return untrusted("batch: domain", "is not the sender's");
    std::vector<NamedKey> known;
    for (const PublicKey& key : domain_keys)
        known.push_back({batch.domain, key});
    if (auto good = verify_once(evidence.batch, known, verified); !good)
        return std::move(good).error().within("batch");
    const Hash leaf = merkle_leaf(as_bytes(note.text()));
    if (evidence.path.index >= batch.size ||
        !merkle_includes(batch.tree, batch.size, evidence.path.index, leaf, evidence.path.proof))
        return fail(ErrorKind::bad_signature, "path", "does not lead from the stub to the batch");
    return {};
}

}  // namespace

Hash VerifiedNotes::entry_name(const Hash& text, const NamedKey& key) {
    std::string joined(as_text(text.view()));
    joined += as_text(key.key.view());
    return sha256(joined + key.name);
}

bool VerifiedNotes::contains(const Hash& text, const NamedKey& key) {
    const Hash name = entry_name(text, key);
    const std::scoped_lock lock(mutex_);
    const auto found = places_.find(name);
    if (found == places_.end())
        return false;
    newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
    return true;
}

void VerifiedNotes::remember(const Hash& text, const NamedKey& key) {
    const Hash name = entry_name(text, key);
    const std::scoped_lock lock(mutex_);
    if (places_.contains(name))
        return;
    newest_first_.push_front(name);
    places_.emplace(name, newest_first_.begin());
    if (places_.size() <= capacity_)
        return;
    places_.erase(newest_first_.back());
    newest_first_.pop_back();
}

Result<void> verify_once(const SignedNote& note,
                         std::span<const NamedKey> known,
                         VerifiedNotes& verified) {
    // The text is what is proven; which octets of signature came with it this time is no matter.
    const Hash hash = note.hash();
    for (const NamedKey& key : known)
        if (verified.contains(hash, key))
            return {};
    for (const std::size_t i : TRY(verify_note(note, known)))
        verified.remember(hash, known[i]);
    return {};
}

Result<CheckedStub> check_stub(const SignedNote& note,
                               const Stub& stub,
                               const StubContext& context) {
    TRY(check_names(stub, context.card));
    const Signers signers = TRY(find_signers(note, context));
    CheckedStub checked;
    checked.device = signers.device->name;
    checked.key = signers.device->key;
    if (signers.domain)
        return checked;
    if (!context.batch)
        return untrusted("stub: domain", stub.from.domain() + " did not countersign");
    TRY(check_batch(note, stub, context.domain_keys, *context.batch, context.verified));
    checked.by = CheckedStub::Countersigned::by_batch;
    return checked;
}

Result<void> check_countersignature(const SignedNote& note,
                                    const Stub& stub,
                                    std::span<const PublicKey> domain_keys,
                                    const BatchEvidence* batch,
                                    VerifiedNotes& verified) {
    if (batch != nullptr)
        return check_batch(note, stub, domain_keys, *batch, verified);
    std::vector<NamedKey> known;
    for (const PublicKey& key : domain_keys)
        known.push_back({stub.from.domain(), key});
    TRY(verify_note(note, known));
    return {};
}

BatchDraft make_batch(const std::string& domain,
                      Time now,
                      std::span<const std::string_view> stub_texts) {
    KITH_CHECK(!stub_texts.empty() && stub_texts.size() <= kMaxBatch);
    std::vector<Hash> leaves;
    for (const std::string_view text : stub_texts)
        leaves.push_back(merkle_leaf(as_bytes(text)));
    Batch batch;
    batch.domain = domain;
    batch.time = now;
    batch.size = leaves.size();
    batch.tree = merkle_root(leaves);
    BatchDraft draft;
    draft.text = write_batch(batch);
    for (std::vector<Hash>& proof : merkle_proofs(leaves))
        draft.paths.push_back({draft.paths.size(), std::move(proof)});
    return draft;
}

}  // namespace kith
