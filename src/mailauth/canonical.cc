#include "mailauth/canonical.h"

#include <algorithm>

#include "base/text.h"

namespace kith::mailauth {
namespace {

constexpr std::size_t kBlock = 8'192;

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

void BodyHasher::flush() {
    hash_.update(as_bytes(canonical_));
    canonical_.clear();
}

void BodyHasher::content(std::string_view octets) {
    for (; line_ends_ > 0; --line_ends_) {
        canonical_ += "\r\n";
        if (canonical_.size() >= kBlock)
            flush();
    }
    if (after_space_)
        canonical_ += ' ';
    after_space_ = false;
    has_content_ = true;
    canonical_ += octets;
    if (canonical_.size() >= kBlock)
        flush();
}

// How many octets stand there before one that may mean something else.
std::size_t BodyHasher::plain_run(std::string_view piece) const {
    if (form_ == Canonicalization::simple)
        return std::min(piece.find('\r'), piece.size());
    std::size_t run = 0;
    while (run < piece.size() && piece[run] != '\r' && !is_space(piece[run]))
        ++run;
    return run;
}

// RFC 6376 sections 3.4.3 and 3.4.4. A CR or LF that stands alone is an octet like any.
void BodyHasher::update(std::string_view piece) {
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
        const std::size_t run = plain_run(piece);
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
        canonical_ += "\r\n";
    flush();
    return hash_.finish();
}

}  // namespace kith::mailauth
