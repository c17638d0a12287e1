#include "mailauth/from_field.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "mailauth/dns.h"

namespace kith::mailauth {
namespace {

constexpr std::size_t kMaxTokens = 2'000;
constexpr std::size_t kMaxDepth = 10;
constexpr std::size_t kMaxLocal = 128;

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "From", std::move(detail));
}

struct Token {
    enum class Kind { atom, quoted, special };
    Kind kind = Kind::special;
    std::string text;
    bool gap = false;  // white space or a comment stands before it

    bool is(char c) const { return kind == Kind::special && text[0] == c; }
    bool is_word() const { return kind != Kind::special; }
};

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// RFC 5322 section 3.2.3; other octets of UTF-8 by RFC 6532.
bool is_atom_octet(char c) {
    return c < 0 || (c > ' ' && c != 0x7F && !std::string_view("()<>[]:;@\\,.\"").contains(c));
}

// Behind the "(": gives what is left behind its ")".
std::optional<std::string_view> behind_comment(std::string_view text) {
    for (std::size_t depth = 1; !text.empty();) {
        const char c = text[0];
        text.remove_prefix(std::min<std::size_t>(c == '\\' ? 2 : 1, text.size()));
        depth += c == '(' ? 1 : 0;
        depth -= c == ')' ? 1 : 0;
        if (depth == 0)
            return text;
        if (depth > kMaxDepth)
            return std::nullopt;
    }
    return std::nullopt;
}

// Behind the first quote; `text` is moved behind the last.
std::optional<std::string> take_quoted(std::string_view& text) {
    std::string out;
    while (!text.empty()) {
        const char c = text[0];
        text.remove_prefix(1);
        if (c == '"')
            return out;
        if (c == '\\') {
            if (text.empty())
                return std::nullopt;
            out += text[0];
            text.remove_prefix(1);
        } else if (c != '\r' && c != '\n') {
            out += c;
        }
    }
    return std::nullopt;
}

Result<std::vector<Token>> tokens_of(std::string_view text) {
    std::vector<Token> out;
    bool gap = false;
    while (!text.empty()) {
        const char c = text[0];
        if (is_space(c)) {
            gap = true;
            text.remove_prefix(1);
            continue;
        }
        if (c == '(') {
            const auto rest = behind_comment(text.substr(1));
            if (!rest)
                return bad("a comment has no end");
            text = *rest;
            gap = true;
            continue;
        }
        Token token{.kind = Token::Kind::special, .text = std::string(1, c), .gap = gap};
        if (c == '"') {
            text.remove_prefix(1);
            auto content = take_quoted(text);
            if (!content)
                return bad("a quoted string has no end");
            token = {.kind = Token::Kind::quoted, .text = *std::move(content), .gap = gap};
        } else if (is_atom_octet(c)) {
            const auto* end = std::ranges::find_if_not(text, is_atom_octet);
            token.kind = Token::Kind::atom;
            token.text = std::string(text.begin(), end);
            text.remove_prefix(token.text.size());
        } else if (std::string_view("<>:;@,.").contains(c)) {
            text.remove_prefix(1);
        } else {
            return bad("an octet has no meaning there");
        }
        gap = false;
        out.push_back(std::move(token));
        if (out.size() > kMaxTokens)
            return fail(ErrorKind::limit, "From", "is longer than allowed");
    }
    return out;
}

using TokenView = std::span<const Token>;

// local-part "@" domain, nothing between them.
Result<Author> addr_spec(TokenView tokens) {
    for (std::size_t i = 1; i < tokens.size(); ++i)
        if (tokens[i].gap)
            return bad("an address has white space in it");
    const auto at = std::ranges::find_if(tokens, [](const Token& t) { return t.is('@'); });
    const auto before = TokenView(tokens.begin(), at);
    if (at == tokens.end() || before.empty())
        return bad("an address is none");
    Author out;
    bool dot = true;
    for (const Token& token : before) {
        const bool is_dot = token.is('.');
        if (is_dot == dot || (token.kind == Token::Kind::quoted && before.size() != 1))
            return bad("an address's local part is none");
        dot = is_dot;
        out.local += token.text;
    }
    std::string domain;
    for (const Token& token : TokenView(at + 1, tokens.end())) {
        if (token.kind == Token::Kind::quoted || (!token.is_word() && !token.is('.')))
            return bad("an address's domain is none");
        domain += token.text;
    }
    const bool printable_local =
        std::ranges::all_of(out.local, [](char c) { return c < 0 || (c >= ' ' && c != 0x7F); });
    if (dot || out.local.empty() || out.local.size() > kMaxLocal || !printable_local ||
        !is_utf8(out.local))
        return bad("an address's local part is none");
    auto normal = mail_domain(domain);
    if (!normal)
        return bad("an address's domain is none");
    out.domain = *std::move(normal);
    return out;
}

