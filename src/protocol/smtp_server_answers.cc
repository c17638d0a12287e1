// What follows from the answers to events.
#include <string>
#include <utility>

#include "protocol/smtp_server.h"

namespace kith::smtp {

void Server::begin_wait(Waiting for_what, ServerEvent event) {
    if (finished())
        return;
    waiting_ = for_what;
    events_.push_back(std::move(event));
}

void Server::accept(const std::string& text) {
    const auto or_else = [&text](const std::string& usual) { return text.empty() ? usual : text; };
    switch (std::exchange(waiting_, Waiting::nothing)) {
        case Waiting::nothing:
            break;
        case Waiting::greeting:
            state_ = State::commands;
            say({220, "", options_.host_name + " " + or_else("ESMTP")});
            break;
        case Waiting::hello:
            accept_hello(text);
            break;
        case Waiting::login:
            state_ = State::commands;
            sasl_.reset();
            client_.logged_in = true;
            say({235, "2.7.0", or_else("You are logged in")});
            break;
        case Waiting::mail:
            transaction_.open = true;
            say({250, "2.1.0", or_else("Sender accepted")});
            break;
        case Waiting::recipient:
            ++transaction_.recipients;
            say({250, "2.1.5", or_else("Recipient accepted")});
            break;
        case Waiting::data:
            accept_data();
            break;
        case Waiting::end:
            accept_end(text);
            break;
    }
}

void Server::accept_hello(const std::string& text) {
    client_.greeted = true;
    const std::string greeting = options_.host_name + (text.empty() ? "" : " " + text);
    say({250, "", greeting + (hello_ == Hello::Kind::ehlo ? extensions() : "")});
}

void Server::accept_data() {
    const Framing framing = transaction_.chunks > 0 ? Framing::counted : Framing::dots;
    transaction_.reader = DataReader(framing, options_.limits.text_line_octets);
    state_ = framing == Framing::dots ? State::text : State::chunk;
    if (framing == Framing::dots)
        say({354, "", "Text, and a dot alone on a line at its end"});
}

void Server::accept_end(const std::string& text) {
    transaction_ = {};
    counts_ = {.failed_logins = counts_.failed_logins};
    say({250, "2.0.0", text.empty() ? "The message is accepted" : text});
}

void Server::reject(const Reply& reply) {
    const Waiting was = std::exchange(waiting_, Waiting::nothing);
    if (reply.code == 421)
        return close_with(reply);
    switch (was) {
        case Waiting::nothing:
            return;
        case Waiting::greeting:
            state_ = State::refused;
            break;
        case Waiting::login:
            return reject_login(reply);
        case Waiting::mail:
            transaction_ = {};
            break;
        case Waiting::recipient:
            if (reply.is_permanent() &&
                ++counts_.refused_recipients > options_.limits.refused_recipients)
                return violate(Violation::Kind::too_many_refusals,
                               {421, "4.7.0", "Too many recipients that are refused"});
            break;
        case Waiting::data:
            if (transaction_.chunks > 0) {
                refuse_text(reply);  // said behind the chunk
                state_ = State::chunk;
                return;
            }
            end_transaction();
            break;
        case Waiting::end:
            transaction_ = {};
            break;
        case Waiting::hello:
            break;
    }
    say(reply);
}

void Server::reject_login(const Reply& reply) {
    state_ = State::commands;
    sasl_.reset();
    if (++counts_.failed_logins >= options_.limits.failed_logins)
        return violate(Violation::Kind::too_many_logins, {421, "4.7.0", "Too many failed logins"});
    say(reply);
}

void Server::challenge(ByteView message) {
    waiting_ = Waiting::nothing;
    say({334, "", base64(message)});
}

void Server::tls_established(ClientCertificate certificate) {
    // RFC 3207 4.2: what was said in clear is forgotten.
    client_ = {.tls = true, .certificate = certificate == ClientCertificate::shown};
    if (state_ == State::upgrading)
        state_ = State::commands;
}

}  // namespace kith::smtp
