#include "protocol/sasl_scram.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "crypto/hash.h"

namespace kith {
namespace {

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "SCRAM", std::move(detail));
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

/// RFC 5802 5.1, "saslname": "=2C" is a comma and "=3D" an equals sign.
Result<std::string> read_saslname(std::string_view text) {
    std::string name;
    while (!text.empty()) {
        const bool escape = text[0] == '=';
        const std::string_view code = text.substr(0, escape ? 3 : 1);
        if (escape && code != "=2C" && code != "=3D")
            return bad("the name has an equals sign that is not escaped");
        name += escape ? (code == "=2C" ? ',' : '=') : text[0];
        text.remove_prefix(code.size());
    }
    if (name.empty() || !is_utf8(name) || name.find('\0') != std::string::npos)
        return bad("the name is empty or not UTF-8");
    return name;
}

/// The value of the attribute that has to stand there.
Result<std::string_view> value_of(std::string_view attribute, std::string_view name) {
    if (!attribute.starts_with(name))
        return bad("the attribute " + std::string(name) + " is missing");
    return attribute.substr(name.size());
}

SecretArray<32> exclusive_or(ByteView a, ByteView b) {
    SecretArray<32> out;
    for (std::size_t i = 0; i < 32; ++i)
        out.octets()[i] = a[i] ^ b[i];
    return out;
}

SecretArray<32> hmac(ByteView key, std::string_view text) {
    return SecretArray<32>(hmac_sha256(key, as_bytes(text)));
}

/// RFC 5802 2.2: Hi, that is PBKDF2 (RFC 8018) with one block.
SecretArray<32> salted_password(std::string_view password, ByteView salt, std::uint32_t rounds) {
    Bytes first(salt.begin(), salt.end());
    first.insert(first.end(), {0, 0, 0, 1});
    SecretArray<32> last(hmac_sha256(as_bytes(password), first));
    SecretArray<32> sum = last;
    for (std::uint32_t i = 1; i < rounds; ++i) {
        last = SecretArray<32>(hmac_sha256(as_bytes(password), last.view()));
        sum = exclusive_or(sum.view(), last.view());
    }
    return sum;
}

}  // namespace

Result<ScramVerifier> make_scram_verifier(std::string_view password,
                                          ByteView salt,
                                          std::uint32_t iterations) {
    const auto is_ascii = [](char c) { return c >= ' ' && c <= '~'; };
    if (password.empty() || !std::ranges::all_of(password, is_ascii))
        return bad("a password is of printable ASCII");
    const SecretArray<32> salted = salted_password(password, salt, iterations);
    const SecretArray<32> client_key = hmac(salted.view(), "Client Key");
    ScramVerifier verifier;
    verifier.salt.assign(salt.begin(), salt.end());
    verifier.iterations = iterations;
    verifier.stored_key = SecretArray<32>(sha256(client_key.view()).octets);
    verifier.server_key = hmac(salted.view(), "Server Key");
    return verifier;
}

// RFC 5802 7: client-first-message = gs2-header [reserved-mext ","] username "," nonce [extensions]
Result<ScramServer> ScramServer::begin(std::string_view client_first) {
    const auto parts = split(client_first, ',');
    if (parts.size() < 4)
        return bad("the first message is not of four parts");
    if (parts[0].starts_with("p="))
        return fail(ErrorKind::denied, "SCRAM", "channel binding is not offered");
    if (parts[0] != "n" && parts[0] != "y")
        return bad("the first message has no channel binding flag");
    ScramServer server;
    if (!parts[1].empty()) {
        const std::string_view authorization = TRY(value_of(parts[1], "a="));
        server.authorization_ = TRY(read_saslname(authorization));
    }
    if (parts[2].starts_with("m="))
        return fail(ErrorKind::denied, "SCRAM", "an extension that is not known");
    const std::string_view user = TRY(value_of(parts[2], "n="));
    server.user_ = TRY(read_saslname(user));
    server.nonce_ = TRY(value_of(parts[3], "r="));
    if (server.nonce_.empty() || !is_printable(server.nonce_))
        return bad("the nonce is empty or not printable");
    const std::size_t header = parts[0].size() + parts[1].size() + 2;
    server.gs2_header_ = client_first.substr(0, header);
    server.first_bare_ = client_first.substr(header);
    return server;
}

std::string ScramServer::challenge(ScramVerifier verifier, std::string_view server_nonce) {
    verifier_ = std::move(verifier);
    nonce_ += server_nonce;
    server_first_ = "r=" + nonce_ + ",s=" + base64(verifier_.salt) +
                    ",i=" + std::to_string(verifier_.iterations);
    return server_first_;
}

// RFC 5802 7: client-final-message = channel-binding "," nonce [extensions] "," proof
Result<std::string> ScramServer::finish(std::string_view client_final) const {
    const std::size_t end = client_final.rfind(",p=");
    if (end == std::string_view::npos)
        return bad("the final message has no proof");
    const std::string_view without_proof = client_final.substr(0, end);
    const auto parts = split(without_proof, ',');
    if (parts.size() < 2)
        return bad("the final message is not of three parts");
    const std::string_view channel_binding = TRY(value_of(parts[0], "c="));
    const Bytes binding = TRY(parse_base64(channel_binding));
    const Bytes proof = TRY(parse_base64(client_final.substr(end + 3)));
    if (proof.size() != 32)
        return bad("the proof is not of 32 octets");
    if (as_text(binding) != gs2_header_)
        return fail(ErrorKind::denied, "SCRAM", "the channel binding is another");
    if (TRY(value_of(parts[1], "r=")) != nonce_)
        return fail(ErrorKind::denied, "SCRAM", "the nonce is another");
    const std::string auth_message =
        first_bare_ + "," + server_first_ + "," + std::string(without_proof);
    const SecretArray<32> signature = hmac(verifier_.stored_key.view(), auth_message);
    const SecretArray<32> client_key = exclusive_or(signature.view(), proof);
    if (!equal_in_constant_time(sha256(client_key.view()).view(), verifier_.stored_key.view()))
        return fail(ErrorKind::denied, "SCRAM", "the password is wrong");
    return "v=" + base64(hmac(verifier_.server_key.view(), auth_message).view());
}

}  // namespace kith
