#include "net/listen.h"

#include <boost/asio/ip/v6_only.hpp>

#include "net/address.h"

namespace kith {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr int kBacklog = 1024;

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

}  // namespace

Result<tcp::acceptor> listen_on(asio::io_context& context, tcp::endpoint& endpoint) {
    tcp::acceptor acceptor(context);
    boost::system::error_code error;
    auto check = [&](auto call) {
        if (!error)
            call();
    };
    acceptor.open(endpoint.protocol(), error);
    check([&] { acceptor.set_option(tcp::acceptor::reuse_address(true), error); });
    check([&] { acceptor.set_option(ReusePort(true), error); });
    if (endpoint.address().is_v6())
        check([&] { acceptor.set_option(asio::ip::v6_only(true), error); });
    check([&] { acceptor.bind(endpoint, error); });
    check([&] { acceptor.listen(kBacklog, error); });
    check([&] { endpoint = acceptor.local_endpoint(error); });
    if (error)
        return fail(ErrorKind::io, "listen " + endpoint_text(endpoint), error.message());
    return acceptor;
}

}  // namespace kith
