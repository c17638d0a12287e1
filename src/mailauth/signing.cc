#include "mailauth/signing.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "mailauth/signature_writer.h"

namespace kith::mailauth {
namespace {

// RFC 6376 section 5.4.1, and what RFC 8301's readers act on since.
constexpr std::array<std::string_view, 25> kSigned = {"from",
                                                      "reply-to",
                                                      "subject",
                                                      "date",
                                                      "to",
                                                      "cc",
                                                      "message-id",
                                                      "in-reply-to",
                                                      "references",
                                                      "mime-version",
                                                      "content-type",
                                                      "content-transfer-encoding",
                                                      "sender",
                                                      "resent-date",
                                                      "resent-from",
                                                      "resent-to",
                                                      "resent-cc",
                                                      "list-id",
                                                      "list-help",
                                                      "list-unsubscribe",
                                                      "list-unsubscribe-post",
                                                      "list-subscribe",
                                                      "list-post",
                                                      "list-owner",
                                                      "list-archive"};

// Absent ones are signed as absent, too: nobody adds one unseen.
constexpr std::array<std::string_view, 10> kAlways = {"from",
                                                      "reply-to",
                                                      "subject",
                                                      "date",
                                                      "to",
                                                      "cc",
                                                      "message-id",
                                                      "mime-version",
                                                      "content-type",
                                                      "content-transfer-encoding"};

}  // namespace

std::vector<std::string> fields_to_sign(const RawHeader& header) {
    std::vector<std::string> out;
    for (const std::string_view name : kSigned) {
        const bool always = std::ranges::find(kAlways, name) != kAlways.end();
        const std::size_t there = header.count(name);
        if (there > 0 || always)
            out.insert(out.end(), there + 1, std::string(name));
    }
    return out;
}

Result<std::string> sign_dkim(const MessageDigest& message, const DkimSigner& signer) {
    TRY(check_signing_names(signer.domain, signer.selector));
    return write_signature(message, "DKIM-Signature", signer);
}

std::string dkim_key_record(const SignatureKey& key) {
    if (const auto* rsa = std::get_if<const RsaSigningKey*>(&key))
        return "v=DKIM1; k=rsa; p=" + base64((*rsa)->public_der());
    const auto& ed25519 = *std::get<const SigningKey*>(key);
    return "v=DKIM1; k=ed25519; p=" + base64(ed25519.public_key().view());
}

}  // namespace kith::mailauth
