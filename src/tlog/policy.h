// Whom to believe about logs: a policy file as c2sp.org/tlog-policy writes it. Logs, witnesses,
// groups of witnesses of which some must have cosigned, and which group is enough:
//
//     witness two two.test/kith/1/witness+…
//     witness three three.test/kith/1/witness+…
//     witness four four.test/kith/1/witness+…
//     group peers 2 two three four
//     quorum peers
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "note/signed_note.h"

namespace kith {

inline constexpr std::size_t kMaxPolicy = 65'536;     ///< octets
inline constexpr std::size_t kMaxPolicyEntries = 64;  ///< logs, witnesses, groups: each

/// Immutable once parsed. As made, it is "quorum none": no witness is asked for.
class WitnessPolicy {
  public:
    struct Log {
        NamedKey key;  ///< its name is the log's origin
        std::string url;
    };
    struct Witness {
        std::string name;  ///< within the file; opaque octets
        CosignerKey key;
        std::string url;
    };

    /// Errors: malformed, limit; `where` is "policy: line N", or "policy".
    static Result<WitnessPolicy> parse(std::string_view text);

    /// Where a log is listed, no other key speaks for its origin.
    const std::vector<Log>& logs() const { return logs_; }
    const std::vector<Witness>& witnesses() const { return witnesses_; }
    /// The witnesses' keys, in their order.
    std::vector<CosignerKey> witness_keys() const;
    /// Is the quorum met when the witnesses at these indices cosigned?
    bool met_by(std::span<const std::size_t> witnesses) const;

  private:
    friend class PolicyReader;

    // Witnesses and groups, in the order of the file; members stand before their group.
    struct Node {
        std::string name;
        std::optional<std::size_t> witness;  // else a group
        std::size_t threshold = 0;
        std::vector<std::size_t> members;
    };

    std::vector<Log> logs_;
    std::vector<Witness> witnesses_;
    std::vector<Node> nodes_;
    std::optional<std::size_t> quorum_;  // absent: none
};

}  // namespace kith
