// Mailboxes as clients see them (RFC 8621 section 2).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/method.h"

namespace kith {

inline constexpr std::string_view kMailboxProperties[] = {"id",
                                                          "name",
                                                          "parentId",
                                                          "role",
                                                          "sortOrder",
                                                          "totalEmails",
                                                          "unreadEmails",
                                                          "totalThreads",
                                                          "unreadThreads",
                                                          "myRights",
                                                          "isSubscribed"};

json::object mailbox_object(ReadTransaction& store,
                            AccountId account,
                            const MailboxRecord& mailbox);

/// Subscription is kept beside the mailbox, under this key of the store, when it is off.
std::string subscription_key(AccountId account, MailboxId mailbox);
bool is_subscribed(ReadTransaction& store, AccountId account, MailboxId mailbox);

const MailboxRecord* find_mailbox(std::span<const MailboxRecord> all, MailboxId id);

}  // namespace kith
