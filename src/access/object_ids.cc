#include "access/object_ids.h"

#include "base/text.h"

namespace kith {
namespace {

constexpr std::string_view kBlobPrefix = "sha256-";

std::string with_prefix(IdKind kind, std::string_view stored) {
    return static_cast<char>(kind) + std::string(stored);
}

}  // namespace

std::string object_id(IdKind kind, std::int64_t number) {
    return with_prefix(kind, std::to_string(number));
}

std::optional<std::int64_t> parse_object_id(IdKind kind, std::string_view id) {
    if (id.empty() || id.front() != static_cast<char>(kind))
        return std::nullopt;
    const auto number = parse_decimal(id.substr(1), INT64_MAX);
    return number ? std::optional(static_cast<std::int64_t>(*number)) : std::nullopt;
}

std::string blob_id(const Hash& hash) {
    return std::string(kBlobPrefix) + hash.hex_text();
}

std::optional<Hash> parse_blob_id(std::string_view id) {
    if (!id.starts_with(kBlobPrefix))
        return std::nullopt;
    const auto hash = parse_hash_hex(id.substr(kBlobPrefix.size()));
    return hash ? std::optional(*hash) : std::nullopt;
}

std::string state_text(ModSeq state) {
    return std::to_string(state);
}

std::optional<ModSeq> parse_state(std::string_view text) {
    const auto number = parse_decimal(text, INT64_MAX);
    return number ? std::optional(static_cast<ModSeq>(*number)) : std::nullopt;
}

// "SINCE.MODSEQ.ID"
std::string changes_text(const ChangesFrom& from) {
    auto text = state_text(from.since);
    if (from.read)
        text += "." + state_text(from.read->modseq) + "." + from.read->id;
    return text;
}

std::optional<ChangesFrom> parse_changes(std::string_view text) {
    const auto first = text.find('.');
    const auto since = parse_state(text.substr(0, first));
    if (!since)
        return std::nullopt;
    if (first == std::string_view::npos)
        return ChangesFrom{.since = *since};
    text.remove_prefix(first + 1);
    const auto second = text.find('.');
    const auto modseq = parse_state(text.substr(0, second));
    if (!modseq || second == std::string_view::npos || *modseq < *since)
        return std::nullopt;
    return ChangesFrom{.since = *since,
                       .read = ChangesPlace{*modseq, std::string(text.substr(second + 1))}};
}

std::string changed_object_id(ObjectType type, const std::string& stored) {
    switch (type) {
        case ObjectType::mailbox:
            return with_prefix(IdKind::mailbox, stored);
        case ObjectType::email:
            return with_prefix(IdKind::email, stored);
        case ObjectType::submission:
            return with_prefix(IdKind::submission, stored);
        case ObjectType::contact:
            return stored.starts_with("sha256:") ? stored.substr(7) : stored;
        case ObjectType::token:
        case ObjectType::device:
        case ObjectType::card:
        case ObjectType::identity:
            break;
    }
    return stored;
}

}  // namespace kith
