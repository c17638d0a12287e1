// A quorum is met by all witnesses together, by nobody only where none is asked for, and never lost
// by one more cosignature.
#include "tlog/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const auto policy = WitnessPolicy::parse(as_text({data, size}));
    if (!policy)
        return 0;
    KITH_CHECK(policy->witnesses().size() <= kMaxPolicyEntries);
    std::vector<std::size_t> cosigned;
    bool met = policy->met_by(cosigned);
    for (std::size_t i = 0; i < policy->witnesses().size(); ++i) {
        cosigned.push_back(i);
        const bool now = policy->met_by(cosigned);
        KITH_CHECK(now || !met);
        met = now;
    }
    KITH_CHECK(met);
    return 0;
}
