#include "access/token_object.h"

#include "access/properties.h"
#include "note/token_link.h"

namespace kith {

std::string_view name_of_kind(TokenRecord::Kind kind) {
    switch (kind) {
        case TokenRecord::Kind::invite:
            return "invite";
        case TokenRecord::Kind::newsletter:
            return "newsletter";
        case TokenRecord::Kind::card:
            return "card";
    }
    return "card";
}

json::object token_object(const TokenRecord& token, const Caller& owner, Time now) {
    const auto today = now.time_since_epoch() / std::chrono::days(1);
    json::object object;
    object["id"] = token.id;
    object["kind"] = name_of_kind(token.kind);
    object["label"] = token.label;
    object["token"] = token.text;
    object["link"] =
        write_token_link({.address = owner.address, .token = token.text, .root = owner.root});
    object["perDay"] = token.per_day > 0 ? json::value(token.per_day) : json::value(nullptr);
    object["usesLeft"] = token.uses_left ? json::value(*token.uses_left) : json::value(nullptr);
    object["usedToday"] = token.window_day == today ? token.window_used : 0;
    object["usedTotal"] = token.used_total;
    object["boundRoot"] =
        token.bound_root ? json::value(token.bound_root->text()) : json::value(nullptr);
    object["boundAddress"] = text_or_null(token.bound_address);
    object["createdAt"] = format_time(token.created);
    object["expiresAt"] = time_or_null(token.expires);
    object["revoked"] = token.standing == TokenRecord::Standing::revoked;
    return object;
}

}  // namespace kith
