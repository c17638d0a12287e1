#include "exchange/smtp_intake_session.h"

#include <algorithm>

#include "base/text.h"
#include "exchange/arrival.h"
#include "exchange/mail_lookups.h"
#include "exchange/store_calls.h"
#include "mail/mail_date.h"
#include "net/address.h"
#include "protocol/kith_record.h"

namespace kith {
namespace {

constexpr std::size_t kMostHops = 50;  // Received fields: RFC 5321 section 6.3 wants 100 at least
constexpr std::size_t kLane = static_cast<std::size_t>(ArrivalClass::other);

SmtpAnswer later(std::string text) {
    return SmtpAnswer::reject(451, "4.3.0", std::move(text));
}

// What kept us from taking it.
SmtpAnswer failure(const Error& error) {
    if (error.kind == ErrorKind::io || error.where == "store")
        return SmtpAnswer::reject(452, "4.3.1", "the disk is full or fails here: try again later");
    return later("too much to do here: try again later");
}

SmtpAnswer nobody(const NoSmtpRecipient& none) {
    switch (none.why) {
        case NoSmtpRecipient::Why::unknown:
            return SmtpAnswer::reject(550, "5.1.1", "there is no such address here");
        case NoSmtpRecipient::Why::disabled:
            return SmtpAnswer::reject(550, "5.2.1", "this address takes no mail");
        case NoSmtpRecipient::Why::moved:
            return SmtpAnswer::reject(
                551, "5.1.6", "moved: write to " + none.moved.value_or(Address()).text());
        case NoSmtpRecipient::Why::full:
            break;
    }
    return SmtpAnswer::reject(452, "4.2.2", "the mailbox is full");
}

std::string_view tier_word(MessageTier tier) {
    return tier == MessageTier::known ? "known" : "unknown";
}

}  // namespace

awaitable<SmtpAnswer> SmtpIntakeSession::on_connect(SmtpPeer peer) {
    peer_ = std::move(peer);
    co_return SmtpAnswer::accept();
}

awaitable<SmtpAnswer> SmtpIntakeSession::on_helo(smtp::Hello hello, SmtpTls tls) {
    helo_ = std::move(hello.name);
    tls_ = std::move(tls);
    co_return SmtpAnswer::accept();
}

awaitable<SmtpAnswer> SmtpIntakeSession::on_auth(SmtpLogin /*login*/) {
    co_return SmtpAnswer::reject(503, "5.5.1", "this port is for servers");
}

awaitable<SmtpAnswer> SmtpIntakeSession::on_mail(smtp::Mailbox from,
                                                 smtp::MailParameters /*parameters*/) {
    transaction_ = std::make_unique<Transaction>();
    transaction_->from = std::move(from);
    transaction_->began = services_.clock.steady();
    co_return SmtpAnswer::accept();
}

awaitable<SmtpAnswer> SmtpIntakeSession::on_rcpt(smtp::Mailbox to,
                                                 smtp::RcptParameters /*parameters*/) {
    const std::string& domain = services_.inbound.domain();
    if (!to.domain().empty() && to.domain() != domain)
        co_return SmtpAnswer::reject(550, "5.7.1", "this server is for " + domain + " only");
    const auto target =
        to.domain().empty() ? *parse_target("postmaster@" + domain) : smtp::target_of(to);
    if (!target)
        co_return nobody({});
    auto ask = [this, target, now = services_.clock.now()](ReadTransaction& read) {
        return Result(services_.inbound.find(*target, read, now));
    };
    auto found = co_await ask_store(services_.store, services_.workers, std::move(ask), kLane);
    if (!found)
        co_return failure(found.error());
    if (const auto* none = std::get_if<NoSmtpRecipient>(&*found))
        co_return nobody(*none);
    auto& recipients = transaction_->recipients;
    const auto alone = [](const SmtpRecipient& one) {
        return one.company == SmtpRecipient::Company::none;
    };
    auto& recipient = std::get<SmtpRecipient>(*found);
    if (!recipients.empty() && (alone(recipient) || std::ranges::any_of(recipients, alone)))
        co_return SmtpAnswer::reject(
            452, "4.5.3", "this recipient in a message of its own, please");
    recipients.push_back(std::move(recipient));
    co_return SmtpAnswer::accept();
}

awaitable<SmtpAnswer> SmtpIntakeSession::on_data_begin() {
    const auto client = mailauth::IpAddress::parse(peer_.remote.address().to_string());
    if (!client)
        co_return later("the address of this connection cannot be read");
    Transaction& transaction = *transaction_;
    mailauth::AuthenticationOptions options;
    options.authserv_id = options_.host_name;
    options.dkim.keys = &keys_;
    transaction.authentication.emplace(
        mailauth::Envelope{*client, helo_, transaction.from.empty() ? "" : transaction.from.text()},
        std::move(options),
        services_.clock.now());
    transaction.spool =
        std::make_unique<LetterSpool>(options_.spool_folder, memory_, services_.random);
    co_return SmtpAnswer::accept();
}

// The rest of a letter that was found wanting is read and thrown away.
awaitable<void> SmtpIntakeSession::on_data_piece(Bytes piece) {
    Transaction& transaction = *transaction_;
    if (transaction.refusal)
        co_return;
    transaction.fingerprint.update(piece);
    if (const auto fed = transaction.authentication->feed(as_text(piece)); !fed) {
        transaction.refusal =
            SmtpAnswer::reject(554, "5.6.0", fed.error().where + ": " + fed.error().detail);
        co_return;
    }
    Result<void> kept;
    if (transaction.spool->needs_disk(piece.size())) {
        auto append = [spool = transaction.spool.get(), octets = std::move(piece)] {
            return spool->append(octets);
        };
        kept = co_await run(services_.workers, std::move(append), kLane);
    } else {
        kept = transaction.spool->append(piece);
    }
    if (!kept)
        transaction.refusal = failure(kept.error());
}

awaitable<SmtpAnswer> SmtpIntakeSession::on_data_end() {
    const auto transaction = std::move(transaction_);
    taken_as_ = MessageTier::unknown;
    auto answer = co_await take_letter(transaction.get());
    report(*transaction, answer);
    co_return answer;
}

awaitable<SmtpAnswer> SmtpIntakeSession::take_letter(Transaction* transaction) {
    if (transaction->refusal)
        co_return *transaction->refusal;
    auto asking = std::move(*transaction->authentication).finish();
    if (!asking)
        co_return SmtpAnswer::reject(
            554, "5.6.0", asking.error().where + ": " + asking.error().detail);
    const auto outcome = co_await run_asking(&services_.resolver, *std::move(asking));
    if (outcome.header.count("received") > kMostHops)
        co_return SmtpAnswer::reject(554, "5.4.6", "it has come through too many servers: a loop");
    const auto author = author_of(outcome.header);
    if (!author)
        co_return SmtpAnswer::reject(
            550, "5.6.0", author.error().where + ": " + author.error().detail);
    const DomainMode mode = co_await mode_of(author->domain());
    auto sender = sender_of(outcome, mode, services_.inbound.domain());
    if (!sender)
        co_return later(sender.error().where + ": " + sender.error().detail);
    SmtpLetter& letter = transaction->letter;
    letter.from = sender->from;
    letter.proof = sender->proof;
    letter.shown = sender->shown;
    letter.id = transaction->fingerprint.finish().hex_text().substr(0, 32);
    transaction->parts = {.spool = transaction->spool.get(),
                          .header_octets = outcome.header.text().size(),
                          .header = trace_fields(*transaction) + outcome.authentication_results +
                                    outcome.clean_header,
                          .domain = services_.inbound.domain()};
    if (auto refusal = co_await judge(transaction))
        co_return *std::move(refusal);
    co_return co_await store(transaction);
}

// DNS alone: a letter is no reason to knock at its domain's web server.
awaitable<DomainMode> SmtpIntakeSession::mode_of(std::string domain) {
    const auto texts = co_await services_.resolver.txt("_kith." + domain);
    const auto record = texts ? pick_kith_record(texts->texts)
                              : Result<KithRecord>(fail(ErrorKind::not_found, "record"));
    co_return record && record->mode == KithRecord::Mode::enforce ? DomainMode::enforced
                                                                  : DomainMode::any;
}

// Refused before it is sealed, where nobody would have it.
awaitable<std::optional<SmtpAnswer>> SmtpIntakeSession::judge(Transaction* transaction) {
    auto ask = [this, transaction, now = services_.clock.now()](ReadTransaction& read) {
        std::vector<SmtpVerdict> verdicts;
        for (const SmtpRecipient& recipient : transaction->recipients)
            verdicts.push_back(
                services_.inbound.preview(transaction->letter, recipient, read, now));
        return Result(std::move(verdicts));
    };
    const auto verdicts =
        co_await ask_store(services_.store, services_.workers, std::move(ask), kLane);
    if (!verdicts)
        co_return failure(verdicts.error());
    const auto taken = [](const SmtpVerdict& verdict) {
        return verdict.answer == SmtpVerdict::Answer::taken;
    };
    if (std::ranges::any_of(*verdicts, taken))
        co_return std::nullopt;
    co_return refusal_of(verdicts->front());
}

SmtpAnswer SmtpIntakeSession::refusal_of(const SmtpVerdict& verdict) const {
    if (verdict.answer == SmtpVerdict::Answer::later)
        return SmtpAnswer::reject(451, "4.7.1", "no more strangers today: try again tomorrow");
    switch (verdict.refusal.value_or(Refusal::refused)) {
        case Refusal::smtp_disowned:
            return SmtpAnswer::reject(
                550, "5.7.26", "the domain in From says that this mail is not its own");
        case Refusal::token_revoked:
        case Refusal::token_spent:
        case Refusal::token_foreign:
            return SmtpAnswer::reject(
                550, "5.7.1", "the token in the address is not good any more");
        case Refusal::smtp_challenge:  // there is no page to be sent to yet: no account can choose
                                       // it
        case Refusal::refused:
            break;
    }
    return SmtpAnswer::reject(550, "5.7.1", "refused");
}

// Runs on a worker.
Result<SealedLetter> SmtpIntakeSession::seal(Transaction& transaction) const {
    return seal_letter(
        transaction.parts, services_.store.blobs(), services_.random, services_.clock.now());
}

Result<SmtpIntakeSession::Committed> SmtpIntakeSession::commit(const Transaction& transaction,
                                                               const std::vector<std::string>& keys,
                                                               WriteTransaction& write) const {
    Committed committed;
    const Time now = services_.clock.now();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const SmtpVerdict verdict = TRY(services_.inbound.commit(
            transaction.letter, transaction.recipients[i], keys[i], write, now));
        // One answer for all: whoever would refuse it by now gets it by itself the next time.
        if (verdict.answer != SmtpVerdict::Answer::taken)
            return fail(ErrorKind::conflict, "letter", "the recipients' answers differ");
        if (verdict.account == 0)
            continue;
        committed.changed.emplace_back(verdict.account, write.modseq(verdict.account));
        committed.tier = std::max(committed.tier, verdict.tier);
    }
    return committed;
}

