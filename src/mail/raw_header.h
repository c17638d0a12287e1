// The header of a message (RFC 5322 section 2.2) as octets, field by field, for what signs or
// checks them: nothing is decoded, folding stays, lines end with CRLF. GMime (message.h) reads a
// message for people; this says what exactly stands there.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kith {

struct RawHeaderLimits {
    std::size_t octets = std::size_t{256} << 10;  ///< of the whole header
    std::size_t field_octets = std::size_t{64} << 10;
    std::size_t fields = 1'000;
};

/// One field. The views are into its RawHeader.
struct RawField {
    std::string_view name;   ///< as written, without white space before the colon
    std::string_view value;  ///< behind the colon, folding kept, without the last CRLF
    std::string_view whole;  ///< all of it with the last CRLF
};

/// ASCII, in any case; `name` in lower case.
bool is_named(const RawField& field, std::string_view name);

/// Owns its text; copies share it, so that views into one hold as long as any copy.
class RawHeader {
  public:
    /// Without fields.
    RawHeader();
    /// `block`: fields with CRLF ends, without the empty line. Errors: malformed ("header": a bare
    /// CR or LF, NUL, a line that is no field), limit.
    static Result<RawHeader> parse(std::string block, const RawHeaderLimits& limits = {});

    std::string_view text() const { return *text_; }
    /// From the top.
    const std::vector<RawField>& fields() const { return fields_; }
    /// `name` in lower case.
    std::size_t count(std::string_view name) const;
    /// Those of that name, from the top. They live as long as this.
    std::vector<const RawField*> all(std::string_view name) const;
    /// The one field of that name; nullptr where there is none or several.
    const RawField* only(std::string_view name) const;

  private:
    std::shared_ptr<const std::string> text_;
    std::vector<RawField> fields_;
};

/// Where the body begins: behind the first empty line. nullopt where none has come yet; then the
/// search may go on from `searched`, the length that was looked through.
std::optional<std::size_t> body_offset(std::string_view message, std::size_t searched = 0);

}  // namespace kith
