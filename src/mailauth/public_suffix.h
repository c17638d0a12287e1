// Organizational domains (RFC 7489 section 3.2) by the Public Suffix List, through libpsl.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kith::mailauth {

/// Immutable; copies share it, any thread may ask.
class PublicSuffixList {
  public:
    /// The list compiled into libpsl: as old as that package.
    static PublicSuffixList builtin();
    /// The text of public_suffix_list.dat. Errors: malformed (no rule in it).
    static Result<PublicSuffixList> parse(std::string_view text);

    /// One label more than the public suffix; the domain itself where it is such a suffix.
    /// `domain`: A-labels, lower case.
    std::string organizational_domain(const std::string& domain) const;

  private:
    struct State;
    explicit PublicSuffixList(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

}  // namespace kith::mailauth
