#include "note/token_link.h"

#include <algorithm>

namespace kith {
namespace {

constexpr std::string_view kScheme = "kith:";

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "link", std::move(detail));
}

}  // namespace

bool is_token(std::string_view text) {
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.empty() && text.size() <= kMaxToken && std::ranges::all_of(text, allowed);
}

Result<TokenLink> parse_token_link(std::string_view text) {
    if (!text.starts_with(kScheme))
        return bad("does not begin with kith:");
    text.remove_prefix(kScheme.size());
    const std::size_t mark = text.find('?');
    if (mark == std::string_view::npos)
        return bad("has neither token nor root");
    TokenLink link;
    auto address = Address::parse(text.substr(0, mark));
    if (!address)
        return bad("the address: " + address.error().detail);
    link.address = *address;
    std::string_view query = text.substr(mark + 1);
    if (query.starts_with("token=")) {
        query.remove_prefix(6);
        const std::size_t end = query.find('&');
        link.token = query.substr(0, end);
        if (!is_token(*link.token))
            return bad("the token is not 1 to 128 of a-z 0-9");
        if (end == std::string_view::npos)
            return link;
        query.remove_prefix(end + 1);
    }
    if (!query.starts_with("root="))
        return bad("something other than token and root");
    auto root = parse_hash_hex(query.substr(5));
    if (!root)
        return bad("the root is not 64 hex digits");
    link.root = *root;
    return link;
}

std::string write_token_link(const TokenLink& link) {
    KITH_CHECK(link.token || link.root);
    std::string text = std::string(kScheme) + link.address.text() + "?";
    if (link.token)
        text += "token=" + *link.token + (link.root ? "&" : "");
    if (link.root)
        text += "root=" + link.root->hex_text();
    return text;
}

}  // namespace kith
