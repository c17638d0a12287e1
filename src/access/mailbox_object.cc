#include "access/mailbox_object.h"

#include <algorithm>

#include "access/object_ids.h"
#include "access/properties.h"

namespace kith {
namespace {

// Mailboxes with a role are the account's own and stay. Into Requests comes what strangers send;
// a request goes from there by being accepted, declined or destroyed.
json::object rights_of(const MailboxRecord& mailbox) {
    const bool own = mailbox.role.empty();
    return {{"mayReadItems", true},
            {"mayAddItems", mailbox.role != "requests"},
            {"mayRemoveItems", true},
            {"maySetSeen", true},
            {"maySetKeywords", true},
            {"mayCreateChild", true},
            {"mayRename", own},
            {"mayDelete", own},
            {"maySubmit", false}};
}

}  // namespace

std::string subscription_key(AccountId account, MailboxId mailbox) {
    return "unsubscribed/" + std::to_string(account) + "/" + std::to_string(mailbox);
}

bool is_subscribed(ReadTransaction& store, AccountId account, MailboxId mailbox) {
    return store.value(subscription_key(account, mailbox)).value_or("").empty();
}

json::object mailbox_object(ReadTransaction& store,
                            AccountId account,
                            const MailboxRecord& mailbox) {
    const auto counts = store.mailbox_counts(account, mailbox.id);
    json::object object;
    object["id"] = object_id(IdKind::mailbox, mailbox.id);
    object["name"] = mailbox.name;
    object["parentId"] = mailbox.parent ? json::value(object_id(IdKind::mailbox, *mailbox.parent))
                                        : json::value(nullptr);
    object["role"] = text_or_null(mailbox.role);
    object["sortOrder"] = mailbox.sort_order;
    object["totalEmails"] = counts.total;
    object["unreadEmails"] = counts.unread;
    object["totalThreads"] = counts.threads;
    object["unreadThreads"] = counts.unread_threads;
    object["myRights"] = rights_of(mailbox);
    object["isSubscribed"] = is_subscribed(store, account, mailbox.id);
    return object;
}

const MailboxRecord* find_mailbox(std::span<const MailboxRecord> all, MailboxId id) {
    const auto found = std::ranges::find(all, id, &MailboxRecord::id);
    return found == all.end() ? nullptr : &*found;
}

}  // namespace kith
