#include "protocol/smtp_sasl.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace kith::smtp {
namespace {

constexpr std::array kMechanisms = {
    Mechanism::plain, Mechanism::login, Mechanism::scram_sha_256, Mechanism::external};

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "auth", std::move(detail));
}

/// RFC 4616 section 2: [authzid] NUL authcid NUL passwd.
Result<SaslStep> read_plain(std::string_view message) {
    const std::size_t first = message.find('\0');
    const std::size_t second = message.find('\0', std::min(first, message.size() - 1) + 1);
    if (message.empty() || first == std::string_view::npos || second == std::string_view::npos ||
        message.find('\0', second + 1) != std::string_view::npos)
        return bad("PLAIN is not of three parts");
    PasswordLogin login;
    login.authorization = message.substr(0, first);
    login.user = message.substr(first + 1, second - first - 1);
    login.password = Secret::copy_of(as_bytes(message.substr(second + 1)));
    if (login.user.empty() || !is_utf8(login.authorization) || !is_utf8(login.user))
        return bad("PLAIN has no user name in UTF-8");
    return SaslStep(std::move(login));
}

}  // namespace

const char* name_of(Mechanism mechanism) {
    switch (mechanism) {
        case Mechanism::plain:
            return "PLAIN";
        case Mechanism::login:
            return "LOGIN";
        case Mechanism::scram_sha_256:
            return "SCRAM-SHA-256";
        case Mechanism::external:
            return "EXTERNAL";
    }
    return "";
}

std::optional<Mechanism> find_mechanism(std::string_view name) {
    for (const Mechanism each : kMechanisms)
        if (to_lower(name) == to_lower(name_of(each)))
            return each;
    return std::nullopt;
}

Result<SaslStep> SaslExchange::begin(std::string_view initial) {
    if (!initial.empty())
        return initial == "=" ? take({}) : respond(initial);
    return SaslStep(SaslChallenge{mechanism_ == Mechanism::login ? "Username:" : ""});
}

Result<SaslStep> SaslExchange::respond(std::string_view line) {
    if (line == "*")
        return fail(ErrorKind::denied, "auth", "cancelled by the client");
    auto message = parse_base64(line);
    if (!message)
        return bad("the response is not base64");
    return take(std::move(*message));
}

Result<SaslStep> SaslExchange::take(Bytes message) {
    struct Wiped {
        Bytes& octets;
        ~Wiped() { wipe(octets); }
    };
    const Wiped wiped{message};
    switch (mechanism_) {
        case Mechanism::plain:
            return read_plain(as_text(message));
        case Mechanism::login:
            if (!user_) {
                if (message.empty() || !is_utf8(as_text(message)))
                    return bad("LOGIN has no user name in UTF-8");
                user_ = to_text(message);
                return SaslStep(SaslChallenge{"Password:"});
            }
            return SaslStep(PasswordLogin{mechanism_, {}, *user_, Secret::copy_of(message)});
        case Mechanism::external:
            if (!is_utf8(as_text(message)))
                return bad("EXTERNAL names nobody in UTF-8");
            return SaslStep(ExternalLogin{to_text(message)});
        case Mechanism::scram_sha_256:
            break;
    }
    const auto place =
        std::exchange(told_, true) ? SaslMessage::Place::later : SaslMessage::Place::first;
    return SaslStep(SaslMessage{mechanism_, place, message});
}

}  // namespace kith::smtp
