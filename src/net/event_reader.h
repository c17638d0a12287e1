// Server-sent events (WHATWG HTML section 9.2): the reading side over a client's stream.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "net/awaitable.h"
#include "net/http_client.h"
#include "protocol/event_stream.h"

namespace kith {

/// Reads events one after the other from a reply of type text/event-stream.
class EventReader {
  public:
    explicit EventReader(std::unique_ptr<HttpStream> stream) : stream_(std::move(stream)) {}

    /// The next event; nullopt when the server ended the stream. Errors: timeout when nothing came
    /// for `limit` (a further call may go on), io, limit (an event over 1 MiB).
    awaitable<Result<std::optional<ServerEvent>>> next(Milliseconds limit);

  private:
    std::unique_ptr<HttpStream> stream_;
    EventStreamParser parser_;
};

}  // namespace kith
