#include "tlog/trust.h"

namespace kith {
namespace {

std::string_view house_of(std::string_view name) {
    return name.substr(0, name.find('/'));
}

std::vector<NamedKey> keys_for(const std::string& origin, const LogTrust& trust) {
    std::vector<NamedKey> listed;
    for (const WitnessPolicy::Log& log : trust.policy.logs())
        if (log.key.name == origin)
            listed.push_back(log.key);
    return listed.empty() ? std::vector<NamedKey>(trust.keys.begin(), trust.keys.end()) : listed;
}

}  // namespace

Result<std::vector<std::string>> check_checkpoint(const SignedCheckpoint& checkpoint,
                                                  const LogTrust& trust) {
    const std::string& origin = checkpoint.checkpoint.origin;
    TRY(signed_by_log(checkpoint, keys_for(origin, trust)));
    const std::vector<CosignerKey> known = trust.policy.witness_keys();
    std::vector<std::size_t> counted;
    std::vector<std::string> names;
    for (const Cosignature& one : TRY(verify_cosignatures(checkpoint.note, known))) {
        if (house_of(known[one.key].name) == house_of(origin) ||
            one.time > trust.now + kClockSkew || one.time < trust.now - kCosignatureLife)
            continue;
        counted.push_back(one.key);
        names.push_back(trust.policy.witnesses()[one.key].name);
    }
    if (!trust.policy.met_by(counted))
        return fail(ErrorKind::untrusted,
                    "checkpoint: witnesses",
                    "too few of the policy's witnesses cosigned it lately");
    return names;
}

}  // namespace kith
