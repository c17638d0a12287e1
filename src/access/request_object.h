// Requests: messages of strangers that are held (docs/client-api.md section 5). A request's id is
// its Email's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/method.h"

namespace kith {

inline constexpr std::string_view kRequestProperties[] = {"id",
                                                          "emailId",
                                                          "from",
                                                          "fromRoot",
                                                          "time",
                                                          "expires",
                                                          "size",
                                                          "effort",
                                                          "evidence",
                                                          "preview",
                                                          "keys",
                                                          "state",
                                                          "shown"};

json::object request_object(const MessageRecord& message);

/// Has it had its day in the view? What was accepted has.
bool is_shown(const MessageRecord& message);

/// Held messages and those whose bodies are being fetched, newest first.
std::vector<MessageRecord> all_requests(ReadTransaction& store, AccountId account);

/// The request of that id.
std::optional<MessageRecord> find_request(ReadTransaction& store,
                                          AccountId account,
                                          const std::string& id);

}  // namespace kith
