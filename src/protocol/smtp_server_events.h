// What a peer of the receiving side of SMTP does, as the machine (smtp_server.h) tells it. Those
// marked "answer" are put to somebody who decides: the machine goes on when it has the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "crypto/secret.h"
#include "protocol/smtp_envelope.h"
#include "protocol/smtp_path.h"

namespace kith::smtp {

enum class Mechanism { plain, login, scram_sha_256, external };
const char* name_of(Mechanism mechanism);

/// Answer. A connection; accepted: the greeting.
struct Connected {};

/// Answer. Whatever transaction there was is over (a Reset came before, then).
struct Hello {
    enum class Kind { helo, ehlo };
    Kind kind = Kind::ehlo;
    std::string name;  ///< what the client says it is: printable, without spaces, not checked
};

/// The client wants TLS and was told to begin: once the output is written, shake hands, then
/// Server::tls_established(). Forgotten are name, login and transaction (RFC 3207 section 4.2).
struct StartTls {};

/// Answer. Name and password, by PLAIN (RFC 4616) or LOGIN.
struct PasswordLogin {
    Mechanism mechanism = Mechanism::plain;
    std::string authorization;  ///< as whom; empty: as `user`
    std::string user;
    Secret password;
};

/// Answer. EXTERNAL (RFC 4422 appendix A): by the TLS certificate of the client.
struct ExternalLogin {
    std::string authorization;  ///< empty: as the certificate says
};

/// Answer, or Server::challenge(). A message of an exchange that has several (SCRAM,
/// sasl_scram.h).
struct SaslMessage {
    Mechanism mechanism = Mechanism::scram_sha_256;
    enum class Place { first, later };
    Place place = Place::first;
    Bytes message;
};

/// The client has given up an exchange of which SaslMessages were told.
struct SaslCancelled {};

/// Answer. A transaction begins.
struct Mail {
    Mailbox from;  ///< empty: the null reverse-path
    MailParameters parameters;
};

/// Answer, each for itself.
struct Recipient {
    Mailbox to;
    RcptParameters parameters;
};

/// Answer. The text of the message is about to come. Refused: nothing is delivered (behind BDAT the
/// octets are read and thrown away), and a Reset follows.
struct DataBegins {};

/// Of the text: lines with CRLF, dots removed; no bare CR or LF and no NUL, so far.
struct DataPiece {
    Bytes bytes;  ///< as many as one feed() brought at most
};

/// Answer. The message is complete; accepted: it is ours now.
struct DataEnd {};

/// The transaction is over without a DataEnd: RSET, a new EHLO, QUIT, a fault in the text, the end
/// of the connection. What was told of it is to be forgotten.
struct Reset {};

/// The client has said good-bye.
struct Quit {};

/// Something that no honest and able client does; for logs and for the standing of its network. The
/// connection is over, with the last reply in the output.
struct Violation {
    enum class Kind {
        early_talk,         ///< octets before the greeting
        lost_framing,       ///< CR or LF alone, or NUL; or BDAT without a size: commands and text
                            ///< cannot be told apart any more
        before_tls,         ///< commands behind STARTTLS in clear (CVE-2011-0411)
        out_of_turn,        ///< pipelined behind a command that has to be the last of its group
        other_protocol,     ///< HTTP, or TLS where none was asked for
        too_long,           ///< endless lines, or far more of a message than is allowed
        too_many_errors,    ///< or too many commands that lead to nothing
        too_many_logins,    ///< that failed
        too_many_refusals,  ///< of recipients
    };
    Kind kind = Kind::too_many_errors;
};
const char* name_of(Violation::Kind kind);

using ServerEvent = std::variant<Connected,
                                 Hello,
                                 StartTls,
                                 PasswordLogin,
                                 ExternalLogin,
                                 SaslMessage,
                                 SaslCancelled,
                                 Mail,
                                 Recipient,
                                 DataBegins,
                                 DataPiece,
                                 DataEnd,
                                 Reset,
                                 Quit,
                                 Violation>;

}  // namespace kith::smtp
