#include "delivery/thiefs_doings.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <set>

#include "delivery/grant_ledgers.h"
#include "delivery/settling.h"
#include "delivery/taken_message.h"
#include "delivery/taking_back.h"
#include "delivery/void_replies.h"
#include "note/stub.h"
#include "trust/vouching.h"

namespace kith {
namespace {
namespace json = boost::json;

/// What was handed out in the account's name since T0.
struct HandedOut {
    Time since;
    std::set<std::string> tokens;  ///< their ids
    std::set<Hash> invited;        ///< whom they made contacts
};

HandedOut revoke_tokens(WriteTransaction& write, AccountId account, Time since) {
    HandedOut found{.since = since, .tokens = {}, .invited = {}};
    for (TokenRecord token : write.tokens(account)) {
        if (token.created < since)
            continue;
        found.tokens.insert(token.id);
        if (token.kind == TokenRecord::Kind::invite && token.bound_root)
            found.invited.insert(*token.bound_root);
        if (token.standing != TokenRecord::Standing::valid)
            continue;
        token.standing = TokenRecord::Standing::revoked;
        write.put_token(account, token);
    }
    return found;
}

std::vector<MessageId> messages_since(ReadTransaction& read, AccountId account, Time since) {
    std::vector<MessageId> all;
    MessageFilter filter{.after = since};
    for (;; filter.position += filter.limit) {
        const auto page = read.messages(account, filter);
        all.insert(all.end(), page.ids.begin(), page.ids.end());
        if (std::ssize(page.ids) < filter.limit)
            return all;
    }
}

// With such a token, or from a contact whom nothing else had made one.
bool came_by(const MessageRecord& message, const HandedOut& handed) {
    const auto decision = parse_decision(message.decision);
    if (!decision || message.tier == MessageTier::own || message.state == MessageState::declined)
        return false;
    return std::ranges::any_of(decision->debits,
                               [&](const Debit& debit) {
                                   return debit.meter == Debit::Meter::token &&
                                          handed.tokens.contains(debit.of);
                               }) ||
           (decision->has(ReasonCode::contact) && handed.invited.contains(message.from_root));
}

Result<std::size_t> take_back_what_came_by(WriteTransaction& write,
                                           AccountId account,
                                           const HandedOut& handed) {
    std::size_t count = 0;
    if (handed.tokens.empty())
        return count;
    for (const MessageId id : messages_since(write, account, handed.since)) {
        const auto message = write.message(account, id);
        if (!message || !came_by(*message, handed))
            continue;
        count += was_heard(*message) ? 1 : 0;
        Reason reason{.code = ReasonCode::token_revoked,
                      .text =
                          "taken back: it came by a token that was made after a thief had a "
                          "device of this account, since " +
                          format_time(handed.since)};
        TRY(take_back_message(write,
                              account,
                              *message,
                              std::move(reason),
                              "Taken back, as unknown: it came by a token of a time when a thief "
                              "had a device of yours."));
    }
    return count;
}

// They have their outcome: whatever is said of them gives nothing back.
void cancel_vouches(WriteTransaction& write, AccountId account, Time since) {
    for (IssuedVouchRecord record : write.issued_vouches(account, since))
        if (auto vouch = parse_issued_vouch(record.vouch)) {
            vouch->state = IssuedVouch::State::settled;
            record.vouch = write_issued_vouch(*vouch);
            write.put_issued_vouch(record);
        }
}

// Neither heard nor stood for until the owner has looked: one tap restores all.
void suspend_contacts(WriteTransaction& write, AccountId account, Time since, Time now) {
    for (GrantRecord grant : write.grants(account)) {
        if (grant.since < since || grant.level == GrantRecord::Level::blocked)
            continue;
        GrantLedger ledger = ledger_of(grant, now);
        ledger.suspend(now);
        set_ledger(grant, ledger);
        write.put_grant(account, grant);
    }
}

/// The submissions of one account since T0.
class Submissions {
  public:
    Submissions(WriteTransaction& write,
                AccountId account,
                const Card& before,
                std::span<const RevokedDevice> devices,
                Time now)
        : write_(write), account_(account), before_(before), devices_(devices), now_(now) {}

    void undo() {
        for (const SubmissionRecord& submission : write_.submissions(account_))
            for (const RecipientRecord& row : write_.recipients(submission.id))
                undo_row(row, submission.created);
    }

  private:
    void undo_row(const RecipientRecord& row, Time created) {
        const auto note = SignedNote::parse(row.stub);
        if (!note)
            return;
        const auto signer = std::ranges::find_if(devices_, [&](const RevokedDevice& device) {
            return device.since <= created &&
                   carries_signature(*note, {before_.key_name(device.name), device.key});
        });
        if (signer == devices_.end())
            return;
        stop(row, *signer);
        const auto stub = parse_stub(*note);
        if (stub && stub->answers && signer->reason == RevocationReason::compromised)
            undo_answer(*stub);
    }

    // What is on its way now cannot be held back, and what was delivered is taken back there: its
    // recipient may still ask for the body.
    void stop(RecipientRecord row, const RevokedDevice& device) {
        using enum RecipientState;
        if (row.state != queued && row.state != held && row.state != needs_stamp)
            return;
        row.state = failed;
        row.held = RecipientRecord::Held::no;
        row.answer = json::serialize(json::object{
            {"type", name_of(ErrorKind::denied)},
            {"detail", "sender: the device " + device.name + " was revoked before it went out"}});
        row.updated = now_;
        row.expires = now_ - Seconds(1);
        write_.update_recipient(row);
    }

    void undo_answer(const Stub& stub) {
        const auto grants = write_.grants_of(account_, stub.to.address.text());
        for (const GrantRecord& grant : grants)
            if (const auto message = write_.message_by_stub(account_, grant.root, *stub.answers);
                message && undone_.insert(message->id).second)
                undo_engagement(write_, account_, *message, now_);
    }

    WriteTransaction& write_;
    const AccountId account_;
    const Card& before_;
    const std::span<const RevokedDevice> devices_;
    const Time now_;
    std::set<MessageId> undone_;
};

}  // namespace

Result<std::size_t> undo_thiefs_doings(
    WriteTransaction& write, AccountId account, const Card& before, const Card& after, Time now) {
    const auto devices = newly_revoked(before.revoked, after.revoked);
    if (devices.empty())
        return std::size_t{0};
    Submissions(write, account, before, devices, now).undo();
    const auto since = thiefs_since(devices);
    if (!since)
        return std::size_t{0};
    const HandedOut handed = revoke_tokens(write, account, *since);
    void_reply_tokens(write, account, *since, now);
    cancel_vouches(write, account, *since);
    suspend_contacts(write, account, *since, now);
    return take_back_what_came_by(write, account, handed);
}

}  // namespace kith
