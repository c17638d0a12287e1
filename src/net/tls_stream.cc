#include "net/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace kith {

namespace asio = boost::asio;
using asio::ip::tcp;

void SessionDeleter::operator()(ssl_session_st* session) const {
    SSL_SESSION_free(session);
}

void TlsStream::SslDeleter::operator()(SSL* ssl) const {
    SSL_free(ssl);
}

TlsStream::TlsStream(tcp::socket socket, SslContext context)
    : socket_(std::move(socket)), context_(std::move(context)), ssl_(SSL_new(context_.get())) {}

Result<void> TlsStream::attach() {
    boost::system::error_code error;
    socket_.native_non_blocking(true, error);
    if (error)
        return fail(ErrorKind::io, "socket", error.message());
    // Small frames go out at once: the driver gathers them itself.
    socket_.set_option(tcp::no_delay(true), error);
    if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1)
        return fail(ErrorKind::internal, "tls", "cannot make a stream");
    return {};
}

Result<TlsStream> TlsStream::server(tcp::socket socket, SslContext context) {
    TlsStream stream(std::move(socket), std::move(context));
    TRY(stream.attach());
    SSL_set_accept_state(stream.ssl_.get());
    return stream;
}

Result<TlsStream> TlsStream::client(tcp::socket socket,
                                    SslContext context,
                                    const std::string& host,
                                    ssl_session_st* resume) {
    TlsStream stream(std::move(socket), std::move(context));
    TRY(stream.attach());
    SSL* ssl = stream.ssl_.get();
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (SSL_set_tlsext_host_name(ssl, host.c_str()) != 1 || SSL_set1_host(ssl, host.c_str()) != 1)
        return fail(ErrorKind::malformed, "host", "is not a host name");
    if (resume)
        SSL_set_session(ssl, resume);
    SSL_set_connect_state(ssl);
    return stream;
}

TlsStream::Step TlsStream::judge(int result, std::size_t size) {
    if (result == 1)
        return {Outcome::done, size};
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {Outcome::wants_read, 0};
        case SSL_ERROR_WANT_WRITE:
            return {Outcome::wants_write, 0};
        case SSL_ERROR_ZERO_RETURN:
            return {Outcome::ended, 0};
        default:
            broken_ = true;
            return {Outcome::failed, 0};
    }
}

Error TlsStream::handshake_error() {
    long verified = SSL_get_verify_result(ssl_.get());
    if (verified != X509_V_OK)
        return fail(
            ErrorKind::untrusted, "tls certificate", X509_verify_cert_error_string(verified));
    std::array<char, 160> text{"connection closed"};
    if (unsigned long code = ERR_get_error(); code != 0)
        ERR_error_string_n(code, text.data(), text.size());
    ERR_clear_error();
    return fail(ErrorKind::io, "tls handshake", text.data());
}

awaitable<Result<void>> TlsStream::handshake() {
    while (socket_.is_open()) {
        ERR_clear_error();
        Step step = judge(SSL_do_handshake(ssl_.get()), 0);
        if (step.outcome == Outcome::done)
            co_return Result<void>();
        if (step.outcome == Outcome::ended || step.outcome == Outcome::failed)
            co_return handshake_error();
        co_await wait_for(step.outcome);
    }
    co_return fail(ErrorKind::io, "tls handshake", "closed");
}

std::string TlsStream::protocol() const {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return to_text(ByteView(name, size));
}

bool TlsStream::resumed() const {
    return SSL_session_reused(ssl_.get()) == 1;
}

std::string TlsStream::version() const {
    return SSL_get_version(ssl_.get());
}

std::string TlsStream::cipher() const {
    return SSL_get_cipher_name(ssl_.get());
}

TlsSession TlsStream::session() const {
    TlsSession session(SSL_get1_session(ssl_.get()));
    return session && SSL_SESSION_is_resumable(session.get()) == 1 ? std::move(session) : nullptr;
}

TlsStream::Step TlsStream::try_read(std::span<std::uint8_t> into) {
    if (!socket_.is_open())
        return {};
    ERR_clear_error();
    std::size_t size = 0;
    int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &size);
    return judge(result, size);
}

TlsStream::Step TlsStream::try_write(ByteView octets) {
    if (!socket_.is_open())
        return {};
    ERR_clear_error();
    std::size_t size = 0;
    int result = SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &size);
    return judge(result, size);
}

awaitable<void> TlsStream::wait_readable() {
    co_await socket_.async_wait(tcp::socket::wait_read, asio::as_tuple(asio::use_awaitable));
}

awaitable<void> TlsStream::wait_writable() {
    co_await socket_.async_wait(tcp::socket::wait_write, asio::as_tuple(asio::use_awaitable));
}

awaitable<void> TlsStream::wait_for(Outcome wish) {
    if (wish == Outcome::wants_write)
        co_await wait_writable();
    else
        co_await wait_readable();
}

awaitable<Result<std::size_t>> TlsStream::read_some(std::span<std::uint8_t> into) {
    while (true) {
        Step step = try_read(into);
        if (step.outcome == Outcome::done)
            co_return step.size;
        if (step.outcome == Outcome::ended)
            co_return std::size_t{0};
        if (step.outcome == Outcome::failed)
            co_return fail(ErrorKind::io, "connection", "broke");
        co_await wait_for(step.outcome);
    }
}

awaitable<Result<void>> TlsStream::write_all(Bytes octets) {
    ByteView left = octets;
    while (!left.empty()) {
        Step step = try_write(left);
        if (step.outcome == Outcome::ended || step.outcome == Outcome::failed)
            co_return fail(ErrorKind::io, "connection", "broke");
        if (step.outcome == Outcome::done)
            left = left.subspan(step.size);
        else
            co_await wait_for(step.outcome);
    }
    co_return Result<void>();
}

void TlsStream::wake() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void TlsStream::end_output() {
    if (!socket_.is_open() || broken_)
        return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void TlsStream::close() {
    if (!socket_.is_open())
        return;
    ERR_clear_error();
    if (!broken_ && SSL_is_init_finished(ssl_.get()) == 1)
        SSL_shutdown(ssl_.get());
    ERR_clear_error();
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

}  // namespace kith
