#include "server/resolver_options.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace kith {

ResolverOptions resolver_options(const Config& config) {
    ResolverOptions options;
    options.forward = config.resolver.forward;
    options.stub_zones = config.resolver.stub_zones;
    options.trust_anchor_files = config.resolver.trust_anchors;
    options.timeout = Milliseconds(config.resolver.timeout);
    return options;
}

void run_to_end(IoThreads& threads, awaitable<void> task) {
    boost::asio::co_spawn(threads.executor(0), std::move(task), boost::asio::use_future).get();
}

}  // namespace kith
