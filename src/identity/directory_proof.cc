#include "identity/directory_proof.h"

#include <algorithm>

#include "tlog/lines.h"

namespace kith {
namespace {

constexpr std::size_t kKeyOctets = sizeof(VrfPublicKey::octets);
constexpr std::size_t kHashOctets = sizeof(Hash::octets);
constexpr std::size_t kFixedOctets = kKeyOctets + VrfProof::kOctets;

Error bad(const char* where, std::string detail) {
    return fail(ErrorKind::malformed, where, std::move(detail));
}

struct Extra {
    VrfPublicKey key;
    VrfProof vrf;
    std::vector<Hash> key_path;
};

Result<Extra> read_extra(ByteView octets) {
    if (octets.size() < kFixedOctets || (octets.size() - kFixedOctets) % kHashOctets != 0)
        return bad("proof: extra", "not a VRF key, a VRF proof and hashes");
    if (octets.size() > kFixedOctets + kMaxProofHashes * kHashOctets)
        return fail(ErrorKind::limit, "proof: extra", "more than 63 hashes");
    const auto key = vrf_public_key_from(octets.first(kKeyOctets));
    if (!key)
        return bad("proof: key", key.error().detail);
    const auto vrf = vrf_proof_from(octets.subspan(kKeyOctets, VrfProof::kOctets));
    if (!vrf)
        return bad("proof: vrf", vrf.error().detail);
    Extra extra{*key, *vrf, std::vector<Hash>((octets.size() - kFixedOctets) / kHashOctets)};
    ByteView rest = octets.subspan(kFixedOctets);
    for (Hash& hash : extra.key_path) {
        std::ranges::copy(rest.first(kHashOctets), hash.octets.begin());
        rest = rest.subspan(kHashOctets);
    }
    return extra;
}

Bytes write_extra(const DirectoryProof& proof) {
    Bytes octets(proof.key.octets.begin(), proof.key.octets.end());
    octets.insert(octets.end(), proof.vrf.octets.begin(), proof.vrf.octets.end());
    for (const Hash& hash : proof.key_path)
        octets.insert(octets.end(), hash.octets.begin(), hash.octets.end());
    return octets;
}

}  // namespace

Result<DirectoryProof> parse_directory_proof(std::string_view text) {
    TlogProof proof = TRY(parse_tlog_proof(text));
    Extra extra = TRY(read_extra(proof.extra));
    return DirectoryProof{extra.key,
                          extra.vrf,
                          std::move(extra.key_path),
                          proof.index,
                          std::move(proof.path),
                          std::move(proof.checkpoint)};
}

std::string write_directory_proof(const DirectoryProof& proof) {
    return write_tlog_proof({write_extra(proof), proof.index, proof.path, proof.checkpoint});
}

Result<DirectoryProof> make_directory_proof(TileTree& tree,
                                            SignedCheckpoint checkpoint,
                                            const VrfPublicKey& key,
                                            const VrfProof& vrf,
                                            std::uint64_t index) {
    KITH_CHECK(tree.size() == checkpoint.checkpoint.head.size && index < tree.size());
    std::vector<Hash> key_path = TRY(tree.inclusion_proof(0));
    std::vector<Hash> path = TRY(tree.inclusion_proof(index));
    return DirectoryProof{
        key, vrf, std::move(key_path), index, std::move(path), std::move(checkpoint)};
}

Result<void> check_entry(const DirectoryProof& proof, const Address& address, const Hash& card) {
    const Checkpoint& checkpoint = proof.checkpoint.checkpoint;
    if (checkpoint.origin != log_origin(address.domain()))
        return fail(
            ErrorKind::untrusted, "checkpoint: origin", "is not the log of " + address.domain());
    if (!check_inclusion(checkpoint, 0, DirectoryEntry::of_key(proof.key).leaf(), proof.key_path))
        return fail(
            ErrorKind::bad_signature, "proof: key", "is not what the checkpoint's log begins with");
    const auto output = vrf_verify(proof.key, as_bytes(address.text()), proof.vrf);
    if (!output)
        return fail(output.error().kind, "proof: vrf", output.error().detail);
    const Hash leaf = DirectoryEntry::of_card(label_of(*output), card).leaf();
    return check_inclusion(checkpoint, proof.index, leaf, proof.path);
}

Result<std::vector<std::string>> verify_directory_proof(const DirectoryProof& proof,
                                                        const Address& address,
                                                        const Hash& card,
                                                        const LogTrust& trust) {
    std::vector<std::string> witnesses = TRY(check_checkpoint(proof.checkpoint, trust));
    TRY(check_entry(proof, address, card));
    return witnesses;
}

}  // namespace kith
