#include "server/config_checks.h"
#include "server/config_key.h"

namespace kith {

std::vector<ConfigKey> smtp_keys() {
    return {
        restart(text_key(
            "smtp",
            "listen",
            "Addresses and ports where other servers bring mail by SMTP (port 25); empty: nowhere.",
            [](Config& c) { return &c.smtp.listen; },
            config_checks::ip_and_port)),
        text_key(
            "smtp",
            "strangers",
            "What becomes of strangers who write by SMTP: \"hold\" (in Requests, as many a day as "
            "strangers.requests_a_day) or \"refuse\". An account may choose for itself.",
            [](Config& c) { return &c.smtp.strangers; },
            config_checks::smtp_strangers),
        restart(number_key("smtp",
                           "message_octets",
                           {65'536, 1ULL << 30},
                           "Octets of a message, at most.",
                           [](Config& c) { return &c.smtp.message_octets; })),
        restart(number_key("smtp",
                           "recipients",
                           {100, 10'000},
                           "Recipients of a message, at most.",
                           [](Config& c) { return &c.smtp.recipients; })),
        restart(number_key("smtp",
                           "spool_memory",
                           {1ULL << 20, 16ULL << 30},
                           "Octets of messages under way that are kept in memory, all together; "
                           "the rest waits on disk, sealed.",
                           [](Config& c) { return &c.smtp.spool_memory; })),
        number_key("smtp",
                   "connections",
                   {1, 1'000'000},
                   "Connections by SMTP at once; more are told to come later.",
                   [](Config& c) { return &c.smtp.connections; }),
        number_key("smtp",
                   "connections_a_prefix",
                   {1, 1'000'000},
                   "Of one IPv4 address, or one IPv6 /64; a wide network load.wide_networks times "
                   "as many.",
                   [](Config& c) { return &c.smtp.connections_a_prefix; }),
        number_key("smtp",
                   "command_timeout",
                   {1, 3'600},
                   "Seconds that the next command, or the next octets of a message, may take (RFC "
                   "5321 wants 300).",
                   [](Config& c) { return &c.smtp.command_timeout; }),
        number_key("smtp",
                   "busy_timeout",
                   {1, 3'600},
                   "The same while more than three quarters of the connections are taken.",
                   [](Config& c) { return &c.smtp.busy_timeout; }),
    };
}

}  // namespace kith
