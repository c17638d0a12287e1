// What the client API needs from the rooms that talk to other servers. Declared here, because here
// it is needed; implemented where the program is put together. All are thread-safe, their
// coroutines run on the caller's executor, and heed cancellation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "identity/chain.h"
#include "net/awaitable.h"
#include "note/address.h"

namespace kith {

class WriteTransaction;

/// Another domain's verified chain.
struct FetchedChain {
    Chain chain;
    bool secure = false;  ///< the domain's record came with DNSSEC
    Time fetched_at;
};

class CardDirectory {
  public:
    CardDirectory() = default;
    CardDirectory(const CardDirectory&) = delete;
    CardDirectory& operator=(const CardDirectory&) = delete;
    virtual ~CardDirectory() = default;

    /// Asks the address's domain (or takes what was fetched a moment ago), verifies the chain and
    /// the domain's countersignature, and remembers it in the store.
    /// Errors: not_found ("address": no such account; "domain": no route), unavailable, timeout,
    /// untrusted, malformed.
    virtual awaitable<Result<FetchedChain>> fetch(Address address) = 0;
};

/// The outgoing queue.
class Outbox {
  public:
    Outbox() = default;
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    virtual ~Outbox() = default;

    /// Something was put in the store's queue (and is durable), or became due. Never blocks.
    virtual void notify() = 0;
};

/// Brings held bodies here.
class BodyFetcher {
  public:
    BodyFetcher() = default;
    BodyFetcher(const BodyFetcher&) = delete;
    BodyFetcher& operator=(const BodyFetcher&) = delete;
    virtual ~BodyFetcher() = default;

    /// Fetches the body of a held message from its sender's domain, checks it, stores it and marks
    /// the message delivered, durably. Errors: unavailable, timeout (may be tried again; the
    /// fetcher does so by itself), not_found (the sender has it no longer), limit, bad_signature.
    virtual awaitable<Result<void>> fetch_held(std::int64_t account, std::int64_t message) = 0;
};

/// Tells others of a new card.
class CardPublisher {
  public:
    CardPublisher() = default;
    CardPublisher(const CardPublisher&) = delete;
    CardPublisher& operator=(const CardPublisher&) = delete;
    virtual ~CardPublisher() = default;

    /// The newest card of an account here was replaced; the contacts' servers should hear of it
    /// (protocol section 7.4). Never blocks; repeats failed attempts by itself.
    virtual void publish(std::int64_t account, SignedCard card) = 0;
};

/// The domain's directory log (protocol section 10), as it is seen by who writes cards.
class CardLog {
  public:
    CardLog() = default;
    CardLog(const CardLog&) = delete;
    CardLog& operator=(const CardLog&) = delete;
    virtual ~CardLog() = default;

    /// Within the write that stores a card which the domain has countersigned: its entry.
    /// Errors: conflict, malformed ("log: …", "tile": the log is damaged).
    virtual Result<void> add(WriteTransaction& write, const Address& address, const Hash& card) = 0;
    /// That write is durable: a checkpoint is due. Never blocks.
    virtual void notify() = 0;
};

}  // namespace kith
