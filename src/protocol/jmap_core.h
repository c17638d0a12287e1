// JMAP core (RFC 8620): names, limits, ids and errors. The parts around it: jmap_request.h (a
// request as a machine), jmap_arguments.h (standard methods), jmap_patch.h, jmap_session.h.
// None of them does I/O or waits; nothing here is shared between threads.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kith::jmap {

namespace json = boost::json;

inline constexpr std::string_view kCore = "urn:ietf:params:jmap:core";
inline constexpr std::string_view kMail = "urn:ietf:params:jmap:mail";
inline constexpr std::string_view kSubmission = "urn:ietf:params:jmap:submission";
inline constexpr std::string_view kKith = "urn:kith:params:jmap";

/// RFC 8620 section 2, the core capability object.
struct Limits {
    std::uint64_t size_upload = 50'000'000;  ///< octets
    std::uint64_t concurrent_upload = 4;
    std::uint64_t size_request = 10'000'000;  ///< octets
    std::uint64_t concurrent_requests = 8;
    std::uint64_t calls_in_request = 64;
    std::uint64_t objects_in_get = 500;
    std::uint64_t objects_in_set = 500;
    /// When the responses of a request have so many octets, about, its other calls are not run.
    /// The capability object does not tell it.
    std::uint64_t response_octets = 32'000'000;
};
inline constexpr std::size_t kMaxDepth = 64;  ///< of JSON in a request

/// RFC 8620 1.2: 1 to 255 of A-Z a-z 0-9 - _
bool is_id(std::string_view text);
/// RFC 8620 1.3: at most 2^53 - 1.
inline constexpr std::int64_t kMaxInt = (std::int64_t{1} << 53) - 1;

/// I-JSON (RFC 7493): UTF-8 without noncharacters, no member twice, no number that a double does
/// not reach. Errors: malformed; limit (deeper than `depth`).
Result<json::value> parse_json(std::string_view text, std::size_t depth = kMaxDepth);

/// RFC 8620 3.6.2 and those of the standard methods (section 5).
enum class MethodError {
    server_unavailable,
    server_fail,
    server_partial_fail,
    unknown_method,
    invalid_arguments,
    invalid_result_reference,
    forbidden,
    account_not_found,
    account_not_supported_by_method,
    account_read_only,
    request_too_large,
    cannot_calculate_changes,
    state_mismatch,
    anchor_not_found,
    unsupported_sort,
    unsupported_filter,
    too_many_changes,
    from_account_not_found,
    from_account_not_supported_by_method,
};
std::string_view name_of(MethodError error);  ///< "serverUnavailable"

/// The failure of a whole method call as an Error, so that it travels in a Result: `where` is the
/// type's name on the wire.
Error fail_method(MethodError error, std::string description = {});
/// The type for any Error: fail_method's own, else by kind (malformed → invalidArguments, limit →
/// requestTooLarge, unavailable → serverUnavailable, denied → forbidden, rest → serverFail).
MethodError method_error_of(const Error& error);
/// The arguments of the `error` response. Of serverFail only the kind is told.
json::object method_error_object(const Error& error);

/// RFC 8620 5.3 and 5.4, RFC 8621 7.5.
enum class SetErrorType {
    forbidden,
    over_quota,
    too_large,
    rate_limit,
    not_found,
    invalid_patch,
    will_destroy,
    invalid_properties,
    singleton,
    already_exists,
    mailbox_has_child,
    mailbox_has_email,
    blob_not_found,
    too_many_recipients,
    forbidden_to_send,
    cannot_unsend,
    too_many_keywords,
    too_many_mailboxes,
    server_fail,  ///< for failures of our own within one object
};
std::string_view name_of(SetErrorType type);

/// Why one object was not created, updated or destroyed.
struct SetError {
    SetErrorType type = SetErrorType::server_fail;
    std::string description;
    std::vector<std::string> properties;  ///< of invalidProperties
    json::object more;                    ///< further members, e.g. existingId

    json::object object() const;
};
/// The same for an Error: not_found → notFound, malformed → invalidProperties (`where` is the
/// property), limit → tooLarge, denied → forbidden, rest → serverFail without detail.
SetError set_error_of(const Error& error);

}  // namespace kith::jmap
