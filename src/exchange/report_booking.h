// A report that is verified, booked (delivery/reports.h) and told to the owner's devices; of whom
// one's own neighbours complain as of whom another server does.
#pragma once

#include "exchange/delivery_meter.h"
#include "net/awaitable.h"
#include "note/outcome.h"
#include "store/store.h"

namespace kith {

/// All must outlive the call. Errors: the store's.
awaitable<Result<void>> book_report(
    Store* store, DeliveryMeter* meter, ChangeSink changed, OutcomeNote outcome, Time now);

}  // namespace kith
