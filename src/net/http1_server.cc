#include "net/http1_server.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "net/deadline.h"

namespace kith {

namespace {

/// What is read and thrown away behind an answer that came before the request's end.
constexpr std::size_t kLingerOctets = 1024 * 1024;
constexpr std::chrono::seconds kLingerTime{2};

class Http1Body final : public RequestBody {
  public:
    Http1Body(std::weak_ptr<Http1Connection> connection, std::optional<std::uint64_t> declared)
        : connection_(std::move(connection)), declared_(declared) {}
    std::optional<std::uint64_t> declared_size() const override { return declared_; }
    bool complete() const override {
        auto connection = connection_.lock();
        return !connection || connection->body_complete();
    }
    awaitable<Result<Bytes>> read_some() override {
        auto connection = connection_.lock();
        if (!connection)
            co_return fail(ErrorKind::io, "body", "the connection is gone");
        co_return co_await connection->read_body();
    }

  private:
    std::weak_ptr<Http1Connection> connection_;
    std::optional<std::uint64_t> declared_;
};

std::string chunk_line(std::size_t size) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string line;
    for (; size > 0; size /= 16)
        line.insert(line.begin(), kDigits[size % 16]);
    return (line.empty() ? "0" : line) + "\r\n";
}

void append(Bytes& out, std::string_view text) {
    out.insert(out.end(), text.begin(), text.end());
}

}  // namespace

Http1Connection::Http1Connection(TlsStream stream,
                                 boost::asio::ip::tcp::endpoint remote,
                                 std::shared_ptr<ServerWorker> worker)
    : stream_(std::move(stream)),
      remote_(std::move(remote)),
      worker_(std::move(worker)),
      parser_(worker_->limits().header_list_octets),
      phase_since_(std::chrono::steady_clock::now()) {}

awaitable<void> Http1Connection::run() {
    auto self = shared_from_this();
    while (stream_.is_open() && !worker_->stopping() && co_await serve_one()) {
    }
    if (!parser_.at_end())
        co_await linger();
    stream_.close();
}

/// Closing a socket with octets unread resets the connection, and the answer may be lost with it.
awaitable<void> Http1Connection::linger() {
    enter(Phase::linger);
    stream_.end_output();
    std::size_t left = kLingerOctets;
    while (stream_.is_open()) {
        Bytes& input = worker_->buffers()->input;
        auto size = co_await stream_.read_some(input);
        if (!size || *size == 0 || *size > left)
            break;
        left -= *size;
    }
}

void Http1Connection::enter(Phase phase) {
    phase_ = phase;
    phase_since_ = std::chrono::steady_clock::now();
}

/// One request and its answer. False: the connection is to be closed.
awaitable<bool> Http1Connection::serve_one() {
    enter(Phase::header);
    any_octet_ = parser_.inside_header();
    auto request = co_await read_request();
    if (!request) {
        co_await refuse(std::move(request).error());
        co_return false;
    }
    if (!*request)
        co_return false;
    keep_alive_ = (*request)->persistence == http1::Persistence::keep_alive;
    auto message = make_message(std::move(**request));
    enter(Phase::handler);
    HttpResponse response = co_await worker_->answer(message);
    bool with_body = has_body(message->method, response.status);
    message.reset();
    keep_alive_ = keep_alive_ && parser_.at_end() && !worker_->stopping();
    enter(Phase::answer);
    auto sent = co_await send(std::move(response), with_body);
    if (!sent || !keep_alive_)
        co_return false;
    if (auto next = parser_.next_request(); !next) {
        co_await refuse(std::move(next).error());
        co_return false;
    }
    co_return true;
}

awaitable<Result<std::optional<http1::Request>>> Http1Connection::read_request() {
    while (true) {
        while (auto event = parser_.next_event())
            if (auto* request = std::get_if<http1::Request>(&*event))
                co_return std::optional(std::move(*request));
        auto more = co_await read_more();
        if (!more && more.error().kind == ErrorKind::io)
            co_return std::optional<http1::Request>();  // the client is gone
        if (!more)
            co_return std::move(more).error();
    }
}

awaitable<Result<void>> Http1Connection::read_more() {
    Bytes& input = worker_->buffers()->input;
    auto size = CO_TRY(co_await stream_.read_some(input));
    if (size == 0)
        co_return fail(ErrorKind::io, "connection", "closed by the peer");
    if (!std::exchange(any_octet_, true))
        phase_since_ = std::chrono::steady_clock::now();
    co_return parser_.feed(ByteView(input).first(size));
}

