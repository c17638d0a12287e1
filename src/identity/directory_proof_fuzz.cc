// A proof that parses is written as the same octets; an entry is its 64 octets; neither proves a
// card that nobody listed.
#include "identity/directory_proof.h"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    static const Address address = *Address::parse("alice@one.test");
    const ByteView octets(data, size);
    if (const auto entry = parse_directory_entry(octets))
        KITH_CHECK(std::ranges::equal(entry->octets(), octets));
    const auto proof = parse_directory_proof(as_text(octets));
    if (!proof)
        return 0;
    KITH_CHECK(write_directory_proof(*proof) == as_text(octets));
    KITH_CHECK(!check_entry(*proof, address, sha256(octets)));
    return 0;
}
