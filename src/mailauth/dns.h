// What mail's authentication asks DNS, and what it is told. The room opens no socket: an evaluator
// is an Asking (asking.h) that says its next question and is given the answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace kith::mailauth {

/// The numbers of DNS.
enum class RecordType : std::uint16_t { a = 1, ptr = 12, mx = 15, txt = 16, aaaa = 28 };
/// "A", "TXT".
const char* name_of(RecordType type);

struct Question {
    std::string name;  ///< A-labels, lower case, without the last dot; a possible DNS name
    RecordType type = RecordType::txt;

    friend auto operator<=>(const Question&, const Question&) = default;
};

/// More records of one answer than this are not looked at.
inline constexpr std::size_t kMaxRecords = 100;

struct Answer {
    enum class Status {
        records,          ///< at least one
        no_data,          ///< the name has none of that type
        no_such_name,     ///< NXDOMAIN
        temporary_error,  ///< no answer, or a bogus one
    };
    Status status = Status::temporary_error;
    /// A, AAAA: 4 or 16 octets. TXT: its strings joined. PTR, MX: the name, lower case, without the
    /// last dot ("" is the root); an MX's preference is left out.
    std::vector<std::string> records;

    bool has_records() const { return status == Status::records; }
    bool is_void() const { return status == Status::no_data || status == Status::no_such_name; }
};

/// From the RDATA of each record, uncompressed. What is malformed is left out; with nothing left
/// it is no_data.
Answer answer_from_rdata(RecordType type, std::span<const Bytes> rdata);

/// Labels of 1 to 63 octets of printable ASCII, 253 octets in all, no dot at the end: what may be
/// asked for. SPF's macros make such of anything, spaces included.
bool is_dns_name(std::string_view name);
/// The same of letters, digits, "-" and "_" alone: a domain that signs or has a policy.
bool is_domain_name(std::string_view name);
/// A mail domain in the form in which it is compared: several labels, lower case, IDN as A-labels.
/// Errors: malformed ("domain").
Result<std::string> mail_domain(std::string_view text);

}  // namespace kith::mailauth
