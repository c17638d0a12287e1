#include "delivery/thiefs_doings.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <set>

#include "delivery/grant_ledgers.h"
#include "delivery/settling.h"
#include "delivery/taking_back.h"
#include "delivery/void_replies.h"
#include "note/stub.h"
#include "trust/vouching.h"

namespace kith {
namespace {
namespace json = boost::json;

void revoke_tokens(WriteTransaction& write, AccountId account, Time since) {
    for (TokenRecord token : write.tokens(account))
        if (token.created >= since && token.standing == TokenRecord::Standing::valid) {
            token.standing = TokenRecord::Standing::revoked;
            write.put_token(account, token);
        }
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

Result<void> undo_thiefs_doings(
    WriteTransaction& write, AccountId account, const Card& before, const Card& after, Time now) {
    const auto devices = newly_revoked(before.revoked, after.revoked);
    if (devices.empty())
        return {};
    Submissions(write, account, before, devices, now).undo();
    const auto since = thiefs_since(devices);
    if (!since)
        return {};
    revoke_tokens(write, account, *since);
    void_reply_tokens(write, account, *since, now);
    cancel_vouches(write, account, *since);
    suspend_contacts(write, account, *since, now);
    return {};
}

}  // namespace kith
