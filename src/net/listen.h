// Listening sockets.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/result.h"

namespace kith {

/// Binds and listens; `endpoint` gets the port where it was 0. Several threads may have a socket
/// each at the same endpoint (SO_REUSEPORT); IPv6 sockets take IPv6 only. Errors: io (the detail
/// says why, `where` names the address).
Result<boost::asio::ip::tcp::acceptor> listen_on(boost::asio::io_context& context,
                                                 boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace kith
