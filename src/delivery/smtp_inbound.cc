#include "delivery/smtp_inbound.h"

#include <algorithm>
#include <array>

#include "delivery/grant_ledgers.h"
#include "delivery/introductions.h"
#include "delivery/request_slots.h"
#include "trust/evidence.h"

namespace kith {
namespace {

using Choice = SmtpEvidence::Strangers;
using Proof = SmtpEvidence::Proof;
using Level = GrantRecord::Level;

constexpr std::array kChoices = {std::pair{SmtpStrangers::hold, std::string_view("hold")},
                                 std::pair{SmtpStrangers::challenge, std::string_view("challenge")},
                                 std::pair{SmtpStrangers::filter, std::string_view("filter")},
                                 std::pair{SmtpStrangers::refuse, std::string_view("refuse")}};

std::string strangers_key(AccountId account) {
    return "smtp-strangers " + std::to_string(account);
}

Choice fate_of_strangers(SmtpStrangers strangers, SmtpLetter::Filter filter) {
    switch (strangers) {
        case SmtpStrangers::hold:
            return Choice::held;
        case SmtpStrangers::challenge:
            return Choice::challenged;
        case SmtpStrangers::refuse:
            return Choice::refused;
        case SmtpStrangers::filter:
            break;
    }
    if (filter == SmtpLetter::Filter::passed)
        return Choice::passed_filter;
    return filter == SmtpLetter::Filter::failed ? Choice::failed_filter : Choice::held;
}

TokenBearer bearer_of(const Evidence& evidence) {
    return {.from = evidence.sender, .root = evidence.root};
}

MessageTier tier_of(Tier tier) {
    return tier == Tier::unknown ? MessageTier::unknown : MessageTier::known;
}

}  // namespace

std::string_view name_of(SmtpStrangers strangers) {
    return std::ranges::find(kChoices, strangers, [](const auto& row) { return row.first; })
        ->second;
}

Result<SmtpStrangers> parse_smtp_strangers(std::string_view text) {
    const auto* const row =
        std::ranges::find(kChoices, text, [](const auto& each) { return each.second; });
    if (row == kChoices.end())
        return fail(ErrorKind::malformed, "strangers", "is not hold, challenge, filter or refuse");
    return row->first;
}

std::optional<SmtpStrangers> chosen_strangers(ReadTransaction& read, AccountId account) {
    const auto choice = parse_smtp_strangers(read.value(strangers_key(account)).value_or(""));
    return choice ? std::optional(*choice) : std::nullopt;
}

void choose_strangers(WriteTransaction& write,
                      AccountId account,
                      std::optional<SmtpStrangers> choice) {
    write.put_value(strangers_key(account), choice ? std::string(name_of(*choice)) : "");
}

void SmtpInbound::set_limits(const SmtpInboundOptions& options) {
    options_.quota_octets = options.quota_octets;
    options_.requests_a_day = options.requests_a_day;
    options_.keep_requests = options.keep_requests;
    options_.strangers = options.strangers;
}

std::variant<SmtpRecipient, NoSmtpRecipient> SmtpInbound::find(const Target& target,
                                                               ReadTransaction& read,
                                                               Time now) {
    using Why = NoSmtpRecipient::Why;
    const auto account = read.account(target.address.text());
    if (!account || account->state == AccountRecord::State::removed)
        return NoSmtpRecipient{};
    if (account->state != AccountRecord::State::active)
        return NoSmtpRecipient{.why = Why::disabled, .moved = std::nullopt};
    const auto card = cards_.find(account->card, read);
    if (card->moved)
        return NoSmtpRecipient{.why = Why::moved, .moved = card->moved};
    if (card->devices.empty())
        return NoSmtpRecipient{.why = Why::disabled, .moved = std::nullopt};
    if (account->used_octets >= options_.quota_octets)
        return NoSmtpRecipient{.why = Why::full, .moved = std::nullopt};
    SmtpRecipient recipient{.account = account->id,
                            .address = target.address,
                            .sub = target.sub,
                            .devices = card->devices};
    recipient.strangers =
        card->strangers.stamp
            ? chosen_strangers(read, account->id).value_or(options_.strangers.get())
            : SmtpStrangers::refuse;
    const bool may_be_refused = recipient.strangers != SmtpStrangers::hold ||
                                !recipient.sub.empty() ||
                                held_today(read, account->id, now) >= options_.requests_a_day;
    if (may_be_refused)
        recipient.company = SmtpRecipient::Company::none;
    return recipient;
}

// Whom the recipient knows by Kith under this address counts for more than who only ever wrote by
// SMTP; and of several who ever had the address, one that is blocked counts most.
void SmtpInbound::gather_grant(const SmtpRecipient& recipient,
                               ReadTransaction& read,
                               Time now,
                               Judged& judged) const {
    Evidence& evidence = judged.evidence;
    const Hash by_address = smtp_root(evidence.sender);
    judged.grant = read.grant(recipient.account, by_address);
    for (const GrantRecord& grant : read.grants_of(recipient.account, evidence.sender.text())) {
        if (grant.root == by_address || is_list(grant))
            continue;
        evidence.smtp->usual = SmtpEvidence::Usual::kith;
        if (!judged.grant || grant.level == Level::blocked ||
            (judged.grant->root == by_address && judged.grant->level != Level::blocked))
            judged.grant = grant;
    }
    if (!judged.grant && read.is_domain_blocked(recipient.account, evidence.sender.domain())) {
        evidence.grant = GrantEvidence{.level = GrantLevel::blocked, .address = evidence.sender};
        return;
    }
    // What anybody can write into a From costs the contact nothing, and earns them nothing.
    if (judged.grant && judged.grant->level != Level::blocked &&
        evidence.smtp->proof != Proof::proven)
        judged.grant.reset();
    if (!judged.grant)
        return;
    evidence.root = judged.grant->root;
    evidence.grant = evidence_of(ledger_of(*judged.grant, now), evidence.sender, now);
    if (evidence.grant->state == GrantEvidence::State::introduced)
        evidence.grant->introducer = introducer_of(evidence.root, recipient.account, read);
}

SmtpInbound::Judged SmtpInbound::judge(const SmtpLetter& letter,
                                       const SmtpRecipient& recipient,
                                       ReadTransaction& read,
                                       Time now) const {
    Judged judged;
    Evidence& evidence = judged.evidence;
    evidence.sender = letter.from;
    evidence.root = smtp_root(letter.from);
    evidence.smtp =
        SmtpEvidence{.proof = letter.proof,
                     .shown = letter.shown,
                     .strangers = fate_of_strangers(recipient.strangers, letter.filter)};
    gather_grant(recipient, read, now, judged);
    if (!recipient.sub.empty()) {
        auto token = look_at_token(recipient.sub,
                                   bearer_of(evidence),
                                   recipient.account,
                                   recipient.address,
                                   tokens_,
                                   read,
                                   now);
        // Any other sub-address is a folder's name or the like, and no token that failed.
        if (token.token)
            judged.token = std::move(token);
    }
    if (judged.token)
        evidence.token = judged.token->evidence;
    judged.decision = decide(evidence);
    return judged;
}

SmtpVerdict SmtpInbound::verdict_of(const Judged& judged,
                                    const SmtpRecipient& recipient,
                                    ReadTransaction& read,
                                    Time now) const {
    const Decision& decision = judged.decision;
    SmtpVerdict verdict{.answer = SmtpVerdict::Answer::taken,
                        .refusal = decision.refusal,
                        .text = decision.text,
                        .stranger = decision.has(ReasonCode::smtp_stranger)};
    const Outcome told = decision.told;
    if (told == Outcome::refuse || told == Outcome::price)
        verdict.answer = SmtpVerdict::Answer::refuse;
    if (told == Outcome::hold &&
        held_today(read, recipient.account, now) >= options_.requests_a_day)
        verdict.answer = SmtpVerdict::Answer::later;
    return verdict;
}

SmtpVerdict SmtpInbound::preview(const SmtpLetter& letter,
                                 const SmtpRecipient& recipient,
                                 ReadTransaction& read,
                                 Time now) const {
    return verdict_of(judge(letter, recipient, read, now), recipient, read, now);
}

void SmtpInbound::debit(const Judged& judged,
                        const SmtpRecipient& recipient,
                        WriteTransaction& write,
                        Time now) const {
    for (const Debit& debit : judged.decision.debits) {
        if (debit.meter == Debit::Meter::token && judged.token) {
            use_token(*judged.token,
                      bearer_of(judged.evidence),
                      judged.evidence.grant ? BearerIs::contact : BearerIs::stranger,
                      recipient.account,
                      write,
                      now);
        } else if (debit.meter == Debit::Meter::mail && judged.grant) {
            GrantLedger ledger = ledger_of(*judged.grant, now);
            if (book(debit.meter, ledger, now))
                write.put_grant_ledger(
                    recipient.account, judged.grant->root, write_grant_ledger(ledger));
        }
    }
}

Result<void> SmtpInbound::store(const SmtpLetter& letter,
                                const SmtpRecipient& recipient,
                                const std::string& keys,
                                const Judged& judged,
                                WriteTransaction& write,
                                Time now) const {
    const bool held = judged.decision.outcome == Outcome::hold;
    const auto mailbox = write.mailbox_by_role(recipient.account, held ? "requests" : "inbox");
    if (!mailbox)
        return fail(ErrorKind::internal, "mailbox", "the account has none");
    MessageRecord message;
    message.mailbox = mailbox->id;
    message.stub_id = letter.id;
    message.from = letter.from.text();
    message.from_root = judged.evidence.root;
    message.to = Target{recipient.address, recipient.sub}.text();
    message.sent_at = letter.sent_at;
    message.received_at = now;
    message.size = letter.size;
    message.blob = letter.blob;
    message.keys = keys;
    message.preview = letter.preview;
    message.tier = tier_of(judged.decision.tier);
    message.decision = write_decision(judged.decision);
    message.answers = letter.answers;
    message.state = held ? MessageState::held : MessageState::delivered;
    if (judged.decision.flags.batched || held)
        message.notice = MessageRecord::Notice::quiet;
    if (held) {
        message.expires = now + options_.keep_requests.get();
        count_held(write, recipient.account, now);
    }
    TRY(write.add_message(recipient.account, std::move(message)));
    return {};
}

Result<SmtpVerdict> SmtpInbound::commit(const SmtpLetter& letter,
                                        const SmtpRecipient& recipient,
                                        const std::string& keys,
                                        WriteTransaction& write,
                                        Time now) const {
    const Judged judged = judge(letter, recipient, write, now);
    // The same letter again, because our answer did not arrive: it is here, and was paid for.
    if (write.message_by_stub(recipient.account, judged.evidence.root, letter.id) ||
        write.past_stub(recipient.account, judged.evidence.root, letter.id))
        return SmtpVerdict{
            .answer = SmtpVerdict::Answer::taken, .refusal = std::nullopt, .text = "here already"};
    SmtpVerdict verdict = verdict_of(judged, recipient, write, now);
    if (verdict.answer != SmtpVerdict::Answer::taken)
        return verdict;
    if (judged.decision.outcome == Outcome::drop) {
        write.remember_stub(recipient.account,
                            judged.evidence.root,
                            letter.id,
                            {.hash = letter.blob},
                            now + options_.keep_requests.get());
        debit(judged, recipient, write, now);
        return verdict;
    }
    if (!write.blob(letter.blob)) {
        if (letter.octets != nullptr)
            write.add_small_blob(letter.blob, *letter.octets, now);
        else
            write.add_large_blob(letter.blob, letter.size, now);
    }
    TRY(store(letter, recipient, keys, judged, write, now));
    debit(judged, recipient, write, now);
    verdict.account = recipient.account;
    verdict.tier = tier_of(judged.decision.tier);
    return verdict;
}

}  // namespace kith
