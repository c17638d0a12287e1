// The sending side of SMTP as a pure machine (RFC 5321), and of LMTP (RFC 2033): octets in, events
// out, octets out. It uses what the server offers of PIPELINING, CHUNKING, SIZE, 8BITMIME,
// SMTPUTF8, DSN, REQUIRETLS and STARTTLS.
//
//   feed(octets) ──► next_event() … send() ─ push_body() … end_body() ──► take_output()
//
// Whatever the server does, each send() comes to one Sent with a reply for each recipient. Who
// breaks the protocol makes the machine fail; there is no state in which it waits for what cannot
// come, and it holds no more than one reply (ReplyReader), the envelope, and the output that is not
// taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "protocol/smtp_data.h"
#include "protocol/smtp_envelope.h"
#include "protocol/smtp_path.h"
#include "protocol/smtp_reply.h"

namespace kith::smtp {

enum class ClientProtocol { smtp, lmtp };
/// required: nothing is sent in clear; the server that does not offer it makes the machine fail.
/// in_place: TLS was there before the first octet.
enum class ClientTls { never, if_offered, required, in_place };

struct ClientOptions {
    std::string host_name;  ///< ours, for EHLO; printable, without spaces
    ClientProtocol protocol = ClientProtocol::smtp;
    ClientTls tls = ClientTls::if_offered;
};

/// What the server's answer to EHLO says.
struct Capabilities {
    bool pipelining = false;
    bool eight_bit_mime = false;
    bool chunking = false;
    bool smtputf8 = false;
    bool dsn = false;
    bool starttls = false;
    bool require_tls = false;
    bool auth = false;
    bool limits_size = false;
    std::uint64_t size = 0;  ///< octets of a message; 0: no limit is told
};
/// Of the lines of an EHLO reply but its first. What is not known is left out.
Capabilities parse_capabilities(std::string_view lines);

struct Envelope {
    struct To {
        Mailbox mailbox;
        RcptParameters parameters;
    };
    Mailbox from;
    /// What must not be lost: a body of eight_bit_mime, smtputf8, require_tls; a server that does
    /// not offer it gets nothing. SIZE, DSN and AUTH are said to those who offer them.
    MailParameters parameters;
    std::vector<To> to;
};

/// What became of a recipient.
struct RecipientReply {
    Reply reply;
    enum class Origin {
        server,
        here,  ///< nothing was said by the server, or not to the end
    };
    Origin origin = Origin::server;
};

/// The 220 to STARTTLS has come: shake hands, then Client::tls_established().
struct StartTlsNow {};
/// send() or quit(). Comes at the beginning, and behind each message while the connection is good.
struct Ready {};
/// The text is to be given: push_body() while wants_body(), end_body().
struct BodyWanted {};
/// A message is done with; may come before its text was given. In the order of Envelope::to.
struct Sent {
    std::vector<RecipientReply> replies;
};
/// The connection is of no use any more. Errors: malformed, limit (the server breaks the protocol),
/// unavailable (it cannot or does not want now, or lacks what is required), denied (it does not
/// want at all).
struct Failed {
    Error error;
    std::optional<Reply> reply;  ///< the server's last word
};
/// The server has answered to QUIT.
struct Closed {};
using ClientEvent = std::variant<StartTlsNow, Ready, BodyWanted, Sent, Failed, Closed>;

/// Not thread-safe.
class Client {
  public:
    /// Output of this size is enough: more of the text is not wanted.
    static constexpr std::size_t kBodyPause = std::size_t{64} * 1024;

    explicit Client(ClientOptions options);

    void feed(ByteView octets);
    /// The server has closed the connection.
    void closed();
    std::optional<ClientEvent> next_event();
    Bytes take_output();

    /// After Ready. At least one recipient.
    void send(Envelope envelope);
    /// Text: lines with CRLF, no bare CR or LF, no NUL, no line over 1000 octets. Anything else is
    /// never sent: the message is refused here and the connection ends without it (RFC 5321 section
    /// 2.3.8). Ignored when no text is wanted (any more).
    void push_body(ByteView text);
    void end_body();
    bool wants_body() const;
    /// After Ready.
    void quit();

    /// After StartTlsNow.
    void tls_established();

    const Capabilities& capabilities() const { return capabilities_; }
    bool finished() const { return state_ == State::finished; }
    /// For deadlines: what is waited for.
    enum class Stage { greeting, command, data, text, end };
    Stage stage() const;

  private:
    enum class State {
        greeting,
        ready,        ///< send(), or nothing
        hello,        ///< EHLO, HELO, STARTTLS
        upgrading,    ///< StartTlsNow
        transaction,  ///< MAIL to the end of the text
        quitting,
        finished,
    };
    /// A reply that is to come, in the order of the commands.
    struct Expected {
        enum class To { greeting, ehlo, helo, starttls, mail, rcpt, data, chunk, end, rset, quit };
        To to = To::greeting;
        std::size_t recipient = 0;  ///< of rcpt; of end with LMTP
    };
    struct Transaction {
        Envelope envelope;
        std::vector<std::optional<RecipientReply>> replies;  ///< nullopt: accepted, or not yet said
        std::optional<Reply> refusal;  ///< of MAIL, DATA or BDAT: for all that have no reply
        std::size_t said = 0;          ///< commands: MAIL, each RCPT, DATA
        std::size_t answered = 0;      ///< recipients
        std::size_t accepted = 0;
        bool text_wanted = false;
        bool text_ended = false;
        bool chunk_refused = false;
        DataWriter writer{Framing::dots};
    };

    void take(const Reply& reply);
    void on_greeting(const Reply& reply);
    void on_ehlo(const Reply& reply);
    void on_helo(const Reply& reply);
    void on_starttls(const Reply& reply);
    void on_mail(const Reply& reply);
    void on_rcpt(std::size_t recipient, const Reply& reply);
    void on_data(const Reply& reply);
    void on_chunk(const Reply& reply);
    void on_end(std::size_t recipient, const Reply& reply);
    void on_unexpected(const Reply& reply);

    void say(const std::string& line, Expected expected);
    void expect(Expected expected);
    void hello();
    void become_ready();
    std::optional<Reply> cannot_send(const Envelope& envelope) const;
    void leave_out_what_is_not_offered(Envelope& envelope) const;
    void say_next();
    void want_text();
    void expect_end();
    /// The transaction is over at the server too, or else after RSET.
    enum class Server { has_ended, must_reset };
    void end_transaction(Server server);
    void report(const Reply& for_the_rest, RecipientReply::Origin origin);
    void fail_with(Error error, std::optional<Reply> reply = {});

    ClientOptions options_;
    State state_ = State::greeting;
    bool tls_ = false;
    Capabilities capabilities_;
    ReplyReader reader_;
    std::deque<Expected> expected_;
    std::size_t unwritten_ = 0;  ///< the last of them, whose commands are in output_
    std::optional<Transaction> transaction_;
    std::deque<ClientEvent> events_;
    Bytes output_;
};

/// RFC 5321 section 4.5.3.2: how long a client waits, at least.
Seconds usual_timeout(Client::Stage stage);

}  // namespace kith::smtp
