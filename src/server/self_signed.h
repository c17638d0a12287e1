// A certificate to begin with: encrypts, but other servers will not take it.
#pragma once

#include <string>

#include "base/result.h"

namespace kith {

struct PemPair {
    std::string certificate;
    std::string key;
};

/// A fresh P-256 key and a certificate signed by itself, for `host` and `kith.DOMAIN`, from
/// yesterday until `days` from now.
Result<PemPair> make_self_signed(const std::string& host, const std::string& domain, long days);

}  // namespace kith
