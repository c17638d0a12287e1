#include "trust/outcomes.h"

#include <algorithm>
#include <array>

namespace kith {
namespace {

using Act = GrantEffect::Act;

constexpr std::array kContactReasons = {
    ReasonCode::contact,
    ReasonCode::contact_verified,
    ReasonCode::contact_introduced,
    ReasonCode::contact_dormant,
    ReasonCode::contact_suspended,
    ReasonCode::contact_list,
};

bool is_from_contact(const Decision& decision, const Hash& root) {
    return std::ranges::any_of(kContactReasons,
                               [&](ReasonCode code) { return decision.has(code); }) ||
           std::ranges::find(decision.debits, Debit{Debit::Meter::mail, root.text()}) !=
               decision.debits.end();
}

std::optional<GrantBucket> bucket_of(Debit::Meter meter) {
    switch (meter) {
        case Debit::Meter::mail:
            return GrantBucket::mail;
        case Debit::Meter::introductions:
            return GrantBucket::introductions;
        case Debit::Meter::domain:
        case Debit::Meter::token:
            break;
    }
    return std::nullopt;
}

void close_debits(const Decision& decision, Act act, Settlement& out) {
    for (const Debit& debit : decision.debits)
        if (const auto bucket = bucket_of(debit.meter))
            out.grants.push_back({debit.of, act, *bucket});
}

DomainEffect domain_effect(const Decision& decision,
                           const std::string& domain,
                           MessageOutcome outcome) {
    const bool by_credit =
        std::ranges::find(decision.debits, Debit{Debit::Meter::domain, domain}) !=
        decision.debits.end();
    return {domain,
            outcome == MessageOutcome::engaged ? DomainEffect::Act::engaged
                                               : DomainEffect::Act::unwanted,
            by_credit ? DomainCredit::Paid::by_credit : DomainCredit::Paid::otherwise};
}

void complain(const Settlement& so_far,
              const std::string& contact,
              MessageOutcome outcome,
              std::vector<GrantEffect>& out) {
    if (so_far.introducer)
        out.push_back({so_far.introducer->root.text(), Act::discount_word});
    if (contact.empty())
        return;
    if (outcome == MessageOutcome::looks_hacked) {
        out.push_back({contact, Act::suspend});
        return;
    }
    out.push_back({contact, Act::discount_word});
    out.push_back({contact, Act::discount_vouches});
}

}  // namespace

std::optional<Introducer> introducer_of(const Decision& decision) {
    for (const ReasonCode code :
         {ReasonCode::vouched, ReasonCode::introduced, ReasonCode::contact_introduced}) {
        const Reason* const reason = decision.reason(code);
        if (reason == nullptr)
            continue;
        auto root = parse_hash(reason->figure("introducer-root"));
        auto address = Address::parse_normal(reason->figure("introducer"));
        if (root && address)
            return Introducer{*root, *address, std::string(reason->figure("serial"))};
    }
    return std::nullopt;
}

Settlement settle(const Decision& decision,
                  const Hash& root,
                  const Address& sender,
                  MessageOutcome outcome) {
    Settlement out;
    if (decision.has(ReasonCode::key_revoked)) {
        close_debits(decision, Act::write_off, out);
        return out;
    }
    const bool engaged = outcome == MessageOutcome::engaged;
    const bool from_contact = is_from_contact(decision, root);
    out.introducer = introducer_of(decision);
    close_debits(decision, engaged ? Act::refund : Act::write_off, out);
    // First contacts alone: what came with a token is none.
    if (!from_contact && !out.introducer && decision.tier == Tier::unknown)
        out.domain = domain_effect(decision, sender.domain(), outcome);
    if (engaged) {
        if (from_contact)
            out.grants.push_back({root.text(), Act::engaged});
        return out;
    }
    complain(out, from_contact ? root.text() : std::string(), outcome, out.grants);
    out.home = Settlement::TellHome::yes;
    return out;
}

void apply(const GrantEffect& effect, GrantLedger& ledger, Time received, Time now) {
    switch (effect.act) {
        case Act::refund:
            (void)ledger.refund(effect.bucket, received, now);
            return;
        case Act::write_off:
            return ledger.write_off(effect.bucket, now);
        case Act::engaged:
            return ledger.engaged(now);
        case Act::discount_word:
            return ledger.discount_word(now);
        case Act::discount_vouches:
            return ledger.discount_vouches(now);
        case Act::suspend:
            return ledger.suspend(now);
    }
}

void undo(const GrantEffect& effect, GrantLedger& ledger, Time received, Time now) {
    if (effect.act == Act::refund)
        ledger.take_refund_back(effect.bucket, now);
    else if (effect.act == Act::engaged)
        ledger.disengaged(received, now);
}

void undo(const DomainEffect& effect, DomainCredit& credit) {
    if (effect.act == DomainEffect::Act::engaged)
        credit.disengaged(effect.paid);
}

void apply(const DomainEffect& effect, DomainCredit& credit, std::uint64_t accounts, Time now) {
    if (effect.act == DomainEffect::Act::engaged)
        credit.engaged(effect.paid, accounts, now);
    else
        credit.unwanted(effect.paid, accounts, now);
}

}  // namespace kith
