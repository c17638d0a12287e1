// The commands of RFC 5321 section 4.1 and of the extensions.
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "protocol/smtp_server.h"

namespace kith::smtp {
namespace {

constexpr std::size_t kMaxName = 255;  // RFC 5321 4.5.3.1.2
/// A BDAT of more ends the connection: it would have to be read to its end (RFC 3030 section 2).
constexpr std::uint64_t kPatience = 2;

const Reply kBadArguments{501, "5.5.4", "The arguments are not understood"};
const Reply kNoTransaction{503, "5.5.1", "MAIL first"};
const Reply kNoRecipients{554, "5.5.1", "No valid recipients"};
const Reply kNeedsSmtputf8{553, "5.6.7", "The address has UTF-8 in it and SMTPUTF8 was not said"};

/// What browsers can be made to send here.
constexpr std::array<std::string_view, 8> kHttpVerbs = {
    "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "PATCH"};

std::string to_upper(std::string_view text) {
    std::string out(text);
    std::ranges::transform(
        out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    return out;
}

bool has_utf8(std::string_view text) {
    return std::ranges::any_of(text, [](unsigned char c) { return c >= 0x80; });
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

std::string_view without_spaces_behind(std::string_view text) {
    return text.substr(0, text.find_last_not_of(' ') + 1);  // RFC 5321 4.1.1
}

/// What follows "FROM:" or "TO:". Spaces behind the colon are no part of the syntax, and harmless.
std::optional<std::string_view> behind(std::string_view keyword, std::string_view argument) {
    if (to_upper(argument.substr(0, keyword.size())) != keyword)
        return std::nullopt;
    argument.remove_prefix(keyword.size());
    return argument.substr(std::min(argument.find_first_not_of(' '), argument.size()));
}

Reply bad_address(const Error& error, const char* enhanced) {
    return {error.kind == ErrorKind::limit ? 553 : 501, enhanced, "The address: " + error.detail};
}

Reply bad_parameter(const Error& error) {
    return {error.kind == ErrorKind::not_found ? 555 : 501,
            "5.5.4",
            "The parameter " + error.where + ": " + error.detail};
}

}  // namespace

struct Server::Verb {
    enum class Needs {
        nothing,
        tls,    ///< submission: TLS
        hello,  ///< and EHLO or HELO, everywhere
        login,  ///< and submission: AUTH
    };
    std::string_view name;
    void (Server::*run)(const Command&);
    Needs needs = Needs::nothing;
};

void Server::command(std::string_view line) {
    using enum Verb::Needs;
    static constexpr std::array kVerbs = {
        Verb{"HELO", &Server::on_helo},
        Verb{"EHLO", &Server::on_ehlo},
        Verb{"MAIL", &Server::on_mail, login},
        Verb{"RCPT", &Server::on_rcpt, login},
        Verb{"DATA", &Server::on_data, login},
        Verb{"BDAT", &Server::on_bdat, login},
        Verb{"RSET", &Server::on_rset, tls},
        Verb{"NOOP", &Server::on_noop},
        Verb{"QUIT", &Server::on_quit},
        Verb{"STARTTLS", &Server::on_starttls},
        Verb{"AUTH", &Server::on_auth, hello},
        Verb{"HELP", &Server::on_help, tls},
        Verb{"VRFY", &Server::on_vrfy, login},
    };
    const std::size_t space = line.find(' ');
    Command command{to_upper(line.substr(0, space)), {}};
    if (space != std::string_view::npos)
        command.argument = without_spaces_behind(line.substr(space + 1));
    if (std::ranges::find(kHttpVerbs, command.verb) != kHttpVerbs.end())
        return violate(Violation::Kind::other_protocol, {500, "5.5.2", "This is SMTP"});
    const auto* verb = std::ranges::find(kVerbs, command.verb, &Verb::name);
    if (verb == kVerbs.end() || has_control(line))
        return on_unknown(command);
    const auto refusal = refusal_of(*verb);
    // Octets follow BDAT whether it is refused or not; text may follow DATA.
    if (!refusal || verb->run == &Server::on_bdat || verb->run == &Server::on_data)
        (this->*verb->run)(command);
    else
        error(*refusal);
}

/// Why a command cannot be now, whatever its arguments.
std::optional<Reply> Server::refusal_of(const Verb& verb) const {
    const bool submission = options_.role == ServerRole::submission;
    if (state_ == State::refused && verb.run != &Server::on_quit)
        return Reply{503, "5.5.1", "There is no service for you here"};
    if (submission && !client_.tls && verb.needs != Verb::Needs::nothing)
        return Reply{530, "5.7.0", "STARTTLS first"};  // RFC 3207 4
    if (verb.needs >= Verb::Needs::hello && !client_.greeted)
        return Reply{503, "5.5.1", "EHLO first"};
    if (verb.needs == Verb::Needs::login && submission && !client_.logged_in)
        return Reply{530, "5.7.0", "AUTH first"};  // RFC 4954 6
    return std::nullopt;
}

/// RFC 2920 3.1: what changes the state is the last of its group, because the client cannot know
/// what comes behind it before it has the answer. Text behind a DATA that is refused would be taken
/// for commands.
bool Server::is_last_in_group() {
    if (rest().empty())
        return true;
    violate(Violation::Kind::out_of_turn,
            {503, "5.5.1", "Nothing may be pipelined behind this command (RFC 2920)"});
    return false;
}

void Server::on_helo(const Command& command) {
    on_hello(Hello::Kind::helo, command.argument);
}

void Server::on_ehlo(const Command& command) {
    on_hello(Hello::Kind::ehlo, command.argument);
}

void Server::on_hello(Hello::Kind kind, std::string_view name) {
    if (!is_last_in_group())
        return;
    if (name.empty() || name.size() > kMaxName || name.find(' ') != std::string_view::npos ||
        !is_utf8(name))
        return error({501, "5.5.4", "Who are you? EHLO and your host name"});
    count_idle();
    end_transaction();
    hello_ = kind;
    begin_wait(Waiting::hello, Hello{kind, std::string(name)});
}

std::string Server::extensions() const {
    std::string out = "\nPIPELINING\nSIZE " + std::to_string(options_.limits.message_octets) +
                      "\n8BITMIME\nCHUNKING\nSMTPUTF8\nENHANCEDSTATUSCODES";
    if (options_.dsn == Dsn::offered)
        out += "\nDSN";
    if (options_.tls == TlsState::offered && !client_.tls)
        out += "\nSTARTTLS";
    if (client_.tls)
        out += "\nREQUIRETLS";  // RFC 8689 section 2: under TLS only
    std::string mechanisms;
    for (const Mechanism each : options_.mechanisms)
        if (offers(each))
            mechanisms += std::string(" ") + name_of(each);
    return out + (mechanisms.empty() ? "" : "\nAUTH" + mechanisms);
}

bool Server::offers(Mechanism mechanism) const {
    return options_.role == ServerRole::submission && client_.tls &&
           (mechanism != Mechanism::external || client_.certificate) &&
           std::ranges::find(options_.mechanisms, mechanism) != options_.mechanisms.end();
}

void Server::on_starttls(const Command& command) {
    // RFC 3207, CVE-2011-0411: what came in clear behind it must not be taken for said under TLS.
    if (!rest().empty())
        return violate(Violation::Kind::before_tls,
                       {554, "5.5.1", "Nothing may be pipelined behind STARTTLS"});
    if (!command.argument.empty())
        return error(kBadArguments);
    if (client_.tls)
        return error({503, "5.5.1", "TLS is active already"});
    if (options_.tls != TlsState::offered)
        return error({502, "5.5.1", "There is no TLS here"});
    end_transaction();
    say({220, "2.0.0", "Begin"});
    state_ = State::upgrading;
    events_.emplace_back(StartTls{});
}

void Server::on_auth(const Command& command) {
    if (!is_last_in_group())
        return;
    if (client_.logged_in)
        return error({503, "5.5.1", "You are logged in already"});
    if (options_.role != ServerRole::submission || options_.mechanisms.empty())
        return error({502, "5.5.1", "There is no AUTH here"});
    const std::size_t space = command.argument.find(' ');
    const auto mechanism = find_mechanism(command.argument.substr(0, space));
    if (!mechanism || !offers(*mechanism))
        return error({504, "5.5.4", "The mechanism is not offered"});
    sasl_.emplace(*mechanism);
    sasl_step(sasl_->begin(space == std::string_view::npos ? std::string_view()
                                                           : command.argument.substr(space + 1)));
}

void Server::sasl_step(Result<SaslStep> step) {
    state_ = State::sasl;
    if (!step) {
        state_ = State::commands;
        const bool told = sasl_->told();
        sasl_.reset();
        if (told)
            events_.emplace_back(SaslCancelled{});
        return error({501,
                      step.error().kind == ErrorKind::denied ? "5.7.0" : "5.5.2",
                      "AUTH is ended: " + step.error().detail});
    }
    if (auto* challenge = std::get_if<SaslChallenge>(&*step))
        return say({334, "", base64(as_bytes(challenge->text))});
    const auto tell = [this](auto&& what) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(what)>, SaslChallenge>)
            begin_wait(Waiting::login, std::forward<decltype(what)>(what));
    };
    std::visit(tell, std::move(*step));
}

std::optional<Reply> Server::refusal_of(const MailParameters& parameters) const {
    const auto unknown = [](const char* name) {
        return Reply{555, "5.5.4", std::string("The parameter ") + name + ": is not offered here"};
    };
    if (parameters.size.value_or(0) > options_.limits.message_octets)
        return Reply{552, "5.3.4", "The message is larger than this server takes"};
    if (parameters.require_tls && !client_.tls)
        return Reply{530, "5.7.10", "REQUIRETLS without TLS"};
    if (options_.dsn == Dsn::unavailable && (parameters.ret || !parameters.envelope_id.empty()))
        return unknown(parameters.ret ? "RET" : "ENVID");
    if (parameters.auth && options_.role != ServerRole::submission)
        return unknown("AUTH");
    return std::nullopt;
}

void Server::on_mail(const Command& command) {
    if (transaction_.open)
        return error({503, "5.5.1", "There is a transaction already"});
    auto rest = behind("FROM:", command.argument);
    if (!rest)
        return error({501, "5.5.4", "MAIL FROM:<address>"});
    auto from = take_reverse_path(*rest, Utf8::allowed);
    if (!from)
        return error(bad_address(from.error(), "5.1.7"));
    auto parameters = parse_mail_parameters(*rest);
    if (!parameters)
        return error(bad_parameter(parameters.error()));
    if (const auto refusal = refusal_of(*parameters))
        return error(*refusal);
    if (has_utf8(command.argument) && !parameters->smtputf8)
        return error(kNeedsSmtputf8);
    transaction_.smtputf8 = parameters->smtputf8;
    begin_wait(Waiting::mail, Mail{std::move(*from), std::move(*parameters)});
}

void Server::on_rcpt(const Command& command) {
    if (!transaction_.open || transaction_.chunks > 0)
        return error(transaction_.open ? Reply{503, "5.5.1", "The text has begun"}
                                       : kNoTransaction);
    auto rest = behind("TO:", command.argument);
    if (!rest)
        return error({501, "5.5.4", "RCPT TO:<address>"});
    auto to = take_forward_path(*rest, Utf8::allowed);
    if (!to)
        return error(bad_address(to.error(), "5.1.3"));
    auto parameters = parse_rcpt_parameters(*rest);
    if (!parameters)
        return error(bad_parameter(parameters.error()));
    if (options_.dsn == Dsn::unavailable && *parameters != RcptParameters())
        return error({555, "5.5.4", "The parameters NOTIFY and ORCPT are not offered here"});
    if (has_utf8(command.argument) && !transaction_.smtputf8)
        return error(kNeedsSmtputf8);
    // RFC 5321 4.5.3.1.10. No error: the client sends the rest in a transaction of its own.
    if (transaction_.recipients >= options_.limits.recipients)
        return say({452, "4.5.3", "Too many recipients: the others in another transaction"});
    begin_wait(Waiting::recipient, Recipient{std::move(*to), std::move(*parameters)});
}

void Server::on_data(const Command& command) {
    if (!is_last_in_group())
        return;
    if (const auto refusal = refusal_of({"DATA", &Server::on_data, Verb::Needs::login}))
        return error(*refusal);
    if (!command.argument.empty())
        return error(kBadArguments);
    if (!transaction_.open)
        return error(kNoTransaction);
    if (transaction_.chunks > 0)
        return error({503, "5.5.1", "BDAT has begun"});
    if (transaction_.recipients == 0)
        return error(kNoRecipients);
    begin_wait(Waiting::data, DataBegins{});
}

void Server::on_bdat(const Command& command) {
    const std::size_t space = command.argument.find(' ');
    const auto size = parse_decimal(command.argument.substr(0, space));
    const bool last = space != std::string_view::npos;
    if (!size || (last && to_upper(command.argument.substr(space + 1)) != "LAST"))
        return violate(Violation::Kind::lost_framing, {501, "5.5.4", "BDAT size, or size LAST"});
    if (*size > options_.limits.message_octets * kPatience)
        return violate(Violation::Kind::too_long,
                       {552, "5.3.4", "The message is larger than this server takes"});
    auto refusal = refusal_of({"BDAT", &Server::on_bdat, Verb::Needs::login});
    if (!refusal && !transaction_.open)
        refusal = kNoTransaction;
    if (!refusal && transaction_.recipients == 0)
        refusal = kNoRecipients;
    begin_chunk({*size, *size, last}, refusal);
}

void Server::begin_chunk(Chunk chunk, const std::optional<Reply>& refusal) {
    chunk_ = chunk;
    state_ = State::chunk;
    const bool first = transaction_.chunks++ == 0;
    if (refusal && !transaction_.refusal)
        refuse_text(*refusal);
    else if (first && !refusal)
        begin_wait(Waiting::data, DataBegins{});
}

void Server::on_rset(const Command& command) {
    if (!command.argument.empty())
        return error(kBadArguments);
    count_idle();
    end_transaction();
    say({250, "2.0.0", "Nothing is under way"});
}

void Server::on_quit(const Command& /*command*/) {
    close_with({221, "2.0.0", "Good-bye"});
    events_.emplace_back(Quit{});
}

void Server::on_noop(const Command& /*command*/) {
    count_idle();
    say({250, "2.0.0", "Still here"});
}

void Server::on_help(const Command& /*command*/) {
    count_idle();
    say({214, "2.0.0", "See RFC 5321"});
}

// RFC 5321 7.3: who has an address is told to those who write to it.
void Server::on_vrfy(const Command& command) {
    if (command.argument.empty())
        return error(kBadArguments);
    count_idle();
    say({252, "2.5.0", "Write to them and see"});
}

void Server::on_unknown(const Command& command) {
    const bool known = command.verb == "EXPN" || command.verb == "TURN" || command.verb == "ETRN";
    error(known ? Reply{502, "5.5.1", "The command is not implemented"}
                : Reply{500, "5.5.2", "The command is not known"});
}

const char* name_of(Violation::Kind kind) {
    using enum Violation::Kind;
    switch (kind) {
        case early_talk:
            return "early talk";
        case lost_framing:
            return "line ends that are none";
        case before_tls:
            return "commands before TLS";
        case out_of_turn:
            return "pipelining out of turn";
        case other_protocol:
            return "another protocol";
        case too_long:
            return "endless lines or text";
        case too_many_errors:
            return "too many errors";
        case too_many_logins:
            return "too many failed logins";
        case too_many_refusals:
            return "too many refused recipients";
    }
    return "";
}

}  // namespace kith::smtp
