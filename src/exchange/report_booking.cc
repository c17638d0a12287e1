#include "exchange/report_booking.h"

#include "delivery/reports.h"
#include "exchange/store_calls.h"

namespace kith {

awaitable<Result<void>> book_report(
    Store* store, DeliveryMeter* meter, ChangeSink changed, OutcomeNote outcome, Time now) {
    std::optional<HeardReport> heard;
    ModSeq state = 0;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        heard = hear_report(write, outcome, now);
        state = heard ? write.modseq(heard->account) : 0;
        return {};
    };
    CO_TRY(co_await write_store(store, std::move(work), Store::Adds::no));
    if (!heard)
        co_return Result<void>();
    meter->braked({.what = BrakeEvent::What::report, .account = heard->account, .recipients = 0});
    if (heard->complaint == Complaint::challenges)
        meter->braked(
            {.what = BrakeEvent::What::challenged, .account = heard->account, .recipients = 0});
    if (heard->shown)
        changed(heard->account, {ObjectType::card}, state);
    co_return Result<void>();
}

}  // namespace kith
