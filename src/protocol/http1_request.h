// Requests of HTTP/1.1 as a pure machine (RFC 9112): octets in, events out. Strict where leniency
// lets two parsers disagree (request smuggling): CRLF only, no folding, one Content-Length or
// "chunked" and never both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/http_headers.h"

namespace kith::http1 {

/// What becomes of the connection behind the answer.
enum class Persistence { keep_alive, close };

struct Request {
    RequestHead head;
    std::optional<std::uint64_t> content_length;  ///< absent: chunked, or no body at all
    Persistence persistence = Persistence::keep_alive;
    bool expects_continue = false;  ///< RFC 9110 section 10.1.1
};
struct Data {
    Bytes bytes;
};
struct End {};  ///< the request is complete; nothing more comes before next_request()
using Event = std::variant<Request, Data, End>;

///        feed                     body octets            last octet
///  head ───────► Request event ──────────────► Data … ──────────────► End ─ next_request() ─► head
class RequestParser {
  public:
    explicit RequestParser(std::size_t head_limit = 16 * 1024) : head_limit_(head_limit) {}

    /// Octets behind the end of a request are kept for the next one: feed no more until
    /// next_request(). Errors: malformed (400), limit (431: the header, or a chunk's line, is over
    /// the limit). The parser is of no use then.
    Result<void> feed(ByteView octets);
    std::optional<Event> next_event();
    /// After End. Parses what was kept; errors as feed().
    Result<void> next_request();
    /// The request has come to its end (its events may still wait to be taken).
    bool at_end() const { return state_ == State::ended; }
    /// A header has begun and not ended.
    bool inside_header() const { return state_ == State::head && !pending_.empty(); }

  private:
    enum class State {
        head,        ///< pending_ holds the beginning of a header
        fixed,       ///< left_ octets of body remain
        chunk_size,  ///< pending_ holds the beginning of a chunk's line
        chunk,       ///< left_ octets of the chunk remain
        chunk_end,   ///< CRLF behind a chunk
        trailers,    ///< read and thrown away
        ended,       ///< pending_ belongs to the next request
    };
    /// True: go on; false: more octets are needed.
    Result<bool> step();
    Result<bool> take_head();
    Result<bool> take_chunk_line();
    Result<bool> take_trailers();
    bool take_body(State then);
    Result<std::optional<std::string>> take_line(std::size_t limit);
    void end_request();
    std::string_view rest() const { return std::string_view(pending_).substr(taken_); }

    std::size_t head_limit_;
    State state_ = State::head;
    std::string pending_;
    std::size_t taken_ = 0;  ///< of pending_; cut off once a feed(), or small chunks cost a square
    std::uint64_t left_ = 0;
    std::size_t trailer_octets_ = 0;
    std::deque<Event> events_;
};

/// Status line and header of an answer, with the empty line (RFC 9112 section 4).
std::string format_reply(const ReplyHead& head);

}  // namespace kith::http1
