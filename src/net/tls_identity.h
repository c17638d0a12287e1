// The server's certificate and key, exchanged at run time, and the client's trust anchors.
#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kith {

using SslContext = std::shared_ptr<SSL_CTX>;

/// One certificate for every protocol; session tickets, no early data. Thread-safe.
class TlsIdentity {
  public:
    /// PEM: the certificate with its chain, and its key. Errors: malformed (does not parse, or the
    /// key is not the certificate's).
    static Result<std::shared_ptr<TlsIdentity>> from_pem(std::string_view chain,
                                                         std::string_view key);
    /// Errors: io (a file cannot be read), malformed.
    static Result<std::shared_ptr<TlsIdentity>> from_files(const std::filesystem::path& chain,
                                                           const std::filesystem::path& key);

    /// New connections use the new certificate; on failure the old one stays.
    Result<void> reload_pem(std::string_view chain, std::string_view key);
    Result<void> reload_files(const std::filesystem::path& chain, const std::filesystem::path& key);
    /// For a new connection of HTTPS: TLS 1.3 only, ALPN h2 and http/1.1.
    SslContext context() const;
    /// For a new connection of mail programs and mail servers: TLS 1.2, too (RFC 8997), no ALPN.
    SslContext mail_context() const;

  private:
    TlsIdentity() = default;
    mutable std::mutex mutex_;
    SslContext context_;
    SslContext mail_context_;
};

/// What a client believes: the system's CAs, and the certificates of a PEM file if `extra_ca` is
/// not empty. TLS 1.3, ALPN h2. Errors: io, malformed.
Result<SslContext> client_tls(const std::filesystem::path& extra_ca);

}  // namespace kith
