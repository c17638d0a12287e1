#include "protocol/http1_head.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace kith::http1 {

namespace {

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "http/1.1", std::move(detail));
}

/// RFC 9110 5.6.2.
bool is_token(std::string_view text) {
    auto fits = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    };
    return !text.empty() && std::ranges::all_of(text, fits);
}

/// RFC 9110 5.5: visible characters, space, tab, and octets from 0x80.
bool is_field_value(std::string_view text) {
    auto fits = [](char c) {
        auto octet = static_cast<unsigned char>(c);
        return octet == '\t' || (octet >= 0x20 && octet != 0x7F);
    };
    return std::ranges::all_of(text, fits);
}

bool is_target(std::string_view text) {
    auto fits = [](char c) { return c > 0x20 && c < 0x7F; };
    return text.starts_with('/') && std::ranges::all_of(text, fits);
}

/// RFC 9112 3: method SP request-target SP HTTP-version. Gives the version's last digit.
Result<char> parse_request_line(std::string_view line, RequestHead& head) {
    auto words = split(line, ' ');
    if (words.size() != 3)
        return bad("the request line is not METHOD TARGET VERSION");
    if (!is_token(words[0]))
        return bad("the method is not a token");
    if (!is_target(words[1]))
        return bad("the target does not begin with / or has other characters");
    if (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0")
        return bad("the version is neither HTTP/1.1 nor HTTP/1.0");
    head.method = words[0];
    head.target = words[1];
    return words[2].back();
}

Result<void> parse_field(std::string_view line, HttpHeaders& headers) {
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
        return bad("a field has no name");  // also folding: it begins with a space
    std::string_view value = trim(line.substr(colon + 1));
    if (!is_field_value(value))
        return bad("a field value has control characters");
    headers.add(to_lower(line.substr(0, colon)), std::string(value));
    return {};
}

std::size_t count(const HttpHeaders& headers, std::string_view name) {
    auto same = [name](const HttpHeaders::Field& field) { return field.first == name; };
    return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(), same));
}

/// RFC 9112 6.3. Anything two parsers could read differently is refused.
Result<Framing> find_framing(Request& request) {
    const HttpHeaders& headers = request.head.headers;
    std::size_t lengths = count(headers, "content-length");
    std::size_t codings = count(headers, "transfer-encoding");
    if (lengths > 1 || codings > 1 || (lengths == 1 && codings == 1))
        return bad("more than one field says how long the body is");
    if (codings == 1) {
        if (to_lower(headers.find("transfer-encoding").value_or("")) != "chunked")
            return bad("the only transfer coding is chunked");
        return Framing::chunked;
    }
    if (lengths == 0)
        return Framing::none;
    auto length = parse_decimal(headers.find("content-length").value_or(""));
    if (!length)
        return bad("content-length is not a number");
    request.content_length = *length;
    return *length == 0 ? Framing::none : Framing::fixed;
}

Persistence find_persistence(const HttpHeaders& headers, char version) {
    std::string wish = to_lower(headers.find("connection").value_or(""));
    for (std::string_view option : split(wish, ',')) {
        if (trim(option) == "close")
            return Persistence::close;
        if (trim(option) == "keep-alive")
            return Persistence::keep_alive;
    }
    return version == '1' ? Persistence::keep_alive : Persistence::close;
}

}  // namespace

Result<ParsedHead> parse_head(std::string_view text) {
    ParsedHead parsed;
    Request& request = parsed.request;
    std::optional<char> version;
    while (!text.empty()) {
        std::size_t end = text.find("\r\n");
        if (end == std::string_view::npos)
            return bad("a line does not end with CRLF");
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 2);
        if (line.find_first_of("\r\n") != std::string_view::npos)
            return bad("CR or LF alone");
        if (version)
            TRY(parse_field(line, request.head.headers));
        else
            version = TRY(parse_request_line(line, request.head));
    }
    if (!version)
        return bad("there is no request line");
    const HttpHeaders& headers = request.head.headers;
    if (count(headers, "host") > 1 || (*version == '1' && count(headers, "host") == 0))
        return bad("there must be one Host field");  // RFC 9112 3.2
    request.head.authority = headers.find("host").value_or("");
    parsed.framing = TRY(find_framing(request));
    if (*version == '0' && parsed.framing == Framing::chunked)
        return bad("HTTP/1.0 has no transfer codings");
    request.persistence = find_persistence(headers, *version);
    request.expects_continue = to_lower(headers.find("expect").value_or("")) == "100-continue";
    return parsed;
}

}  // namespace kith::http1
