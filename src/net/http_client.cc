#include "net/http_client.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <map>
#include <utility>

#include "net/client_origin.h"
#include "net/on_executor.h"

namespace kith {

namespace asio = boost::asio;

namespace {

/// How exactly deadlines are kept, with requests under way and without.
constexpr Milliseconds kBusyTick{50};
constexpr Milliseconds kIdleTick{1000};
constexpr Milliseconds kStopTime{5000};
/// A request is sent at most so often.
constexpr int kAttempts = 3;

using ExchangePtr = std::shared_ptr<ClientExchange>;

std::string key_of(const HttpOrigin& origin) {
    std::string key = origin.host + " " + std::to_string(origin.port);
    for (const auto& address : origin.addresses)
        key += " " + address.to_string();
    return key;
}

RequestHead make_head(const HttpOrigin& origin, const HttpCall& call, const std::string& agent) {
    RequestHead head{call.method, origin.host, call.path, call.headers};
    if (origin.port != 443)
        head.authority += ":" + std::to_string(origin.port);
    if (!agent.empty() && !head.headers.find("user-agent"))
        head.headers.add("user-agent", agent);
    std::optional<std::uint64_t> size;
    if (const auto* bytes = std::get_if<Bytes>(&call.body))
        size = bytes->size();
    else
        size = std::get<std::shared_ptr<BodySource>>(call.body)->size();
    bool usual = call.method == "POST" || call.method == "PUT";
    if (size && (*size > 0 || usual) && !head.headers.find("content-length"))
        head.headers.add("content-length", std::to_string(*size));
    return head;
}

/// May the request be sent once more?
bool may_repeat(const HttpCall& call, const ClientExchange& exchange) {
    if (exchange.source_asked || std::chrono::steady_clock::now() >= exchange.deadline)
        return false;
    if (exchange.unseen)
        return true;
    bool harmless = call.repeat == Repeat::allowed || call.method == "GET" || call.method == "HEAD";
    bool broke = !exchange.link->is_open();
    // A connection that broke under its first request would break again.
    return harmless && broke && !exchange.first_on_link;
}

/// Waits until `ready` holds or the exchange has failed. Errors: timeout, or why it failed.
template <class Ready>
awaitable<Result<void>> wait_until(ExchangePtr exchange, SteadyTime deadline, Ready ready) {
    exchange->deadline = deadline;
    while (!ready(*exchange)) {
        if (exchange->failed)
            co_return *exchange->failed;
        if (std::chrono::steady_clock::now() >= deadline)
            co_return fail(ErrorKind::timeout, "request", "no answer in time");
        co_await exchange->link->progress(exchange);
    }
    co_return Result<void>();
}

bool has_head(const ClientExchange& exchange) {
    return exchange.head.has_value();
}
bool has_octets(const ClientExchange& exchange) {
    return !exchange.arrived.empty() || exchange.ended;
}

awaitable<Result<Bytes>> read_next(ExchangePtr exchange, SteadyTime deadline) {
    CO_TRY(co_await wait_until(exchange, deadline, has_octets));
    co_return exchange->link->take(*exchange);
}

/// Gives the exchange up at the end of a scope.
class Release {
  public:
    explicit Release(ExchangePtr exchange) : exchange_(std::move(exchange)) {}
    Release(const Release&) = delete;
    Release& operator=(const Release&) = delete;
    ~Release() { exchange_->link->release(*exchange_); }

  private:
    ExchangePtr exchange_;
};

class ClientStream final : public HttpStream {
  public:
    ClientStream(Executor executor, ExchangePtr exchange)
        : executor_(std::move(executor)),
          exchange_(std::move(exchange)),
          head_(std::move(*exchange_->head)) {}
    ~ClientStream() override {
        asio::post(executor_,
                   [exchange = std::move(exchange_)] { exchange->link->release(*exchange); });
    }
    unsigned status() const override { return head_.status; }
    const HttpHeaders& headers() const override { return head_.headers; }
    awaitable<Result<Bytes>> next(Milliseconds limit) override {
        auto deadline = std::chrono::steady_clock::now() + limit;
        return on_executor(executor_, read_next(exchange_, deadline));
    }

  private:
    Executor executor_;
    ExchangePtr exchange_;
    ReplyHead head_;
};

}  // namespace

struct HttpClient::Impl : std::enable_shared_from_this<HttpClient::Impl> {
    Impl(Executor where, HttpClientOptions given)
        : executor(std::move(where)),
          options(std::make_shared<HttpClientOptions>(std::move(given))),
          tasks(std::make_shared<TaskGroup>(executor)),
          tick(executor) {}

    std::shared_ptr<ClientOrigin> origin_of(const HttpOrigin& origin);
    awaitable<Result<ExchangePtr>> start(HttpOrigin origin, HttpCall call);
    awaitable<Result<HttpReply>> request(HttpOrigin origin, HttpCall call);
    awaitable<Result<std::unique_ptr<HttpStream>>> open(HttpOrigin origin, HttpCall call);
    awaitable<void> sweep_loop();
    bool sweep();
    void abort();
    awaitable<Result<void>> stop();

