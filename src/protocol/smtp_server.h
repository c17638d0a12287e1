// The receiving side of SMTP as a pure machine (RFC 5321): octets in, events out, octets out. It
// has PIPELINING (RFC 2920), 8BITMIME (6152), SIZE (1870), CHUNKING (3030), SMTPUTF8 (6531),
// ENHANCEDSTATUSCODES (2034), STARTTLS (3207), REQUIRETLS (8689), DSN (3461) and AUTH (4954).
//
//   feed(octets) ──► next_event() … accept() / reject() / challenge() ──► take_output()
//
// An event that asks for an answer holds everything behind it back: pipelined commands wait in the
// machine, and it is to be fed no more (wants_input). So a connection holds no more than
//   one feed + ServerLimits::command_line_octets (or kAuthLine) + kOutputPause + one reply
// of octets; recipients and text of a message are with whoever took the events.
//
// Every refusal is said inside the session: of one recipient at RCPT, of all at the end of the
// text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/smtp_data.h"
#include "protocol/smtp_reply.h"
#include "protocol/smtp_sasl.h"
#include "protocol/smtp_server_events.h"

namespace kith::smtp {

/// mx: mail from other servers, for people here. submission (RFC 6409): mail of people here; TLS
/// first (RFC 8314), then AUTH, then the rest.
enum class ServerRole { mx, submission };
/// What a connection has at its beginning.
enum class TlsState { unavailable, offered, active };
/// Whether the client has shown a certificate: EXTERNAL is offered then only.
enum class ClientCertificate { absent, shown };
/// Whether RET, ENVID, NOTIFY and ORCPT are taken.
enum class Dsn { unavailable, offered };

struct ServerLimits {
    /// With CRLF: the 512 of RFC 5321 section 4.5.3.1.4, and what each extension adds to it.
    std::size_t command_line_octets = 2048;
    std::size_t text_line_octets = kTextLine;
    std::uint64_t message_octets = std::uint64_t{50} * 1024 * 1024;  ///< told by SIZE
    std::size_t recipients = 100;  ///< of a message; at least 100 (RFC 5321 section 4.5.3.1.8)
    // Since the last message that was accepted, or the beginning:
    std::size_t errors = 20;              ///< what the protocol refuses, not somebody's will
    std::size_t refused_recipients = 50;  ///< for good; who asks so many does not write letters
    std::size_t idle_commands = 100;      ///< NOOP, RSET, HELP, VRFY, EHLO and the like
    std::size_t failed_logins = 3;        ///< of the connection
};

struct ServerOptions {
    std::string host_name;  ///< ours, in the greeting
    ServerRole role = ServerRole::mx;
    TlsState tls = TlsState::offered;
    /// Offered once TLS is active, to submission only.
    std::vector<Mechanism> mechanisms;
    Dsn dsn = Dsn::offered;
    ServerLimits limits;
};

/// Not thread-safe.
class Server {
  public:
    /// Output that is not taken holds back whatever would make more of it.
    static constexpr std::size_t kOutputPause = std::size_t{8} * 1024;

    explicit Server(ServerOptions options);

    /// Takes all octets. Only while wants_input(), or before the greeting: that is a violation.
    void feed(ByteView octets);
    bool wants_input() const;
    /// The next event; nullopt: something else has to happen first (an answer, input, output that
    /// is to be taken). The first is Connected.
    std::optional<ServerEvent> next_event();
    /// The event that was taken last asks for an answer.
    bool waits_for_answer() const { return waiting_ != Waiting::nothing && events_.empty(); }

    // Answers. They require waits_for_answer().
    /// An empty text: the usual one. Connected is answered by the greeting, DataBegins by 354.
    void accept(const std::string& text = {});
    /// A 4xx or 5xx code. 421: the connection ends with it. To Connected: nothing but QUIT is taken
    /// any more (RFC 5321 section 3.1).
    void reject(const Reply& reply);
    /// To a SaslMessage: the server's message, not encoded. The message that SCRAM has for the end
    /// goes this way, too; the client's empty answer to it is accepted (RFC 4954 section 4).
    void challenge(ByteView message);

    /// After StartTls, when the handshake is done; and for TlsState::active before anything else.
    void tls_established(ClientCertificate certificate);
    /// Ends the connection with that reply, whatever is under way: 421 for a deadline that passed.
    /// An answer is not waited for any more.
    void close_with(const Reply& reply);
    /// Ends it with 421 as soon as no transaction is under way.
    void stop_soon() { stopping_ = true; }

