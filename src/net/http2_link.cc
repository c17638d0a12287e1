#include "net/http2_link.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace kith {

namespace asio = boost::asio;
using Outcome = TlsStream::Outcome;

namespace {

/// Records read before others of this thread have their turn.
constexpr int kReadsInARow = 8;
constexpr int kWritesInARow = 8;
/// Frames gathered for one turn of writing.
constexpr std::size_t kOutputTurn = 64 * 1024;

}  // namespace

Http2Link::Http2Link(TlsStream stream,
                     http2::Role role,
                     const http2::SessionLimits& limits,
                     std::shared_ptr<IoBuffers> buffers)
    : stream_(std::move(stream)),
      session_(role, limits),
      role_(role),
      buffers_(std::move(buffers)) {}

awaitable<void> Http2Link::read_loop() {
    auto self = shared_from_this();
    int in_a_row = 0;
    while (stream_.is_open()) {
        // A client that takes no answers is not asked for more questions. Only the server does so:
        // two ends doing it would wait for each other.
        if (role_ == http2::Role::server && write_blocked_) {
            co_await unblocked_.wait();
            continue;
        }
        TlsStream::Step step = stream_.try_read(buffers_->input);
        if (step.outcome == Outcome::ended || step.outcome == Outcome::failed) {
            close(fail(ErrorKind::io, "connection", "closed by the peer"));
        } else if (step.outcome != Outcome::done) {
            in_a_row = 0;
            co_await stream_.wait_for(step.outcome);
        } else if (take_input(step.size) && ++in_a_row >= kReadsInARow) {
            in_a_row = 0;
            co_await asio::post(asio::use_awaitable);
        }
    }
    close(fail(ErrorKind::io, "connection", "closed"));
}

bool Http2Link::take_input(std::size_t size) {
    last_read_ = std::chrono::steady_clock::now();
    auto fed = session_.feed(ByteView(buffers_->input).first(size));
    dispatch();
    if (!fed) {
        close(std::move(fed).error());
        return false;
    }
    // Also when nothing is left to say: the writer closes a session that has finished.
    if (session_.finished())
        output_.raise();
    flush();
    return true;
}

void Http2Link::dispatch() {
    while (auto event = session_.next_event())
        on_event(std::move(*event));
    on_events_told();
}

awaitable<void> Http2Link::write_loop() {
    auto self = shared_from_this();
    int in_a_row = 0;
    while (stream_.is_open()) {
        bool more = co_await write_out();
        if (!more && session_.finished())
            close(fail(ErrorKind::unavailable, "connection", "ended (GOAWAY)"));
        else if (!more)
            co_await output_.wait();
        else if (++in_a_row >= kWritesInARow) {
            in_a_row = 0;
            co_await asio::post(asio::use_awaitable);
        }
    }
}

/// Gathers and writes once. False: there was nothing to write.
awaitable<bool> Http2Link::write_out() {
    // The shared buffer is not touched behind the first wait: others use it then.
    Bytes& output = buffers_->output;
    output.clear();
    auto taken = session_.take_output(output, kOutputTurn);
    dispatch();
    if (!taken) {
        close(std::move(taken).error());
        co_return true;
    }
    ByteView left = output;
    bool any = !left.empty();
    while (!left.empty()) {
        TlsStream::Step step = stream_.try_write(left);
        if (step.outcome == Outcome::done) {
            last_write_ = std::chrono::steady_clock::now();
            left = left.subspan(step.size);
        } else if (step.outcome == Outcome::ended || step.outcome == Outcome::failed) {
            close(fail(ErrorKind::io, "connection", "closed by the peer"));
            co_return true;
        } else {
            if (!write_blocked_) {
                unwritten_.assign(left.begin(), left.end());
                left = unwritten_;
                write_blocked_ = true;
            }
            co_await stream_.wait_for(step.outcome);
        }
    }
    if (std::exchange(write_blocked_, false)) {
        unwritten_ = {};
        unblocked_.raise();
    }
    co_return any;
}

void Http2Link::close(const Error& why) {
    if (std::exchange(closed_, true))
        return;
    stream_.close();
    output_.raise();
    unblocked_.raise();
    on_closed(why);
}

}  // namespace kith
