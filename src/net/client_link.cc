#include "net/client_link.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "net/deadline.h"

namespace kith {

namespace {

/// A server that says nothing for so long, asked by a PING at half of it, is gone.
constexpr std::chrono::seconds kSilence{60};

http2::SessionLimits session_limits(const HttpClientOptions& options) {
    http2::SessionLimits limits;
    limits.concurrent_streams = 0;  // no pushes
    limits.stream_window = options.stream_window;
    limits.connection_window = options.connection_window;
    return limits;
}

template <class Event>
http2::StreamId stream_of(const Event& event) {
    if constexpr (requires { event.stream; })
        return event.stream;
    return 0;
}

}  // namespace

ClientLink::ClientLink(TlsStream stream,
                       const HttpClientOptions& options,
                       std::shared_ptr<IoBuffers> buffers,
                       std::function<void()> on_change)
    : Http2Link(
          std::move(stream), http2::Role::client, session_limits(options), std::move(buffers)),
      most_streams_(options.streams_per_connection),
      idle_timeout_(options.idle_timeout),
      on_change_(std::move(on_change)),
      idle_since_(std::chrono::steady_clock::now()) {}

awaitable<Result<void>> ClientLink::settled() {
    while (allowed_ == 0 && !lost_ && !going_away_)
        co_await settled_.wait();
    if (lost_)
        co_return *lost_;
    co_return Result<void>();
}

std::size_t ClientLink::free_places() const {
    std::size_t most = std::min(most_streams_, allowed_);
    if (!is_open() || going_away_ || exchanges_.size() >= most)
        return 0;
    return most - exchanges_.size();
}

Result<std::shared_ptr<ClientExchange>> ClientLink::begin(const RequestHead& head, HttpBody body) {
    auto exchange = std::make_shared<ClientExchange>();
    if (auto* source = std::get_if<std::shared_ptr<BodySource>>(&body)) {
        exchange->source = std::move(*source);
        exchange->id = TRY(session().request(head, http2::BodyMode::pieces, {}));
    } else {
        exchange->id =
            TRY(session().request(head, http2::BodyMode::whole, std::get<Bytes>(std::move(body))));
    }
    exchange->link = std::static_pointer_cast<ClientLink>(shared_from_this());
    exchange->first_on_link = !std::exchange(any_request_, true);
    exchanges_.emplace(exchange->id, exchange);
    flush();
    return exchange;
}

awaitable<void> ClientLink::progress(ExchangePtr exchange) {
    bool may_send = exchange->drained && exchange->source && !exchange->closed && !exchange->ended;
    if (!may_send) {
        co_await exchange->changed.wait();
        co_return;
    }
    auto source = exchange->source;
    exchange->drained = false;
    exchange->source_asked = true;
    auto piece = co_await detail::as_value(source->next());
    if (exchange->closed)
        co_return;
    if (!piece) {
        exchange->failed = std::move(piece).error().within("request body");
        session().reset(exchange->id, http2::Code::cancel);
    } else if (piece->empty()) {
        exchange->source.reset();
        session().end_body(exchange->id);
    } else {
        session().push_body(exchange->id, std::move(*piece));
    }
    flush();
}

Bytes ClientLink::take(ClientExchange& exchange) {
    Bytes bytes = std::exchange(exchange.arrived, {});
    session().consume(exchange.id, bytes.size());
    flush();
    return bytes;
}

void ClientLink::release(ClientExchange& exchange) {
    if (exchange.source)
        exchange.source->stop();
    exchange.source.reset();
    if (!exchange.closed) {
        session().reset(exchange.id, http2::Code::cancel);
        if (!exchange.failed)
            exchange.failed = fail(ErrorKind::unavailable, "request", "given up");
    }
    take(exchange);
}

void ClientLink::on_event(http2::Event event) {
    if (auto* settings = std::get_if<http2::Settings>(&event)) {
        allowed_ = std::max<std::size_t>(settings->concurrent_streams, 1);
        settled_.raise();
        on_change_();
        return;
    }
    if (std::holds_alternative<http2::GoingAway>(event)) {
        going_away_ = true;  // streams that the server will not see are closed by the machine
        settled_.raise();
        on_change_();
        return;
    }
    auto id = std::visit([](const auto& any) { return stream_of(any); }, event);
    auto found = exchanges_.find(id);
    if (found != exchanges_.end()) {
        auto exchange = found->second;
        on_stream_event(*exchange, std::move(event));
    } else if (auto* data = std::get_if<http2::Data>(&event)) {
        session().consume(id, data->bytes.size());
    }
}

void ClientLink::on_stream_event(ClientExchange& exchange, http2::Event event) {
    if (auto* reply = std::get_if<http2::Reply>(&event)) {
        exchange.head = std::move(reply->head);
    } else if (auto* data = std::get_if<http2::Data>(&event)) {
        exchange.arrived.insert(exchange.arrived.end(), data->bytes.begin(), data->bytes.end());
    } else if (std::holds_alternative<http2::End>(event)) {
        exchange.ended = true;
    } else if (std::holds_alternative<http2::Drained>(event)) {
        exchange.drained = true;
    } else if (auto* closed = std::get_if<http2::Closed>(&event)) {
        on_stream_closed(exchange, closed->code);
    }
    exchange.changed.raise();
}

void ClientLink::on_stream_closed(ClientExchange& exchange, std::uint32_t code) {
    exchange.closed = true;
    if (exchange.source)
        exchange.source->stop();
    if (!exchange.ended && !exchange.failed) {
        exchange.unseen = code == static_cast<std::uint32_t>(http2::Code::refused_stream);
        exchange.failed = fail(exchange.unseen ? ErrorKind::unavailable : ErrorKind::io,
                               "request",
                               "the stream was reset, code " + std::to_string(code));
    }
    exchanges_.erase(exchange.id);
    if (exchanges_.empty())
        idle_since_ = std::chrono::steady_clock::now();
    on_change_();
}

void ClientLink::on_closed(const Error& why) {
    lost_ = why;
    settled_.raise();
    auto exchanges = std::exchange(exchanges_, {});
    for (auto& [id, exchange] : exchanges) {
        exchange->closed = true;
        if (!exchange->ended && !exchange->failed)
            exchange->failed = why;
        if (exchange->source)
            exchange->source->stop();
        exchange->changed.raise();
    }
    auto tell = std::exchange(on_change_, [] {});
    tell();
}

void ClientLink::check(SteadyTime now) {
    for (auto& [id, exchange] : exchanges_)
        if (now >= exchange->deadline)
            exchange->changed.raise();
    if (exchanges_.empty()) {
        if (!going_away_ && now - idle_since_ > idle_timeout_) {
            going_away_ = true;
            session().go_away();
        } else if (now - idle_since_ > 2 * idle_timeout_) {
            close(fail(ErrorKind::timeout, "connection", "idle"));
        }
    } else if (now - last_read() > kSilence) {
        close(fail(ErrorKind::io, "connection", "the server is silent"));
    } else if (now - last_read() > kSilence / 2 && (!pinged_ || now - *pinged_ > kSilence / 2)) {
        pinged_ = now;
        session().ping();
    }
    flush();
}

}  // namespace kith