awaitable<SmtpAnswer> SmtpIntakeSession::store(Transaction* transaction) {
    struct Prepared {
        SealedLetter letter;
        std::vector<std::string> keys;
    };
    auto prepare = [this, transaction]() -> Result<std::shared_ptr<Prepared>> {
        auto prepared = std::make_shared<Prepared>();
        prepared->letter = TRY(seal(*transaction));
        for (const SmtpRecipient& recipient : transaction->recipients)
            prepared->keys.push_back(
                seal_header(prepared->letter.key, recipient.devices, services_.random));
        return prepared;
    };
    const auto prepared = co_await run(services_.workers, std::move(prepare), kLane);
    if (!prepared)
        co_return failure(prepared.error());
    const SealedLetter& sealed = (*prepared)->letter;
    SmtpLetter& letter = transaction->letter;
    letter.answers = sealed.answers;
    letter.sent_at = sealed.sent_at;
    letter.size = sealed.size;
    letter.blob = sealed.blob;
    letter.octets = sealed.on_disk ? nullptr : &sealed.octets;
    letter.preview = sealed.preview;
    const auto committed = std::make_shared<Committed>();
    auto work = [this, transaction, committed, prepared = *prepared](
                    WriteTransaction& write) -> Result<void> {
        *committed = TRY(commit(*transaction, prepared->keys, write));
        return {};
    };
    const auto done = co_await write_store(&services_.store, std::move(work), Store::Adds::yes);
    if (!done)
        co_return done.error().kind == ErrorKind::conflict
            ? later("the recipients differ by now: try again")
            : failure(done.error());
    for (const auto& [account, state] : committed->changed)
        services_.changed(account, {ObjectType::email, ObjectType::mailbox}, state);
    taken_as_ = committed->tier;
    co_return SmtpAnswer::accept("taken, " + letter.id);
}

