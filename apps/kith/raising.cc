#include "kith/raising.h"

#include <algorithm>

#include "kith/mail_rows.h"
#include "kith/stamping.h"
#include "note/stamp.h"

namespace kith {
namespace {

constexpr Seconds kDay = std::chrono::days{1};
constexpr Seconds kLook = std::chrono::hours{1};
constexpr int kMostPrices = 3;  // for one recipient: a price may end while it is paid

std::uint64_t paid_by(const json::object& recipient) {
    const auto stamp = parse_stamp(text_at(object_at(recipient, "evidence"), "stamp"));
    return stamp ? stamp->effort : 0;
}

// What could still become of a message that needs its stubs: until then they are kept.
bool is_open(const json::object& recipient, Time now) {
    const std::string state = text_at(recipient, "state");
    const RaiseWish wish{.when = RaiseWish::When::now};
    const auto step = plan_raise(recipient, wish, now).step;
    return state == "queued" || state == "sending" || state == "needs-stamp" ||
           (step != RaisePlan::Step::none && step != RaisePlan::Step::settled &&
            step != RaisePlan::Step::expired);
}

}  // namespace

RaisePlan plan_raise(const json::object& recipient, const RaiseWish& wish, Time now) {
    using Step = RaisePlan::Step;
    RaisePlan plan{.paid = paid_by(recipient)};
    const auto become = [&plan](Step step) {
        plan.step = step;
        return plan;
    };
    if (text_at(recipient, "state") != "held" || plan.paid == 0)
        return plan;
    const json::object& answer = object_at(recipient, "answer");
    if (flag_at(answer, "shown"))
        return become(Step::settled);
    const auto expires = parse_time(text_at(answer, "expires"));
    if (expires && *expires <= now)
        return become(Step::expired);
    const auto asked = parse_time(text_at(recipient, "time"));
    const bool fresh = asked && now - *asked < kDay;
    if (!expires || (!fresh && wish.when == RaiseWish::When::daily))
        return become(Step::ask);
    if (wish.when == RaiseWish::When::daily)
        return become(Step::wait);
    const auto price = static_cast<std::uint64_t>(number_at(recipient, "effort"));
    plan.effort = std::min(std::max(2 * plan.paid, price), wish.most_effort);
    return become(price == 0                                        ? Step::ask
                  : plan.effort <= plan.paid || plan.effort < price ? Step::at_most
                                                                    : Step::raise);
}

std::string_view name_of(RaiseNews::What what) {
    switch (what) {
        case RaiseNews::What::raised:
            return "raised";
        case RaiseNews::What::shown:
            return "shown";
        case RaiseNews::What::expired:
            return "expired";
        case RaiseNews::What::delivered:
            return "delivered";
        case RaiseNews::What::waits:
            return "waits";
    }
    return "waits";
}

std::string sentence_of(const RaiseNews& news) {
    switch (news.what) {
        case RaiseNews::What::raised:
            return "the stamp was raised from an effort of " + std::to_string(news.from) + " to " +
                   std::to_string(news.to);
        case RaiseNews::What::shown:
            return "had its turn among the requests, and waits until it is accepted";
        case RaiseNews::What::expired:
            return "was never shown, and is kept no longer: send it again, or ask for a token";
        case RaiseNews::What::delivered:
            return "was accepted";
        case RaiseNews::What::waits:
            return "waits for its turn among the requests";
    }
    return {};
}

void Raiser::look_for_work() {
    const Time now = person_.clock().now();
    if (!idle() || (looked_ && now - *looked_ < kLook))
        return;
    looked_ = now;
    for (const std::string& stub_id : pending_ids(person_.home()))
        if (const auto looked = look_at(stub_id);
            !looked && looked.error().kind != ErrorKind::not_found)
            return;  // the server is away
}

Result<void> Raiser::look_at(const std::string& stub_id) {
    const auto stubs = TRY(read_pending(person_.home(), stub_id));
    const auto email = TRY(find_email(person_, stub_id, Side::own));
    const auto submission = TRY(submission_of_email(person_, text_at(email, "id")));
    const auto recipients = recipients_of(submission);
    add(stub_id, stubs, text_at(submission, "id"), recipients);
    const Time now = person_.clock().now();
    const auto all = objects_in(recipients);
    if (std::ranges::none_of(all, [now](const auto* each) { return is_open(*each, now); }))
        drop_pending(person_.home(), stub_id);
    return {};
}

Result<void> Raiser::take(const std::string& stub_id, const std::string& submission) {
    const auto stubs = TRY(read_pending(person_.home(), stub_id));
    add(stub_id, stubs, submission, recipients_of(TRY(submission_of(person_, submission))));
    return {};
}

void Raiser::add(const std::string& stub_id,
                 const PendingStubs& stubs,
                 const std::string& submission,
                 const json::array& recipients) {
    using Step = RaisePlan::Step;
    const Time now = person_.clock().now();
    for (const json::object* each : objects_in(recipients)) {
        const std::string address = text_at(*each, "address");
        const auto stub = stubs.find(address);
        const RaisePlan plan = plan_raise(*each, wish_, now);
        if (stub == stubs.end())
            continue;
        if (plan.step == Step::expired)
            tell_({.what = RaiseNews::What::expired, .id = stub_id, .address = address});
        if (plan.step == Step::ask || plan.step == Step::raise || plan.step == Step::at_most)
            work_.push_back({stub_id, submission, address, stub->second});
    }
}

Result<void> Raiser::put_stamp(const std::string& line) {
    const std::string property = "deliveryStatus/" + work_.back().address + "/stamp";
    const auto answer = TRY(person_.server().call(
        "EmailSubmission/set",
        {{"update", json::object{{work_.back().submission, json::object{{property, line}}}}}}));
    return updated_in(answer, work_.back().submission);
}

// Once the recipient's server has answered: nothing while the stub is under way.
Result<std::optional<json::object>> Raiser::answer() {
    const auto submission = TRY(submission_of(person_, work_.back().submission));
    const auto recipients = recipients_of(submission);
    for (const json::object* each : objects_in(recipients))
        if (text_at(*each, "address") == work_.back().address &&
            text_at(*each, "nextAttempt").empty())
            return std::optional(*each);
    return std::optional<json::object>();
}

Result<void> Raiser::step() {
    if (idle())
        return {};
    const auto done = [this]() -> Result<void> {
        if (stamp_.valid())
            return take_stamp();
        if (work_.back().at == Item::At::ask) {
            work_.back().at = Item::At::asked;
            ++prices_;
            return put_stamp("");
        }
        const auto answered = TRY(answer());
        return answered ? go_on(*answered) : Result<void>();
    }();
    if (!done)
        end(std::nullopt);
    return done;
}

void Raiser::end(std::optional<RaiseNews::What> news) {
    const Item item = std::move(work_.back());
    work_.pop_back();
    prices_ = 0;
    if (news)
        tell_({.what = *news,
               .id = item.id,
               .address = item.address,
               .from = item.plan.paid,
               .to = item.plan.effort});
}

Result<void> Raiser::go_on(const json::object& recipient) {
    using Step = RaisePlan::Step;
    using What = RaiseNews::What;
    Item& item = work_.back();
    if (text_at(recipient, "state") == "delivered")
        end(What::delivered);
    else if (item.at == Item::At::paid)
        end(What::raised);
    else {
        RaiseWish wish = wish_;
        wish.when = RaiseWish::When::now;
        item.plan = plan_raise(recipient, wish, person_.clock().now());
        if (item.plan.step == Step::raise)
            compute(text_at(recipient, "price"));
        else
            end(item.plan.step == Step::settled   ? std::optional(What::shown)
                : item.plan.step == Step::expired ? std::optional(What::expired)
                : item.plan.step == Step::at_most ? std::optional(What::waits)
                                                  : std::nullopt);
    }
    return {};
}

void Raiser::compute(const std::string& price) {
    // No bar: whatever else is printed goes on meanwhile.
    stamp_ = std::async(std::launch::async,
                        [home = &person_.home(),
                         clock = &person_.clock(),
                         quiet = Terminal{},
                         price,
                         stub = work_.back().stub,
                         effort = work_.back().plan.effort]() -> Result<std::string> {
                            return make_stamp(
                                {*home, *clock, quiet}, TRY(read_price(price)), stub, effort);
                        });
}

Result<void> Raiser::take_stamp() {
    if (stamp_.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
        return {};
    auto stamp = stamp_.get();
    if (!stamp && stamp.error().kind == ErrorKind::expired && prices_ < kMostPrices) {
        work_.back().at = Item::At::ask;
        return {};
    }
    work_.back().at = Item::At::paid;
    return put_stamp(TRY(stamp));
}

}  // namespace kith
