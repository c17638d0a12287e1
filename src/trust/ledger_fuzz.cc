// The records of ledgers, as they stand in the store: what parses is written back as the same text,
// and whatever it says, what is done with it keeps within the caps.
#include <array>

#include "trust/domain_credit.h"
#include "trust/fan_out_breaker.h"
#include "trust/grant_ledger.h"
#include "trust/report_quorum.h"
#include "trust/requests_view.h"
#include "trust/vouching.h"

namespace {

using namespace kith;

constexpr std::array kTimes = {
    Time(Seconds(0)), Time(Seconds(1'790'000'000)), Time(Seconds(253'402'300'799))};
constexpr std::array kBuckets = {
    GrantBucket::mail, GrantBucket::introductions, GrantBucket::vouches};

void drive(GrantLedger ledger, Time now) {
    for (const GrantBucket bucket : kBuckets) {
        const Credit cap = terms_of(bucket, GrantStanding::well_trusted).cap;
        KITH_CHECK(ledger.available(bucket, now) <= cap);
        (void)ledger.take(bucket, now);
        (void)ledger.refund(bucket, now, now);
        KITH_CHECK(ledger.available(bucket, now) >= Credit() &&
                   ledger.available(bucket, now) <= cap);
    }
    ledger.engaged(now);
    ledger.discount_word(now);
    ledger.discount_vouches(now);
    ledger.come_back(now);
    ledger.set_level(GrantLevel::known, now);
    KITH_CHECK(ledger.available(GrantBucket::mail, now) <= Credit::whole(6));
    KITH_CHECK(parse_grant_ledger(write_grant_ledger(ledger)).has_value());
}

void drive(DomainCredit credit, Time now) {
    (void)credit.take(100, now);
    credit.engaged(DomainCredit::Paid::by_credit, 100, now);
    credit.unwanted(DomainCredit::Paid::otherwise, 100, now);
    KITH_CHECK(credit.available(100, now) >= Credit());
    KITH_CHECK(parse_domain_credit(write_domain_credit(credit)).has_value());
}

void drive(BusyHours hours, Time now) {
    hours.add(1, now);
    KITH_CHECK(hours.lately(now) >= 1 && hours.lately(now, 0) <= hours.lately(now));
    (void)hours.usual(now);
    KITH_CHECK(parse_busy_hours(write_busy_hours(hours)).has_value());
}

void drive(FanOutBreaker breaker, Time now) {
    KITH_CHECK(breaker.limit(now) >= kFanOutFloor);
    (void)breaker.take(breaker.left(now), now);
    KITH_CHECK(parse_fan_out(write_fan_out(breaker)).has_value());
}

void drive(ReportQuorum quorum, Time now) {
    (void)quorum.report(sha256("somebody"), now);
    quorum.clear(now);
    KITH_CHECK(quorum.distinct(now) == 0);
    KITH_CHECK(parse_report_quorum(write_report_quorum(quorum)).has_value());
}

void drive(ShownRequests shown, Time now) {
    const WaitingStub stub{"id", "one.test", WaitingStub::Way::paid, 1, now, now};
    (void)choose_requests({&stub, 1}, shown, Bytes(32), now);
}

void drive(const IssuedVouch&, Time) {}

template <class Parse, class Write>
void round(std::string_view text, Parse parse, Write write) {
    const auto value = parse(text);
    if (!value)
        return;
    KITH_CHECK(write(*value) == text);
    for (const Time now : kTimes)
        drive(*value, now);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text({data, size});
    round(text, parse_grant_ledger, write_grant_ledger);
    round(text, parse_domain_credit, write_domain_credit);
    round(text, parse_fan_out, write_fan_out);
    round(text, parse_busy_hours, write_busy_hours);
    round(text, parse_report_quorum, write_report_quorum);
    round(text, parse_shown_requests, write_shown_requests);
    round(text, parse_issued_vouch, write_issued_vouch);
    return 0;
}
