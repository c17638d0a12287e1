// POST /kith/1/deliveries (protocol section 7.2): another server hands over a message. The decision
// falls on the parts before the blob, and is answered before the blob has crossed where it is not
// wanted; 201 and 202 are answered when an fsync covers the message. What is cheap to find out
// comes first (section 7.7): the network, the form, the recipient, the domain's keys, then
// signatures.
#pragma once

#include <atomic>
#include <memory>

#include "base/adjustable.h"
#include "delivery/inbound.h"
#include "exchange/admission.h"
#include "exchange/card_lookup.h"
#include "exchange/delivery_body_reader.h"
#include "exchange/delivery_meter.h"
#include "exchange/peer_directory.h"
#include "exchange/recently.h"
#include "exchange/recipients.h"
#include "exchange/vouch_pull.h"

namespace kith {

struct IntakeServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    Inbound& inbound;
    PeerDirectory& peers;
    CardLookup& cards;
    PeerLogs& logs;
    VouchPull& vouches;
    DeliveryMeter& meter;
    Admission& admission;
    ChangeSink changed;
    std::string domain;
    std::vector<PublicKey> own_keys;
    Adjustable<std::uint64_t> most_blob_octets = 50ULL << 20;
};

/// Thread-safe; what the services refer to must outlive it.
class DeliveryIntake {
  public:
    explicit DeliveryIntake(IntakeServices services);

    void set_most_blob_octets(std::uint64_t most) { services_.most_blob_octets.set(most); }

    awaitable<HttpResponse> take(std::shared_ptr<HttpRequest> request);

  private:
    struct Arrival;  // one delivery under way
    using Outcome = Result<Verdict>;

    std::optional<HttpResponse> turn_away(const HttpRequest& request, Arrival* arrival);
    ArrivalClass class_of(const Arrival& arrival) const;
    awaitable<std::optional<ProblemDetails>> look_at_ends(Arrival* arrival);
    void report(const HttpRequest& request, const HttpResponse& response, const Arrival& arrival);
    awaitable<bool> ask_for_cards(Arrival* arrival);
    awaitable<HttpResponse> take_parts(Arrival* arrival, DeliveryBodyReader* reader);
    awaitable<Result<Verdict>> judge(Arrival* arrival);
    awaitable<Result<Verdict>> judge_once(Arrival* arrival);
    awaitable<Result<std::vector<PublicKey>>> keys_of(Arrival* arrival);
    awaitable<bool> is_countersigned(Arrival* arrival);
    awaitable<void> look_at_log(Arrival* arrival);
    awaitable<Result<Verdict>> take_whole(Arrival* arrival, DeliveryBodyReader* reader);
    awaitable<Result<Verdict>> take_whole_body(Arrival* arrival, const ArrivedBody* body);
    awaitable<Result<Verdict>> take_in_turn(Arrival* arrival, DeliveryBodyReader* reader);
    awaitable<Result<Verdict>> take_blob(Arrival* arrival, DeliveryBodyReader* reader);
    awaitable<Result<Verdict>> take_small(Arrival* arrival, DeliveryBodyReader* reader);
    awaitable<Result<Verdict>> take_large(Arrival* arrival, DeliveryBodyReader* reader);
    awaitable<Result<Verdict>> judge_and_commit(Arrival* arrival, const ArrivedBody* body);
    awaitable<Result<Verdict>> commit_checked(Arrival* arrival, const ArrivedBody* body);
    awaitable<Result<Verdict>> commit(Arrival* arrival, const ArrivedBody* body);
    const Verdict& preview(Arrival* arrival, ReadTransaction& read);
    static std::optional<Verdict> wrong_body(const Arrival& arrival, const ArrivedBody& body);
    Result<void> store(Arrival* arrival, const ArrivedBody* body, WriteTransaction& write);
    void tell(Arrival* arrival);
    /// No mail is taken before somebody lives here.
    awaitable<bool> is_ready();

    IntakeServices services_;
    Recipients recipients_;
    Recently no_cards_;  ///< senders whose cards could not be had
    std::atomic<bool> ready_ = false;
};

}  // namespace kith
