// Whoever runs the command: their home, keys, network and server, each opened when first needed.
#pragma once

#include <memory>

#include "kith/card_book.h"
#include "kith/home.h"
#include "kith/keys.h"
#include "kith/terminal.h"

namespace kith {

class Person {
  public:
    /// Errors: as Home::open and read_key_file (asks for the passphrase when there is one).
    static Result<std::unique_ptr<Person>> open(const std::filesystem::path& folder,
                                                const Terminal& terminal);
    Person(const Person&) = delete;
    Person& operator=(const Person&) = delete;

    const Home& home() const { return home_; }
    const Terminal& terminal() const { return terminal_; }
    const Address& address() const { return home_.address(); }
    const std::string& device() const { return home_.config().device; }
    const DeviceKeys& keys() const { return keys_; }
    ServerLink& server() { return server_; }
    Network& network() { return network_; }
    CardBook& cards() { return cards_; }
    Random& random() { return random_; }
    const Clock& clock() const { return clock_; }

    /// Read once; what a command pins it puts there, too.
    Result<PinMap*> pins();
    Result<void> pin(const Address& address, const Pin& pin);
    std::optional<Pin> pin_of(const Address& address);
    /// As above, for what may be no address.
    std::optional<Pin> pin_of(std::string_view address);

  private:
    Person(Home home, DeviceKeys keys, const Terminal& terminal);

    Home home_;
    Terminal terminal_;
    DeviceKeys keys_;
    SystemClock clock_;
    SystemRandom random_;
    Network network_;
    ServerLink server_;
    CardBook cards_;
    std::optional<PinMap> pins_;
};

}  // namespace kith
