// Waiting for the fate of a message, and paying on the way.
#include <algorithm>
#include <thread>

#include "kith/interrupt.h"
#include "kith/pending.h"
#include "kith/stamping.h"
#include "kith/submission.h"

namespace kith {
namespace {

constexpr Milliseconds kFirstPause{20};
constexpr Milliseconds kLongestPause{1'000};
constexpr int kMostStamps = 3;  // for one recipient: a price may change while it is paid

/// Answers the prices that a submission's recipients ask.
class Payer {
  public:
    Payer(Person& person, const WaitWish& wish, std::string stub_id, std::string submission)
        : person_(person),
          wish_(wish),
          stub_id_(std::move(stub_id)),
          submission_(std::move(submission)) {}

    /// Was something paid? Errors: the server's; unavailable (Ctrl-C); malformed (a price).
    Result<bool> pay(const json::array& recipients) {
        bool paid = false;
        for (const json::object* each : objects_in(recipients))
            if (wish_.pay == WaitWish::Pay::yes && text_at(*each, "state") == "needs-stamp")
                paid = TRY(pay_one(text_at(*each, "address"), text_at(*each, "price"))) || paid;
        return paid;
    }

  private:
    Result<bool> pay_one(const std::string& address, const std::string& note) {
        const Price price = TRY(read_price(note));
        if (price.effort > wish_.most_effort) {
            print_notice(address + " asks an effort of " + std::to_string(price.effort) + ", " +
                         cost_of_effort(price.effort) + ", more than --pay-limit: not paid");
            return false;
        }
        if (++paid_[address] > kMostStamps)
            return false;
        if (!stubs_)
            stubs_ = TRY(read_pending(person_.home(), stub_id_));
        const auto stub = stubs_->find(address);
        if (stub == stubs_->end())
            return false;
        if (!person_.terminal().json)
            print_notice(address + " does not know you; paying an effort of " +
                         std::to_string(price.effort) + ", " + cost_of_effort(price.effort));
        auto stamp = make_stamp({person_.home(), person_.clock(), person_.terminal()},
                                price,
                                stub->second,
                                price.effort);
        // Without a stamp the server asks the recipient's for the price once more.
        if (!stamp && stamp.error().kind == ErrorKind::expired)
            stamp = std::string();
        if (!stamp)
            return std::move(stamp).error();
        const auto answer = TRY(person_.server().call(
            "EmailSubmission/set",
            {{"update",
              json::object{{submission_,
                            json::object{{"deliveryStatus/" + address + "/stamp", *stamp}}}}}}));
        TRY(updated_in(answer, submission_));
        return true;
    }

    Person& person_;
    const WaitWish& wish_;
    std::string stub_id_;
    std::string submission_;
    std::map<std::string, int> paid_;
    std::optional<PendingStubs> stubs_;
};

// What waits may yet be raised.
bool is_held(const json::array& recipients) {
    return std::ranges::any_of(objects_in(recipients), [](const json::object* each) {
        return text_at(*each, "state") == "held";
    });
}

// Nothing goes on by itself any more: the rest waits for the person.
bool only_unconfirmed(const json::array& recipients) {
    return unconfirmed_in(recipients) > 0 &&
           std::ranges::none_of(objects_in(recipients), [](const json::object* each) {
               const std::string state = text_at(*each, "state");
               return state == "queued" || state == "sending";
           });
}

}  // namespace

Result<json::object> wait_for_fate(Person& person,
                                   const std::string& stub_id,
                                   const std::string& submission,
                                   const WaitWish& wish) {
    const InterruptGuard guard;
    Payer payer(person, wish, stub_id, submission);
    const auto began = person.clock().steady();
    Milliseconds pause = kFirstPause;
    for (;;) {
        auto now = TRY(submission_of(person, submission));
        const auto recipients = recipients_of(now);
        const auto paid = payer.pay(recipients);
        if (!paid)
            print_notice(paid.error().where + ": " + paid.error().detail);
        const bool again = paid && *paid;
        const Fate fate = fate_of(recipients);
        if (!again && text_at(now, "undoStatus") != "pending") {
            if (fate == Fate::good && !is_held(recipients))
                drop_pending(person.home(), stub_id);
            return now;
        }
        if (!again && only_unconfirmed(recipients))
            return now;
        const bool over = wish.limit && person.clock().steady() - began >= *wish.limit;
        if (over || InterruptGuard::flag())
            return now;
        std::this_thread::sleep_for(again ? kFirstPause : pause);
        pause = again ? kFirstPause : std::min(pause * 3 / 2, kLongestPause);
    }
}

}  // namespace kith
