// A request that parses is written as the same octets; a witness that knows its origin never
// cosigns what the log did not sign.
#include "tlog/witness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    using Outcome = Judgement::Outcome;
    static const SigningKey key = *SigningKey::from_seed(Bytes(32, 1));
    const std::string_view body = as_text({data, size});
    auto request = parse_add_checkpoint(body);
    if (!request)
        return 0;
    KITH_CHECK(write_add_checkpoint(*request) == body);
    KITH_CHECK(judge(*request, nullptr).outcome == Outcome::unknown_origin);
    const std::string& origin = request->checkpoint.checkpoint.origin;
    WitnessedLog log{{{origin, key.public_key()}}, {}};
    KITH_CHECK(judge(*request, &log).outcome == Outcome::bad_signature);
    // Signed, it is cosigned from nothing only with no proof; cosigned once, it is so again.
    if (!is_key_name(origin) || !request->checkpoint.note.cosign(origin, key))
        return 0;
    const Judgement first = judge(*request, &log);
    KITH_CHECK(first.outcome != Outcome::bad_signature && !first.evidence);
    if (first.outcome == Outcome::cosign) {
        KITH_CHECK(request->old_size == 0 && request->proof.empty());
        log.newest = request->checkpoint;
        request->old_size = log.newest->checkpoint.head.size;
        KITH_CHECK(judge(*request, &log).outcome == Outcome::cosign);
    } else {
        KITH_CHECK(refusal(first).status >= 400);
    }
    return 0;
}
