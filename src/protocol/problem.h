// Refusals as problem details (RFC 9457): the `type`s of protocol section 7.2 and of the client
// API, their status and what a sender can do about them, in one table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kith {

enum class Problem {
    malformed,
    stamp_needed,
    bad_signature,
    expired,
    future,
    wrong_domain,
    token_revoked,
    token_spent,
    token_foreign,
    sender_frozen,
    refused,
    no_such_account,
    moved,
    blob_needed,
    card_needed,
    id_reused,
    too_large,
    blob_mismatch,
    over_quota,
    busy,
    not_ready,
    storage,
    // The client API, and HTTP itself.
    invitation_invalid,
    address_taken,
    login_refused,
    not_logged_in,
    not_found,
    method_not_allowed,
    media_type,
    internal,
};

/// What a sender does about it.
enum class Remedy {
    none,         ///< final
    bring_stamp,  ///< solve the price and send again
    bring_blob,   ///< send again with the blob
    bring_cards,  ///< send again with the whole chain
    wait,         ///< send the same octets again later
};

struct ProblemKind {
    Problem problem;
    std::string_view type;  ///< the word on the wire: "stamp-needed"
    int status;
    Remedy remedy;
    std::string_view title;  ///< a sentence for people
};

const ProblemKind& kind_of(Problem problem);
/// nullptr for a word that is not in the table.
const ProblemKind* find_problem(std::string_view type);

/// What stands in the body. `type`, `status` and `title` come from the table when we write, from
/// the body when we read: other servers may know types that we do not.
struct ProblemDetails {
    std::string type;
    int status = 0;
    std::string title;
    std::string detail;
    std::optional<std::string> price;    ///< 402: the price note
    std::optional<std::string> card;     ///< 410: the card that says where they went, a note
    std::optional<std::uint64_t> limit;  ///< 413: octets

    std::optional<Problem> known() const;
    /// By the table; for an unknown type by its status: 429 and 5xx wait, all else is final.
    Remedy remedy() const;
    friend bool operator==(const ProblemDetails&, const ProblemDetails&) = default;
};

inline constexpr std::string_view kProblemMediaType = "application/problem+json";
inline constexpr std::size_t kMaxProblem =
    std::size_t{128} * 1024;  ///< octets of a body that we read

ProblemDetails make_problem(Problem problem, std::string detail = {});
/// What we answer to a failure of ours or theirs; `where` and `detail` of it become the detail,
/// but those of io and internal failures do not leave the house.
ProblemDetails problem_of(const Error& error);

std::string write_problem(const ProblemDetails& details);
/// `status` is that of the HTTP answer and overrules the body's. An answer without a readable body
/// is still an answer: see answer_problem. Errors: malformed, limit.
Result<ProblemDetails> parse_problem(std::string_view body, int status);
/// Never fails: an unreadable body becomes type "about:blank" with the status alone.
ProblemDetails answer_problem(std::string_view body, int status);

}  // namespace kith