    Executor executor;
    std::shared_ptr<HttpClientOptions> options;
    std::shared_ptr<TaskGroup> tasks;
    std::shared_ptr<IoBuffers> buffers = std::make_shared<IoBuffers>();
    std::map<std::string, std::shared_ptr<ClientOrigin>> origins;
    asio::steady_timer tick;
    bool sweeping = false;
    bool dozing = false;  // the sweep sleeps for kIdleTick
    bool stopping = false;
    std::atomic<std::size_t> connections{0};
};

std::shared_ptr<ClientOrigin> HttpClient::Impl::origin_of(const HttpOrigin& origin) {
    auto& known = origins[key_of(origin)];
    if (!known)
        known = std::make_shared<ClientOrigin>(origin, options, tasks, buffers);
    if (!std::exchange(sweeping, true))
        tasks->spawn(sweep_loop());
    else if (dozing)
        tick.cancel();
    return known;
}

awaitable<Result<ExchangePtr>> HttpClient::Impl::start(HttpOrigin origin, HttpCall call) {
    auto self = shared_from_this();
    auto deadline = std::chrono::steady_clock::now() + call.deadline;
    RequestHead head = make_head(origin, call, options->user_agent);
    for (int attempt = 1;; ++attempt) {
        if (stopping)
            co_return fail(ErrorKind::unavailable, "client", "stops");
        auto pool = origin_of(origin);
        auto link = CO_TRY(co_await pool->acquire(deadline));
        HttpBody body = call.body;
        auto exchange = CO_TRY(link->begin(head, std::move(body)));
        auto answered = co_await wait_until(exchange, deadline, has_head);
        if (answered)
            co_return exchange;
        bool again = attempt < kAttempts && may_repeat(call, *exchange);
        link->release(*exchange);
        if (!again)
            co_return std::move(answered).error();
    }
}

awaitable<Result<HttpReply>> HttpClient::Impl::request(HttpOrigin origin, HttpCall call) {
    auto deadline = std::chrono::steady_clock::now() + call.deadline;
    std::size_t limit = call.reply_limit;
    auto exchange = CO_TRY(co_await start(std::move(origin), std::move(call)));
    Release release(exchange);
    HttpReply reply;
    reply.status = exchange->head->status;
    reply.headers = std::move(exchange->head->headers);
    while (true) {
        Bytes some = CO_TRY(co_await read_next(exchange, deadline));
        if (some.empty())
            co_return reply;
        if (some.size() > limit - reply.body.size())
            co_return fail(ErrorKind::limit, "reply", "over " + std::to_string(limit) + " octets");
        if (reply.body.empty())
            reply.body = std::move(some);
        else
            reply.body.insert(reply.body.end(), some.begin(), some.end());
    }
}

awaitable<Result<std::unique_ptr<HttpStream>>> HttpClient::Impl::open(HttpOrigin origin,
                                                                      HttpCall call) {
    auto exchange = CO_TRY(co_await start(std::move(origin), std::move(call)));
    std::unique_ptr<HttpStream> stream = std::make_unique<ClientStream>(executor, exchange);
    co_return stream;
}

awaitable<void> HttpClient::Impl::sweep_loop() {
    auto self = shared_from_this();
    while (true) {
        bool busy = sweep();
        if (origins.empty() || stopping)
            break;
        dozing = !busy;
        tick.expires_after(busy ? kBusyTick : kIdleTick);
        co_await tick.async_wait(asio::as_tuple(asio::use_awaitable));
        dozing = false;
    }
    sweeping = false;
}

/// True: somebody waits for something.
bool HttpClient::Impl::sweep() {
    auto now = std::chrono::steady_clock::now();
    bool busy = false;
    std::size_t open = 0;
    for (auto known = origins.begin(); known != origins.end();) {
        known->second->check(now);
        busy = busy || known->second->busy();
        open += known->second->connections();
        known = known->second->unused() ? origins.erase(known) : std::next(known);
    }
    connections = open;
    return busy;
}

void HttpClient::Impl::abort() {
    stopping = true;
    for (auto& [key, origin] : std::exchange(origins, {}))
        origin->stop();
    connections = 0;
    tick.cancel();
}

awaitable<Result<void>> HttpClient::Impl::stop() {
    auto self = shared_from_this();
    abort();
    tasks->cancel();
    bool ended = co_await tasks->join(kStopTime);
    if (!ended)
        co_return fail(ErrorKind::timeout, "client", "still busy");
    co_return Result<void>();
}

HttpClient::HttpClient(Executor executor, HttpClientOptions options)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options))) {}

void HttpClient::set_connections_per_origin(std::size_t connections) {
    impl_->options->connections_per_origin.set(connections);
}

void HttpClient::set_connect_timeout(Milliseconds timeout) {
    impl_->options->connect_timeout.set(timeout);
}

HttpClient::~HttpClient() {
    impl_->abort();
}

awaitable<Result<HttpReply>> HttpClient::request(HttpOrigin origin, HttpCall call) {
    auto impl = impl_;
    return on_executor(impl->executor, impl->request(std::move(origin), std::move(call)));
}

awaitable<Result<std::unique_ptr<HttpStream>>> HttpClient::open(HttpOrigin origin, HttpCall call) {
    auto impl = impl_;
    return on_executor(impl->executor, impl->open(std::move(origin), std::move(call)));
}

awaitable<void> HttpClient::stop() {
    auto impl = impl_;
    [[maybe_unused]] auto stopped = co_await on_executor(impl->executor, impl->stop());
}

std::size_t HttpClient::connections() const {
    return impl_->connections;
}

}  // namespace kith
