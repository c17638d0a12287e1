#include "kith/opening.h"

namespace kith {
namespace {

// Which device of the card that the stub names signed it?
Result<CardDevice> signer_of(const SignedNote& note, const Stub& stub, const Chain& chain) {
    const SignedCard* card = chain.find(stub.card);
    if (card == nullptr)
        return fail(ErrorKind::untrusted, "signature", "the sender's chain has no such card");
    std::vector<NamedKey> keys;
    for (const CardDevice& device : card->card.devices)
        keys.push_back({card->card.key_name(device.name), device.key});
    const auto signers = TRY(verify_note(note, keys));
    return card->card.devices[signers.front()];
}

std::string standing_text(const KeyState& state) {
    return std::string("the device that signed is ") + name_of(state.standing);
}

}  // namespace

Result<Preview> open_preview_with(std::string_view keys,
                                  ByteView preview,
                                  const AgeIdentity& identity) {
    const FileKey key = TRY(open_header(keys, std::span(&identity, 1)));
    const Bytes text = TRY(open_preview(key, preview));
    return read_preview(as_text(text));
}

Result<BodyOpener> BodyOpener::begin(std::string_view keys, const AgeIdentity& identity) {
    auto key = open_header(keys, std::span(&identity, 1));
    if (!key)
        return fail(ErrorKind::untrusted,
                    "message",
                    "is not sealed for this device: run `kith device rekey` on an older one");
    return BodyOpener(*key);
}

Result<void> BodyOpener::take(ByteView piece) {
    hash_.update(piece);
    return opener_.update(piece, plain_);
}

Result<std::string> BodyOpener::finish(const std::optional<Hash>& blob) {
    TRY(opener_.finish(plain_));
    if (blob && hash_.finish() != *blob)
        return fail(
            ErrorKind::untrusted, "message", "its body is not the one that the sender signed");
    return to_text(plain_);
}

std::string pin_warning(const std::string& from,
                        const std::string& root,
                        const std::optional<Pin>& pin) {
    if (!pin || pin->root.text() == root)
        return {};
    return from +
           " is not the person pinned for this address: ask them in another way before you "
           "believe it";
}

StubFindings examine_stub(const SignedNote& note,
                          const Stub& stub,
                          const Chain* chain,
                          const std::optional<Pin>& pin,
                          Time at) {
    StubFindings findings;
    auto& warnings = findings.warnings;
    if (auto text = pin_warning(stub.from.text(), stub.root.text(), pin); !text.empty())
        warnings.push_back(std::move(text));
    if (chain == nullptr) {
        warnings.emplace_back(
            "the sender's card cannot be had now: the signature was not checked here");
        return findings;
    }
    if (chain->root() != stub.root) {
        warnings.emplace_back(
            "the address belongs to somebody else now: the signature was not checked here");
        return findings;
    }
    const auto signer = signer_of(note, stub, *chain);
    if (!signer) {
        warnings.emplace_back("the signature is not good: do not believe who it says it is from");
        return findings;
    }
    findings.device = signer->name;
    const KeyState state = key_state(*chain, signer->key, at);
    if (!state.good())
        warnings.push_back(standing_text(state));
    return findings;
}

}  // namespace kith
