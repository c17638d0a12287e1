// The chains of other people and of oneself, verified here: the server brings the cards, the chain
// rules and the pins decide what they are worth.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "identity/chain.h"
#include "kith/pins.h"
#include "kith/server_link.h"

namespace kith {

/// Somebody as known here.
struct KnownPerson {
    Address address;  ///< where they are; another than was asked for when they have moved
    Chain chain;
    bool secure = false;                                   ///< the domain's record came with DNSSEC
    enum class From { server, home } from = From::server;  ///< home: seen earlier, kept there

    const Card& card() const { return chain.current().card; }
    std::vector<AgeRecipient> recipients() const;
};

/// A Card object of the client API, its chain verified from the root on.
/// Errors: untrusted (the chain does not hold, or is another's), malformed.
Result<KnownPerson> read_person(const json::object& object, const Address& address);

class CardBook {
  public:
    CardBook(const Home& home, ServerLink& server) : home_(home), server_(server) {}

    using People = std::map<Address, Result<KnownPerson>>;
    /// Asks the server for all at once. Who is unavailable now is taken from the home, if they were
    /// seen before. Errors (each): not_found (no such account, no route), unavailable, untrusted
    /// (another root than the pinned one: the person must look). Errors (the whole): the server's.
    Result<People> get(const std::vector<Address>& addresses);
    Result<KnownPerson> get(const Address& address);
    /// One's own.
    Result<KnownPerson> own();
    /// Without the server. Errors: not_found.
    Result<KnownPerson> remembered(const Address& address) const;

  private:
    void remember(const Address& address, const json::object& object) const;
    Result<KnownPerson> one_of(const json::object& response, const Address& address) const;

    const Home& home_;
    ServerLink& server_;
};

/// May mail be sealed to them? Errors: untrusted (disputed, expired, frozen: a sentence each; or
/// the pin is of another root).
Result<void> check_writable(const KnownPerson& person, const std::optional<Pin>& pin, Time now);

}  // namespace kith
