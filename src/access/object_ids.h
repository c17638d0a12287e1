// Ids of the client API: a letter and the store's number, so that no id looks like a number and
// none of one type is taken for another (RFC 8620 section 1.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/hash.h"
#include "store/records.h"

namespace kith {

enum class IdKind : char {
    account = 'a',
    mailbox = 'f',
    email = 'm',
    thread = 't',
    submission = 's',
    identity = 'i',
};

std::string object_id(IdKind kind, std::int64_t number);
/// nullopt for anything that object_id would not make.
std::optional<std::int64_t> parse_object_id(IdKind kind, std::string_view id);

/// "sha256-" and 64 hex digits.
std::string blob_id(const Hash& hash);
std::optional<Hash> parse_blob_id(std::string_view id);

/// A JMAP state: the modification number as text.
std::string state_text(ModSeq state);
std::optional<ModSeq> parse_state(std::string_view text);

/// Of a reader who has not read all changes yet, the state says how far it came.
std::string changes_text(const ChangesFrom& from);
std::optional<ChangesFrom> parse_changes(std::string_view text);

/// The store's text for an object in its list of changes, as clients know it.
std::string changed_object_id(ObjectType type, const std::string& stored);

}  // namespace kith
