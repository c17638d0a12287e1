#include "protocol/smtp_server.h"

#include <algorithm>
#include <utility>

namespace kith::smtp {
namespace {

/// Of a line that is too long; then the connection ends.
constexpr std::size_t kMaxSkipped = std::size_t{64} * 1024;

}  // namespace

Server::Server(ServerOptions options) : options_(std::move(options)) {
    client_.tls = options_.tls == TlsState::active;
    events_.emplace_back(Connected{});
}

void Server::feed(ByteView octets) {
    if (state_ == State::finished || octets.empty())
        return;
    if (state_ == State::opening)
        return violate(Violation::Kind::early_talk,
                       {554, "5.5.1", "You talk before the greeting (RFC 5321 section 3.1)"});
    if (state_ == State::upgrading)
        return violate(Violation::Kind::before_tls, {554, "5.5.1", "TLS was to begin"});
    input_.erase(0, std::exchange(taken_, 0));
    input_ += as_text(octets);
}

bool Server::wants_input() const {
    return waiting_ == Waiting::nothing && events_.empty() && output_.size() < kOutputPause &&
           state_ != State::upgrading && state_ != State::finished;
}

std::optional<ServerEvent> Server::next_event() {
    while (wants_input() && step()) {
    }
    if (taken_ == input_.size()) {  // an idle connection holds no buffer
        input_ = {};
        taken_ = 0;
    }
    if (events_.empty())
        return std::nullopt;
    ServerEvent event = std::move(events_.front());
    events_.erase(events_.begin());
    return event;
}

/// False: nothing can be done without more octets.
bool Server::step() {
    switch (state_) {
        case State::commands:
        case State::refused:
            if (stopping_ && !transaction_.open) {
                close_with({421, "4.3.2", options_.host_name + " is shutting down"});
                return true;
            }
            return step_line();
        case State::sasl:
            return step_line();
        case State::text:
            return read_text();
        case State::chunk:
            return read_chunk();
        default:
            return false;
    }
}

bool Server::step_line() {
    const std::size_t before = rest().size();
    auto line = take_line(state_ == State::sasl ? kAuthLine : options_.limits.command_line_octets);
    if (line && state_ == State::sasl)
        sasl_step(sasl_->respond(*line));
    else if (line)
        command(*line);
    if (line)
        wipe(*line);  // it may have been a password
    return rest().size() != before;
}

/// A whole line without its CRLF. nullopt: there is none, or it was too long or no line (and that
/// was dealt with).
std::optional<std::string> Server::take_line(std::size_t limit) {
    static constexpr std::string_view kSpecial("\r\n\0", 3);
    const std::string_view text = rest();
    const auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\r' && c != '\n'); };
    // TLS where none was asked for. It may have no line end for long.
    if (skipped_ == 0 && !text.empty() && is_control(text[0])) {
        violate(Violation::Kind::other_protocol, {500, "5.5.2", "This is SMTP"});
        return std::nullopt;
    }
    const std::size_t end = text.find_first_of(kSpecial);
    if (end == std::string_view::npos || (text[end] == '\r' && end + 1 == text.size())) {
        if (const std::size_t size = std::min(end, text.size()); skipped_ + size > limit)
            skip_line(size);
        return std::nullopt;
    }
    if (text[end] != '\r' || text[end + 1] != '\n') {
        violate(Violation::Kind::lost_framing,
                {500, "5.5.2", "A line does not end in CRLF, or has a NUL in it"});
        return std::nullopt;
    }
    std::string line(text.substr(0, end));
    if (skipped_ + end > kMaxSkipped) {
        skip_line(end);
        return std::nullopt;
    }
    take(end + 2);
    if (std::exchange(skipped_, 0) + line.size() + 2 <= limit)
        return line;
    if (std::exchange(sasl_, std::nullopt))
        state_ = State::commands;
    error({500, "5.5.2", "The line is too long"});
    return std::nullopt;
}

void Server::skip_line(std::size_t octets) {
    take(octets);
    skipped_ += octets;
    if (skipped_ > kMaxSkipped)
        violate(Violation::Kind::too_long, {500, "5.5.2", "The line does not end"});
}

/// Octets of input_ are done with, and wiped: they may have been a password.
void Server::take(std::size_t octets) {
    std::fill_n(input_.begin() + static_cast<std::ptrdiff_t>(taken_), octets, '\0');
    taken_ += octets;
}

void Server::close_with(const Reply& reply) {
    if (state_ == State::finished)
        return;
    say(reply);
    end_transaction();
    finish();
}

void Server::violate(Violation::Kind kind, const Reply& reply) {
    close_with(reply);
    events_.emplace_back(Violation{kind});
}

void Server::finish() {
    state_ = State::finished;
    waiting_ = Waiting::nothing;
    sasl_.reset();
    wipe(input_);
    input_ = {};
    taken_ = 0;
}

void Server::end_transaction() {
    if (transaction_.open && !transaction_.refusal)
        events_.emplace_back(Reset{});
    transaction_ = {};
}

void Server::say(const Reply& reply) {
    if (finished())
        return;
    const std::string text = format_reply(reply);
    output_.insert(output_.end(), text.begin(), text.end());
}

void Server::error(const Reply& reply) {
    if (!finished() && ++counts_.errors > options_.limits.errors)
        return violate(Violation::Kind::too_many_errors, {421, "4.7.0", "Too many errors"});
    say(reply);
}

void Server::count_idle() {
    if (!finished() && ++counts_.idle_commands > options_.limits.idle_commands)
        violate(Violation::Kind::too_many_errors,
                {421, "4.7.0", "Too many commands and no message"});
}

Bytes Server::take_output() {
    return std::exchange(output_, {});
}

Server::Stage Server::stage() const {
    switch (state_) {
        case State::opening:
        case State::refused:
        case State::finished:
            return Stage::greeting;
        case State::text:
        case State::chunk:
            return Stage::text;
        default:
            return transaction_.open ? Stage::transaction : Stage::command;
    }
}

}  // namespace kith::smtp
