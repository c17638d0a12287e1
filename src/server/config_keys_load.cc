#include "server/config_checks.h"
#include "server/config_key.h"

namespace kith {
namespace {

// Of one class of deliveries.
ConfigKey share_key(std::string_view name,
                    std::string_view meaning,
                    std::function<ConfigKey::Slot(Config&)> slot) {
    return number_key("load", name, {1, 10'000}, meaning, std::move(slot));
}

ConfigKey waiting_key(std::string_view name,
                      std::string_view meaning,
                      std::function<ConfigKey::Slot(Config&)> slot) {
    return number_key("load", name, {1, 1'000'000}, meaning, std::move(slot));
}

std::vector<ConfigKey> network_load_keys() {
    return {
        number_key("load",
                   "wide_networks",
                   {1, 1'000},
                   "An IPv4 /24 or IPv6 /48 may do so many times what one IPv4 address or IPv6 /64 "
                   "may (all keys with prefix in their name), an IPv6 /56 half of that.",
                   [](Config& c) { return &c.load.wide_networks; }),
        number_key("load",
                   "faults_a_prefix_minute",
                   {1, 100'000'000},
                   "Forged, broken or undeliverable deliveries a minute from one IPv4 address or "
                   "IPv6 /64, ten times as many where wanted mail comes from; then its deliveries "
                   "are answered 429.",
                   [](Config& c) { return &c.load.faults_a_prefix_minute; }),
        number_key("load",
                   "shut_out",
                   {1, 86'400},
                   "Seconds that connections are refused from a network that goes on regardless.",
                   [](Config& c) { return &c.load.shut_out; }),
        number_key(
            "load",
            "lookups_a_prefix_minute",
            {1, 100'000'000},
            "Look-ups of other domains a minute that one IPv4 address or IPv6 /64 may cause.",
            [](Config& c) { return &c.load.lookups_a_prefix_minute; }),
        number_key("load",
                   "lookups_at_once",
                   {1, 10'000},
                   "Look-ups at once that deliveries have caused.",
                   [](Config& c) { return &c.load.lookups_at_once; }),
        text_key(
            "load",
            "cookies",
            "When networks from which no wanted mail has come lately are answered 503 and must "
            "come "
            "back with a cookie: \"under-load\", \"always\" or \"never\".",
            [](Config& c) { return &c.load.cookies; },
            config_checks::cookies),
    };
}

}  // namespace

std::vector<ConfigKey> load_keys() {
    std::vector<ConfigKey> keys = network_load_keys();
    for (ConfigKey& key : std::vector<ConfigKey>{
             share_key("share_own",
                       "While more waits than can be judged at once: the part of the work that our "
                       "own people have, against the following.",
                       [](Config& c) { return &c.load.share_own; }),
             share_key("share_known",
                       "The part of deliveries from networks that have lately brought wanted mail "
                       "of the same domain.",
                       [](Config& c) { return &c.load.share_known; }),
             share_key("share_token",
                       "The part of deliveries with a token of ours.",
                       [](Config& c) { return &c.load.share_token; }),
             share_key("share_stamp",
                       "The part of deliveries with a solved stamp.",
                       [](Config& c) { return &c.load.share_stamp; }),
             share_key("share_other",
                       "The part of all others. What a class does not use the others have.",
                       [](Config& c) { return &c.load.share_other; }),
             waiting_key("waiting_own",
                         "Work of our own people that may wait; more is answered 503.",
                         [](Config& c) { return &c.load.waiting_own; }),
             waiting_key("waiting_known",
                         "Deliveries of the class known that may wait; more are answered 503.",
                         [](Config& c) { return &c.load.waiting_known; }),
             waiting_key("waiting_token",
                         "The same for the class token.",
                         [](Config& c) { return &c.load.waiting_token; }),
             waiting_key("waiting_stamp",
                         "The same for the class stamp.",
                         [](Config& c) { return &c.load.waiting_stamp; }),
             waiting_key("waiting_other",
                         "The same for all others; the server counts as loaded when half as many "
                         "wait.",
                         [](Config& c) { return &c.load.waiting_other; }),
         })
        keys.push_back(std::move(key));
    return keys;
}

}  // namespace kith