std::shared_ptr<HttpRequest> Http1Connection::make_message(http1::Request request) {
    auto message = std::make_shared<HttpRequest>();
    message->method = std::move(request.head.method);
    std::size_t query = request.head.target.find('?');
    message->path = request.head.target.substr(0, query);
    if (query != std::string::npos)
        message->query = request.head.target.substr(query + 1);
    message->authority = std::move(request.head.authority);
    message->headers = std::move(request.head.headers);
    message->remote = remote_;
    message->body = std::make_unique<Http1Body>(weak_from_this(), request.content_length);
    waited_ = {};
    received_ = 0;
    wants_continue_ = request.expects_continue;
    body_ended_ = false;
    return message;
}

awaitable<Result<Bytes>> Http1Connection::read_body() {
    enter(Phase::body);
    Bytes bytes;
    while (true) {
        while (auto event = parser_.next_event()) {
            if (auto* data = std::get_if<http1::Data>(&*event))
                bytes = std::move(data->bytes);
            else
                body_ended_ = true;
            if (!bytes.empty())
                break;
        }
        if (!bytes.empty() || body_ended_)
            break;
        // RFC 9110 10.1.1: the handler wants the body after all.
        if (std::exchange(wants_continue_, false))
            CO_TRY(co_await write(to_bytes("HTTP/1.1 100 Continue\r\n\r\n")));
        auto more = co_await read_more();
        waited_ += std::chrono::steady_clock::now() - phase_since_;
        enter(Phase::body);
        if (too_slow_)
            co_return fail(ErrorKind::timeout, "body", "too slow");
        CO_TRY(std::move(more));
    }
    received_ += bytes.size();
    enter(Phase::handler);
    co_return bytes;
}

awaitable<Result<void>> Http1Connection::send(HttpResponse response, bool with_body) {
    ReplyHead head = worker_->reply_head(response);
    if (!keep_alive_)
        head.headers.add("connection", "close");
    auto* source = std::get_if<std::shared_ptr<BodySource>>(&response.body);
    if (source && *source && with_body)
        co_return co_await send_source(std::move(head), std::move(*source));
    Bytes out = to_bytes(http1::format_reply(head));
    if (with_body && !source) {
        const Bytes& body = std::get<Bytes>(response.body);
        out.insert(out.end(), body.begin(), body.end());
    }
    co_return co_await write(std::move(out));
}

awaitable<Result<void>> Http1Connection::send_source(ReplyHead head,
                                                     std::shared_ptr<BodySource> source) {
    source_ = source;
    bool chunked = !head.headers.find("content-length");
    if (chunked)
        head.headers.add("transfer-encoding", "chunked");
    if (worker_->stopping())
        source->stop();
    auto sent = co_await write(to_bytes(http1::format_reply(head)));
    while (sent) {
        enter(Phase::answer);
        auto piece = co_await detail::as_value(source->next());
        if (!piece) {
            sent = std::move(piece).error();  // the client sees a body cut short
            break;
        }
        Bytes out;
        bool last = piece->empty();
        if (chunked)
            append(out, chunk_line(piece->size()));
        out.insert(out.end(), piece->begin(), piece->end());
        if (chunked)
            append(out, "\r\n");
        enter(Phase::answer);
        sent = co_await write(std::move(out));
        if (last)
            break;
    }
    source_.reset();
    co_return sent;
}

awaitable<Result<void>> Http1Connection::write(Bytes octets) {
    return stream_.write_all(std::move(octets));
}

awaitable<void> Http1Connection::refuse(Error why) {
    unsigned status = why.kind == ErrorKind::limit ? 431 : 400;
    keep_alive_ = false;
    enter(Phase::answer);
    HttpResponse response = text_response(status, "text/plain; charset=utf-8", why.detail + "\n");
    [[maybe_unused]] auto sent = co_await send(std::move(response), true);
}

void Http1Connection::check(SteadyTime now) {
    const HttpLimits& limits = worker_->limits();
    auto in_phase = now - phase_since_;
    switch (phase_) {
        case Phase::header:
            if (in_phase > (any_octet_ ? limits.header_timeout.get() : limits.idle_timeout.get()))
                stream_.close();
            break;
        case Phase::body: {
            auto waited = waited_ + in_phase;
            auto seconds = std::chrono::duration<double>(waited).count();
            if (waited > limits.body_grace.get() &&
                static_cast<double>(received_) <
                    seconds * static_cast<double>(limits.min_body_rate.get())) {
                too_slow_ = true;
                stream_.close();
            }
            break;
        }
        case Phase::answer:
            if (in_phase > (source_ ? limits.event_timeout : limits.stall_timeout.get()))
                abort();
            break;
        case Phase::linger:
            if (in_phase > kLingerTime)
                stream_.close();
            break;
        case Phase::handler:
            break;
    }
}

void Http1Connection::begin_stop() {
    if (phase_ == Phase::header)
        stream_.close();
    if (source_)
        source_->stop();
}

void Http1Connection::abort() {
    stream_.close();
    if (source_)
        source_->stop();
}

}  // namespace kith
