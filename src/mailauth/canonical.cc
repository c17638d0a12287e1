#include "mailauth/canonical.h"

#include <algorithm>

#include "base/text.h"

namespace kith::mailauth {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t';
}

// Unfolded, each run of white space one space, none at the ends (RFC 6376 section 3.4.2).
std::string relaxed_value(std::string_view value) {
    std::string out;
    bool space = false;
    for (const char c : value) {
        if (c == '\r' || c == '\n')
            continue;
        if (is_space(c)) {
            space = true;
            continue;
        }
        if (space && !out.empty())
            out += ' ';
        space = false;
        out += c;
    }
    return out;
}

}  // namespace

std::string canonical_field(const RawField& field, Canonicalization form) {
    if (form == Canonicalization::simple)
        return std::string(field.whole);
    return to_lower(field.name) + ":" + relaxed_value(field.value) + "\r\n";
}

void BodyHasher::content(std::string_view octets) {
    static constexpr std::string_view kEnds =
        "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";
    while (line_ends_ > 0) {
        const std::uint64_t now = std::min<std::uint64_t>(line_ends_, kEnds.size() / 2);
        hash_.update(as_bytes(kEnds.substr(0, 2 * now)));
        line_ends_ -= now;
    }
    if (after_space_)
        hash_.update(as_bytes(" "));
    after_space_ = false;
    has_content_ = true;
    hash_.update(as_bytes(octets));
}

// RFC 6376 sections 3.4.3 and 3.4.4. A CR or LF that stands alone is an octet like any.
void BodyHasher::update(std::string_view piece) {
    const std::string_view stops = form_ == Canonicalization::relaxed ? "\r \t" : "\r";
    while (!piece.empty()) {
        if (after_cr_) {
            after_cr_ = false;
            if (piece.front() == '\n') {
                ++line_ends_;
                after_space_ = false;
                piece.remove_prefix(1);
            } else {
                content("\r");
            }
            continue;
        }
        const std::size_t run = std::min(piece.find_first_of(stops), piece.size());
        if (run > 0) {
            content(piece.substr(0, run));
            piece.remove_prefix(run);
            continue;
        }
        (piece.front() == '\r' ? after_cr_ : after_space_) = true;
        piece.remove_prefix(1);
    }
}

Hash BodyHasher::finish() {
    if (after_cr_)
        content("\r");
    if (has_content_ || form_ == Canonicalization::simple)
        hash_.update(as_bytes("\r\n"));
    return hash_.finish();
}

}  // namespace kith::mailauth
