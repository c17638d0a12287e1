#include "net/tls_identity.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <iterator>

#include "base/bytes.h"

namespace kith {

namespace {

/// A TLS record holds 16 KiB; room for one and its frame is read at once (SSL_CTX_set_read_ahead).
constexpr std::size_t kReadBuffer = 17 * 1024;
/// RFC 8446 C.4 asks for one ticket a use; one a connection is what a client needs.
constexpr std::size_t kTickets = 1;

struct BioDeleter {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct X509Deleter {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
struct KeyDeleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, BioDeleter>;
using Certificate = std::unique_ptr<X509, X509Deleter>;
using PrivateKey = std::unique_ptr<EVP_PKEY, KeyDeleter>;

Error tls_error(ErrorKind kind, std::string where) {
    std::array<char, 160> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return fail(kind, std::move(where), text.data());
}

Bio reader(std::string_view text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// An encrypted key is refused instead of asking on the terminal.
int no_password(char* /*buffer*/, int /*size*/, int /*rwflag*/, void* /*user*/) {
    return -1;
}

/// SSL_set_fd writes with write(2): a peer that is gone would end the process.
void ignore_broken_pipes() {
    struct sigaction now{};
    if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {  // NOLINT
        now.sa_handler = SIG_IGN;                                               // NOLINT
        sigaction(SIGPIPE, &now, nullptr);
    }
}

void set_common(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    // RELEASE_BUFFERS: an idle connection holds no record buffers (34 KiB each).
    SSL_CTX_set_mode(context,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                         SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, kReadBuffer);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
}

/// Prefers h2 (RFC 7301 section 3.2: the server chooses).
int choose_protocol(SSL* /*ssl*/,
                    const unsigned char** out,
                    unsigned char* out_size,
                    const unsigned char* offered,
                    unsigned int offered_size,
                    void* /*user*/) {
    static constexpr std::string_view kOurs("\x02h2\x08http/1.1", 12);
    unsigned char* chosen = nullptr;
    int result = SSL_select_next_proto(&chosen,
                                       out_size,
                                       as_bytes(kOurs).data(),
                                       static_cast<unsigned int>(kOurs.size()),
                                       offered,
                                       offered_size);
    *out = chosen;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<void> use_chain(SSL_CTX* context, std::string_view chain) {
    Bio bio = reader(chain);
    Certificate leaf(PEM_read_bio_X509_AUX(bio.get(), nullptr, no_password, nullptr));
    if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1)
        return tls_error(ErrorKind::malformed, "tls certificate");
    while (Certificate next{PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)})
        if (SSL_CTX_add1_chain_cert(context, next.get()) != 1)
            return tls_error(ErrorKind::malformed, "tls certificate chain");
    ERR_clear_error();  // the end of the file
    return {};
}

enum class Use { https, mail };

Result<SslContext> server_context(std::string_view chain, std::string_view key, Use use) {
    ignore_broken_pipes();
    ERR_clear_error();
    SslContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!context)
        return tls_error(ErrorKind::internal, "tls");
    set_common(context.get());
    TRY(use_chain(context.get(), chain));
    Bio bio = reader(key);
    PrivateKey secret(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
    if (!secret || SSL_CTX_use_PrivateKey(context.get(), secret.get()) != 1 ||
        SSL_CTX_check_private_key(context.get()) != 1)
        return tls_error(ErrorKind::malformed, "tls key");
    if (use == Use::https)
        SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    else
        SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    // Tickets carry the session: nothing is kept here for resumption.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context.get(), kTickets);
    static constexpr std::string_view kContextId = "kith";
    SSL_CTX_set_session_id_context(
        context.get(), as_bytes(kContextId).data(), static_cast<unsigned int>(kContextId.size()));
    return context;
}

Result<std::string> read_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return fail(ErrorKind::io, "tls file " + file.string(), "cannot be read");
    return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

Result<std::shared_ptr<TlsIdentity>> TlsIdentity::from_pem(std::string_view chain,
                                                           std::string_view key) {
    std::shared_ptr<TlsIdentity> identity(new TlsIdentity);
    TRY(identity->reload_pem(chain, key));
    return identity;
}

Result<std::shared_ptr<TlsIdentity>> TlsIdentity::from_files(const std::filesystem::path& chain,
                                                             const std::filesystem::path& key) {
    std::shared_ptr<TlsIdentity> identity(new TlsIdentity);
    TRY(identity->reload_files(chain, key));
    return identity;
}

Result<void> TlsIdentity::reload_pem(std::string_view chain, std::string_view key) {
    SslContext fresh = TRY(server_context(chain, key, Use::https));
    SslContext fresh_for_mail = TRY(server_context(chain, key, Use::mail));
    std::lock_guard lock(mutex_);
    context_ = std::move(fresh);
    mail_context_ = std::move(fresh_for_mail);
    return {};
}

Result<void> TlsIdentity::reload_files(const std::filesystem::path& chain,
                                       const std::filesystem::path& key) {
    std::string chain_text = TRY(read_text(chain));
    std::string key_text = TRY(read_text(key));
    auto done = reload_pem(chain_text, key_text);
    OPENSSL_cleanse(key_text.data(), key_text.size());
    return done;
}

SslContext TlsIdentity::context() const {
    std::lock_guard lock(mutex_);
    return context_;
}

SslContext TlsIdentity::mail_context() const {
    std::lock_guard lock(mutex_);
    return mail_context_;
}

Result<SslContext> client_tls(const std::filesystem::path& extra_ca) {
    ignore_broken_pipes();
    ERR_clear_error();
    SslContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!context)
        return tls_error(ErrorKind::internal, "tls");
    set_common(context.get());
    if (SSL_CTX_set_default_verify_paths(context.get()) != 1)
        return tls_error(ErrorKind::io, "tls system certificates");
    if (!extra_ca.empty() && SSL_CTX_load_verify_file(context.get(), extra_ca.c_str()) != 1)
        return tls_error(ErrorKind::io, "tls extra_ca " + extra_ca.string());
    ERR_clear_error();
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    static constexpr std::string_view kProtocols("\x02h2", 3);
    SSL_CTX_set_alpn_protos(
        context.get(), as_bytes(kProtocols).data(), static_cast<unsigned int>(kProtocols.size()));
    SSL_CTX_set_session_cache_mode(context.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    return context;
}

}  // namespace kith
