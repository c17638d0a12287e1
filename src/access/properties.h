// Reading the properties of an object that a client wants created or changed: what is wrong is
// gathered, so that the SetError names all of it (RFC 8620 section 5.3).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "protocol/jmap_arguments.h"

namespace kith {

namespace json = boost::json;

template <class T>
using OrSetError = std::expected<T, jmap::SetError>;

/// To be returned where an OrSetError is expected.
std::unexpected<jmap::SetError> refuse(jmap::SetErrorType type, std::string description = {});
std::unexpected<jmap::SetError> refuse_property(std::string property, std::string description);
/// malformed names the property `property`, whatever the error's own words for it are.
std::unexpected<jmap::SetError> refuse_property(std::string property, const Error& error);

class Properties {
  public:
    /// `object` must outlive this.
    explicit Properties(const json::object& object) : object_(object) {}
    /// Members that are not in `known` are bad.
    Properties(const json::object& object, jmap::Names known);

    // nullopt when absent, null or bad.
    std::optional<std::string> text(std::string_view name, std::size_t most_octets);
    std::optional<bool> boolean(std::string_view name);
    std::optional<std::int64_t> integer(std::string_view name,
                                        std::int64_t least,
                                        std::int64_t most);
    std::optional<Time> time(std::string_view name);
    const json::object* object(std::string_view name);
    std::optional<Bytes> base64(std::string_view name, std::size_t most_octets);
    /// As text, but must be there.
    std::string required_text(std::string_view name, std::size_t most_octets);

    bool has(std::string_view name) const;
    void bad(std::string_view name, std::string_view why);
    bool good() const { return bad_.empty(); }
    std::unexpected<jmap::SetError> error() const;

  private:
    const json::value* find(std::string_view name) const;

    const json::object& object_;
    std::vector<std::string> bad_;
    std::string description_;
};

/// `current` with the patch applied, where only properties of `changeable` differ from it.
/// Errors: invalidPatch; invalidProperties naming the others.
OrSetError<json::object> patched(const json::object& current,
                                 const json::object& patch,
                                 jmap::Names changeable,
                                 const json::object& defaults = {});

/// No control characters, UTF-8, not more octets.
bool is_plain_text(std::string_view text, std::size_t most_octets);

/// The text of a JSON string.
std::string text_of(const json::string& text);

/// A time, or null.
json::value time_or_null(const std::optional<Time>& time);
/// A text, or null when empty.
json::value text_or_null(const std::string& text);

}  // namespace kith
