// How many connections there may be, in all and from one client's network.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace kith {

/// Thread-safe. Holds at most three entries for each of `total`.
class ConnectionLimiter : public std::enable_shared_from_this<ConnectionLimiter> {
  public:
    /// `wide`: how many times as much a wide network may do as a narrow one (net/rate_gate.h).
    ConnectionLimiter(std::size_t total, std::size_t per_prefix, std::size_t wide)
        : total_(total), per_prefix_(per_prefix), wide_(wide) {}

    /// The right to one connection, given back when destroyed.
    class Permit {
      public:
        Permit(std::shared_ptr<ConnectionLimiter> limiter, std::vector<std::string> networks)
            : limiter_(std::move(limiter)), networks_(std::move(networks)) {}
        Permit(Permit&&) = default;
        Permit& operator=(Permit&&) = delete;
        Permit(const Permit&) = delete;
        Permit& operator=(const Permit&) = delete;
        ~Permit();

      private:
        std::shared_ptr<ConnectionLimiter> limiter_;
        std::vector<std::string> networks_;
    };
    /// Who is connected already stays.
    void set(std::size_t total, std::size_t per_prefix, std::size_t wide);
    /// nullopt: a limit is reached.
    std::optional<Permit> admit(const boost::asio::ip::address& client);
    std::size_t open() const;

  private:
    void release(const std::vector<std::string>& networks);
    /// Of the network at that place of client_networks().
    std::size_t most(std::size_t place, std::size_t networks) const;

    std::size_t total_;
    std::size_t per_prefix_;
    std::size_t wide_;
    mutable std::mutex mutex_;
    std::size_t open_ = 0;
    std::unordered_map<std::string, std::size_t> prefixes_;
};

}  // namespace kith
