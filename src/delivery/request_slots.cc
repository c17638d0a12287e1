#include "delivery/request_slots.h"

#include <algorithm>

#include "base/text.h"
#include "delivery/settling.h"
#include "trust/decision.h"

namespace kith {
namespace {

using Way = WaitingStub::Way;

constexpr Seconds kDay = std::chrono::days{1};
constexpr std::int64_t kMostDays = 60;  // no stub lives longer
constexpr std::int64_t kPage = 1'000;
constexpr std::array kSlots = {
    RequestSlot::own, RequestSlot::credit, RequestSlot::effort, RequestSlot::lottery};

std::string held_key(AccountId account) {
    return "held " + std::to_string(account);
}

bool is_charged_to(const Decision& decision, Debit::Meter meter) {
    return std::ranges::find(decision.debits, meter, &Debit::meter) != decision.debits.end();
}

// By SMTP nobody pays; so that one stranger of a large provider does not close the door behind
// them, a domain that stands for its senders, and has earned something here, is like one in credit.
bool is_of_earned_domain(const Decision& decision,
                         const std::string& domain,
                         ReadTransaction& read,
                         Time now) {
    if (!decision.has(ReasonCode::smtp_proven))
        return false;
    const auto accounts = static_cast<std::uint64_t>(read.account_count());
    return domain_credit_of(read, domain, now).standing(accounts, now) ==
           DomainCredit::Standing::earned;
}

// What a stranger's message was held by.
WaitingStub waiting_stub(const MessageRecord& message, ReadTransaction& read, Time now) {
    WaitingStub stub;
    stub.id = std::to_string(message.id);
    stub.domain = message.from.substr(message.from.rfind('@') + 1);
    stub.arrived = message.received_at;
    stub.expires = message.expires.value_or(Time::max());
    const auto decision = parse_decision(message.decision);
    if (!decision)
        return stub;
    if (is_charged_to(*decision, Debit::Meter::mail) ||
        is_charged_to(*decision, Debit::Meter::token)) {
        stub.way = Way::own;
    } else if (is_charged_to(*decision, Debit::Meter::domain)) {
        const auto accounts = static_cast<std::uint64_t>(read.account_count());
        const auto standing = domain_credit_of(read, stub.domain, now).standing(accounts, now);
        stub.way = standing == DomainCredit::Standing::earned ? Way::earned : Way::starting;
    } else if (is_of_earned_domain(*decision, stub.domain, read, now)) {
        stub.way = Way::earned;
    } else {
        stub.effort = stamp_effort(*decision);
    }
    return stub;
}

std::vector<WaitingStub> waiting_stubs(ReadTransaction& read, AccountId account, Time now) {
    std::vector<WaitingStub> waiting;
    MessageFilter filter;
    filter.state = MessageState::held;
    filter.limit = kPage;
    for (;; filter.position += kPage) {
        const auto page = read.messages(account, filter);
        for (const MessageId id : page.ids)
            if (const auto message = read.message(account, id); message && message->shown == 0)
                waiting.push_back(waiting_stub(*message, read, now));
        if (std::ssize(page.ids) < kPage)
            return waiting;
    }
}

MessageId message_of(const ChosenRequest& chosen) {
    return static_cast<MessageId>(parse_decimal(chosen.id).value_or(0));
}

// What became visible by itself and was not told yet: "ID SLOT " each.
std::string untold_key(AccountId account) {
    return "requests-shown " + std::to_string(account);
}

std::vector<ChosenRequest> parse_untold(std::string_view text) {
    std::vector<ChosenRequest> all;
    while (!text.empty()) {
        const auto space = text.find(' ');
        const auto end = text.find(' ', space == std::string_view::npos ? space : space + 1);
        if (end == std::string_view::npos)
            return all;
        const auto slot = std::ranges::find(kSlots,
                                            text.substr(space + 1, end - space - 1),
                                            [](RequestSlot s) { return name_of(s); });
        if (slot != kSlots.end())
            all.push_back({std::string(text.substr(0, space)), *slot});
        text.remove_prefix(end + 1);
    }
    return all;
}

/// The slots of one account, within one write.
class Slots {
  public:
    Slots(WriteTransaction& write, AccountId account, const DaySeed& seed, Time now)
        : write_(write),
          account_(account),
          seed_(seed),
          now_(now),
          before_(write.shown_requests(account).value_or("")),
          shown_(parse_shown_requests(before_).value_or(ShownRequests())) {}

