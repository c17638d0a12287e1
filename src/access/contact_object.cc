#include "access/contact_object.h"

#include "delivery/grant_ledgers.h"

namespace kith {

std::string_view name_of_level(GrantRecord::Level level) {
    switch (level) {
        case GrantRecord::Level::blocked:
            return "blocked";
        case GrantRecord::Level::known:
            return "known";
        case GrantRecord::Level::well_trusted:
            return "well-trusted";
    }
    return "known";
}

std::optional<GrantRecord::Level> parse_level(std::string_view text) {
    using Level = GrantRecord::Level;
    for (const Level level : {Level::blocked, Level::known, Level::well_trusted})
        if (name_of_level(level) == text)
            return level;
    return std::nullopt;
}

json::object contact_object(const GrantRecord& grant, Time now) {
    const GrantLedger ledger = ledger_of(grant, now);
    json::object object;
    object["id"] = grant.root.hex_text();
    object["root"] = grant.root.text();
    object["address"] = grant.address;
    object["name"] = grant.name;
    object["level"] = name_of_level(grant.level);
    object["verified"] = grant.verified == GrantRecord::Verified::yes;
    object["standing"] = name_of(ledger.standing(now));
    object["suspended"] = ledger.choice().suspended == GrantChoice::Suspended::yes;
    object["ledger"] = {{"mail", ledger.available(GrantBucket::mail, now).text()},
                        {"introductions", ledger.available(GrantBucket::introductions, now).text()},
                        {"vouches", ledger.available(GrantBucket::vouches, now).text()},
                        {"earned", ledger.earned(now).text()}};
    object["since"] = format_time(grant.since);
    object["source"] = grant.source;
    object["cardHash"] = grant.card.text();
    object["lastEngagedAt"] = format_time(grant.last_engaged);
    return object;
}

json::value key_replaced_value(const std::map<std::string, KeyReplaced>& replaced,
                               const Hash& root) {
    const auto found = replaced.find(root.hex_text());
    if (found == replaced.end())
        return nullptr;
    return json::object{{"at", format_time(found->second.at)},
                        {"since", format_time(found->second.since)},
                        {"takenBack", found->second.messages}};
}

json::value key_trouble_value(const std::map<std::string, KeyTrouble>& troubles, const Hash& root) {
    const auto found = troubles.find(root.hex_text());
    if (found == troubles.end())
        return nullptr;
    return json::object{{"what", name_of(found->second.what)},
                        {"since", format_time(found->second.since)}};
}

}  // namespace kith
