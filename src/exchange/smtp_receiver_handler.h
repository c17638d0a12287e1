// Who decides about mail that comes by SMTP: what a client does is put to a handler, and the
// handler answers. The receiver (smtp_receiver.h) does the rest.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "net/awaitable.h"
#include "protocol/smtp_reply.h"
#include "protocol/smtp_server.h"

namespace kith {

/// What a handler says to a client.
class SmtpAnswer {
  public:
    /// An empty text: the usual one. One line, printable ASCII.
    static SmtpAnswer accept(std::string text = {});
    /// `code` 400 to 599; 421 ends the connection with it. `enhanced` as in RFC 3463, "5.7.1".
    static SmtpAnswer reject(int code, std::string enhanced, std::string text);
    /// To a smtp::SaslMessage only: the server's message, not encoded.
    static SmtpAnswer challenge(Bytes message);

    struct Accept {
        std::string text;
    };
    struct Challenge {
        Bytes message;
    };
    const std::variant<Accept, smtp::Reply, Challenge>& what() const { return what_; }

  private:
    using What = std::variant<Accept, smtp::Reply, Challenge>;
    explicit SmtpAnswer(What what) : what_(std::move(what)) {}
    What what_;
};

struct SmtpPeer {
    boost::asio::ip::tcp::endpoint remote;
    smtp::ServerRole role = smtp::ServerRole::mx;
};

/// Of a connection at a moment; the handshake of STARTTLS may come between two EHLOs.
struct SmtpTls {
    bool active = false;
    std::string version;  ///< "TLSv1.3"
    std::string cipher;   ///< "TLS_AES_256_GCM_SHA384"
};

/// A login: PLAIN and LOGIN, EXTERNAL, or one message of a SCRAM exchange (protocol/sasl_scram.h).
using SmtpLogin = std::variant<smtp::PasswordLogin, smtp::ExternalLogin, smtp::SaslMessage>;

/// One connection's client, and what is decided about it. Belongs to the connection: made for it,
/// called on its I/O thread, one call after the other, destroyed when it has ended (at whatever
/// point). Nothing may block. A call that takes longer than SmtpTimeouts::answer is cancelled
/// (terminal cancellation, to be heeded) and answered 451 for it; so is an exception.
class SmtpReceiverHandler {
  public:
    SmtpReceiverHandler() = default;
    SmtpReceiverHandler(const SmtpReceiverHandler&) = delete;
    SmtpReceiverHandler& operator=(const SmtpReceiverHandler&) = delete;
    virtual ~SmtpReceiverHandler() = default;

    /// Accepted: the greeting goes out. Rejected with 554: it may say QUIT; with 421: closed.
    virtual awaitable<SmtpAnswer> on_connect(SmtpPeer peer) = 0;
    /// HELO or EHLO; may come again, and does behind STARTTLS.
    virtual awaitable<SmtpAnswer> on_helo(smtp::Hello hello, SmtpTls tls) = 0;
    /// Submission only, under TLS. accept(): logged in until the connection ends.
    virtual awaitable<SmtpAnswer> on_auth(SmtpLogin login) = 0;
    /// A transaction begins. Without a call of on_reset or on_data_end there is no other.
    virtual awaitable<SmtpAnswer> on_mail(smtp::Mailbox from, smtp::MailParameters parameters) = 0;
    /// Each recipient is answered for itself.
    virtual awaitable<SmtpAnswer> on_rcpt(smtp::Mailbox to, smtp::RcptParameters parameters) = 0;
    /// At least one recipient was accepted, and the text is about to come.
    virtual awaitable<SmtpAnswer> on_data_begin() = 0;
    /// A piece of the text, 16 KiB at most: lines with CRLF, dots removed, no bare CR or LF, no
    /// NUL. The next is not read from the client before this has returned. What fails here is to be
    /// remembered, and answered at the end.
    virtual awaitable<void> on_data_piece(Bytes piece) = 0;
    /// The text is complete. accept(): the message is ours from now on, on disk.
    virtual awaitable<SmtpAnswer> on_data_end() = 0;
    /// The transaction is over without on_data_end: what was told of it is to be forgotten.
    virtual void on_reset() = 0;
    /// Its connection is over then. For logs, and for the standing of its network.
    virtual void on_violation(smtp::Violation::Kind /*kind*/) {}
};

}  // namespace kith