    bool days_are_open() const { return shown_.day < day_of(now_); }

    Result<void> close_days() {
        const std::int64_t today = day_of(now_);
        std::int64_t day = std::max(shown_.day, today - kMostDays);
        for (const auto first = first_day(); !waiting().empty() && day < today; ++day)
            if (day >= first)
                TRY(fill(day, Time(kDay * (day + 1)) - Seconds(1)));
        choose_requests({}, shown_, {}, now_);  // today begins
        return {};
    }

    Result<void> fill(std::int64_t day, Time until) {
        std::vector<WaitingStub> then;
        std::ranges::copy_if(waiting(), std::back_inserter(then), [until](const auto& stub) {
            return stub.arrived <= until;
        });
        if (then.empty())
            return {};
        for (ChosenRequest& chosen : choose_requests(then, shown_, seed_(day), until)) {
            std::erase_if(waiting(), [&](const auto& stub) { return stub.id == chosen.id; });
            auto message = write_.message(account_, message_of(chosen));
            if (!message)
                continue;
            message->shown = day;
            TRY(write_.update_message(account_, *message));
            chosen_.push_back(std::move(chosen));
        }
        return {};
    }

    std::vector<ChosenRequest> finish() {
        if (const std::string after = write_shown_requests(shown_); after != before_)
            write_.put_shown_requests(account_, after);
        return std::move(chosen_);
    }

  private:
    std::vector<WaitingStub>& waiting() {
        if (!waiting_)
            waiting_ = waiting_stubs(write_, account_, now_);
        return *waiting_;
    }
    std::int64_t first_day() {
        std::int64_t first = day_of(now_);
        for (const WaitingStub& stub : waiting())
            first = std::min(first, day_of(stub.arrived));
        return first;
    }

    WriteTransaction& write_;
    AccountId account_;
    const DaySeed& seed_;
    Time now_;
    std::string before_;
    ShownRequests shown_;
    std::optional<std::vector<WaitingStub>> waiting_;
    std::vector<ChosenRequest> chosen_;
};

}  // namespace

std::int64_t day_of(Time time) {
    return time.time_since_epoch() / kDay;
}

std::int64_t held_today(ReadTransaction& read, AccountId account, Time now) {
    return read.counter(held_key(account), day_of(now));
}

void count_held(WriteTransaction& write, AccountId account, Time now) {
    write.count(held_key(account), day_of(now), 1);
}

bool had_its_day(std::int64_t shown, Time now) {
    return shown != 0 && shown < day_of(now);
}

Result<bool> close_days(WriteTransaction& write, AccountId account, const DaySeed& seed, Time now) {
    Slots slots(write, account, seed, now);
    if (!slots.days_are_open())
        return false;
    TRY(slots.close_days());
    std::string untold = write.value(untold_key(account)).value_or("");
    const std::size_t before = untold.size();
    for (const ChosenRequest& chosen : slots.finish())
        untold += chosen.id + " " + std::string(name_of(chosen.slot)) + " ";
    if (untold.size() != before)
        write.put_value(untold_key(account), untold);
    return true;
}

Result<std::vector<ChosenRequest>> show_requests(WriteTransaction& write,
                                                 AccountId account,
                                                 const DaySeed& seed,
                                                 Time now) {
    std::vector<ChosenRequest> all;
    const std::string untold = write.value(untold_key(account)).value_or("");
    for (ChosenRequest& chosen : parse_untold(untold))
        if (const auto message = write.message(account, message_of(chosen));
            message && message->state == MessageState::held)
            all.push_back(std::move(chosen));
    if (!untold.empty())
        write.put_value(untold_key(account), "");
    Slots slots(write, account, seed, now);
    if (slots.days_are_open())
        TRY(slots.close_days());
    TRY(slots.fill(day_of(now), now));
    std::ranges::move(slots.finish(), std::back_inserter(all));
    return all;
}

}  // namespace kith
