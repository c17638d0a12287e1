// What other servers may ask (protocol section 7): the routes, and those that are only read: cards,
// blobs, and the directory log (public_log.cc).
#pragma once

#include <string>
#include <string_view>

#include "exchange/delivery_intake.h"
#include "exchange/note_intake.h"
#include "exchange/own_log.h"
#include "exchange/vouch_intake.h"
#include "exchange/witness_desk.h"

namespace kith {

struct PublicServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    DeliveryIntake& deliveries;
    NoteIntake& notes;
    OwnLog& log;
    WitnessDesk& witness;
    VouchIntake& vouches;
    std::string domain;
    std::string record;  ///< the text of our `_kith` record
};

/// Thread-safe; what the services refer to must outlive it.
class PublicHttp final : public HttpHandler {
  public:
    explicit PublicHttp(PublicServices services) : services_(std::move(services)) {}

    /// The word for metrics; empty: not one of ours.
    static std::string_view route_of(std::string_view path);
    awaitable<HttpResponse> handle(std::shared_ptr<HttpRequest> request) override;

  private:
    awaitable<HttpResponse> give_cards(std::shared_ptr<HttpRequest> request);
    awaitable<HttpResponse> give_blob(std::shared_ptr<HttpRequest> request);
    awaitable<HttpResponse> give_log(std::shared_ptr<HttpRequest> request);
    awaitable<HttpResponse> give_witnessed(std::shared_ptr<HttpRequest> request);

    const PublicServices services_;
};

}  // namespace kith
