// What the exchange tells the outside world about itself: figures for metrics, one line an event
// for the log. Implemented where the program is put together; thread-safe, never blocks.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "store/records.h"

namespace kith {

/// A delivery, ours or theirs, that was answered.
struct DeliveryEvent {
    enum class Direction { in, out } direction = Direction::in;
    enum class Via { kith, smtp } via = Via::kith;
    int status = 0;       ///< of HTTP or SMTP; 0: no answer came
    std::string type;     ///< of the problem, or of the error
    std::string detail;   ///< out, when no answer came: why
    std::string request;  ///< in: the id of the HTTP request
    std::string peer;     ///< the other domain
    std::string message;  ///< the stub's id; empty when it could not be read
    std::string tier;     ///< in, when it was taken
    std::string network;  ///< in: where it came from, as limits count (net/address.h)
    /// In, when it was turned away without being judged: why. One of a few words, for metrics.
    std::string_view shed;
    std::uint64_t octets = 0;  ///< in: of the body, when it was taken
    std::int64_t attempt = 1;
    double seconds = 0;
};

/// What keeps an account's mail back at its own server, or lets it go (protocol section 3.9).
struct BrakeEvent {
    enum class What {
        held,        ///< recipients of new threads wait for a confirmation
        confirmed,   ///< and go
        expired,     ///< nobody confirmed them in time
        report,      ///< a recipient complains of it
        challenged,  ///< so many did that it begins nothing more
        met,         ///< its owner has shown that it is them
    } what = What::held;
    AccountId account = 0;
    std::uint64_t recipients = 0;  ///< of the first three
};

class DeliveryMeter {
  public:
    DeliveryMeter() = default;
    DeliveryMeter(const DeliveryMeter&) = delete;
    DeliveryMeter& operator=(const DeliveryMeter&) = delete;
    virtual ~DeliveryMeter() = default;
    virtual void answered(const DeliveryEvent& event) = 0;
    virtual void braked(const BrakeEvent& event) = 0;
    /// Something that an administrator may want to know.
    virtual void warn(std::string_view event, std::string_view detail) = 0;
};

/// Objects of an account changed in a commit that is durable now.
using ChangeSink = std::function<void(AccountId, const std::set<ObjectType>&, ModSeq)>;

}  // namespace kith
