#include "protocol/smtp_client.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace kith::smtp {
namespace {

using Origin = RecipientReply::Origin;

Error broken(std::string detail) {
    return fail(ErrorKind::malformed, "smtp server", std::move(detail));
}

/// What a refusal of the whole connection is.
Error unwilling(const Reply& reply) {
    return fail(reply.is_permanent() ? ErrorKind::denied : ErrorKind::unavailable,
                "smtp server",
                reply.line());
}

bool is_answer(const Reply& reply) {
    return reply.code / 100 != 3;
}

}  // namespace

Client::Client(ClientOptions options)
    : options_(std::move(options)), tls_(options_.tls == ClientTls::in_place) {
    const auto is_plain = [](char c) { return c > ' ' && c <= '~'; };
    KITH_CHECK(!options_.host_name.empty() && std::ranges::all_of(options_.host_name, is_plain));
    expected_.push_back({Expected::To::greeting});
}

void Client::feed(ByteView octets) {
    while (!octets.empty() && !finished()) {
        // RFC 3207: an answer in clear must not pass for one under TLS.
        if (state_ == State::upgrading)
            return fail_with(broken("octets in clear behind the answer to STARTTLS"));
        auto reply = reader_.read(octets);
        if (!reply)
            return fail_with(std::move(reply).error());
        if (*reply)
            take(**reply);
    }
}

void Client::closed() {
    if (!finished())
        fail_with(fail(ErrorKind::unavailable, "smtp server", "closed the connection"));
}

std::optional<ClientEvent> Client::next_event() {
    if (events_.empty())
        return std::nullopt;
    ClientEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
}

Bytes Client::take_output() {
    unwritten_ = 0;
    return std::exchange(output_, {});
}

void Client::take(const Reply& reply) {
    // A reply to what has not been written yet is one to nothing.
    if (expected_.size() <= unwritten_)
        return on_unexpected(reply);
    const Expected expected = expected_.front();
    expected_.pop_front();
    // 3xx asks for more; nothing but DATA has more.
    if (expected.to != Expected::To::data && !is_answer(reply))
        return fail_with(broken("asks for more where there is no more: " + reply.line()));
    if (reply.code == 421 && state_ != State::quitting) {
        report(reply, Origin::server);
        return fail_with(unwilling(reply), reply);
    }
    switch (expected.to) {
        case Expected::To::greeting:
            return on_greeting(reply);
        case Expected::To::ehlo:
            return on_ehlo(reply);
        case Expected::To::helo:
            return on_helo(reply);
        case Expected::To::starttls:
            return on_starttls(reply);
        case Expected::To::mail:
            return on_mail(reply);
        case Expected::To::rcpt:
            return on_rcpt(expected.recipient, reply);
        case Expected::To::data:
            return on_data(reply);
        case Expected::To::chunk:
            return on_chunk(reply);
        case Expected::To::end:
            return on_end(expected.recipient, reply);
        case Expected::To::rset:
            if (!reply.is_positive())
                return fail_with(broken("does not forget a transaction: " + reply.line()), reply);
            return become_ready();
        case Expected::To::quit:
            state_ = State::finished;
            events_.emplace_back(Closed{});
            return;
    }
}

/// Nothing was asked. A refusal in the middle of the text is one, though: some have seen enough.
void Client::on_unexpected(const Reply& reply) {
    const bool in_text = transaction_ && (transaction_->text_wanted || transaction_->text_ended);
    if ((in_text && !reply.is_positive() && is_answer(reply)) || reply.code == 421) {
        report(reply, Origin::server);
        return fail_with(unwilling(reply), reply);
    }
    fail_with(broken("a reply to nothing: " + reply.line()));
}

// ---- the beginning

void Client::on_greeting(const Reply& reply) {
    if (!reply.is_positive())
        return fail_with(unwilling(reply), reply);
    hello();
}

void Client::hello() {
    state_ = State::hello;
    const bool lmtp = options_.protocol == ClientProtocol::lmtp;
    say((lmtp ? "LHLO " : "EHLO ") + options_.host_name, {Expected::To::ehlo});
}

