// Replies of SMTP (RFC 5321 section 4.2) with enhanced status codes (RFC 2034, RFC 3463): written
// by a server, read by a client.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace kith::smtp {

struct Reply {
    int code = 0;          ///< 200 to 599
    std::string enhanced;  ///< "5.7.1"; empty: none
    std::string text;      ///< lines joined by LF; for people

    bool is_positive() const { return code / 100 == 2; }
    bool is_temporary() const { return code / 100 == 4; }
    bool is_permanent() const { return code / 100 == 5; }
    /// "550 5.7.1 text", for logs: one line without control characters.
    std::string line() const;
    friend bool operator==(const Reply&, const Reply&) = default;
};

/// With CRLF. Whatever `text` holds, each line is printable ASCII and at most 512 octets long
/// (RFC 5321 section 4.5.3.1.5), and there are at most 20.
std::string format_reply(const Reply& reply);

/// Reads replies. Octets in, one reply at a time out.
class ReplyReader {
  public:
    /// RFC 5321 allows lines of 512 octets; of longer ones what is over 1000 is refused. A list of
    /// extensions has no more lines than that.
    static constexpr std::size_t kMaxLine = 1000;
    static constexpr std::size_t kMaxLines = 100;
    static constexpr std::size_t kMaxText = std::size_t{16} * 1024;

    /// Takes octets of `in` up to the end of a reply and moves `in` behind them; nullopt: more are
    /// needed. Errors, after which it is of no use: malformed (no reply code, codes that differ
    /// from line to line, bare CR or LF, NUL), limit.
    Result<std::optional<Reply>> read(ByteView& in);
    /// A reply has begun and not ended.
    bool inside() const { return !line_.empty() || reply_.code != 0; }

  private:
    Result<void> take_line();

    std::string line_;  ///< so far, at most kMaxLine
    Reply reply_;       ///< the lines so far
    std::size_t lines_ = 0;
    bool complete_ = false;
};

}  // namespace kith::smtp
