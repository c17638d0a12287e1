#include "kith/person.h"

#include "kith/passphrase.h"

namespace kith {

Result<std::unique_ptr<Person>> Person::open(const std::filesystem::path& folder,
                                             const Terminal& terminal) {
    Home home = TRY(Home::open(folder));
    std::string text = TRY(read_key_file(home.file("device.key"), ask_passphrase));
    auto keys = parse_device_keys(text);
    wipe(text);
    if (!keys)
        return fail(ErrorKind::denied,
                    home.file("device.key").string(),
                    "is damaged: " + keys.error().detail);
    std::unique_ptr<Person> person(new Person(std::move(home), std::move(*keys), terminal));
    // Without the pins nobody's place would be guarded.
    TRY(person->pins());
    return person;
}

Person::Person(Home home, DeviceKeys keys, const Terminal& terminal)
    : home_(std::move(home)),
      terminal_(terminal),
      keys_(std::move(keys)),
      network_(home_.config()),
      server_(home_, network_, keys_),
      cards_(home_, server_) {}

Result<PinMap*> Person::pins() {
    if (!pins_)
        pins_ = TRY(read_pins(home_));
    return &*pins_;
}

Result<void> Person::pin(const Address& address, const Pin& pin) {
    PinMap* all = TRY(pins());
    TRY(put_pin(home_, address, pin));
    all->insert_or_assign(address, pin);
    return {};
}

std::optional<Pin> Person::pin_of(const Address& address) {
    const auto all = pins();
    if (!all)
        return std::nullopt;
    const auto found = (*all)->find(address);
    return found == (*all)->end() ? std::nullopt : std::optional(found->second);
}

std::optional<Pin> Person::pin_of(std::string_view address) {
    const auto parsed = Address::parse(address);
    return parsed ? pin_of(*parsed) : std::nullopt;
}

}  // namespace kith
