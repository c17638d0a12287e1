// Contacts at the person's server, and who somebody is before they become one.
#pragma once

#include <optional>

#include "kith/person.h"

namespace kith {

/// Errors: usage.
Result<Address> parse_person(const std::string& text);
/// The Contact object of a root. Errors: the server's.
Result<std::optional<json::object>> contact_by_root(Person& person, const Hash& root);
/// Who they are: the pinned root, held against what their domain says now.
/// Errors: untrusted (somebody else than the pinned one); as CardBook::get.
Result<KnownPerson> look_up(Person& person, const Address& address);

}  // namespace kith
