// What an export lists beside contacts and mail: blocked domains, and tokens, which are made anew,
// for only the server that made one knows it.
#pragma once

#include <filesystem>

#include "kith/commands.h"

namespace kith {

/// Of a Contact object: a mailing list that the person reads.
bool is_list_contact(const json::object& contact);

/// An array in a file; exports of before have not all of them: empty then.
Result<json::array> read_list(const std::filesystem::path& file);
Result<void> import_blocked(Person& person, const std::filesystem::path& folder, Imported& count);
/// Joins the mailing lists anew, with tokens of this server: else they would not know where their
/// reader is, nor this server what it takes of them.
Result<void> import_subscriptions(Person& person,
                                  const std::filesystem::path& folder,
                                  Imported& count);
/// Those that are good still, where none of their kind and label is here; but for lists.
Result<void> import_tokens(Person& person, const std::filesystem::path& folder, Imported& count);

}  // namespace kith
