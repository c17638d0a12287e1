// Messages that could not be handed to the server: on disk, sealed to this device, until a later
// command or `kith watch` hands them over. outbox/TIME-ID.age, oldest first.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kith/files.h"
#include "kith/home.h"
#include "kith/keys.h"
#include "kith/outgoing.h"

namespace kith {

class OutboxFolder {
  public:
    OutboxFolder(const Home& home, const DeviceKeys& keys, Random& random)
        : home_(home), keys_(keys), random_(random) {}

    /// Durable when it returns. Errors: io.
    Result<void> put(const Outgoing& outgoing);
    /// Names of what waits, oldest first.
    std::vector<std::string> names() const;
    /// Errors: io, untrusted (another device's), malformed.
    Result<Outgoing> get(const std::string& name) const;
    Result<void> remove(const std::string& name) const;
    /// Aside, into outbox/refused/: it can never go as it is.
    Result<void> set_aside(const std::string& name) const;
    /// Held while messages are handed over, so that two commands do not send one twice.
    /// Errors: unavailable (another command is at it).
    Result<FileLock> lock() const;

  private:
    const Home& home_;
    const DeviceKeys& keys_;
    Random& random_;
};

class Person;
OutboxFolder outbox_of(Person& person);
/// Hands over what waits, and says so on stderr. Stops quietly while the server is away.
void flush_outbox(Person& person);

}  // namespace kith
