#include "kith/contacts.h"

#include "kith/exit_code.h"

namespace kith {

Result<Address> parse_person(const std::string& text) {
    const auto address = Address::parse(text);
    if (!address)
        return usage_error("'" + text + "' is no address: write it like bob@two.test");
    return *address;
}

Result<std::optional<json::object>> contact_by_root(Person& person, const Hash& root) {
    const auto answer =
        TRY(person.server().call("Contact/get", {{"ids", json::array{root.hex_text()}}}));
    const auto found = objects_in(array_at(answer, "list"));
    return found.empty() ? std::optional<json::object>() : std::optional(*found.front());
}

Result<KnownPerson> look_up(Person& person, const Address& address) {
    auto known = TRY(person.cards().get(address));
    const auto pin = person.pin_of(address);
    if (pin && pin->root != known.chain.root())
        return fail(
            ErrorKind::untrusted,
            address.text(),
            "is somebody else than the person pinned here; ask them in another way, then run "
            "`kith verify " +
                address.text() + " --confirm`");
    return known;
}

}  // namespace kith
