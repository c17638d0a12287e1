#include "exchange/smtp_connection.h"

#include <algorithm>
#include <utility>

#include "net/deadline.h"

namespace kith {

namespace {

/// What is read and thrown away behind the last reply to somebody who is still writing: closing a
/// socket with octets unread would reset it, and the reply be lost.
constexpr std::size_t kLingerOctets = 1024 * 1024;
constexpr std::chrono::seconds kLingerTime{2};

const smtp::Reply kLater{451, "4.3.0", "Something failed here: try again later"};

smtp::ServerOptions machine_options(const SmtpReceiverOptions& options,
                                    const SmtpListener& listener) {
    smtp::ServerOptions machine;
    machine.host_name = options.host_name;
    machine.role = listener.role;
    machine.tls = listener.tls;
    machine.mechanisms = options.mechanisms;
    machine.dsn = options.dsn;
    machine.limits = options.session;
    return machine;
}

awaitable<Result<SmtpAnswer>> as_result(awaitable<SmtpAnswer> call) {
    co_return co_await std::move(call);
}

awaitable<Result<void>> as_result(awaitable<void> call) {
    co_await std::move(call);
    co_return Result<void>();
}

}  // namespace

SmtpConnection::SmtpConnection(StarttlsStream stream,
                               boost::asio::ip::tcp::endpoint remote,
                               const SmtpListener& listener,
                               std::shared_ptr<SmtpReceiverShared> shared,
                               std::shared_ptr<Bytes> buffer)
    : stream_(std::move(stream)),
      remote_(std::move(remote)),
      role_(listener.role),
      shared_(std::move(shared)),
      buffer_(std::move(buffer)),
      machine_(machine_options(shared_->options, listener)),
      since_(std::chrono::steady_clock::now()),
      upgrade_(listener.tls == smtp::TlsState::active) {}

awaitable<void> SmtpConnection::run() {
    auto self = shared_from_this();
    handler_ = shared_->make_handler();
    if (!handler_)
        machine_.close_with({421, "4.3.2", "No service now"});
    if (!upgrade_ || co_await start_tls())
        co_await talk();
    // What is under way is to be forgotten.
    machine_.close_with({421, "4.4.2", "The connection is lost"});
    co_await handle_events();
    if (violated_)
        co_await linger();
    stream_.close();
    handler_.reset();
}

/// Until nothing more is to be read or written.
awaitable<void> SmtpConnection::talk() {
    while (stream_.is_open()) {
        co_await handle_events();
        const bool wrote = co_await write_output();
        if (!stream_.is_open() || (machine_.finished() && !wrote))
            co_return;
        if (upgrade_ && !wrote && !co_await start_tls())
            co_return;
        // Output that was taken may have made room for what waits in the machine.
        if (!wrote && machine_.wants_input() && !co_await read_more())
            co_return;
    }
}

awaitable<bool> SmtpConnection::start_tls() {
    enter(Phase::handshake);
    const auto shaken = co_await stream_.start_tls(shared_->identity->mail_context());
    (shaken ? shared_->handshakes : shared_->handshakes_failed)
        .fetch_add(1, std::memory_order_relaxed);
    upgrade_ = false;
    if (shaken)
        machine_.tls_established(smtp::ClientCertificate::absent);
    co_return shaken.has_value();
}

awaitable<void> SmtpConnection::handle_events() {
    while (auto event = machine_.next_event()) {
        answered_ = true;
        co_await handle(std::move(*event));
    }
}

awaitable<void> SmtpConnection::handle(smtp::ServerEvent event) {
    if (std::holds_alternative<smtp::Connected>(event)) {
        co_await connected();
    } else if (auto* hello = std::get_if<smtp::Hello>(&event)) {
        co_await ask(handler_->on_helo(std::move(*hello), tls()));
    } else if (auto* password = std::get_if<smtp::PasswordLogin>(&event)) {
        co_await ask(handler_->on_auth(std::move(*password)));
    } else if (auto* external = std::get_if<smtp::ExternalLogin>(&event)) {
        co_await ask(handler_->on_auth(std::move(*external)));
    } else if (auto* message = std::get_if<smtp::SaslMessage>(&event)) {
        co_await ask(handler_->on_auth(std::move(*message)));
    } else if (auto* mail = std::get_if<smtp::Mail>(&event)) {
        co_await ask(handler_->on_mail(std::move(mail->from), std::move(mail->parameters)));
    } else if (auto* to = std::get_if<smtp::Recipient>(&event)) {
        co_await ask(handler_->on_rcpt(std::move(to->to), std::move(to->parameters)));
    } else if (std::holds_alternative<smtp::DataBegins>(event)) {
        text_ = {};
        co_await ask(handler_->on_data_begin());
    } else if (auto* piece = std::get_if<smtp::DataPiece>(&event)) {
        co_await text_piece(std::move(piece->bytes));
    } else if (std::holds_alternative<smtp::DataEnd>(event)) {
        co_await text_end();
    } else if (std::holds_alternative<smtp::Reset>(event)) {
        handler_->on_reset();
    } else if (std::holds_alternative<smtp::StartTls>(event)) {
        upgrade_ = true;
    } else if (auto* violation = std::get_if<smtp::Violation>(&event)) {
        violated_ = true;
        shared_->violations.fetch_add(1, std::memory_order_relaxed);
        handler_->on_violation(violation->kind);
    }
}

awaitable<void> SmtpConnection::connected() {
    if (!handler_)
        co_return;
    const auto what = co_await decided(handler_->on_connect({remote_, role_}));
    // Who has no time for the greeting talks now (RFC 5321 3.1).
    if (role_ == smtp::ServerRole::mx && stream_.tls() == nullptr) {
        const auto step = stream_.try_read(*buffer_);
        if (step.outcome == StarttlsStream::Outcome::done)
            machine_.feed(ByteView(*buffer_).first(step.size));
    }
    answer(what);
}

awaitable<void> SmtpConnection::text_piece(Bytes bytes) {
    if (text_.failed)
        co_return;
    enter(Phase::handler);
    auto done = co_await with_deadline(as_result(handler_->on_data_piece(std::move(bytes))),
                                       shared_->timeouts_now().answer);
    if (!done) {
        shared_->log("smtp: a piece of a message: " + done.error().text());
        text_.failed = true;
    }
}

awaitable<void> SmtpConnection::text_end() {
    if (text_.failed) {
        shared_->messages_refused.fetch_add(1, std::memory_order_relaxed);
        handler_->on_reset();
        machine_.reject(kLater);
        co_return;
    }
    const auto what = co_await decided(handler_->on_data_end());
    const bool accepted = what && std::holds_alternative<SmtpAnswer::Accept>(what->what());
    (accepted ? shared_->messages_accepted : shared_->messages_refused)
        .fetch_add(1, std::memory_order_relaxed);
    answer(what);
}

awaitable<void> SmtpConnection::ask(awaitable<SmtpAnswer> call) {
    answer(co_await decided(std::move(call)));
}

/// What the handler says, in time.
awaitable<Result<SmtpAnswer>> SmtpConnection::decided(awaitable<SmtpAnswer> call) {
    enter(Phase::handler);
    co_return co_await with_deadline(as_result(std::move(call)), shared_->timeouts_now().answer);
}

void SmtpConnection::answer(const Result<SmtpAnswer>& what) {
    if (!machine_.waits_for_answer())
        return;  // it is over meanwhile
    if (!what) {
        shared_->log("smtp: a handler: " + what.error().text());
        machine_.reject(kLater);
    } else if (const auto* accept = std::get_if<SmtpAnswer::Accept>(&what->what())) {
        machine_.accept(accept->text);
    } else if (const auto* challenge = std::get_if<SmtpAnswer::Challenge>(&what->what())) {
        machine_.challenge(challenge->message);
    } else {
        machine_.reject(std::get<smtp::Reply>(what->what()));
    }
}

/// False: there was nothing to write. An error closes the stream.
awaitable<bool> SmtpConnection::write_output() {
    Bytes out = machine_.take_output();
    if (out.empty())
        co_return false;
    enter(Phase::write);
    if (!co_await stream_.write_all(std::move(out)))
        stream_.close();
    answered_ = true;
    co_return true;
}

/// False: nothing more will come.
awaitable<bool> SmtpConnection::read_more() {
    const bool text = machine_.stage() == smtp::Server::Stage::text;
    if (std::exchange(answered_, false))
        since_ = std::chrono::steady_clock::now();
    phase_ = Phase::read;
    while (true) {
        const auto step = stream_.try_read(*buffer_);
        if (step.outcome == StarttlsStream::Outcome::done) {
            if (text) {
                answered_ = true;  // any octet of text is progress, within its rate
                text_.waited += std::chrono::steady_clock::now() - since_;
                text_.octets += step.size;
            }
            machine_.feed(ByteView(*buffer_).first(step.size));
            if (!text)
                wipe(std::span(*buffer_).first(step.size));  // it may be a password
            co_return true;
        }
        if (step.outcome == StarttlsStream::Outcome::ended ||
            step.outcome == StarttlsStream::Outcome::failed)
            co_return false;
        co_await stream_.wait_for(step.outcome);
        if (std::exchange(woken_, false))
            co_return true;  // the machine knows why
    }
}

awaitable<void> SmtpConnection::linger() {
    enter(Phase::linger);
    stream_.end_output();
    std::size_t left = kLingerOctets;
    while (stream_.is_open()) {
        const auto step = stream_.try_read(*buffer_);
        if (step.outcome == StarttlsStream::Outcome::wants_read ||
            step.outcome == StarttlsStream::Outcome::wants_write)
            co_await stream_.wait_for(step.outcome);
        else if (step.outcome != StarttlsStream::Outcome::done || step.size > left)
            break;
        else
            left -= step.size;
    }
}

void SmtpConnection::enter(Phase phase) {
    phase_ = phase;
    since_ = std::chrono::steady_clock::now();
}

SmtpTls SmtpConnection::tls() const {
    const TlsStream* stream = stream_.tls();
    return stream == nullptr ? SmtpTls{} : SmtpTls{true, stream->version(), stream->cipher()};
}

void SmtpConnection::check(SteadyTime now) {
    const SmtpTimeouts& limits = shared_->timeouts_now();
    const auto in_phase = now - since_;
    switch (phase_) {
        case Phase::handler:
            break;  // has a deadline of its own
        case Phase::handshake:
            if (in_phase > limits.handshake.get())
                stream_.close();
            break;
        case Phase::read: {
            const bool text = machine_.stage() == smtp::Server::Stage::text;
            auto limit = text ? limits.text.get() : limits.command.get();
            if (shared_->limiter->open() > shared_->many)
                limit = std::min(limit, limits.under_load.get());
            if (in_phase > limit || (text && is_too_slow(now)))
                time_out();
            break;
        }
        case Phase::write:
            if (in_phase > limits.write.get())
                stream_.close();
            break;
        case Phase::linger:
            if (in_phase > kLingerTime)
                stream_.close();
            break;
    }
}

bool SmtpConnection::is_too_slow(SteadyTime now) const {
    const SmtpTimeouts& limits = shared_->timeouts_now();
    const auto waited = text_.waited + (now - since_);
    const double seconds = std::chrono::duration<double>(waited).count();
    return waited > limits.text_grace.get() &&
           static_cast<double>(text_.octets) <
               seconds * static_cast<double>(limits.min_text_rate.get());
}

/// The reader goes on and finds the machine finished, with the reply to be written.
void SmtpConnection::time_out() {
    if (machine_.finished())
        return;
    shared_->timeouts.fetch_add(1, std::memory_order_relaxed);
    machine_.close_with({421, "4.4.2", "You are too slow"});
    wake();
}

void SmtpConnection::begin_stop() {
    machine_.stop_soon();
    if (phase_ == Phase::read)
        wake();
    else if (phase_ == Phase::handshake || phase_ == Phase::linger)
        stream_.close();
}

void SmtpConnection::wake() {
    woken_ = true;
    stream_.wake();
}

void SmtpConnection::abort() {
    stream_.close();
}

}  // namespace kith
