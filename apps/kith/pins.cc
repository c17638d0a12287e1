#include "kith/pins.h"

#include "kith/files.h"
#include "kith/json_access.h"

namespace kith {
namespace {

Result<Pin> read_pin(const json::object& object) {
    Pin pin;
    pin.root = TRY(parse_hash(text_at(object, "root")));
    pin.verified = flag_at(object, "verified");
    pin.name = text_at(object, "name");
    pin.since = TRY(parse_time(text_at(object, "since")));
    pin.token = text_at(object, "token");
    return pin;
}

}  // namespace

Result<PinMap> parse_pins(std::string_view text) {
    const auto damaged = [](const std::string& why) {
        return fail(ErrorKind::malformed,
                    "pins.json",
                    "is damaged (" + why +
                        "): restore it from an export, or move it away, then everybody is pinned "
                        "anew");
    };
    const auto object = parse_json_object(text);
    if (!object)
        return damaged(object.error().detail);
    PinMap pins;
    for (const auto& member : *object) {
        const std::string name = member.key();
        const auto address = Address::parse_normal(name);
        const auto pin = member.value().is_object() ? read_pin(member.value().get_object())
                                                    : Result<Pin>(fail(ErrorKind::malformed, name));
        if (!address || !pin)
            return damaged(name);
        pins.emplace(*address, *pin);
    }
    return pins;
}

std::string write_pins(const PinMap& pins) {
    json::object object;
    for (const auto& [address, pin] : pins)
        object[address.text()] = {{"root", pin.root.text()},
                                  {"verified", pin.verified},
                                  {"name", pin.name},
                                  {"since", format_time(pin.since)},
                                  {"token", pin.token}};
    return json::serialize(object);
}

Result<PinMap> read_pins(const Home& home) {
    const auto text = read_private_file(home.file("pins.json"));
    if (!text && text.error().kind == ErrorKind::not_found)
        return PinMap();
    if (!text)
        return text.error();
    return parse_pins(*text);
}

Result<void> put_pins(const Home& home, const PinMap& more) {
    const FileLock lock = TRY(FileLock::acquire(home.file("lock"), FileLock::Wait::yes));
    PinMap pins = TRY(read_pins(home));
    const PinMap before = pins;
    for (const auto& [address, pin] : more)
        pins.insert_or_assign(address, pin);
    if (pins == before)
        return {};
    return write_private_file(home.file("pins.json"), write_pins(pins));
}

Result<void> put_pin(const Home& home, const Address& address, const Pin& pin) {
    return put_pins(home, {{address, pin}});
}

}  // namespace kith
