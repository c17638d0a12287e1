// "kith:" links (protocol sections 3.2 and 5.1): where somebody is, who it is, and a token to come
// in by.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/hash.h"
#include "note/address.h"

namespace kith {

inline constexpr std::size_t kMaxToken = 128;

/// 1 to 128 characters of a-z 0-9.
bool is_token(std::string_view text);

/// At least one of token and root.
struct TokenLink {
    Address address;
    std::optional<std::string> token;
    std::optional<Hash> root;

    friend bool operator==(const TokenLink&, const TokenLink&) = default;
};

/// Errors: malformed ("link").
Result<TokenLink> parse_token_link(std::string_view text);
std::string write_token_link(const TokenLink& link);

}  // namespace kith
