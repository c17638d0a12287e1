// Who may bring a delivery, before it costs work (protocol section 7.7): networks that brought too
// much that was wrong stay outside; under load, networks unknown here come back with a cookie;
// look-ups that deliveries cause are bounded; and what is judged stands in the lane of its class,
// each with a share of the workers. Nothing here reads what people have granted: how somebody is
// served tells nobody who knows whom.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/adjustable.h"
#include "exchange/network_standings.h"
#include "exchange/return_cookie.h"
#include "net/http_message.h"
#include "net/rate_gate.h"
#include "net/worker_pool.h"

namespace kith {

/// What speaks for a delivery and cannot be made up, in the order in which they are served; the
/// values are lanes of the worker pool.
enum class ArrivalClass : std::size_t {
    own = 0,    ///< not from outside: our own people and our own mail
    known = 1,  ///< its network has lately brought wanted mail of that domain
    token = 2,  ///< a token with our MAC
    stamp = 3,  ///< a solved stamp for a price of ours
    other = 4,
};
inline constexpr std::size_t kArrivalClasses = 5;
const char* name_of(ArrivalClass of);

struct AdmissionOptions {
    /// When unknown networks are asked to come back with a cookie.
    enum class Cookies { under_load, always, never };
    Cookies cookies = Cookies::under_load;
    std::uint64_t faults_a_minute = 600;  ///< of one network
    Seconds shut_out{60};                 ///< of a network that goes on regardless
    std::uint64_t lookups_a_minute = 600;
    std::size_t lookups_at_once = 256;
    std::uint64_t wide_networks = 4;  ///< a wide network may do so many times as much
    /// Of the lanes, by class.
    std::array<std::uint32_t, kArrivalClasses> shares = {100, 60, 20, 15, 5};
    std::array<std::size_t, kArrivalClasses> waiting = {8'192, 4'096, 1'024, 512, 256};
};
/// For WorkerPool, in the order of ArrivalClass.
std::vector<WorkerPool::Lane> lanes_of(const AdmissionOptions& options);

/// Thread-safe; what it refers to must outlive it.
class Admission {
  public:
    using Client = boost::asio::ip::address;

    /// `cookie_key`: 32 random octets.
    Admission(const AdmissionOptions& options,
              Secret cookie_key,
              WorkerPool& workers,
              const Clock& clock);
    void set_options(const AdmissionOptions& options);

    /// Before anything of the body is looked at.
    enum class Door { open, shut, come_back };
    Door door(const HttpRequest& request);
    /// For Door::come_back.
    std::string cookie_for(const Client& client) const;
    /// Connections of this network are closed: it went on before a shut door. Not those of a
    /// network from which devices of our own people have called lately: there only the door stays
    /// shut.
    bool is_shut_out(const Client& client) const;

    bool has_standing(const Client& client, const std::string& domain) const;
    /// Neither wanted mail nor a device of our own people has come from there.
    bool can_wait(const Client& client) const;
    /// Wanted mail came from there, its signatures good.
    void note_wanted(const Client& client, const std::string& domain);
    /// A device of somebody here, logged in, called from there.
    void note_device(const Client& client);
    /// What came cost work and was worth nothing: 1 for what is forged or broken.
    void note_fault(const Client& client, double weight);

    /// The right to ask the network on behalf of somebody outside, until destroyed.
    class LookUp {
      public:
        explicit LookUp(std::atomic<std::size_t>* under_way) : under_way_(under_way) {}
        LookUp(LookUp&& other) noexcept : under_way_(std::exchange(other.under_way_, nullptr)) {}
        LookUp& operator=(LookUp&&) = delete;
        LookUp(const LookUp&) = delete;
        LookUp& operator=(const LookUp&) = delete;
        ~LookUp() {
            if (under_way_ != nullptr)
                under_way_->fetch_sub(1);
        }

      private:
        std::atomic<std::size_t>* under_way_;
    };
    /// nullopt: that network has had its look-ups, or too many are under way.
    std::optional<LookUp> look_up(const Client& client);

    /// Strangers wait in numbers, or did a moment ago.
    bool is_loaded();

  private:
    using Moment = std::chrono::steady_clock::time_point;

    bool asks_for_cookie(const HttpRequest& request, const std::string& network);
    void insist(const Client& client, Moment now);

    Adjustable<AdmissionOptions::Cookies> cookies_;
    Adjustable<Seconds> shut_out_for_;
    Adjustable<std::size_t> lookups_at_once_;
    Adjustable<std::size_t> many_waiting_;
    WorkerPool& workers_;
    const Clock& clock_;
    const ReturnCookie cookie_;
    NetworkStandings standings_;
    NetworkStandings devices_;  ///< of our own people; of no domain
    NetworkGate faults_;
    NetworkGate insisting_;
    NetworkGate lookups_;
    std::atomic<std::size_t> lookups_under_way_ = 0;
    std::atomic<Moment::rep> loaded_until_ = 0;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Moment> shut_out_;  ///< network and until when
};

}  // namespace kith
