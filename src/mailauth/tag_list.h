// The form in which DKIM, ARC and DMARC write things down (RFC 6376 section 3.2):
// "v=1; a=rsa-sha256; …".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kith::mailauth {

/// Views into the text it was parsed from.
class TagList {
  public:
    /// Errors: malformed ("tags": a syntax that is none, a tag twice), limit (more than 64).
    static Result<TagList> parse(std::string_view text);

    /// As written, white space inside kept. nullopt where the tag is not there.
    std::optional<std::string_view> find(std::string_view name) const;
    /// Errors: malformed where it is not there; the error names the tag.
    Result<std::string_view> get(std::string_view name) const;
    /// The name of the first.
    std::string_view first() const { return tags_.empty() ? std::string_view() : tags_[0].name; }

  private:
    struct Tag {
        std::string_view name;
        std::string_view value;
    };
    std::vector<Tag> tags_;
};

/// Without space, tab, CR and LF: what base64 and lists of names mean.
std::string without_space(std::string_view text);
/// Without such at the ends.
std::string_view trim_space(std::string_view text);
/// "a : b:c" without white space, in lower case; empty pieces kept.
std::vector<std::string> colon_list(std::string_view text);

/// A field's value with the value of its b= taken out, white space around it included (RFC 6376
/// section 3.5, b=).
std::string without_signature(std::string_view value);

}  // namespace kith::mailauth