// A name that looks like another address misleads whoever reads it.
Result<void> check_phrase(TokenView phrase, const Author& author) {
    std::string text;
    bool has_at = false;
    for (const Token& token : phrase) {
        if (!token.is_word() && !token.is('.') && !token.is('@'))
            return bad("a name is malformed");
        has_at = has_at || token.is('@');
        text += token.text;
    }
    if (has_at && to_lower(text) != to_lower(author.text()))
        return bad("a name is another address");
    return {};
}

Result<Author> mailbox(TokenView tokens) {
    const auto open = std::ranges::find_if(tokens, [](const Token& t) { return t.is('<'); });
    if (open == tokens.end())
        return addr_spec(tokens);
    if (!tokens.back().is('>'))
        return bad("an address has no \">\"");
    const Author author = TRY(addr_spec(TokenView(open + 1, tokens.end() - 1)));
    TRY(check_phrase(TokenView(tokens.begin(), open), author));
    return author;
}

// Mailboxes between commas; empty places are left out (obs-mbox-list).
Result<void> read_list(TokenView tokens, std::vector<Author>& out) {
    while (!tokens.empty()) {
        const auto comma = std::ranges::find_if(tokens, [](const Token& t) { return t.is(','); });
        const TokenView one(tokens.begin(), comma);
        if (!one.empty()) {
            if (out.size() == kMaxAuthors)
                return fail(ErrorKind::limit, "From", "names too many authors");
            out.push_back(TRY(mailbox(one)));
        }
        tokens = TokenView(comma == tokens.end() ? comma : comma + 1, tokens.end());
    }
    return {};
}

bool is_dot_atom(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_atom_octet(c) || c == '.'; }) &&
           !text.starts_with('.') && !text.ends_with('.') && !text.contains("..");
}

}  // namespace

std::string Author::text() const {
    if (is_dot_atom(local))
        return local + "@" + domain;
    std::string out = "\"";
    for (const char c : local)
        out += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
    return out + "\"@" + domain;
}

Result<std::vector<Author>> parse_mailboxes(std::string_view value) {
    const std::vector<Token> all = TRY(tokens_of(value));
    std::vector<Author> out;
    TokenView rest(all);
    // "name: a@one.test, b@one.test;" (RFC 6854), between commas as a mailbox is.
    while (!rest.empty()) {
        const auto colon = std::ranges::find_if(rest, [](const Token& t) { return t.is(':'); });
        if (colon == rest.end()) {
            TRY(read_list(rest, out));
            break;
        }
        auto name = colon;
        while (name != rest.begin() && (name - 1)->is_word())
            --name;
        const TokenView before(rest.begin(), name);
        const auto end = std::ranges::find_if(rest, [](const Token& t) { return t.is(';'); });
        if (name == colon || end == rest.end() || end < colon ||
            (!before.empty() && !before.back().is(',')))
            return bad("a group is malformed");
        TRY(read_list(before, out));
        TRY(read_list(TokenView(colon + 1, end), out));
        rest = TokenView(end + 1, rest.end());
        if (!rest.empty() && !rest.front().is(','))
            return bad("a group is malformed");
    }
    if (out.empty())
        return bad("names nobody");
    return out;
}

Result<std::vector<Author>> authors_of(const RawHeader& header) {
    const auto fields = header.all("from");
    if (fields.size() != 1)
        return bad(fields.empty() ? "is missing" : "is there several times");
    return parse_mailboxes(fields.front()->value);
}

}  // namespace kith::mailauth
