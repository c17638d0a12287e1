// The text of a message on the wire, as DATA (RFC 5321 section 4.5.2) and BDAT (RFC 3030) carry it.
//
// One rule of framing everywhere, in both directions: lines end in CRLF, and neither CR nor LF nor
// NUL stands elsewhere. Two servers that take other line ends differently see different ends of the
// message in the same octets, and what is text for the one is a command for the other (SMTP
// smuggling). So there is nothing to repair: such a message is refused, or not sent.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace kith::smtp {

/// Octets of a line with its CRLF, the dot that was added not counted (RFC 5321 section 4.5.3.1.6).
inline constexpr std::size_t kTextLine = 1000;

enum class Framing {
    dots,     ///< ends at a line with a dot alone; dots at the beginning of lines are doubled
    counted,  ///< somebody else knows where it ends
};

/// Takes messages off the wire. Holds at most one octet back.
class DataReader {
  public:
    enum class Fault { none, bare_cr, bare_lf, nul, long_line };

    explicit DataReader(Framing framing, std::size_t line_limit = kTextLine)
        : framing_(framing), line_limit_(line_limit) {}

    /// Appends to `out` what of `in` is the message's, and returns how many octets of `in` were
    /// taken: all of them, or those up to the end of the message, or up to a fault. Behind a
    /// long_line the reading goes on as if nothing was: where the message ends is certain. Behind
    /// the other faults nothing more is taken.
    std::size_t read(ByteView in, Bytes& out);
    /// For counted framing, behind the last octet: a CR at the very end is a fault.
    void finish();
    /// Dots: the line with the dot was read.
    bool ended() const { return state_ == State::ended; }
    /// The first that was found.
    Fault fault() const { return fault_; }
    /// What has been told of may not be text to the peer.
    bool lost_framing() const { return fault_ != Fault::none && fault_ != Fault::long_line; }

  private:
    ///        "."          CR              LF
    ///  line ─────► dot ─────────► dot_cr ─────► ended
    ///   ▲ │other    │other
    ///   │ └──► text ◄┘
    ///   │LF     │CR
    ///   └─ cr ◄─┘        any other way: a fault
    enum class State { line, text, cr, dot, dot_cr, ended };

    std::size_t read_text(ByteView in, Bytes& out);
    void fail_with(Fault fault);

    Framing framing_;
    std::size_t line_limit_;
    State state_ = State::line;  ///< as if behind CRLF: the first line needs no rule of its own
    Fault fault_ = Fault::none;
    std::size_t line_ = 0;  ///< octets of the current line so far
};

/// For logs and replies: "bare LF".
const char* name_of(DataReader::Fault fault);

/// Puts messages on the wire.
class DataWriter {
  public:
    explicit DataWriter(Framing framing, std::size_t line_limit = kTextLine)
        : framing_(framing), line_limit_(line_limit) {}

    /// Appends `in` to `out`, with dots doubled where the framing has them. Errors, after which the
    /// message cannot be ended: malformed (bare CR or LF, NUL), limit (a line).
    Result<void> write(ByteView in, Bytes& out);
    /// Dots: appends the end of the message, and CRLF before it where the last line has none (RFC
    /// 5321 section 4.1.1.4). Errors: malformed (a CR at the very end).
    Result<void> finish(Bytes& out);

  private:
    Framing framing_;
    std::size_t line_limit_;
    std::size_t line_ = 0;
    bool after_cr_ = false;
};

}  // namespace kith::smtp
