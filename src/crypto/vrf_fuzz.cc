// 32 octets of a key, 80 of a proof, the input: what verifies gives the output that the prover
// gives, and nothing else verifies for a key whose secret we hold.
#include "crypto/vrf.h"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    static const VrfKey ours = *VrfKey::from_seed(Bytes(32, 1));
    constexpr std::size_t kFixed = 32 + VrfProof::kOctets;
    const ByteView octets(data, size);
    if (size < kFixed)
        return 0;
    const ByteView input = octets.subspan(kFixed);
    VrfProof proof;
    std::ranges::copy(octets.subspan(32, VrfProof::kOctets), proof.octets.begin());
    const auto parsed = vrf_proof_from(proof.view());
    if (const auto key = vrf_public_key_from(octets.first(32))) {
        KITH_CHECK(std::ranges::equal(key->view(), octets.first(32)));
        const auto output = vrf_verify(*key, input, proof);
        KITH_CHECK(!output || parsed);
    }
    const auto proven = ours.prove(input);
    const auto output = vrf_verify(ours.public_key(), input, proof);
    KITH_CHECK(output.has_value() == (proof == proven.proof));
    KITH_CHECK(!output || *output == proven.output);
    if (const auto secret = VrfKey::from_secret(octets.first(32)))
        KITH_CHECK(std::ranges::equal(secret->secret(), octets.first(32)));
    return 0;
}
