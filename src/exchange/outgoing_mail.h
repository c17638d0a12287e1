// Rows of the outgoing queue, made ready to travel: parsed, countersigned by the domain (one
// signature for all that go to a domain together), with the card, a reply token, and the place of
// the body. Blocking: on a worker thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crypto/ed25519.h"
#include "exchange/own_log.h"
#include "note/stub.h"
#include "protocol/delivery_body.h"
#include "store/store.h"
#include "trust/token.h"

namespace kith {

/// One row, ready.
struct OutgoingMail {
    RecipientRecord row;
    Stub stub;
    Hash card;  ///< that of the sender which the stub names
    DeliveryParts parts;
    BlobPlace place;
    Bytes small_body;  ///< the body itself when it is small
    std::vector<std::string> chain;
    std::string proof;       ///< of the card; empty: the log does not have it yet
    std::string checkpoint;  ///< the newest of our log; empty: there is none

    bool is_small() const { return place.size <= kMaxSmallBlob; }
};
/// A row that cannot travel, and why: final.
struct UnfitMail {
    RecipientRecord row;
    Error why;
};

struct OutgoingBatch {
    std::vector<OutgoingMail> ready;
    std::vector<UnfitMail> unfit;
};

/// What making ready needs; all of it outlives the calls.
struct MailRoom {
    Store& store;
    const TokenMaker& tokens;
    const SigningKey& domain_key;
    Random& random;
    std::string domain;
    OwnLog& log;
    const Secret& introducers;  ///< what the introducer keys of accounts are made from
};

OutgoingBatch make_ready(const MailRoom& room, std::vector<RecipientRecord> rows, Time now);

}  // namespace kith