    /// What is to be written; empty: nothing.
    Bytes take_output();
    /// The connection is to be closed once the output is written.
    bool finished() const { return state_ == State::finished; }
    /// For deadlines: where in the dialogue the client is waited for.
    enum class Stage { greeting, command, transaction, text };
    Stage stage() const;

  private:
    enum class State {
        opening,    ///< the greeting waits for its answer; input is early talk
        commands,   ///< input_ begins with a command
        refused,    ///< the greeting was none: QUIT, or 503
        sasl,       ///< input_ begins with a client's response
        upgrading,  ///< StartTls is out: nothing is taken in clear any more
        text,       ///< of DATA
        chunk,      ///< of BDAT: chunk_.left octets of it are still to come
        finished,
    };
    enum class Waiting { nothing, greeting, hello, login, mail, recipient, data, end };
    struct Command {
        std::string verb;  ///< upper case
        std::string_view argument;
    };
    struct Verb;  ///< a row of the table of commands

    struct Client {
        bool greeted = false;  ///< EHLO or HELO
        bool tls = false;
        bool certificate = false;
        bool logged_in = false;
    };
    /// Made new where one ends.
    struct Transaction {
        bool open = false;  ///< MAIL was accepted
        bool smtputf8 = false;
        std::size_t recipients = 0;
        std::size_t chunks = 0;  ///< BDAT commands
        std::uint64_t octets = 0;
        std::optional<Reply> refusal;  ///< the text is thrown away, and this said; Reset was told
        DataReader reader{Framing::dots};
    };
    struct Chunk {
        std::uint64_t size = 0;
        std::uint64_t left = 0;
        bool last = false;
    };
    struct Counts {
        std::size_t errors = 0;
        std::size_t refused_recipients = 0;
        std::size_t idle_commands = 0;
        std::size_t failed_logins = 0;
    };

    // Octets; of text: smtp_server_text.cc.
    bool step();
    bool step_line();
    std::string_view rest() const { return std::string_view(input_).substr(taken_); }
    std::optional<std::string> take_line(std::size_t limit);
    void skip_line(std::size_t octets);
    void take(std::size_t octets);
    bool read_text();
    bool read_chunk();
    std::size_t read_octets(ByteView octets);
    void refuse_text(const Reply& reply);
    void text_ended();

    // Commands (smtp_server_commands.cc).
    void command(std::string_view line);
    std::optional<Reply> refusal_of(const Verb& verb) const;
    void on_helo(const Command& command);
    void on_ehlo(const Command& command);
    void on_hello(Hello::Kind kind, std::string_view name);
    void on_starttls(const Command& command);
    void on_auth(const Command& command);
    void on_mail(const Command& command);
    void on_rcpt(const Command& command);
    void on_data(const Command& command);
    void on_bdat(const Command& command);
    void on_rset(const Command& command);
    void on_quit(const Command& command);
    void on_noop(const Command& command);
    void on_help(const Command& command);
    void on_vrfy(const Command& command);
    void on_unknown(const Command& command);
    std::optional<Reply> refusal_of(const MailParameters& parameters) const;
    void begin_chunk(Chunk chunk, const std::optional<Reply>& refusal);
    void sasl_step(Result<SaslStep> step);
    std::string extensions() const;
    bool offers(Mechanism mechanism) const;
    bool is_last_in_group();

    // Answers (smtp_server_answers.cc) and ends.
    void begin_wait(Waiting for_what, ServerEvent event);
    void accept_hello(const std::string& text);
    void accept_data();
    void accept_end(const std::string& text);
    void reject_login(const Reply& reply);
    void end_transaction();
    void say(const Reply& reply);
    void error(const Reply& reply);
    void count_idle();
    void violate(Violation::Kind kind, const Reply& reply);
    void finish();

    ServerOptions options_;
    State state_ = State::opening;
    Waiting waiting_ = Waiting::greeting;
    Hello::Kind hello_ = Hello::Kind::ehlo;
    Client client_;
    Transaction transaction_;
    Chunk chunk_;
    Counts counts_;
    std::optional<SaslExchange> sasl_;
    std::vector<ServerEvent> events_;  ///< at most three
    std::string input_;
    std::size_t taken_ = 0;    ///< of input_
    std::size_t skipped_ = 0;  ///< octets of a line that is too long
    Bytes output_;
    bool stopping_ = false;
};

}  // namespace kith::smtp
