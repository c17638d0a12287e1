// The client's side of an HTTP/2 connection, and one request on it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "net/http2_link.h"
#include "net/http_client.h"
#include "net/signal.h"

namespace kith {

class ClientLink;

/// One request under way. All on the client's thread.
struct ClientExchange {
    http2::StreamId id = 0;
    std::shared_ptr<ClientLink> link;
    std::optional<ReplyHead> head;
    Bytes arrived;        ///< not read yet: owed to flow control
    bool ended = false;   ///< the reply is complete
    bool closed = false;  ///< the stream is gone
    bool unseen = false;  ///< it failed before the server looked at it
    bool first_on_link = false;
    std::optional<Error> failed;
    std::shared_ptr<BodySource> source;
    bool source_asked = false;
    bool drained = false;
    SteadyTime deadline;  ///< of the current wait; the sweep wakes it then
    Signal changed;
};

class ClientLink final : public Http2Link {
  public:
    /// `on_change` is called when a place becomes free, or the connection is settled or lost.
    ClientLink(TlsStream stream,
               const HttpClientOptions& options,
               std::shared_ptr<IoBuffers> buffers,
               std::function<void()> on_change);

    /// The server's SETTINGS have come, or the connection was lost.
    awaitable<Result<void>> settled();
    std::size_t free_places() const;
    /// Whether it will have places: it is open, and the server did not say goodbye.
    bool serves() const { return is_open() && !going_away_; }
    std::size_t in_use() const { return exchanges_.size(); }

    /// Sends the request. Requires: a free place.
    Result<std::shared_ptr<ClientExchange>> begin(const RequestHead& head, HttpBody body);
    /// Waits until something about the exchange has changed, sending its body meanwhile.
    awaitable<void> progress(std::shared_ptr<ClientExchange> exchange);
    /// What has arrived and was not taken yet.
    Bytes take(ClientExchange& exchange);
    /// Nobody reads on.
    void release(ClientExchange& exchange);

    void check(SteadyTime now);
    TlsSession tls_session() { return stream().session(); }

  private:
    using ExchangePtr = std::shared_ptr<ClientExchange>;

    void on_event(http2::Event event) override;
    void on_closed(const Error& why) override;
    void on_stream_event(ClientExchange& exchange, http2::Event event);
    void on_stream_closed(ClientExchange& exchange, std::uint32_t code);

    const std::size_t most_streams_;
    const Milliseconds idle_timeout_;
    std::function<void()> on_change_;
    std::unordered_map<http2::StreamId, ExchangePtr> exchanges_;
    std::size_t allowed_ = 0;  ///< by the server; 0 before its SETTINGS
    bool going_away_ = false;
    bool any_request_ = false;
    std::optional<Error> lost_;
    Signal settled_;
    SteadyTime idle_since_;
    std::optional<SteadyTime> pinged_;
};

}  // namespace kith
