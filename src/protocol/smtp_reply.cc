#include "protocol/smtp_reply.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace kith::smtp {
namespace {

constexpr std::size_t kMaxWritten = 512;  // RFC 5321 4.5.3.1.5, with code and CRLF
constexpr std::size_t kMaxWrittenLines = 20;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string one_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(line, [](char c) { return c < ' ' || c > '~'; }, ' ');
    return line;
}

/// A status code of RFC 3463 section 2 at the front of `text`, which is moved behind it and a
/// space. Empty: none, or not of that class.
std::string take_enhanced(std::string_view& text, int code) {
    const std::string_view word = text.substr(0, text.find(' '));
    const auto parts = split(word, '.');
    const bool fits =
        parts.size() == 3 && parts[0] == std::to_string(code / 100) &&
        std::ranges::all_of(parts, [](std::string_view part) {
            return !part.empty() && part.size() <= 3 && std::ranges::all_of(part, is_digit);
        });
    if (!fits)
        return {};
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    return std::string(word);
}

}  // namespace

std::string Reply::line() const {
    std::string all = std::to_string(code) + (enhanced.empty() ? "" : " " + enhanced);
    if (!text.empty())
        all += " " + text;
    return one_line(all);
}

std::string format_reply(const Reply& reply) {
    const std::string enhanced = reply.enhanced.empty() ? "" : reply.enhanced + " ";
    const std::size_t room = kMaxWritten - 6 - enhanced.size();
    auto lines = split(reply.text, '\n');
    lines.resize(std::min(lines.size(), kMaxWrittenLines));
    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        out += std::to_string(reply.code);
        out += i + 1 < lines.size() ? '-' : ' ';
        out += enhanced + one_line(lines[i].substr(0, room)) + "\r\n";
    }
    return out;
}

Result<std::optional<Reply>> ReplyReader::read(ByteView& in) {
    while (!in.empty() && !complete_) {
        const char c = static_cast<char>(in.front());
        in = in.subspan(1);
        if (c == '\0' || (c == '\n') != line_.ends_with('\r'))
            return fail(ErrorKind::malformed, "reply", "NUL, or a line that does not end in CRLF");
        if (c != '\n') {
            if (line_.size() == kMaxLine)
                return fail(ErrorKind::limit, "reply", "a line is longer than 1000 octets");
            line_ += c;
            continue;
        }
        line_.pop_back();
        TRY(take_line());
        line_.clear();
    }
    if (!complete_)
        return std::optional<Reply>();
    complete_ = false;
    lines_ = 0;
    return std::optional(std::exchange(reply_, {}));
}

// RFC 5321 4.2: Reply-line. What follows the code may be missing.
Result<void> ReplyReader::take_line() {
    const bool has_code = line_.size() >= 3 && line_[0] >= '2' && line_[0] <= '5' &&
                          is_digit(line_[1]) && is_digit(line_[2]);
    if (!has_code || (line_.size() > 3 && line_[3] != ' ' && line_[3] != '-'))
        return fail(ErrorKind::malformed, "reply", "does not begin with a code");
    const int code = (line_[0] - '0') * 100 + (line_[1] - '0') * 10 + (line_[2] - '0');
    if (lines_ > 0 && code != reply_.code)
        return fail(ErrorKind::malformed, "reply", "its lines have different codes");
    if (++lines_ > kMaxLines)
        return fail(ErrorKind::limit, "reply", "has more than 100 lines");
    std::string_view text = std::string_view(line_).substr(std::min<std::size_t>(4, line_.size()));
    const std::string enhanced = take_enhanced(text, code);
    if (lines_ == 1)
        reply_.enhanced = enhanced;
    else
        reply_.text += '\n';
    reply_.code = code;
    reply_.text += text;
    if (reply_.text.size() > kMaxText)
        return fail(ErrorKind::limit, "reply", "is longer than 16 KiB");
    complete_ = line_.size() <= 3 || line_[3] == ' ';
    return {};
}

}  // namespace kith::smtp
