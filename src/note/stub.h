// A stub: the signed envelope of one message for one recipient (protocol section 4.1).
#pragma once

#include <optional>
#include <string>

#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

inline constexpr std::size_t kMaxStub = 4096;  ///< octets, signatures included
inline constexpr Seconds kMaxStubLife = std::chrono::days{60};
inline constexpr std::uint64_t kMaxBlobSize = std::uint64_t{1} << 40;
inline constexpr std::size_t kMaxPreview = 1024 + 16;  ///< octets, sealed

struct Stub {
    std::string id;
    Time time;
    Time expires;
    Address from;
    Hash root;
    Hash card;
    Target to;
    Hash blob;
    std::uint64_t size = 0;  ///< octets of the blob
    std::string keys;        ///< the age header, as text
    Bytes preview;           ///< sealed; empty when absent
    std::optional<std::string> answers;

    friend bool operator==(const Stub&, const Stub&) = default;
};

/// Form only, of the whole note or of its text. Errors: malformed, limit; `where` is "stub: FIELD".
Result<Stub> parse_stub(const SignedNote& note);
Result<Stub> parse_stub_text(std::string_view text);
std::string write_stub(const Stub& stub);

/// Errors: future ("stub: time"), expired ("stub: expires").
Result<void> check_times(const Stub& stub, Time now);

}  // namespace kith
