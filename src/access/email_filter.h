// The filter and the sort of Email/query and Email/queryChanges (docs/client-api.md section 3).
#pragma once

#include "access/standard_methods.h"

namespace kith {

extern const QueryForm kEmailQuery;

/// The filter as the store answers it; nullopt: nothing can match. Errors: unsupportedFilter for
/// what that cannot say (OR, NOT, two mailboxes at once).
Result<std::optional<MessageFilter>> email_filter_of(const jmap::QueryArguments& asked);
/// Of one condition.
Result<std::optional<MessageFilter>> email_filter_of(const json::object& condition);
MessageFilter::Order email_order_of(const jmap::QueryArguments& asked);

}  // namespace kith
