#include "protocol/smtp_envelope.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"

namespace kith::smtp {
namespace {

constexpr std::size_t kMaxEnvelopeId = 100;         // RFC 3461 4.4
constexpr std::size_t kMaxOriginalRecipient = 500;  // RFC 3461 4.2
constexpr std::size_t kMaxAuth = 500;               // RFC 4954 5
constexpr std::uint64_t kMaxSize = 99'999'999'999'999'999;

Error bad(std::string_view keyword, std::string detail) {
    return fail(ErrorKind::malformed, std::string(keyword), std::move(detail));
}

struct Parameter {
    std::string keyword;  ///< upper case
    std::optional<std::string_view> value;
};

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string to_upper(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), upper);
    return out;
}

// RFC 5321 4.1.2: esmtp-keyword and esmtp-value; UTF-8 in values by RFC 6531 3.3 is in no parameter
// that we know.
Result<Parameter> parse_parameter(std::string_view text) {
    const std::size_t equals = text.find('=');
    Parameter parameter{to_upper(text.substr(0, equals)), std::nullopt};
    const auto in_keyword = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (parameter.keyword.empty() || parameter.keyword.starts_with('-') ||
        !std::ranges::all_of(parameter.keyword, in_keyword))
        return bad("parameter", "is not formed as one");
    if (equals != std::string_view::npos) {
        parameter.value = text.substr(equals + 1);
        const auto in_value = [](char c) { return c > ' ' && c <= '~'; };
        if (parameter.value->empty() || !std::ranges::all_of(*parameter.value, in_value))
            return bad(parameter.keyword, "its value is empty or has other than printable ASCII");
    }
    return parameter;
}

Result<std::vector<Parameter>> parse_list(std::string_view text) {
    std::vector<Parameter> list;
    std::set<std::string> seen;
    for (const std::string_view word : split(text, ' ')) {
        if (word.empty())
            continue;
        list.push_back(TRY(parse_parameter(word)));
        if (!seen.insert(list.back().keyword).second)
            return bad(list.back().keyword, "is given twice");
    }
    if (!list.empty() && !text.starts_with(' '))
        return bad("parameter", "no space before it");
    return list;
}

Result<void> no_value(const Parameter& parameter) {
    if (parameter.value)
        return bad(parameter.keyword, "takes no value");
    return {};
}

Result<std::string> xtext_of(const Parameter& parameter, std::size_t limit) {
    if (!parameter.value || parameter.value->size() > limit)
        return bad(parameter.keyword, "has no value, or a longer one than is allowed");
    TRY(decode_xtext(*parameter.value));
    return std::string(*parameter.value);
}

/// RFC 3461 4.4: the encoded text is of printable US-ASCII only.
Result<std::string> envelope_id_of(const Parameter& parameter) {
    std::string text = TRY(xtext_of(parameter, kMaxEnvelopeId));
    const std::string meaning = TRY(decode_xtext(text));
    if (!std::ranges::all_of(meaning, [](char c) { return c >= ' ' && c <= '~'; }))
        return bad(parameter.keyword, "is not of printable ASCII");
    return text;
}

Result<void> take(const Parameter& parameter, MailParameters& into) {
    const std::string value = to_upper(parameter.value.value_or(""));
    if (parameter.keyword == "SIZE") {
        auto size = parse_decimal(value, kMaxSize);
        if (!size)
            return bad("SIZE", "is not a number of octets");
        into.size = *size;
    } else if (parameter.keyword == "BODY") {
        if (value != "7BIT" && value != "8BITMIME")
            return bad("BODY", "is neither 7BIT nor 8BITMIME");
        into.body = value == "7BIT" ? BodyType::seven_bit : BodyType::eight_bit_mime;
    } else if (parameter.keyword == "SMTPUTF8") {
        TRY(no_value(parameter));
        into.smtputf8 = true;
    } else if (parameter.keyword == "REQUIRETLS") {
        TRY(no_value(parameter));
        into.require_tls = true;
    } else if (parameter.keyword == "RET") {
        if (value != "FULL" && value != "HDRS")
            return bad("RET", "is neither FULL nor HDRS");
        into.ret = value == "FULL" ? Ret::full : Ret::headers;
    } else if (parameter.keyword == "ENVID") {
        into.envelope_id = TRY(envelope_id_of(parameter));
    } else if (parameter.keyword == "AUTH") {
        into.auth = value == "<>" ? value : TRY(xtext_of(parameter, kMaxAuth));
    } else {
        return fail(ErrorKind::not_found, parameter.keyword, "is not known here");
    }
    return {};
}

