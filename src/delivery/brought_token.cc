#include "delivery/brought_token.h"

#include "delivery/grant_ledgers.h"
#include "delivery/new_contact.h"
#include "delivery/request_slots.h"
#include "delivery/void_replies.h"

namespace kith {
namespace {

using State = TokenEvidence::State;

TokenKind kind_of_record(TokenRecord::Kind kind) {
    switch (kind) {
        case TokenRecord::Kind::invite:
            return TokenKind::invite;
        case TokenRecord::Kind::newsletter:
            return TokenKind::newsletter;
        case TokenRecord::Kind::card:
            return TokenKind::card;
    }
    return TokenKind::card;
}

State state_of_reply(const CheckedToken& token,
                     AccountId account,
                     ReadTransaction& read,
                     Time now) {
    if (is_reply_token_void(read, account, token.made.value_or(now), now))
        return State::expired;
    const auto uses = read.reply_token_uses(account, token.id);
    return uses < static_cast<std::int64_t>(kReplyTokenUses) ? State::good : State::spent;
}

State state_of_record(const TokenRecord& record, const TokenBearer& bearer, Time now) {
    const std::int64_t used_today = record.window_day == day_of(now) ? record.window_used : 0;
    if (record.standing == TokenRecord::Standing::revoked)
        return State::revoked;
    if (record.expires && *record.expires < now)
        return State::expired;
    if (record.uses_left && *record.uses_left <= 0)
        return State::spent;
    if (record.bound_root && *record.bound_root != bearer.root)
        return State::foreign;
    if (record.per_day > 0 && used_today >= record.per_day)
        return State::busy;
    return State::good;
}

// An invitation makes the bearer known for good, not for one message.
void put_invited(const TokenBearer& bearer, AccountId account, WriteTransaction& write, Time now) {
    GrantRecord grant;
    grant.root = bearer.root;
    grant.address = bearer.from.text();
    grant.level = GrantRecord::Level::known;
    grant.card = bearer.card;
    grant.source = "invite";
    grant.since = now;
    begin_ledger(grant, write, account, now);
    write.put_grant(account, grant);
    heed_new_contact(write, account, grant.root, now);
}

}  // namespace

BroughtToken look_at_token(std::string_view text,
                           const TokenBearer& bearer,
                           AccountId account,
                           const Address& address,
                           const TokenMaker& tokens,
                           ReadTransaction& read,
                           Time now) {
    BroughtToken brought;
    auto checked = tokens.check(text, address, bearer.from, now);
    if (!checked) {
        brought.evidence.state =
            checked.error().kind == ErrorKind::expired ? State::expired : State::foreign;
        return brought;
    }
    brought.token = *checked;
    brought.evidence.kind = checked->kind;
    brought.evidence.id = checked->id;
    if (checked->kind == TokenKind::reply) {
        brought.evidence.state = state_of_reply(*checked, account, read, now);
        return brought;
    }
    brought.record = read.token(account, checked->id);
    if (!brought.record || kind_of_record(brought.record->kind) != checked->kind)
        return brought;
    brought.evidence.label = brought.record->label;
    brought.evidence.state = state_of_record(*brought.record, bearer, now);
    return brought;
}

void use_token(const BroughtToken& brought,
               const TokenBearer& bearer,
               BearerIs bearer_is,
               AccountId account,
               WriteTransaction& write,
               Time now) {
    if (brought.token && brought.token->kind == TokenKind::reply)
        write.count_reply_token(account, brought.token->id, brought.token->expires.value_or(now));
    if (!brought.record)
        return;
    TokenRecord record = *brought.record;
    if (record.window_day != day_of(now)) {
        record.window_day = day_of(now);
        record.window_used = 0;
    }
    ++record.window_used;
    ++record.used_total;
    if (record.uses_left)
        --*record.uses_left;
    if (record.kind != TokenRecord::Kind::card && !record.bound_root) {
        record.bound_root = bearer.root;
        record.bound_address = bearer.from.text();
    }
    write.put_token(account, record);
    if (record.kind == TokenRecord::Kind::invite && bearer_is == BearerIs::stranger)
        put_invited(bearer, account, write, now);
}

}  // namespace kith
