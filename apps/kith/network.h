// The network for plain code: one I/O thread, and calls that wait for their end.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <future>
#include <memory>
#include <optional>

#include "kith/home.h"
#include "net/event_reader.h"
#include "net/http_client.h"
#include "net/io_threads.h"
#include "net/resolver.h"

namespace kith {

/// For one thread at a time. Resolver and client come to be when they are first needed.
class Network {
  public:
    /// Of the configuration only how names are resolved and which authorities are believed.
    explicit Network(HomeConfig config);
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    /// Errors: as HttpClient::request.
    Result<HttpReply> request(const HttpOrigin& origin, HttpCall call);
    /// The stream must end before the network does.
    Result<std::unique_ptr<HttpStream>> open(const HttpOrigin& origin, HttpCall call);
    Result<Bytes> next(HttpStream& stream, Milliseconds limit);
    Result<std::optional<ServerEvent>> next(EventReader& reader, Milliseconds limit);
    /// Ends a stream or reader on its own thread.
    template <class T>
    void end(std::unique_ptr<T> stream) {
        threads_.run_on(0, [&stream] { stream.reset(); });
    }

    /// Errors: as Resolver::txt and ::addresses.
    Result<DnsTexts> txt(const std::string& name);
    Result<DnsAddresses> addresses(const std::string& host);

  private:
    template <class T>
    static awaitable<void> carry(awaitable<T> operation, std::shared_ptr<std::promise<T>> to) {
        try {
            to->set_value(co_await std::move(operation));
        } catch (...) {
            to->set_exception(std::current_exception());
        }
    }
    template <class T>
    T wait_for(awaitable<T> operation) {
        auto promise = std::make_shared<std::promise<T>>();
        auto future = promise->get_future();
        boost::asio::co_spawn(threads_.executor(0),
                              carry(std::move(operation), promise),
                              [](const std::exception_ptr&) {});
        return future.get();
    }
    Result<HttpClient*> client();
    Result<Resolver*> resolver();

    HomeConfig config_;
    IoThreads threads_{1};
    std::shared_ptr<Resolver> resolver_;
    std::unique_ptr<HttpClient> client_;
};

}  // namespace kith
