#include "protocol/smtp_data.h"

#include <algorithm>

namespace kith::smtp {
namespace {

/// How many octets of `in` are neither CR nor LF nor NUL.
std::size_t plain_run(ByteView in) {
    const auto special = [](std::uint8_t c) { return c == '\r' || c == '\n' || c == 0; };
    return static_cast<std::size_t>(std::ranges::find_if(in, special) - in.begin());
}

}  // namespace

const char* name_of(DataReader::Fault fault) {
    using enum DataReader::Fault;
    switch (fault) {
        case none:
            return "none";
        case bare_cr:
            return "bare CR";
        case bare_lf:
            return "bare LF";
        case nul:
            return "NUL";
        case long_line:
            return "a line that is too long";
    }
    return "";
}

void DataReader::fail_with(Fault fault) {
    if (fault_ == Fault::none || !lost_framing())
        fault_ = fault;
}

std::size_t DataReader::read(ByteView in, Bytes& out) {
    std::size_t taken = 0;
    while (taken < in.size() && !ended() && !lost_framing()) {
        const std::uint8_t c = in[taken];
        switch (state_) {
            case State::line:
                state_ = State::text;
                if (framing_ == Framing::dots && c == '.') {
                    state_ = State::dot;
                    ++taken;
                }
                break;
            case State::dot:
                state_ = State::text;
                if (c == '\r') {
                    state_ = State::dot_cr;
                    ++taken;
                }
                break;
            case State::text:
                taken += read_text(in.subspan(taken), out);
                break;
            case State::cr:
            case State::dot_cr:
                if (c != '\n') {
                    fail_with(Fault::bare_cr);
                    break;
                }
                ++taken;
                if (state_ == State::dot_cr) {
                    state_ = State::ended;
                    break;
                }
                out.insert(out.end(), {'\r', '\n'});
                line_ = 0;
                state_ = State::line;
                break;
            case State::ended:
                break;
        }
    }
    return taken;
}

/// Up to the end of `in` or behind a CR.
std::size_t DataReader::read_text(ByteView in, Bytes& out) {
    const std::size_t run = plain_run(in);
    out.insert(out.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(run));
    line_ += run;
    if (line_ + 2 > line_limit_)
        fail_with(Fault::long_line);
    if (run == in.size())
        return run;
    if (in[run] == '\r')
        state_ = State::cr;
    else
        fail_with(in[run] == 0 ? Fault::nul : Fault::bare_lf);
    return run + 1;
}

void DataReader::finish() {
    if (state_ == State::cr)
        fail_with(Fault::bare_cr);
}

Result<void> DataWriter::write(ByteView in, Bytes& out) {
    while (!in.empty()) {
        if (after_cr_ != (in[0] == '\n'))
            return fail(ErrorKind::malformed, "message", "bare CR or LF");
        if (after_cr_) {
            out.push_back('\n');
            in = in.subspan(1);
            line_ = 0;
            after_cr_ = false;
            continue;
        }
        if (line_ == 0 && in[0] == '.' && framing_ == Framing::dots)
            out.push_back('.');
        const std::size_t run = plain_run(in);
        line_ += run;
        if (line_ + 2 > line_limit_)
            return fail(ErrorKind::limit, "message", "a line is too long");
        const std::size_t size = std::min(run + 1, in.size());
        if (run < in.size() && in[run] != '\r')
            return fail(ErrorKind::malformed, "message", in[run] == 0 ? "NUL" : "bare LF");
        after_cr_ = run < in.size();
        out.insert(out.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(size));
        in = in.subspan(size);
    }
    return {};
}

Result<void> DataWriter::finish(Bytes& out) {
    if (after_cr_)
        return fail(ErrorKind::malformed, "message", "bare CR");
    if (framing_ == Framing::counted)
        return {};
    static constexpr std::string_view kEnd = "\r\n.\r\n";
    const std::string_view end = kEnd.substr(line_ > 0 ? 0 : 2);
    out.insert(out.end(), end.begin(), end.end());
    return {};
}

}  // namespace kith::smtp
