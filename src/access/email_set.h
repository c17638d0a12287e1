// Email/set (docs/client-api.md section 3): drafts and Sent copies are made, keywords, mailboxes
// and keys change, messages go.
#pragma once

#include <memory>

#include "access/method.h"
#include "access/standard_methods.h"

namespace kith {

Result<json::object> email_set(WriteContext& context, const json::object& arguments);

/// Email's part of a /set; `context` must outlive it.
std::unique_ptr<ObjectSet> email_object_set(WriteContext& context);

}  // namespace kith
