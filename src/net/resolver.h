// DNS with DNSSEC validation, through libunbound. A bogus answer is no answer.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "net/awaitable.h"

namespace kith {

enum class DnsType : std::uint16_t {
    a = 1,
    ptr = 12,
    mx = 15,
    txt = 16,
    aaaa = 28,
    srv = 33,
    tlsa = 52
};

/// insecure: the zone is provably unsigned, or there is no trust anchor above it.
enum class DnsSecurity { insecure, secure };

struct DnsAnswer {
    std::vector<Bytes> records;  ///< the RDATA of each, uncompressed; at least one
    DnsSecurity security = DnsSecurity::insecure;
    Seconds ttl{0};
    std::string canonical_name;  ///< where CNAMEs led, without the last dot; or the name asked
};

struct DnsTexts {
    std::vector<std::string> texts;  ///< the strings of each TXT record joined
    DnsSecurity security = DnsSecurity::insecure;
    Seconds ttl{0};
};

struct DnsAddresses {
    std::vector<boost::asio::ip::address> addresses;  ///< IPv6 and IPv4 in turn, IPv6 first
    DnsSecurity security = DnsSecurity::insecure;     ///< secure when all of them are
    Seconds ttl{0};
};

struct ResolverOptions {
    /// IP or IP@PORT; empty: those of /etc/resolv.conf.
    std::vector<std::string> forward;
    /// "ZONE IP@PORT": that zone is asked there (authoritative servers; loopback is fine).
    std::vector<std::string> stub_zones;
    /// Files with DS or DNSKEY records; and the records themselves, one a string. Without any, the
    /// root anchor that Debian ships (dns-root-data), if it is there.
    std::vector<std::string> trust_anchor_files;
    std::vector<std::string> trust_anchors;
    Milliseconds timeout{10'000};          ///< of a look-up
    std::size_t lookups_in_flight = 1024;  ///< more: unavailable
    std::size_t cache_octets = 16U << 20;  ///< of each: messages, records; of answers a quarter
    Seconds negative_ttl{300};             ///< "there is no such name" is kept no longer
};

/// Lives on one executor; the calls may be made from coroutines on any executor and resume there.
class Resolver {
  public:
    /// Errors: malformed (an option; the detail names it), internal.
    static Result<std::shared_ptr<Resolver>> create(Executor executor,
                                                    const ResolverOptions& options);
    /// On its own thread or after that has ended. Look-ups under way end with unavailable.
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    /// `name` in A-labels, with or without the last dot. Errors: not_found (no such name, or none
    /// of that type; what says so may be secure or not), untrusted (bogus; the detail says why),
    /// unavailable (no answer), timeout, malformed (the name).
    awaitable<Result<DnsAnswer>> lookup(std::string name, DnsType type);
    awaitable<Result<DnsTexts>> txt(std::string name);
    /// A and AAAA together; not_found when there is neither. An address given as text is itself.
    awaitable<Result<DnsAddresses>> addresses(std::string host);

    /// Ends it: look-ups under way, and any later, end with unavailable. On its own thread.
    void stop();

  private:
    struct Impl;
    explicit Resolver(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

}  // namespace kith
