#include "net/http2_server.h"

#include <chrono>
#include <utility>

#include "base/text.h"
#include "net/deadline.h"

namespace kith {

namespace {

http2::SessionLimits session_limits(const HttpLimits& limits) {
    http2::SessionLimits session;
    session.concurrent_streams = limits.concurrent_streams;
    session.header_list_octets = limits.header_list_octets;
    session.stream_window = limits.stream_window;
    session.connection_window = limits.connection_window;
    return session;
}

class Http2Body final : public RequestBody {
  public:
    Http2Body(std::shared_ptr<Http2ServerLink> link, std::shared_ptr<Http2ServerStream> stream)
        : link_(std::move(link)), stream_(std::move(stream)) {}
    std::optional<std::uint64_t> declared_size() const override { return stream_->declared; }
    bool complete() const override { return stream_->ended; }
    awaitable<Result<Bytes>> read_some() override { return link_->read_body(stream_); }

  private:
    std::shared_ptr<Http2ServerLink> link_;
    std::shared_ptr<Http2ServerStream> stream_;
};

}  // namespace

Http2ServerLink::Http2ServerLink(TlsStream stream,
                                 boost::asio::ip::tcp::endpoint remote,
                                 std::shared_ptr<ServerWorker> worker)
    : Http2Link(std::move(stream),
                http2::Role::server,
                session_limits(worker->limits()),
                worker->buffers()),
      remote_(std::move(remote)),
      worker_(std::move(worker)),
      idle_since_(std::chrono::steady_clock::now()) {}

void Http2ServerLink::on_event(http2::Event event) {
    if (auto* request = std::get_if<http2::Request>(&event))
        return take_request(std::move(*request));
    if (auto* data = std::get_if<http2::Data>(&event))
        return take_data(std::move(*data));
    auto stream_of = [this](http2::StreamId id) {
        auto found = streams_.find(id);
        return found == streams_.end() ? StreamPtr() : found->second;
    };
    if (auto* end = std::get_if<http2::End>(&event)) {
        if (auto stream = stream_of(end->stream)) {
            stream->ended = true;
            stream->input.raise();
        }
    } else if (auto* drained = std::get_if<http2::Drained>(&event)) {
        if (auto stream = stream_of(drained->stream)) {
            stream->drained = true;
            stream->output.raise();
        }
    } else if (auto* closed = std::get_if<http2::Closed>(&event)) {
        auto stream = stream_of(closed->stream);
        if (!stream)
            return;
        streams_.erase(closed->stream);
        end_stream(stream, fail(ErrorKind::io, "request", "the stream was reset"));
        if (streams_.empty())
            idle_since_ = std::chrono::steady_clock::now();
    }
}

void Http2ServerLink::take_request(http2::Request request) {
    any_request_ = true;
    // A client that opens and resets streams faster than handlers end has no more than its share.
    if (handlers_ >= worker_->limits().concurrent_streams) {
        session().reset(request.stream, http2::Code::refused_stream);
        return;
    }
    auto stream = std::make_shared<Http2ServerStream>(request.stream);
    if (auto length = request.head.headers.find("content-length"))
        if (auto octets = parse_decimal(*length))
            stream->declared = *octets;
    auto self = std::static_pointer_cast<Http2ServerLink>(shared_from_this());
    auto message = std::make_shared<HttpRequest>();
    message->method = std::move(request.head.method);
    std::size_t query = request.head.target.find('?');
    message->path = request.head.target.substr(0, query);
    if (query != std::string::npos)
        message->query = request.head.target.substr(query + 1);
    message->authority = std::move(request.head.authority);
    message->headers = std::move(request.head.headers);
    message->remote = remote_;
    message->body = std::make_unique<Http2Body>(self, stream);
    streams_.emplace(stream->id, stream);
    ++handlers_;
    starting_.emplace_back(std::move(stream), std::move(message));
}

void Http2ServerLink::on_events_told() {
    // A handler may run to its end inside spawn(), but makes no new requests.
    for (auto& [stream, message] : std::exchange(starting_, {}))
        worker_->spawn(answer(std::move(stream), std::move(message)));
}

void Http2ServerLink::take_data(http2::Data data) {
    auto found = streams_.find(data.stream);
    if (found == streams_.end()) {
        session().consume(data.stream, data.bytes.size());
        return;
    }
    Http2ServerStream& stream = *found->second;
    stream.received += data.bytes.size();
    if (stream.arrived.empty())
        stream.arrived = std::move(data.bytes);
    else
        stream.arrived.insert(stream.arrived.end(), data.bytes.begin(), data.bytes.end());
    stream.input.raise();
}

void Http2ServerLink::end_stream(const StreamPtr& stream, Error why) {
    stream->gone = true;
    session().consume(stream->id, stream->arrived.size());
    stream->arrived.clear();
    stream->failed = std::move(why);
    stream->input.raise();
    stream->output.raise();
    if (stream->source)
        stream->source->stop();
}

void Http2ServerLink::on_closed(const Error& why) {
    auto streams = std::exchange(streams_, {});
    for (auto& [id, stream] : streams)
        end_stream(stream, why);
}

awaitable<Result<Bytes>> Http2ServerLink::read_body(StreamPtr stream) {
    while (stream->arrived.empty() && !stream->ended && !stream->failed) {
        auto begin = std::chrono::steady_clock::now();
        stream->waiting_since = begin;
        co_await stream->input.wait();
        stream->waiting_since.reset();
        stream->waited += std::chrono::steady_clock::now() - begin;
    }
    if (stream->failed)
        co_return *stream->failed;
    if (!stream->arrived.empty()) {
        Bytes bytes = std::exchange(stream->arrived, {});
        session().consume(stream->id, bytes.size());
        flush();
        co_return bytes;
    }
    co_return Bytes();
}

awaitable<void> Http2ServerLink::answer(StreamPtr stream, std::shared_ptr<HttpRequest> request) {
    auto self = shared_from_this();
    HttpResponse response = co_await worker_->answer(request);
    bool with_body = has_body(request->method, response.status);
    request.reset();
    --handlers_;
    if (stream->gone)
        co_return;
    ReplyHead head = worker_->reply_head(response);
    auto* source = std::get_if<std::shared_ptr<BodySource>>(&response.body);
    if (source && *source && with_body) {
        stream->source = std::move(*source);
        co_await send_source(stream, std::move(head));
        co_return;
    }
    Bytes body = with_body && !source ? std::get<Bytes>(std::move(response.body)) : Bytes();
    session().respond(stream->id, head, http2::BodyMode::whole, std::move(body));
    flush();
}

awaitable<void> Http2ServerLink::send_source(StreamPtr stream, ReplyHead head) {
    session().respond(stream->id, head, http2::BodyMode::pieces, {});
    flush();
    if (worker_->stopping())
        stream->source->stop();
    while (true) {
        while (!stream->drained && !stream->gone)
            co_await stream->output.wait();
        if (stream->gone)
            break;
        stream->pulling_since = std::chrono::steady_clock::now();
        auto piece = co_await detail::as_value(stream->source->next());
        stream->pulling_since.reset();
        if (stream->gone)
            break;
        if (!piece)
            session().reset(stream->id, http2::Code::internal_error);
        else if (piece->empty())
            session().end_body(stream->id);
        else
            session().push_body(stream->id, std::move(*piece));
        stream->drained = false;
        flush();
    }
    stream->source.reset();
}

void Http2ServerLink::begin_stop() {
    going_away_ = true;
    session().go_away();
    flush();
    for (auto& [id, stream] : streams_)
        if (stream->source)
            stream->source->stop();
}

void Http2ServerLink::abort() {
    close(fail(ErrorKind::unavailable, "connection", "the server stops"));
}

void Http2ServerLink::check(SteadyTime now) {
    check_connection(now);
    if (!is_open())
        return;
    for (auto& [id, stream] : streams_)  // a reset stream leaves the map later, by its event
        check_stream(now, stream);
    flush();
}

void Http2ServerLink::check_connection(SteadyTime now) {
    const HttpLimits& limits = worker_->limits();
    auto over = [this](const char* what) { close(fail(ErrorKind::timeout, "connection", what)); };
    if (!session().inside_header())
        header_since_.reset();
    else if (!header_since_)
        header_since_ = now;
    if (header_since_ && now - *header_since_ > limits.header_timeout.get())
        return over("header too slow");
    if (!any_request_ && now - idle_since_ > limits.header_timeout.get())
        return over("no request");
    if (write_blocked() && now - last_write() > limits.stall_timeout.get())
        return over("answers are not taken");
    if (now - last_read() > limits.idle_timeout.get())
        return over("no sign of life");
    bool idle = streams_.empty() && session().open_streams() == 0;
    if (idle && !going_away_ && now - idle_since_ > limits.idle_timeout.get()) {
        going_away_ = true;
        session().go_away();  // with no stream open that ends the session
    }
    // A sign of life, asked for once each half of the idle time.
    if (now - last_read() > limits.idle_timeout.get() / 2 &&
        (!pinged_ || now - *pinged_ > limits.idle_timeout.get() / 2)) {
        pinged_ = now;
        session().ping();
    }
}

void Http2ServerLink::check_stream(SteadyTime now, const StreamPtr& stream) {
    const HttpLimits& limits = worker_->limits();
    if (stream->waiting_since) {
        auto waited = stream->waited + (now - *stream->waiting_since);
        auto seconds = std::chrono::duration<double>(waited).count();
        if (waited > limits.body_grace.get() &&
            static_cast<double>(stream->received) < seconds * double(limits.min_body_rate.get())) {
            stream->failed = fail(ErrorKind::timeout, "body", "too slow");
            stream->input.raise();
        }
    }
    if (stream->pulling_since && now - *stream->pulling_since > limits.event_timeout)
        session().reset(stream->id, http2::Code::cancel);
    std::uint64_t sent = session().sent(stream->id);
    // With the client's window closed a source is not even asked.
    bool waits = session().unsent(stream->id) > 0 || (stream->source && !stream->pulling_since);
    if (!waits || sent != std::exchange(stream->last_sent, sent))
        stream->stalled_since.reset();
    else if (!stream->stalled_since)
        stream->stalled_since = now;
    else if (now - *stream->stalled_since > limits.stall_timeout.get())
        session().reset(stream->id, http2::Code::cancel);
}

}  // namespace kith
