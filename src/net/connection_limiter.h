// How many connections there may be, in all and from one client's network.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace kith {

/// Thread-safe. Holds at most `total` entries.
class ConnectionLimiter : public std::enable_shared_from_this<ConnectionLimiter> {
  public:
    ConnectionLimiter(std::size_t total, std::size_t per_prefix)
        : total_(total), per_prefix_(per_prefix) {}

    /// The right to one connection, given back when destroyed.
    class Permit {
      public:
        Permit(std::shared_ptr<ConnectionLimiter> limiter, std::string prefix)
            : limiter_(std::move(limiter)), prefix_(std::move(prefix)) {}
        Permit(Permit&&) = default;
        Permit& operator=(Permit&&) = delete;
        Permit(const Permit&) = delete;
        Permit& operator=(const Permit&) = delete;
        ~Permit();

      private:
        std::shared_ptr<ConnectionLimiter> limiter_;
        std::string prefix_;
    };
    /// Who is connected already stays.
    void set(std::size_t total, std::size_t per_prefix);
    /// nullopt: a limit is reached.
    std::optional<Permit> admit(const boost::asio::ip::address& client);
    std::size_t open() const;

  private:
    void release(const std::string& prefix);

    std::size_t total_;
    std::size_t per_prefix_;
    mutable std::mutex mutex_;
    std::size_t open_ = 0;
    std::unordered_map<std::string, std::size_t> prefixes_;
};

}  // namespace kith
