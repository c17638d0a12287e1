#include "trust/requests_view.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.h"
#include "crypto/hash.h"
#include "note/fields.h"
#include "trust/record_text.h"

namespace kith {
namespace {

using Way = WaitingStub::Way;

// What waits with what it is compared by.
struct Entrant {
    const WaitingStub* stub;
    std::size_t round = 0;   ///< which of its domain's this is, by credit
    ByteArray<32> ticket{};  ///< a draw that the seed decides
};

bool by_ticket(const Entrant& a, const Entrant& b) {
    return a.ticket < b.ticket;
}

bool by_effort(const Entrant& a, const Entrant& b) {
    return std::tie(b.stub->effort, a.stub->arrived, a.ticket) <
           std::tie(a.stub->effort, b.stub->arrived, b.ticket);
}

bool by_arrival(const Entrant& a, const Entrant& b) {
    return std::tie(a.stub->arrived, a.ticket) < std::tie(b.stub->arrived, b.ticket);
}

bool by_credit(const Entrant& a, const Entrant& b) {
    return std::tie(a.stub->way, a.round, a.stub->arrived, a.ticket) <
           std::tie(b.stub->way, b.round, b.stub->arrived, b.ticket);
}

bool is_by_credit(Way way) {
    return way == Way::earned || way == Way::starting;
}

// One pass of choosing: knows what is taken, and what a domain may still have.
class Choice {
  public:
    Choice(ShownRequests& shown, Time now) : shown_(shown), now_(now) {}

    std::size_t used(RequestSlot slot) const {
        return shown_.today[static_cast<std::size_t>(slot)];
    }
    std::size_t left_today() const {
        const std::size_t sum =
            used(RequestSlot::credit) + used(RequestSlot::effort) + used(RequestSlot::lottery);
        return kShownADay - std::min(sum, kShownADay);
    }

    /// Shows of `entrants`, in their order, until `most` are in that slot today.
    void fill(RequestSlot slot, std::size_t most, const std::vector<Entrant>& entrants) {
        for (const Entrant& entrant : entrants) {
            if (used(slot) >= most || (slot != RequestSlot::own && left_today() == 0))
                return;
            if (may_show(*entrant.stub))
                show(*entrant.stub, slot);
        }
    }
    std::vector<ChosenRequest> take() { return std::move(chosen_); }

  private:
    bool may_show(const WaitingStub& stub) const {
        if (taken_.contains(stub.id))
            return false;
        if (stub.way == Way::own || stub.way == Way::earned)
            return true;
        const auto last = shown_.creditless.find(stub.domain);
        return last == shown_.creditless.end() || now_ - last->second >= kCreditlessPause;
    }
    void show(const WaitingStub& stub, RequestSlot slot) {
        taken_.insert(stub.id);
        chosen_.push_back({stub.id, slot});
        ++shown_.today[static_cast<std::size_t>(slot)];
        if (stub.way == Way::starting || stub.way == Way::paid)
            shown_.creditless.insert_or_assign(stub.domain, now_);
    }

