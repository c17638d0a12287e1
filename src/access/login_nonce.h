// Login nonces without state: the time, and a MAC over it and the address. So an address that is
// not here gets the same answer at the same cost, and nobody can fill a table.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace kith {

class LoginNonces {
  public:
    LoginNonces(Secret key, Seconds life) : key_(std::move(key)), life_(life) {}

    /// `address` in its canonical text.
    std::string make(std::string_view address, Time now, Random& random) const;
    /// Errors: malformed; bad_signature (not ours, or for another address); expired; future.
    Result<void> check(std::string_view nonce, std::string_view address, Time now) const;

    Seconds life() const { return life_; }

  private:
    ByteArray<32> mac(ByteView head, std::string_view address) const;

    Secret key_;
    Seconds life_;
};

}  // namespace kith
