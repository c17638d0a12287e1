// The server's side of an HTTP/2 connection: requests become handler coroutines, one each; bodies
// wait in the stream until the handler reads them.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/http2_link.h"
#include "net/http_message.h"
#include "net/server_worker.h"
#include "net/signal.h"

namespace kith {

/// One request under way. Shared by the link, the request's body and the answering coroutine.
struct Http2ServerStream {
    explicit Http2ServerStream(http2::StreamId number) : id(number) {}

    http2::StreamId id;
    std::optional<std::uint64_t> declared;
    Bytes arrived;  ///< not read yet: owed to flow control
    std::uint64_t received = 0;
    bool ended = false;  ///< the client's side
    bool gone = false;   ///< closed: nothing goes out any more
    std::optional<Error> failed;
    Signal input;
    Signal output;
    bool drained = false;
    std::shared_ptr<BodySource> source;

    std::optional<SteadyTime> waiting_since;  ///< a read waits
    SteadyTime::duration waited{};            ///< all earlier waits together
    std::optional<SteadyTime> pulling_since;  ///< the source is asked
    std::uint64_t last_sent = 0;
    std::optional<SteadyTime> stalled_since;
};

class Http2ServerLink final : public Http2Link, public ServerConnection {
  public:
    Http2ServerLink(TlsStream stream,
                    boost::asio::ip::tcp::endpoint remote,
                    std::shared_ptr<ServerWorker> worker);

    void check(SteadyTime now) override;
    void begin_stop() override;
    void abort() override;
    const boost::asio::ip::tcp::endpoint& remote() const override { return remote_; }

    /// For the request's body.
    awaitable<Result<Bytes>> read_body(std::shared_ptr<Http2ServerStream> stream);

  private:
    using StreamPtr = std::shared_ptr<Http2ServerStream>;

    void on_event(http2::Event event) override;
    void on_events_told() override;
    void on_closed(const Error& why) override;
    void take_request(http2::Request request);
    void take_data(http2::Data data);
    void end_stream(const StreamPtr& stream, Error why);
    awaitable<void> answer(StreamPtr stream, std::shared_ptr<HttpRequest> request);
    awaitable<void> send_source(StreamPtr stream, ReplyHead head);
    void check_connection(SteadyTime now);
    void check_stream(SteadyTime now, const StreamPtr& stream);

    boost::asio::ip::tcp::endpoint remote_;
    std::shared_ptr<ServerWorker> worker_;
    std::unordered_map<http2::StreamId, StreamPtr> streams_;
    /// Requests whose handlers start when all that has arrived is told, often the body too.
    std::vector<std::pair<StreamPtr, std::shared_ptr<HttpRequest>>> starting_;
    std::size_t handlers_ = 0;  ///< running; those of streams that are gone included
    SteadyTime idle_since_;     ///< no stream is open since
    std::optional<SteadyTime> header_since_;
    std::optional<SteadyTime> pinged_;
    bool any_request_ = false;
    bool going_away_ = false;
};

}  // namespace kith