Result<Notify> parse_notify(std::string_view value) {
    Notify notify;
    if (value == "NEVER")
        return notify;
    for (const std::string_view word : split(value, ',')) {
        bool* wish = word == "SUCCESS"   ? &notify.success
                     : word == "FAILURE" ? &notify.failure
                     : word == "DELAY"   ? &notify.delay
                                         : nullptr;
        if (wish == nullptr || *wish)
            return bad("NOTIFY", "is not NEVER nor of SUCCESS, FAILURE, DELAY");
        *wish = true;
    }
    return notify;
}

/// RFC 3461 4.2: original-recipient-address = addr-type ";" xtext. That of type utf-8 is escaped in
/// another way (RFC 6533 section 3), within the same characters.
Result<std::string> parse_original_recipient(const Parameter& parameter) {
    const std::string_view value = parameter.value.value_or("");
    const std::size_t end = value.find(';');
    const auto in_type = [](char c) {
        return (upper(c) >= 'A' && upper(c) <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (value.size() > kMaxOriginalRecipient || end == 0 || end == std::string_view::npos ||
        end + 1 == value.size() || !std::ranges::all_of(value.substr(0, end), in_type))
        return bad("ORCPT", "is not a type, a semicolon and an address");
    if (to_upper(value.substr(0, end)) != "UTF-8")
        TRY(decode_xtext(value.substr(end + 1)));
    return std::string(value);
}

Result<void> take(const Parameter& parameter, RcptParameters& into) {
    if (parameter.keyword == "NOTIFY")
        into.notify = TRY(parse_notify(to_upper(parameter.value.value_or(""))));
    else if (parameter.keyword == "ORCPT")
        into.original_recipient = TRY(parse_original_recipient(parameter));
    else
        return fail(ErrorKind::not_found, parameter.keyword, "is not known here");
    return {};
}

template <class Parameters>
Result<Parameters> parse_all(std::string_view text) {
    Parameters parameters;
    for (const Parameter& each : TRY(parse_list(text)))
        TRY(take(each, parameters));
    return parameters;
}

bool is_xchar(char c) {
    return c > ' ' && c <= '~' && c != '+' && c != '=';
}

}  // namespace

Result<MailParameters> parse_mail_parameters(std::string_view text) {
    return parse_all<MailParameters>(text);
}

Result<RcptParameters> parse_rcpt_parameters(std::string_view text) {
    return parse_all<RcptParameters>(text);
}

std::string format_parameters(const MailParameters& parameters) {
    std::string out;
    if (parameters.size)
        out += " SIZE=" + std::to_string(*parameters.size);
    if (parameters.body == BodyType::eight_bit_mime)
        out += " BODY=8BITMIME";
    if (parameters.smtputf8)
        out += " SMTPUTF8";
    if (parameters.require_tls)
        out += " REQUIRETLS";
    if (parameters.ret)
        out += *parameters.ret == Ret::full ? " RET=FULL" : " RET=HDRS";
    if (!parameters.envelope_id.empty())
        out += " ENVID=" + parameters.envelope_id;
    if (parameters.auth)
        out += " AUTH=" + *parameters.auth;
    return out;
}

std::string format_parameters(const RcptParameters& parameters) {
    std::string out;
    if (const auto& notify = parameters.notify) {
        std::string words = std::string(notify->success ? ",SUCCESS" : "") +
                            (notify->failure ? ",FAILURE" : "") + (notify->delay ? ",DELAY" : "");
        out += " NOTIFY=" + (words.empty() ? "NEVER" : words.substr(1));
    }
    if (!parameters.original_recipient.empty())
        out += " ORCPT=" + parameters.original_recipient;
    return out;
}

std::string encode_xtext(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += is_xchar(c) ? std::string(1, c) : "+" + to_upper(hex(as_bytes({&c, 1})));
    return out;
}

Result<std::string> decode_xtext(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '+') {
            if (!is_xchar(text[i]))
                return bad("xtext", "a character that is not allowed");
            out += text[i];
            continue;
        }
        const std::string_view digits = text.substr(i + 1, 2);
        const auto octet = parse_hex(to_lower(digits));
        if (digits.size() != 2 || !octet || to_upper(digits) != digits)
            return bad("xtext", "+ without two upper-case hexadecimal digits");
        out += as_text(*octet);
        i += 2;
    }
    return out;
}

}  // namespace kith::smtp