void Client::on_ehlo(const Reply& reply) {
    if (!reply.is_positive()) {
        // RFC 5321 4.1.1.1, 3.2: who does not know EHLO knows HELO.
        if (!reply.is_permanent() || options_.protocol == ClientProtocol::lmtp || tls_)
            return fail_with(unwilling(reply), reply);
        if (options_.tls == ClientTls::required)
            return fail_with(fail(ErrorKind::unavailable, "smtp server", "offers no STARTTLS"));
        return say("HELO " + options_.host_name, {Expected::To::helo});
    }
    const std::size_t first = reply.text.find('\n');
    capabilities_ = parse_capabilities(first == std::string::npos
                                           ? std::string_view()
                                           : std::string_view(reply.text).substr(first + 1));
    if (tls_ || options_.tls == ClientTls::never)
        return become_ready();
    if (capabilities_.starttls)
        return say("STARTTLS", {Expected::To::starttls});
    if (options_.tls == ClientTls::required)
        return fail_with(fail(ErrorKind::unavailable, "smtp server", "offers no STARTTLS"));
    become_ready();
}

void Client::on_helo(const Reply& reply) {
    if (!reply.is_positive())
        return fail_with(unwilling(reply), reply);
    capabilities_ = {};
    become_ready();
}

void Client::on_starttls(const Reply& reply) {
    if (reply.is_positive()) {
        state_ = State::upgrading;
        events_.emplace_back(StartTlsNow{});
    } else if (options_.tls == ClientTls::required) {
        fail_with(fail(ErrorKind::unavailable, "smtp server", "no TLS: " + reply.line()), reply);
    } else {
        become_ready();  // RFC 3207 4.1
    }
}

void Client::tls_established() {
    if (state_ != State::upgrading)
        return;
    tls_ = true;
    capabilities_ = {};
    hello();
}

void Client::become_ready() {
    state_ = State::ready;
    events_.emplace_back(Ready{});
}

void Client::quit() {
    if (state_ != State::ready)
        return;
    state_ = State::quitting;
    say("QUIT", {Expected::To::quit});
}

// ---- the end

void Client::fail_with(Error error, std::optional<Reply> reply) {
    if (finished())
        return;
    report({451, "4.4.2", "The connection was lost: " + error.text()}, Origin::here);
    state_ = State::finished;
    expected_.clear();
    unwritten_ = 0;
    output_ = {};
    // Nobody is to be told that it is ready who has not heard it yet.
    std::erase_if(events_,
                  [](const ClientEvent& event) { return !std::holds_alternative<Sent>(event); });
    events_.emplace_back(Failed{std::move(error), std::move(reply)});
}

void Client::say(const std::string& line, Expected expected) {
    output_.insert(output_.end(), line.begin(), line.end());
    output_.insert(output_.end(), {'\r', '\n'});
    expect(expected);
}

void Client::expect(Expected expected) {
    expected_.push_back(expected);
    ++unwritten_;
}

Client::Stage Client::stage() const {
    if (state_ == State::greeting)
        return Stage::greeting;
    if (!transaction_)
        return Stage::command;
    if (transaction_->text_ended)
        return Stage::end;
    if (transaction_->text_wanted)
        return Stage::text;
    return !expected_.empty() && expected_.front().to == Expected::To::data ? Stage::data
                                                                            : Stage::command;
}

Seconds usual_timeout(Client::Stage stage) {
    switch (stage) {
        case Client::Stage::greeting:
        case Client::Stage::command:
            return Seconds(300);
        case Client::Stage::data:
            return Seconds(120);
        case Client::Stage::text:
            return Seconds(180);
        case Client::Stage::end:
            return Seconds(600);
    }
    return Seconds(300);
}

Capabilities parse_capabilities(std::string_view lines) {
    Capabilities found;
    for (const std::string_view line : split(lines, '\n')) {
        const std::string_view text = trim(line);
        const std::string keyword = to_lower(text.substr(0, text.find(' ')));
        const std::string_view value = trim(text.substr(keyword.size()));
        found.pipelining |= keyword == "pipelining";
        found.eight_bit_mime |= keyword == "8bitmime";
        found.chunking |= keyword == "chunking";
        found.smtputf8 |= keyword == "smtputf8";
        found.dsn |= keyword == "dsn";
        found.starttls |= keyword == "starttls";
        found.require_tls |= keyword == "requiretls";
        found.auth |= keyword == "auth";
        if (keyword == "size") {
            found.limits_size = true;
            found.size = parse_decimal(value).value_or(0);
        }
    }
    return found;
}

}  // namespace kith::smtp
