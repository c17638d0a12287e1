#include "trust/domain_credit.h"

#include "trust/record_text.h"

namespace kith {
namespace {

constexpr std::uint64_t kMostAccounts = 1'000'000'000;
constexpr Seconds kHalvedFor = std::chrono::days{30};
constexpr Credit kForfeit = Credit::whole(2);
constexpr Credit kEarnedByOne = Credit::tenths(5);
constexpr std::uint32_t kMostOpen = 1'000'000;
constexpr std::size_t kMaxRecord = 128;

// A day's worth is all that the start holds.
constexpr BucketTerms start_of(std::uint64_t accounts) {
    const auto a_day = static_cast<std::int64_t>(2 + std::min(accounts, kMostAccounts) / 100);
    return {Credit::whole(a_day), CreditRate::tenths_a_day(10 * a_day)};
}

constexpr Credit most_earned(std::uint64_t accounts) {
    return std::max(start_of(accounts).cap * 10, Credit::whole(100));
}

}  // namespace

DomainCredit DomainCredit::fresh(std::uint64_t accounts, Time now) {
    DomainCredit credit;
    credit.start_ = Bucket(start_of(accounts).cap, now);
    credit.halved_until_ = now;
    return credit;
}

BucketTerms DomainCredit::terms(std::uint64_t accounts) const {
    BucketTerms terms = start_of(accounts);
    if (start_.refilled() < halved_until_)
        terms = {terms.cap / 2, terms.rate.half()};
    return terms;
}

void DomainCredit::advance(std::uint64_t accounts, Time now) {
    if (start_.refilled() < halved_until_)
        start_.refill(terms(accounts), std::min(now, halved_until_));
    start_.refill(terms(accounts), now);
    start_.clip(terms(accounts).cap);
}

DomainCredit::Standing DomainCredit::standing(std::uint64_t accounts, Time now) const {
    if (earned_.covers_one())
        return Standing::earned;
    DomainCredit then = *this;
    then.advance(accounts, now);
    return then.start_.amount().covers_one() ? Standing::starting : Standing::none;
}

Credit DomainCredit::available(std::uint64_t accounts, Time now) const {
    DomainCredit then = *this;
    then.advance(accounts, now);
    // Two halves are not one message.
    return std::max(then.start_.amount(), earned_);
}

bool DomainCredit::take(std::uint64_t accounts, Time now) {
    advance(accounts, now);
    if (!start_.take()) {
        if (!earned_.covers_one())
            return false;
        earned_ -= kOneCredit;
    }
    open_ = std::min(open_ + 1, kMostOpen);
    return true;
}

void DomainCredit::engaged(Paid paid, std::uint64_t accounts, Time now) {
    advance(accounts, now);
    Credit gained = kEarnedByOne;
    if (paid == Paid::by_credit && open_ > 0) {
        --open_;
        gained += kOneCredit;
    }
    earned_ = std::max(earned_, std::min(earned_ + gained, most_earned(accounts)));
}

void DomainCredit::disengaged(Paid paid) {
    const Credit gained = kEarnedByOne + (paid == Paid::by_credit ? kOneCredit : Credit());
    earned_ -= std::min(earned_, gained);
}

void DomainCredit::unwanted(Paid paid, std::uint64_t accounts, Time now) {
    advance(accounts, now);
    if (paid == Paid::by_credit)
        open_ -= std::min(open_, 1U);
    const Credit from_earned = std::min(earned_, kForfeit);
    earned_ -= from_earned;
    start_.forfeit(kForfeit - from_earned);
    halved_until_ = start_.refilled() + kHalvedFor;
    start_.clip(terms(accounts).cap);
}

void DomainCredit::come_back(std::uint64_t accounts, Time now) {
    advance(accounts, now);
    start_.clip(terms(accounts).cap / 2);
    earned_ = std::min(earned_, most_earned(accounts) / 2);
}

std::string write_domain_credit(const DomainCredit& credit) {
    return RecordWriter()
        .add(credit.start_.refilled())
        .add(credit.start_.amount())
        .add(credit.earned_)
        .add(std::uint64_t{credit.open_})
        .add(credit.halved_until_)
        .take();
}

Result<DomainCredit> parse_domain_credit(std::string_view text) {
    RecordReader in(text, "domain credit");
    TRY(in.begin(kMaxRecord));
    DomainCredit credit;
    const Time at = TRY(in.time("at"));
    credit.start_ = Bucket(TRY(in.credit("start", start_of(kMostAccounts).cap)), at);
    credit.earned_ = TRY(in.credit("earned", most_earned(kMostAccounts)));
    credit.open_ = static_cast<std::uint32_t>(TRY(in.number("open", kMostOpen)));
    credit.halved_until_ = TRY(in.time("halved until"));
    TRY(in.end());
    return credit;
}

}  // namespace kith
