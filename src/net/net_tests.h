// What the tests of this room share: a certificate authority made on the spot, a handler with the
// behaviours to be tested, a way to run coroutines to their end, and a raw TLS socket.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/awaitable.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/io_threads.h"

struct ssl_st;

namespace kith::testing {

using namespace std::chrono_literals;

/// Runs the coroutine on `executor` and waits for it, at most 30 s.
template <class T>
T await(const Executor& executor, awaitable<T> operation) {
    auto promise = std::make_shared<std::promise<T>>();
    auto future = promise->get_future();
    struct Carry {
        static awaitable<void> run(awaitable<T> what, std::shared_ptr<std::promise<T>> to) {
            try {
                if constexpr (std::is_void_v<T>) {
                    co_await std::move(what);
                    to->set_value();
                } else {
                    to->set_value(co_await std::move(what));
                }
            } catch (...) {
                to->set_exception(std::current_exception());
            }
        }
    };
    auto task = Carry::run(std::move(operation), promise);
    boost::asio::co_spawn(executor, std::move(task), [](const std::exception_ptr&) {});
    if (future.wait_for(30s) != std::future_status::ready)
        std::abort();  // a hanging test says where under a debugger
    return future.get();
}

/// Waits until `condition` holds, polling; false after ten seconds.
bool eventually(const std::function<bool()>& condition);

/// A folder that is removed with everything in it.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

struct TestCertificate {
    std::string chain;
    std::string key;
};

/// A CA whose certificate lies in a file.
class TestAuthority {
  public:
    TestAuthority();
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;
    TestCertificate issue(const std::string& host);
    std::filesystem::path file() const { return folder_.path() / "ca.pem"; }

  private:
    struct Keys;
    TemporaryFolder folder_;
    std::unique_ptr<Keys> keys_;
};

/// Pieces of equal octets, `total` in all; counts what was asked for.
class CountingSource final : public BodySource {
  public:
    CountingSource(std::uint64_t total, std::size_t piece) : total_(total), piece_(piece) {}
    awaitable<Result<Bytes>> next() override;
    std::optional<std::uint64_t> size() const override { return total_; }
    std::uint64_t given() const { return given_; }

  private:
    const std::uint64_t total_;
    const std::size_t piece_;
    std::atomic<std::uint64_t> given_{0};
};

/// /echo, /stream (echo piece by piece), /early (402 at once), /throw, /size (how much came),
/// /hold (answers when released), /events (a source fed by push()), /make?N (N octets), /thread
/// (which one serves the connection), /nice (its priority).
class TestHandler final : public HttpHandler {
  public:
    TestHandler();
    ~TestHandler() override;
    awaitable<HttpResponse> handle(std::shared_ptr<HttpRequest> request) override;
    /// To all event streams open now; and how many there are.
    void push(const std::string& text);
    std::size_t listeners() const;
    std::size_t held() const;
    void release();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

/// A server on loopback and a client for it.
struct TestServer {
    explicit TestServer(HttpLimits limits = {}, std::uint16_t port = 0, std::size_t threads = 1);
    ~TestServer();
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    std::uint16_t port() const { return server->endpoints().front().port(); }
    HttpOrigin origin() const;
    Result<HttpReply> request(HttpCall call);
    Result<HttpReply> get(const std::string& path);
    Result<HttpReply> post(const std::string& path, Bytes body);

    static TestAuthority& authority();
    static std::unique_ptr<HttpClient> make_client(const Executor& executor);

    std::shared_ptr<TestHandler> handler = std::make_shared<TestHandler>();
    IoThreads server_threads;
    IoThreads client_thread{1};
    std::shared_ptr<TlsIdentity> identity;
    std::unique_ptr<HttpServer> server;
    std::unique_ptr<HttpClient> client;
};

/// A blocking TCP socket on loopback; waits give up after ten seconds.
class RawTcp {
  public:
    explicit RawTcp(std::uint16_t port);
    ~RawTcp();
    RawTcp(const RawTcp&) = delete;
    RawTcp& operator=(const RawTcp&) = delete;
    void write(const std::string& text);
    /// The other side closes.
    bool ends();
    int descriptor() const { return socket_; }

  private:
    int socket_;
};

/// A blocking TLS socket; reads give up after ten seconds.
class RawTls {
  public:
    /// `protocols` as ALPN wants them, empty: none.
    RawTls(std::uint16_t port, const std::string& protocols);
    ~RawTls();
    RawTls(const RawTls&) = delete;
    RawTls& operator=(const RawTls&) = delete;
    /// False: the connection is broken.
    bool write(ByteView octets);
    bool write(const std::string& text);
    /// Empty: the connection has ended. nullopt: nothing came in time.
    std::optional<Bytes> read();
    /// Until the connection ends, or something was not read in time (then nullopt).
    std::optional<Bytes> read_to_end();
    std::string read_until(const std::string& text);

  private:
    RawTcp tcp_;
    struct Free {
        void operator()(ssl_st* ssl) const;
    };
    std::shared_ptr<void> context_;
    std::unique_ptr<ssl_st, Free> ssl_;
};

}  // namespace kith::testing
