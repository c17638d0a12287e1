#include "net/starttls_stream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace kith {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

StarttlsStream::Step judge(const boost::system::error_code& error,
                           std::size_t size,
                           StarttlsStream::Outcome otherwise) {
    if (!error)
        return {StarttlsStream::Outcome::done, size};
    if (error == asio::error::would_block || error == asio::error::try_again)
        return {otherwise, 0};
    return {error == asio::error::eof ? StarttlsStream::Outcome::ended
                                      : StarttlsStream::Outcome::failed,
            0};
}

}  // namespace

Result<StarttlsStream> StarttlsStream::open(tcp::socket socket) {
    boost::system::error_code error;
    socket.non_blocking(true, error);
    if (error)
        return fail(ErrorKind::io, "socket", error.message());
    socket.set_option(tcp::no_delay(true), error);
    return StarttlsStream(std::move(socket));
}

awaitable<Result<void>> StarttlsStream::start_tls(SslContext context) {
    auto* socket = std::get_if<Plain>(&stream_);
    if (socket == nullptr)
        co_return fail(ErrorKind::internal, "tls", "is active already");
    auto made = TlsStream::server(std::move(*socket), std::move(context));
    if (!made)
        co_return std::move(made).error();
    co_return co_await stream_.emplace<TlsStream>(std::move(*made)).handshake();
}

StarttlsStream::Step StarttlsStream::try_read(std::span<std::uint8_t> into) {
    if (auto* tls = std::get_if<TlsStream>(&stream_))
        return tls->try_read(into);
    boost::system::error_code error;
    const std::size_t size =
        std::get<Plain>(stream_).read_some(asio::buffer(into.data(), into.size()), error);
    return judge(error, size, Outcome::wants_read);
}

StarttlsStream::Step StarttlsStream::try_write(ByteView octets) {
    if (auto* tls = std::get_if<TlsStream>(&stream_))
        return tls->try_write(octets);
    boost::system::error_code error;
    const std::size_t size =
        std::get<Plain>(stream_).write_some(asio::buffer(octets.data(), octets.size()), error);
    return judge(error, size, Outcome::wants_write);
}

awaitable<void> StarttlsStream::wait_for(Outcome wish) {
    if (auto* tls = std::get_if<TlsStream>(&stream_)) {
        co_await tls->wait_for(wish);
        co_return;
    }
    const auto what =
        wish == Outcome::wants_write ? tcp::socket::wait_write : tcp::socket::wait_read;
    co_await std::get<Plain>(stream_).async_wait(what, asio::as_tuple(asio::use_awaitable));
}

awaitable<Result<void>> StarttlsStream::write_all(Bytes octets) {
    ByteView left = octets;
    while (!left.empty()) {
        const Step step = try_write(left);
        if (step.outcome == Outcome::ended || step.outcome == Outcome::failed)
            co_return fail(ErrorKind::io, "connection", "broke");
        if (step.outcome == Outcome::done)
            left = left.subspan(step.size);
        else
            co_await wait_for(step.outcome);
    }
    co_return Result<void>();
}

void StarttlsStream::wake() {
    if (auto* tls = std::get_if<TlsStream>(&stream_))
        return tls->wake();
    boost::system::error_code ignored;
    std::get<Plain>(stream_).cancel(ignored);
}

void StarttlsStream::end_output() {
    if (auto* tls = std::get_if<TlsStream>(&stream_))
        return tls->end_output();
    boost::system::error_code ignored;
    std::get<Plain>(stream_).shutdown(tcp::socket::shutdown_send, ignored);
}

void StarttlsStream::close() {
    if (auto* tls = std::get_if<TlsStream>(&stream_))
        return tls->close();
    boost::system::error_code ignored;
    auto& socket = std::get<Plain>(stream_);
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    socket.close(ignored);
}

bool StarttlsStream::is_open() const {
    if (const auto* tls = std::get_if<TlsStream>(&stream_))
        return tls->is_open();
    return std::get<Plain>(stream_).is_open();
}

}  // namespace kith
