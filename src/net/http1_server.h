// The server's side of an HTTP/1.1 connection: one request after the other, all in one coroutine.
// The body is read from the socket as the handler asks for it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "net/http_message.h"
#include "net/server_worker.h"
#include "net/tls_stream.h"
#include "protocol/http1_request.h"

namespace kith {

class Http1Connection final : public ServerConnection,
                              public std::enable_shared_from_this<Http1Connection> {
  public:
    Http1Connection(TlsStream stream,
                    boost::asio::ip::tcp::endpoint remote,
                    std::shared_ptr<ServerWorker> worker);

    /// Until the connection ends.
    awaitable<void> run();

    void check(SteadyTime now) override;
    void begin_stop() override;
    void abort() override;
    const boost::asio::ip::tcp::endpoint& remote() const override { return remote_; }

    /// For the request's body.
    awaitable<Result<Bytes>> read_body();
    bool body_complete() const { return parser_.at_end(); }

  private:
    enum class Phase { header, handler, body, answer, linger };

    awaitable<bool> serve_one();
    awaitable<Result<std::optional<http1::Request>>> read_request();
    awaitable<Result<void>> read_more();
    std::shared_ptr<HttpRequest> make_message(http1::Request request);
    awaitable<Result<void>> send(HttpResponse response, bool with_body);
    awaitable<Result<void>> send_source(ReplyHead head, std::shared_ptr<BodySource> source);
    awaitable<Result<void>> write(Bytes octets);
    awaitable<void> refuse(Error why);
    awaitable<void> linger();
    void enter(Phase phase);

    TlsStream stream_;
    boost::asio::ip::tcp::endpoint remote_;
    std::shared_ptr<ServerWorker> worker_;
    http1::RequestParser parser_;
    Phase phase_ = Phase::header;
    SteadyTime phase_since_;
    SteadyTime::duration waited_{};  ///< for the body of this request
    std::uint64_t received_ = 0;     ///< of it
    bool any_octet_ = false;         ///< of the next request's header
    bool body_ended_ = false;        ///< its end was taken from the parser
    bool too_slow_ = false;
    bool wants_continue_ = false;
    bool keep_alive_ = true;
    std::shared_ptr<BodySource> source_;
};

}  // namespace kith
