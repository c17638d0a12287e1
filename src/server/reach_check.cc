#include "server/reach_check.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>

#include "net/address.h"
#include "net/io_threads.h"
#include "net/resolver.h"
#include "server/resolver_options.h"

namespace kith {
namespace {

using Grade = Finding::Grade;
using boost::asio::ip::tcp;

constexpr int kConnectMilliseconds = 3'000;
constexpr std::size_t kMostAddresses = 4;

class Socket {
  public:
    explicit Socket(int handle) : handle_(handle) {}
    ~Socket() {
        if (handle_ >= 0)
            ::close(handle_);
    }
    Socket(Socket&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
    Socket& operator=(Socket&&) = delete;
    int get() const { return handle_; }

  private:
    int handle_;
};

Socket open_socket(const tcp::endpoint& endpoint) {
    return Socket(::socket(
        endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
}

// While these live, somebody answers at the ports.
std::vector<Socket> listen_meanwhile(const Config& config) {
    std::vector<Socket> sockets;
    for (const std::string& text : config.listen.https) {
        const auto endpoint = parse_endpoint(text);
        if (!endpoint)
            continue;
        Socket socket = open_socket(*endpoint);
        const int on = 1;
        ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (endpoint->address().is_v6())
            ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        const auto size = static_cast<socklen_t>(endpoint->size());
        if (::bind(socket.get(), endpoint->data(), size) == 0 && ::listen(socket.get(), 4) == 0)
            sockets.push_back(std::move(socket));
    }
    return sockets;
}

// 0, or errno.
int try_connect(const tcp::endpoint& to) {
    const Socket socket = open_socket(to);
    if (socket.get() < 0)
        return errno;
    if (::connect(socket.get(), to.data(), static_cast<socklen_t>(to.size())) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    pollfd wait{socket.get(), POLLOUT, 0};
    if (::poll(&wait, 1, kConnectMilliseconds) <= 0)
        return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

Finding judge(const tcp::endpoint& to) {
    const std::string subject = "reach " + endpoint_text(to);
    const int error = try_connect(to);
    if (error == 0)
        return {Grade::good, subject, "can be reached from here", ""};
    return {Grade::warning,
            subject,
            std::string("cannot be reached from here: ") + std::strerror(error),  // NOLINT
            "let the port through in firewall and router; if only this machine cannot reach itself "
            "that way, `kithd check` from elsewhere will be good"};
}

Result<DnsAddresses> addresses_of(const Config& config) {
    IoThreads threads(1);
    Result<std::shared_ptr<Resolver>> resolver = fail(ErrorKind::internal, "resolver");
    threads.run_on(
        0, [&] { resolver = Resolver::create(threads.executor(0), resolver_options(config)); });
    if (!resolver)
        return std::move(resolver).error();
    std::promise<Result<DnsAddresses>> promise;
    auto answer = promise.get_future();
    auto ask = [](Resolver* asked, std::string host, std::promise<Result<DnsAddresses>>* out)
        -> awaitable<void> { out->set_value(co_await asked->addresses(host)); };
    run_to_end(threads, ask(resolver->get(), config.host, &promise));
    threads.run_on(0, [&] {
        (*resolver)->stop();
        resolver->reset();
    });
    return answer.get();
}

}  // namespace

std::vector<Finding> look_at_reach(const Config& config, PortsExpected ports) {
    const auto found = addresses_of(config);
    if (!found)
        return {{Grade::warning,
                 "reach " + config.host,
                 "has no address yet: " + found.error().detail,
                 "publish the records, then `kithd check`"}};
    const auto listeners =
        ports == PortsExpected::free ? listen_meanwhile(config) : std::vector<Socket>();
    std::vector<Finding> findings;
    for (const auto& address : found->addresses) {
        if (findings.size() == kMostAddresses)
            break;
        findings.push_back(
            judge(tcp::endpoint(address, static_cast<std::uint16_t>(config.listen.public_port))));
    }
    return findings;
}

}  // namespace kith
