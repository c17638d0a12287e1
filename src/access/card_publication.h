// The next card of an account here: held against the chain and the clock, countersigned, stored,
// and what follows from it (protocol sections 3.1, 3.6, 7.5). For Card/set of a device, and for
// POST /kith/1/cards, by which a recovery key or guardians act without any device.
#pragma once

#include "access/client_services.h"
#include "delivery/card_news.h"
#include "net/http_message.h"

namespace kith {

/// What a published card brings about once it is durable.
struct Publication {
    AccountId account = 0;
    std::string note;                     ///< countersigned; as the store has it
    std::shared_ptr<const Chain> chain;   ///< with the card
    std::vector<std::string> revoked;     ///< devices that lost their sessions
    std::vector<TakenBack> taken_back;    ///< of people here, the owner too
    bool met_challenge = false;           ///< its owner has shown that it is them
    std::optional<SignedCard> published;  ///< nothing when the card was there already
};

/// Within a write of the store. Errors: conflict, future, expired ("card: FIELD": not for this
/// account, not of now, another card stands), limit, and those of Chain::add; internal.
Result<Publication> publish_card(const ClientServices& services,
                                 WriteTransaction& store,
                                 const AccountRecord& account,
                                 SignedCard card);
/// Once the write is durable: ends sessions, tells those who wait and other servers.
void announce(const ClientServices& services, Publication publication);

/// POST /kith/1/cards: a card that the recovery key or guardians signed.
awaitable<HttpResponse> post_card(const ClientServices* services,
                                  std::shared_ptr<HttpRequest> request);

}  // namespace kith