    ShownRequests& shown_;
    Time now_;
    std::set<std::string_view> taken_;
    std::vector<ChosenRequest> chosen_;
};

// Which of its domain's each is, the oldest first: so that a large domain does not fill all slots.
void number_rounds(std::vector<Entrant>& entrants) {
    std::ranges::sort(entrants, by_arrival);
    std::map<std::string_view, std::size_t> rounds;
    for (Entrant& entrant : entrants)
        entrant.round = rounds[entrant.stub->domain]++;
}

struct Entrants {
    std::vector<Entrant> own, credit, paid;
};

Entrants sort_out(std::span<const WaitingStub> waiting, ByteView seed, Time now) {
    Entrants out;
    for (const WaitingStub& stub : waiting) {
        if (stub.expires < now)
            continue;
        const Entrant entrant{&stub, 0, hmac_sha256(seed, as_bytes(stub.id))};
        if (stub.way == Way::own)
            out.own.push_back(entrant);
        else if (is_by_credit(stub.way))
            out.credit.push_back(entrant);
        else
            out.paid.push_back(entrant);
    }
    number_rounds(out.credit);
    return out;
}

// A clock that is set back begins no day a second time.
void begin_day(ShownRequests& shown, Time now) {
    const std::int64_t day = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
    if (day > shown.day) {
        shown.day = day;
        shown.today = {};
    }
    std::erase_if(shown.creditless,
                  [now](const auto& one) { return now - one.second >= kCreditlessPause; });
}

constexpr std::size_t kMostCreditless = kShownADay * 30;
constexpr std::size_t kMaxRecord = kMostCreditless * 272 + 64;
constexpr std::uint64_t kMostDays = 2'932'896;  // to the year 9999
constexpr std::uint64_t kMostShown = 1'000'000;

}  // namespace

std::string_view name_of(RequestSlot slot) {
    constexpr std::array<std::string_view, 4> kNames = {"own", "credit", "effort", "lottery"};
    return kNames[static_cast<std::size_t>(slot)];
}

std::uint64_t stamp_effort(const Decision& decision) {
    const Reason* const stamp = decision.reason(ReasonCode::stamp);
    return stamp == nullptr ? 0 : parse_decimal(stamp->figure("effort")).value_or(0);
}

bool raise_stamp(Decision& decision, const StampEvidence& stamp) {
    const auto held_for = std::ranges::find(decision.reasons, ReasonCode::stamp, &Reason::code);
    if (held_for == decision.reasons.end() || stamp.state != StampEvidence::State::good ||
        stamp.effort <= stamp_effort(decision))
        return false;
    held_for->data = {{"effort", std::to_string(stamp.effort)},
                      {"price", std::to_string(stamp.asked)}};
    return true;
}

std::vector<ChosenRequest> choose_requests(std::span<const WaitingStub> waiting,
                                           ShownRequests& shown,
                                           ByteView seed,
                                           Time now) {
    begin_day(shown, now);
    Entrants entrants = sort_out(waiting, seed, now);
    Choice choice(shown, now);
    std::ranges::sort(entrants.own, by_arrival);
    choice.fill(RequestSlot::own, SIZE_MAX, entrants.own);
    std::ranges::sort(entrants.credit, by_credit);
    choice.fill(RequestSlot::credit, kCreditSlots, entrants.credit);
    std::ranges::sort(entrants.paid, by_effort);
    choice.fill(RequestSlot::effort, kEffortSlots, entrants.paid);
    std::ranges::sort(entrants.paid, by_ticket);
    choice.fill(RequestSlot::lottery, kLotterySlots, entrants.paid);
    // What is left over: nobody's slot stays empty while somebody waits.
    std::ranges::sort(entrants.paid, by_effort);
    choice.fill(RequestSlot::effort, SIZE_MAX, entrants.paid);
    choice.fill(RequestSlot::credit, SIZE_MAX, entrants.credit);
    return choice.take();
}

std::string write_shown_requests(const ShownRequests& shown) {
    RecordWriter out;
    out.add(static_cast<std::uint64_t>(shown.day));
    for (const std::size_t count : shown.today)
        out.add(std::uint64_t{count});
    for (const auto& [domain, time] : shown.creditless)
        out.add(domain).add(time);
    return out.take();
}

Result<ShownRequests> parse_shown_requests(std::string_view text) {
    RecordReader in(text, "shown requests");
    TRY(in.begin(kMaxRecord));
    ShownRequests shown;
    shown.day = static_cast<std::int64_t>(TRY(in.number("day", kMostDays)));
    for (std::size_t& count : shown.today)
        count = TRY(in.number("today", kMostShown));
    while (!in.at_end()) {
        std::string domain = TRY(in.parsed("domain", as_domain));
        if (!shown.creditless.empty() && domain <= shown.creditless.rbegin()->first)
            return in.malformed("domain", "is out of order");
        if (shown.creditless.size() == kMostCreditless)
            return fail(ErrorKind::limit, "shown requests: domain", "more than 300");
        shown.creditless.emplace_hint(
            shown.creditless.end(), std::move(domain), TRY(in.time("time")));
    }
    return shown;
}

}  // namespace kith
