#include "server/self_signed.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <functional>
#include <memory>

namespace kith {
namespace {

constexpr long kDaySeconds = 86'400;

std::string pem(const std::function<int(BIO*)>& write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
    write(bio.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);  // NOLINT: OpenSSL's macro
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Result<PemPair> make_self_signed(const std::string& host, const std::string& domain, long days) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  &EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
    if (!key || !certificate)
        return fail(ErrorKind::internal, "certificate", "OpenSSL made no key");
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDaySeconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDaySeconds);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name,
                               "CN",
                               MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(host.c_str()),  // NOLINT
                               -1,
                               -1,
                               0);
    X509_set_issuer_name(certificate.get(), name);
    const std::string names = "DNS:" + host + ",DNS:kith." + domain;
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()),
        &X509_EXTENSION_free);
    X509_add_ext(certificate.get(), extension.get(), -1);
    if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0)
        return fail(ErrorKind::internal, "certificate", "OpenSSL did not sign it");
    return PemPair{pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); }),
                   pem([&](BIO* out) {
                       return PEM_write_bio_PrivateKey(
                           out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
                   })};
}

}  // namespace kith
