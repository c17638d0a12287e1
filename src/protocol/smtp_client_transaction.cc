// One message of the sending side: from MAIL to the replies behind the text.
#include <algorithm>
#include <utility>

#include "protocol/smtp_client.h"

namespace kith::smtp {
namespace {

using Origin = RecipientReply::Origin;

/// BDAT commands that may be without their answer where pipelining is offered.
constexpr std::size_t kChunksUnderWay = 4;

bool needs_utf8(const Envelope& envelope) {
    return envelope.parameters.smtputf8 || envelope.from.needs_utf8() ||
           std::ranges::any_of(envelope.to,
                               [](const Envelope::To& to) { return to.mailbox.needs_utf8(); });
}

/// Parameters are text that others may have written: nothing but what reads back as itself is said.
bool is_sound(const Envelope& envelope) {
    const auto mail = parse_mail_parameters(format_parameters(envelope.parameters));
    return mail && *mail == envelope.parameters && !envelope.to.empty() &&
           std::ranges::all_of(envelope.to, [](const Envelope::To& to) {
               const auto rcpt = parse_rcpt_parameters(format_parameters(to.parameters));
               return rcpt && *rcpt == to.parameters && !to.mailbox.empty();
           });
}

}  // namespace

/// Why this server cannot have this message.
std::optional<Reply> Client::cannot_send(const Envelope& envelope) const {
    const MailParameters& wish = envelope.parameters;
    if (!is_sound(envelope))
        return Reply{554, "5.5.4", "The envelope is not one"};
    if (wish.body == BodyType::eight_bit_mime && !capabilities_.eight_bit_mime)
        return Reply{554, "5.6.3", "The server takes no 8-bit text"};
    if (needs_utf8(envelope) && !capabilities_.smtputf8)
        return Reply{550, "5.6.7", "The server takes no addresses in UTF-8"};
    if (wish.require_tls && (!tls_ || !capabilities_.require_tls))
        return Reply{550, "5.7.30", "The server does not keep to TLS (REQUIRETLS)"};
    if (capabilities_.size > 0 && wish.size.value_or(0) > capabilities_.size)
        return Reply{552, "5.3.4", "The message is larger than the server takes"};
    return std::nullopt;
}

void Client::leave_out_what_is_not_offered(Envelope& envelope) const {
    MailParameters& mail = envelope.parameters;
    mail.smtputf8 = needs_utf8(envelope);
    if (!capabilities_.limits_size)
        mail.size.reset();
    if (!capabilities_.auth)
        mail.auth.reset();
    if (capabilities_.dsn)
        return;
    mail.ret.reset();
    mail.envelope_id.clear();
    for (Envelope::To& to : envelope.to)
        to.parameters = {};
}

void Client::send(Envelope envelope) {
    if (state_ != State::ready)
        return;
    transaction_.emplace(Transaction{});
    transaction_->replies.resize(envelope.to.size());
    if (const auto reason = cannot_send(envelope)) {
        report(*reason, Origin::here);
        return become_ready();
    }
    state_ = State::transaction;
    leave_out_what_is_not_offered(envelope);
    transaction_->envelope = std::move(envelope);
    transaction_->writer = DataWriter(capabilities_.chunking ? Framing::counted : Framing::dots);
    say_next();
}

/// The next command, or all up to the one that is the last of its group (RFC 2920 section 3.1).
void Client::say_next() {
    Transaction& now = *transaction_;
    const Envelope& envelope = now.envelope;
    while (capabilities_.pipelining || expected_.empty()) {
        if (now.said == 0) {
            say("MAIL FROM:<" + envelope.from.text() + ">" + format_parameters(envelope.parameters),
                {Expected::To::mail});
        } else if (now.said <= envelope.to.size()) {
            const Envelope::To& to = envelope.to[now.said - 1];
            say("RCPT TO:<" + to.mailbox.text() + ">" + format_parameters(to.parameters),
                {Expected::To::rcpt, now.said - 1});
        } else if (now.said == envelope.to.size() + 1 && !capabilities_.chunking) {
            say("DATA", {Expected::To::data});
        } else {
            return;
        }
        ++now.said;
    }
}

void Client::on_mail(const Reply& reply) {
    if (!reply.is_positive())
        transaction_->refusal = reply;
    if (capabilities_.pipelining)
        return;
    if (transaction_->refusal)
        return end_transaction(Server::must_reset);
    say_next();
}

void Client::on_rcpt(std::size_t recipient, const Reply& reply) {
    Transaction& now = *transaction_;
    ++now.answered;
    // Behind a MAIL that was refused it is 503: the reason is there.
    if (now.refusal)
        now.replies[recipient] = RecipientReply{*now.refusal, Origin::server};
    else if (reply.is_positive())
        ++now.accepted;
    else
        now.replies[recipient] = RecipientReply{reply, Origin::server};
    const bool all = now.answered == now.envelope.to.size();
    const bool data_was_said = now.said > now.envelope.to.size() + 1;
    if (all && now.accepted == 0 && !data_was_said)
        end_transaction(Server::must_reset);
    else if (all && capabilities_.chunking)
        want_text();
    else if (!capabilities_.pipelining)
        say_next();
}

void Client::on_data(const Reply& reply) {
    Transaction& now = *transaction_;
    if (reply.is_positive() || (reply.code / 100 == 3 && reply.code != 354))
        return fail_with(fail(ErrorKind::malformed, "smtp server", "DATA: " + reply.line()));
    if (reply.code != 354) {
        if (!now.refusal)
            now.refusal = reply;
        return end_transaction(Server::must_reset);
    }
    if (now.accepted > 0)
        return want_text();
    // RFC 2920 3.1: it wants text for nobody. The end of it, then.
    [[maybe_unused]] const auto ended = now.writer.finish(output_);
    now.text_ended = true;
    expect({Expected::To::end});
}

void Client::want_text() {
    transaction_->text_wanted = true;
    events_.emplace_back(BodyWanted{});
}

bool Client::wants_body() const {
    if (!transaction_ || !transaction_->text_wanted || output_.size() >= kBodyPause)
        return false;
    const std::size_t under_way = capabilities_.pipelining ? kChunksUnderWay : 1;
    return !capabilities_.chunking || expected_.size() < under_way;
}

void Client::push_body(ByteView text) {
    if (!transaction_ || !transaction_->text_wanted || text.empty())
        return;
    Bytes wire;
    auto written = transaction_->writer.write(text, wire);
    if (!written) {
        report({554, "5.6.0", "The text is not sent: " + written.error().detail}, Origin::here);
        return fail_with(std::move(written).error());
    }
    if (capabilities_.chunking) {
        if (wire.empty())
            return;
        say("BDAT " + std::to_string(wire.size()), {Expected::To::chunk});
    }
    output_.insert(output_.end(), wire.begin(), wire.end());
}

void Client::end_body() {
    if (!transaction_ || !transaction_->text_wanted)
        return;
    Bytes wire;
    auto finished_text = transaction_->writer.finish(wire);
    if (!finished_text) {
        report({554, "5.6.0", "The text is not sent: " + finished_text.error().detail},
               Origin::here);
        return fail_with(std::move(finished_text).error());
    }
    static constexpr std::string_view kLast = "BDAT 0 LAST\r\n";
    if (capabilities_.chunking)
        wire.assign(kLast.begin(), kLast.end());
    output_.insert(output_.end(), wire.begin(), wire.end());
    transaction_->text_wanted = false;
    transaction_->text_ended = true;
    expect_end();
}

/// RFC 2033 4.2: of LMTP there is one reply for each recipient that was accepted, in their order.
void Client::expect_end() {
    if (options_.protocol == ClientProtocol::smtp)
        return expect({Expected::To::end});
    for (std::size_t i = 0; i < transaction_->replies.size(); ++i)
        if (!transaction_->replies[i])
            expect({Expected::To::end, i});
}

void Client::on_chunk(const Reply& reply) {
    Transaction& now = *transaction_;
    if (reply.is_positive())
        return;
    if (!std::exchange(now.chunk_refused, true))
        now.refusal = reply;
    now.text_wanted = false;
    // How many replies LMTP has to a last chunk behind one that it has refused is not written.
    if (now.text_ended && options_.protocol == ClientProtocol::lmtp) {
        report(*now.refusal, Origin::server);
        return fail_with(fail(ErrorKind::unavailable, "smtp server", "refused a chunk"), reply);
    }
    // Those that are under way are answered, too.
    if (expected_.empty())
        end_transaction(Server::must_reset);
}

void Client::on_end(std::size_t recipient, const Reply& reply) {
    Transaction& now = *transaction_;
    if (options_.protocol == ClientProtocol::lmtp && now.accepted > 0)
        now.replies[recipient] = RecipientReply{reply, Origin::server};
    else if (!now.refusal)
        now.refusal = reply;  // it may be an acceptance
    if (expected_.empty())
        end_transaction(now.chunk_refused ? Server::must_reset : Server::has_ended);
}

void Client::end_transaction(Server server) {
    report(transaction_->refusal.value_or(Reply{451, "4.5.0", "No reply"}), Origin::server);
    if (server == Server::has_ended)
        return become_ready();
    state_ = State::hello;
    say("RSET", {Expected::To::rset});
}

/// Sent, with that reply for those that have none yet.
void Client::report(const Reply& for_the_rest, Origin origin) {
    if (!transaction_)
        return;
    Sent sent;
    for (auto& reply : transaction_->replies)
        sent.replies.push_back(reply ? std::move(*reply) : RecipientReply{for_the_rest, origin});
    transaction_.reset();
    events_.emplace_back(std::move(sent));
}

}  // namespace kith::smtp
