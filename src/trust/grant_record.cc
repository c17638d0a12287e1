// The one line of grant_ledger.h:
//
//     "1" LEVEL AT MAIL INTRODUCTIONS VOUCHES 3OPEN EARNED EARNED-SINCE ENGAGED UNTIL SUSPENDED
//         DISCOUNTS DISCOUNTED HALVED-UNTIL CAME-BACK
//
// LEVEL is a word, SUSPENDED "0" or "1", times are seconds since 1970, amounts units of Credit.
#include "trust/grant_ledger.h"
#include "trust/record_text.h"

namespace kith {
namespace {

constexpr std::size_t kMaxRecord = 256;
constexpr std::uint64_t kMostOpen = 1'000'000;
constexpr std::uint64_t kMostDiscounts = 15;

constexpr std::array kBucketFields = {
    std::pair{GrantBucket::mail, "mail"},
    std::pair{GrantBucket::introductions, "introductions"},
    std::pair{GrantBucket::vouches, "vouches"},
};

Result<GrantChoice> read_choice(RecordReader& in) {
    GrantChoice choice;
    choice.engaged = TRY(in.time("engaged"));
    choice.until = TRY(in.maybe_time("until"));
    choice.suspended = TRY(in.number("suspended", 1)) == 1 ? GrantChoice::Suspended::yes
                                                           : GrantChoice::Suspended::no;
    return choice;
}

Result<GrantLevel> read_level(RecordReader& in) {
    const auto level = parse_grant_level(TRY(in.word("level")));
    if (!level)
        return in.malformed("level", "is none");
    return *level;
}

}  // namespace

std::string write_grant_ledger(const GrantLedger& ledger) {
    RecordWriter out;
    out.add(name_of(ledger.choice_.level)).add(ledger.at());
    for (const Bucket& bucket : ledger.buckets_)
        out.add(bucket.amount());
    for (const std::uint32_t open : ledger.open_)
        out.add(std::uint64_t{open});
    const bool suspended = ledger.choice_.suspended == GrantChoice::Suspended::yes;
    out.add(ledger.earned_.amount()).add(ledger.earned_.since());
    out.add(ledger.choice_.engaged).add(ledger.choice_.until).add(suspended ? "1" : "0");
    out.add(std::uint64_t{ledger.discounts_}).add(ledger.discounted_).add(ledger.halved_until_);
    out.add(ledger.came_back_);
    return out.take();
}

Result<GrantLedger> parse_grant_ledger(std::string_view text) {
    RecordReader in(text, "grant ledger");
    TRY(in.begin(kMaxRecord));
    GrantLedger ledger;
    const GrantLevel level = TRY(read_level(in));
    const Time at = TRY(in.time("at"));
    for (const auto& [which, field] : kBucketFields) {
        const Credit most = terms_of(which, GrantStanding::well_trusted).cap;
        ledger.bucket(which) = Bucket(TRY(in.credit(field, most)), at);
    }
    for (std::uint32_t& open : ledger.open_)
        open = static_cast<std::uint32_t>(TRY(in.number("open", kMostOpen)));
    const Credit earned = TRY(in.credit("earned", kMostEarned));
    ledger.earned_ = Earned(earned, TRY(in.time("earned since")));
    ledger.choice_ = TRY(read_choice(in));
    ledger.choice_.level = level;
    ledger.discounts_ = static_cast<std::uint32_t>(TRY(in.number("discounts", kMostDiscounts)));
    ledger.discounted_ = TRY(in.time("discounted"));
    ledger.halved_until_ = TRY(in.time("halved until"));
    ledger.came_back_ = TRY(in.time("came back"));
    TRY(in.end());
    return ledger;
}

}  // namespace kith
