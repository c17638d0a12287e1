// What parses is written as the same octets, and checking it ends.
#include "tlog/tlog_proof.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const std::string_view text = as_text({data, size});
    const auto proof = parse_tlog_proof(text);
    if (!proof)
        return 0;
    KITH_CHECK(write_tlog_proof(*proof) == text);
    const Hash leaf = sha256(text);
    KITH_CHECK(!check_inclusion(proof->checkpoint.checkpoint, proof->index, leaf, proof->path));
    return 0;
}