std::string SmtpIntakeSession::trace_fields(const Transaction& transaction) const {
    const std::string protocol = tls_.active ? "ESMTPS" : "ESMTP";
    std::string fields =
        "Return-Path: <" + (transaction.from.empty() ? "" : transaction.from.text()) + ">\r\n";
    fields += "Received: from " + helo_ + " ([" + peer_.remote.address().to_string() + "])\r\n";
    fields += "\tby " + options_.host_name + " with " + protocol + " id " +
              transaction.letter.id.substr(0, 12);
    if (tls_.active)
        fields += "\r\n\t(" + tls_.version + " " + tls_.cipher + ")";
    return fields + ";\r\n\t" + format_mail_date(services_.clock.now()) + "\r\n";
}

void SmtpIntakeSession::report(const Transaction& transaction, const SmtpAnswer& answer) const {
    DeliveryEvent event;
    event.via = DeliveryEvent::Via::smtp;
    const auto* refused = std::get_if<smtp::Reply>(&answer.what());
    event.status = refused != nullptr ? refused->code : 250;
    event.type = refused != nullptr ? refused->enhanced : "";
    event.peer = transaction.letter.from.empty() ? transaction.from.domain()
                                                 : transaction.letter.from.domain();
    event.message = transaction.letter.id;
    event.tier = refused == nullptr ? tier_word(taken_as_) : "";
    event.network = client_prefix(peer_.remote.address());
    if (transaction.spool && refused == nullptr)
        event.octets = transaction.spool->size();
    event.seconds =
        std::chrono::duration<double>(services_.clock.steady() - transaction.began).count();
    services_.meter.answered(event);
}

}  // namespace kith
