// Contacts as clients see them (docs/client-api.md section 5).
#pragma once

#include <optional>
#include <string_view>

#include "access/method.h"
#include "delivery/card_news.h"

namespace kith {

inline constexpr std::string_view kContactProperties[] = {"id",
                                                          "root",
                                                          "address",
                                                          "name",
                                                          "level",
                                                          "verified",
                                                          "standing",
                                                          "suspended",
                                                          "ledger",
                                                          "since",
                                                          "source",
                                                          "cardHash",
                                                          "lastEngagedAt",
                                                          "keyReplaced",
                                                          "keyTrouble"};

json::object contact_object(const GrantRecord& grant, Time now);
/// `keyReplaced`: what a recovery of that person took back here; null when there was none lately.
json::value key_replaced_value(const std::map<std::string, KeyReplaced>& replaced,
                               const Hash& root);
/// `keyTrouble`: why their keys are not to be trusted now; null where they are.
json::value key_trouble_value(const std::map<std::string, KeyTrouble>& troubles, const Hash& root);

std::string_view name_of_level(GrantRecord::Level level);
std::optional<GrantRecord::Level> parse_level(std::string_view text);

}  // namespace kith
