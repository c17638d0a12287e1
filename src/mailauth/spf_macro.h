// SPF's macros (RFC 7208 section 7): "%{i}._spf.%{d2}".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace kith::mailauth {

/// One "%{…}".
struct SpfMacro {
    char letter = 's';                ///< lower case
    bool escaped = false;             ///< was written in upper case: URL-escaped
    std::optional<std::size_t> keep;  ///< so many parts from the right
    bool reversed = false;
    std::string delimiters = ".";
};

/// A macro-string: literals, with "%%" and the like already read, and macros.
struct SpfMacroString {
    std::vector<std::variant<std::string, SpfMacro>> parts;
};

/// c, r and t only in explanations.
enum class SpfMacroUse { domain, explanation };

/// A macro-string without white space; in explanations with spaces. Errors: malformed.
Result<SpfMacroString> parse_macro_string(std::string_view text, SpfMacroUse use);
/// A domain-spec: ends in a macro or in a top-level label. Errors: malformed.
Result<SpfMacroString> parse_domain_spec(std::string_view text);

/// What a macro's value comes to with its transformers.
std::string transform(const SpfMacro& macro, std::string_view value);
bool uses(const SpfMacroString& text, char letter);

}  // namespace kith::mailauth
