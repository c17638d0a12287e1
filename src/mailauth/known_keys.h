// Key records that were read before. To read an RSA key costs OpenSSL several times what checking
// a signature with it does, and most mail comes from few domains.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "mailauth/key_record.h"

namespace kith::mailauth {

/// By the record's text, so that it knows nothing that DNS does not say just now. Thread-safe.
class KnownKeys {
  public:
    static constexpr std::size_t kDefaultRecords = 1'024;

    /// `most`: records kept, a few KiB each.
    explicit KnownKeys(std::size_t most = kDefaultRecords) : most_(most) {}

    /// As key_record_of.
    Result<KeyRecord> record_of(const Answer& answer);

  private:
    std::mutex mutex_;
    std::size_t most_;
    std::map<std::string, KeyRecord> records_;
};

}  // namespace kith::mailauth
