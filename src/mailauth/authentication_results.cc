#include "mailauth/authentication_results.h"

#include <algorithm>

#include "base/text.h"

namespace kith::mailauth {
namespace {

constexpr std::size_t kMaxValue = 400;
constexpr std::string_view kSpaces = " \t\r\n";

// RFC 2045 section 5.1, and what an address or base64 is made of.
bool is_plain(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 0x7F && !std::string_view("()<>,;:\\\"[]?=").contains(c);
    });
}

std::string value_of(std::string_view text) {
    text = text.substr(0, kMaxValue);
    if (is_plain(text))
        return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c >= ' ' && c < 0x7F ? c : '?';
    }
    return out + "\"";
}

// Words, with comments and white space skipped (CFWS of RFC 5322 section 3.2.2).
class Words {
  public:
    explicit Words(std::string_view text) : text_(text) {}

    bool at_end() { return skip() && text_.empty(); }
    bool take(char c) {
        if (!skip() || text_.empty() || text_[0] != c)
            return false;
        text_.remove_prefix(1);
        return true;
    }
    // A quoted string's content, or all up to white space, a comment or one of `ends`; empty where
    // there is none.
    std::string word(std::string_view ends) {
        if (!skip() || text_.empty())
            return "";
        if (text_[0] == '"')
            return quoted();
        const std::size_t size = std::min(text_.find_first_of(ends), text_.size());
        std::string out(text_.substr(0, size));
        text_.remove_prefix(size);
        return out;
    }

  private:
    static constexpr std::size_t kMaxDepth = 10;

    // False where a comment has no end.
    bool skip() {
        while (!text_.empty()) {
            if (kSpaces.contains(text_[0]))
                text_.remove_prefix(1);
            else if (text_[0] != '(')
                return true;
            else if (!skip_comment())
                return false;
        }
        return true;
    }
    bool skip_comment() {
        std::size_t depth = 0;
        while (!text_.empty()) {
            const char c = text_[0];
            text_.remove_prefix(std::min<std::size_t>(c == '\\' ? 2 : 1, text_.size()));
            depth += c == '(' ? 1 : 0;
            depth -= c == ')' ? 1 : 0;
            if (depth == 0)
                return true;
            if (depth > kMaxDepth)
                return false;
        }
        return false;
    }
    std::string quoted() {
        std::string out;
        text_.remove_prefix(1);
        while (!text_.empty()) {
            const char c = text_[0];
            text_.remove_prefix(1);
            if (c == '"')
                return out;
            if (c == '\\' && !text_.empty()) {
                out += text_[0];
                text_.remove_prefix(1);
            } else if (c != '\r' && c != '\n') {
                out += c;
            }
        }
        return "";
    }

    std::string_view text_;
};

constexpr std::string_view kLeftEnds = " \t\r\n(;=\"";
constexpr std::string_view kRightEnds = " \t\r\n(;\"";

Error bad(const char* detail) {
    return fail(ErrorKind::malformed, "Authentication-Results", detail);
}

// What methods, results and properties are called.
bool is_keyword(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

struct Pair {
    std::string left;
    std::string right;
};

Result<Pair> read_pair(Words& words) {
    Pair out;
    out.left = words.word(kLeftEnds);
    // White space and comments may stand around "/" and "." (RFC 8601 appendix B.7).
    for (const char joint : {'/', '.'})
        if (words.take(joint))
            out.left += joint + words.word(kLeftEnds);
    out.left = to_lower(out.left);
    if (out.left.empty() || !words.take('='))
        return bad("\"=\" is missing");
    out.right = words.word(kRightEnds);
    return out;
}

Result<void> read_property(AuthResult& out, Pair pair) {
    if (pair.left == "reason") {
        out.reason = std::move(pair.right);
        return {};
    }
    const std::size_t dot = pair.left.find('.');
    if (dot == std::string::npos)
        return bad("a property has no type");
    AuthProperty property{
        pair.left.substr(0, dot), pair.left.substr(dot + 1), std::move(pair.right)};
    if (!is_keyword(property.type) || !is_keyword(property.name))
        return bad("a property has no name");
    out.properties.push_back(std::move(property));
    return {};
}

constexpr std::size_t kMaxProperties = 50;

// One method with its result and properties, up to ";" or the end.
Result<AuthResult> read_result(Words& words) {
    Pair first = TRY(read_pair(words));
    AuthResult out;
    out.method = first.left.substr(0, first.left.find('/'));
    out.result = to_lower(first.right);
    if (!is_keyword(out.method) || !is_keyword(out.result))
        return bad("a method or its result is no word");
    while (!words.at_end() && !words.take(';')) {
        if (out.properties.size() == kMaxProperties)
            return fail(ErrorKind::limit, "Authentication-Results", "has too many properties");
        Pair property = TRY(read_pair(words));
        TRY(read_property(out, std::move(property)));
    }
    return out;
}

// The name behind which all of it stands; empty where there is none.
std::string read_authserv_id(Words& words) {
    std::string out = words.word(kLeftEnds);
    if (out.empty())
        return "";
    if (!words.at_end() && !words.take(';')) {
        const std::string version = words.word(kLeftEnds);
        if (version != "1" || (!words.at_end() && !words.take(';')))
            return "";
    }
    return out;
}

}  // namespace

std::string format_authentication_results(const AuthenticationResults& results) {
    std::string out = " " + value_of(results.authserv_id);
    if (results.results.empty())
        return out + "; none";
    for (const AuthResult& result : results.results) {
        out += ";\r\n\t" + value_of(result.method) + "=" + value_of(result.result);
        if (!result.reason.empty())
            out += "\r\n\t reason=" + value_of(result.reason);
        for (const AuthProperty& property : result.properties)
            out += "\r\n\t " + value_of(property.type) + "." + value_of(property.name) + "=" +
                   value_of(property.value);
    }
    return out;
}

Result<AuthenticationResults> parse_authentication_results(std::string_view body,
                                                           const AuthResultsLimits& limits) {
    if (body.size() > limits.octets)
        return fail(ErrorKind::limit, "Authentication-Results", "is longer than allowed");
    Words words(body);
    AuthenticationResults out;
    out.authserv_id = read_authserv_id(words);
    if (out.authserv_id.empty())
        return bad("names nobody");
    while (!words.at_end()) {
        if (words.take(';'))
            continue;
        if (out.results.size() == limits.results)
            return fail(ErrorKind::limit, "Authentication-Results", "has too many results");
        Words ahead = words;
        if (out.results.empty() && to_lower(ahead.word(kLeftEnds)) == "none" && ahead.at_end())
            return out;
        out.results.push_back(TRY(read_result(words)));
    }
    return out;
}

bool is_forged(const RawField& field, std::string_view authserv_id) {
    const std::string name = to_lower(field.name);
    if (name.starts_with("kith-"))
        return name != "kith-signature";
    if (name != "authentication-results")
        return false;
    Words words(field.value);
    const std::string id = read_authserv_id(words);
    return id.empty() || to_lower(id) == to_lower(authserv_id);
}

std::string without_forged_fields(const RawHeader& header, std::string_view authserv_id) {
    std::string out;
    out.reserve(header.text().size());
    for (const RawField& field : header.fields())
        if (!is_forged(field, authserv_id))
            out += field.whole;
    return out;
}

}  // namespace kith::mailauth
