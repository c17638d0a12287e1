// What a server under load asks of networks that it does not know: to come back, with this. Without
// state: a MAC over the time and the network, so that a flood fills no table (protocol
// section 7.7).
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "crypto/secret.h"

namespace kith {

class ReturnCookie {
  public:
    /// How long whoever gets one waits before coming back, and how long it is good.
    static constexpr Seconds kWait{2};
    static constexpr Seconds kLife{600};

    /// `key`: 32 octets; the same after a restart, or who waits under load has to wait again.
    explicit ReturnCookie(Secret key) : key_(std::move(key)) {}

    /// `network`: as client_prefix() writes it. 32 characters.
    std::string make(std::string_view network, Time now) const;
    /// Ours, for that network, not over, and not brought back at once.
    bool is_good(std::string_view cookie, std::string_view network, Time now) const;

  private:
    ByteArray<32> mac(ByteView time, std::string_view network) const;

    Secret key_;
};

}  // namespace kith
