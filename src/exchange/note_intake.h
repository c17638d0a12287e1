// POST /kith/1/notes (protocol section 7.4): a new card of somebody whom people here know, a
// message taken back, an alarm about somebody here, what became of somebody for whom a person here
// stood, or what a recipient says of somebody here. 202 whether or not it concerned anybody here.
#pragma once

#include <memory>

#include "exchange/admission.h"
#include "exchange/card_lookup.h"
#include "exchange/delivery_meter.h"
#include "exchange/peer_directory.h"
#include "net/http_message.h"
#include "net/task_group.h"
#include "note/outcome.h"

namespace kith {

struct NoteServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    CardLookup& cards;
    PeerDirectory& peers;
    DeliveryMeter& meter;
    Admission& admission;
    ChangeSink changed;
};

/// Thread-safe; what the services refer to must outlive it. News of cards are followed on its
/// executor, beside the answer.
class NoteIntake {
  public:
    NoteIntake(Executor home, NoteServices services);
    /// On the executor.
    awaitable<void> stop(Milliseconds limit);
    awaitable<HttpResponse> take(std::shared_ptr<HttpRequest> request);

  private:
    awaitable<Result<void>> take_note(SignedNote note, Admission::Client client);
    awaitable<Result<void>> take_card(SignedNote note, Admission::Client client);
    awaitable<Result<void>> take_alarm(SignedNote note);
    awaitable<Result<void>> take_withdraw(SignedNote note);
    awaitable<Result<void>> take_outcome_note(SignedNote note, Admission::Client client);
    awaitable<Result<void>> take_report(OutcomeNote outcome);
    awaitable<void> follow_card(SignedCard card, std::shared_ptr<Admission::LookUp> right);
    awaitable<void> follow_move(FetchedChain old);
    awaitable<Result<void>> tell_grantors(Hash root);

    Executor home_;
    const NoteServices services_;
    TaskGroup tasks_;
    RateGate news_;      ///< of one address from one network
    RateGate outcomes_;  ///< of one domain from one network
};

}  // namespace kith
