// EmailSubmissions as clients see them (docs/client-api.md section 4).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/method.h"

namespace kith {

inline constexpr std::string_view kSubmissionProperties[] = {"id",
                                                             "identityId",
                                                             "emailId",
                                                             "threadId",
                                                             "envelope",
                                                             "sendAt",
                                                             "undoStatus",
                                                             "deliveryStatus",
                                                             "dsnBlobIds",
                                                             "mdnBlobIds"};

json::object submission_object(ReadTransaction& store,
                               AccountId account,
                               const SubmissionRecord& submission);

/// "pending" while something is queued or being sent, "canceled" when everything was cancelled,
/// else "final".
std::string_view undo_status(std::span<const RecipientRecord> recipients);

/// The stored answer of a recipient whom the person has cancelled.
std::string canceled_answer();
/// Still in our hands: may be cancelled.
bool can_cancel(const RecipientRecord& recipient);

}  // namespace kith
