// Stamps of what waits in somebody's Requests, raised day by day (protocol section 5.7): the
// recipient's server is asked whether the stub has had its day; where it has not, the effort is
// doubled. So a stranger who is outbid comes up, and nobody pays more than it takes.
#pragma once

#include <functional>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "kith/pending.h"
#include "kith/person.h"
#include "kith/submission.h"

namespace kith {

struct RaiseWish {
    enum class When { daily, now } when = When::daily;
    std::uint64_t most_effort = kMostEffortPaid;  ///< a dearer stamp is not made
};

/// What is to be done about one recipient, a row of recipients_of().
struct RaisePlan {
    enum class Step {
        none,     ///< not held; or held for something else than a stamp
        settled,  ///< it has had its day
        expired,  ///< it is kept no longer
        wait,     ///< asked within the last day
        ask,      ///< how it stands was never told, or is a day old
        at_most,  ///< it has not had its day, and has paid all that the wish allows
        raise,    ///< to `effort`
    } step = Step::none;
    std::uint64_t paid = 0;
    std::uint64_t effort = 0;
};
RaisePlan plan_raise(const json::object& recipient, const RaiseWish& wish, Time now);

/// What came of it, to be told.
struct RaiseNews {
    enum class What { raised, shown, expired, delivered, waits } what = What::waits;
    std::string id;  ///< of the message
    std::string address;
    std::uint64_t from = 0, to = 0;  ///< effort, with `raised`
};
std::string_view name_of(RaiseNews::What what);
/// "raised to an effort of 6000, for its turn to come".
std::string sentence_of(const RaiseNews& news);

/// Goes through the messages of pending/ (or one alone), never blocking for long: it is called
/// again and again, and computes stamps on threads of its own. Stopped by Ctrl-C while an
/// InterruptGuard lives; what was computed by then goes on the next time.
class Raiser {
  public:
    using Tell = std::function<void(const RaiseNews&)>;

    Raiser(Person& person, RaiseWish wish, Tell tell)
        : person_(person), wish_(wish), tell_(std::move(tell)) {}

    /// All that this device keeps the stubs of, once an hour.
    void look_for_work();
    /// Errors: not_found (this device did not send it, or needs nothing of it any more).
    Result<void> take(const std::string& stub_id, const std::string& submission);
    /// One step on. Errors: the server's, or the stamp's; the recipient at hand is left for later.
    Result<void> step();
    bool idle() const { return work_.empty(); }

  private:
    struct Item {
        std::string id;
        std::string submission;
        std::string address;
        Hash stub;
        enum class At { ask, asked, paid } at = At::ask;
        RaisePlan plan = {};
    };

    Result<void> look_at(const std::string& stub_id);
    void add(const std::string& stub_id,
             const PendingStubs& stubs,
             const std::string& submission,
             const json::array& recipients);
    Result<void> put_stamp(const std::string& line);
    Result<std::optional<json::object>> answer();
    Result<void> go_on(const json::object& recipient);
    Result<void> take_stamp();
    void compute(const std::string& price);
    void end(std::optional<RaiseNews::What> news);

    Person& person_;
    RaiseWish wish_;
    Tell tell_;
    std::vector<Item> work_;  ///< the last one is at hand
    std::future<Result<std::string>> stamp_;
    std::optional<Time> looked_;
    int prices_ = 0;  ///< asked for the one at hand
};

}  // namespace kith
