// POST /kith/1/notes (protocol section 7.4): a new card of somebody whom people here know, a
// message taken back, or what became of somebody for whom a person here stood. 202 whether or not
// it concerned anybody here.
#pragma once

#include "exchange/card_lookup.h"
#include "exchange/delivery_meter.h"
#include "exchange/peer_directory.h"
#include "net/http_message.h"

namespace kith {

struct NoteServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    CardLookup& cards;
    PeerDirectory& peers;
    DeliveryMeter& meter;
    ChangeSink changed;
};

/// Thread-safe; what the services refer to must outlive it.
class NoteIntake {
  public:
    explicit NoteIntake(NoteServices services) : services_(std::move(services)) {}
    awaitable<HttpResponse> take(std::shared_ptr<HttpRequest> request);

  private:
    awaitable<Result<void>> take_note(SignedNote note);
    awaitable<Result<void>> take_card(SignedNote note);
    awaitable<Result<void>> take_withdraw(SignedNote note);
    awaitable<Result<void>> take_outcome_note(SignedNote note);
    awaitable<Result<void>> tell_grantors(Hash root);

    const NoteServices services_;
};

}  // namespace kith
