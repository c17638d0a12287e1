// The fields of an Authenticated Received Chain, sorted into sets (RFC 8617 section 4.2).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mailauth/dkim_signature.h"

namespace kith::mailauth {

/// cv= of a seal.
enum class ChainValidation { none, pass, fail };

struct ArcSeal {
    KeyType key_type = KeyType::rsa;
    std::string domain;
    std::string selector;
    Bytes signature;
    ChainValidation chain = ChainValidation::none;
};

/// One server's three fields. Pointers into the message's header.
struct ArcSet {
    const RawField* results = nullptr;    ///< ARC-Authentication-Results
    const RawField* signature = nullptr;  ///< ARC-Message-Signature
    const RawField* seal = nullptr;       ///< ARC-Seal
};

/// Does the message have any of the three?
bool has_arc_fields(const RawHeader& header);
/// The highest i= that can be read in any of them; 0: none.
std::size_t highest_instance(const RawHeader& header);
/// i=1 first, each complete and single. Errors: malformed (a set that is not, a field without a
/// possible i=), limit (more than kMaxArcSets).
Result<std::vector<ArcSet>> collect_arc_sets(const RawHeader& header);
/// Errors: malformed; denied (an algorithm that is not believed).
Result<ArcSeal> parse_arc_seal(const RawField& field);
/// ARC-Authentication-Results behind "i=N;".
std::string arc_results(const RawField& field);

/// What the seal of the last of `sets` signs: all of them in order (RFC 8617 section 5.1.1).
std::string sealed_octets(const std::vector<ArcSet>& sets);

}  // namespace kith::mailauth
