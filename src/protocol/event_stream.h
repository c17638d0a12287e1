// Server-sent events, text/event-stream (WHATWG HTML section 9.2): writing one, and a pure parser.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace kith {

struct ServerEvent {
    std::string type = "message";
    std::string data;  ///< lines joined by LF
    std::string id;    ///< the last id seen; empty: none
    bool operator==(const ServerEvent&) const = default;
};

/// The octets of one event; `data` may have several lines. Neither type nor id holds CR or LF.
std::string format_event(const ServerEvent& event);

/// Octets in, events out; split as they may be, the events are the same.
class EventStreamParser {
  public:
    static constexpr std::size_t kMaxEventOctets = 1024 * 1024;

    /// Errors: limit, when one event is over kMaxEventOctets; the parser is of no use then.
    Result<void> feed(ByteView bytes);
    std::optional<ServerEvent> next_event();

  private:
    void take_line();
    void take_field(std::string_view name, std::string_view value);

    std::string line_;
    std::string data_;
    std::string type_;
    std::string id_;
    std::deque<ServerEvent> events_;
    bool after_cr_ = false;
    bool first_line_ = true;
    bool has_data_ = false;
};

}  // namespace kith
