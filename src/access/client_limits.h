// What one account may do through the client API; every figure has a default that a person does
// not meet and a program gone wild does.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/adjustable.h"
#include "base/time.h"

namespace kith {

struct ClientLimits {
    // One request (the capability object of urn:ietf:params:jmap:core).
    std::uint64_t request_octets = 10ULL << 20;
    std::size_t calls_in_request = 32;
    std::size_t objects_in_get = 500;
    std::size_t objects_in_set = 500;
    std::uint64_t response_octets = 32ULL << 20;  ///< behind it, no further call is run
    std::size_t concurrent_requests = 8;          ///< an account, at once
    std::size_t concurrent_uploads = 4;           ///< an account, at once

    // Bodies.
    Adjustable<std::uint64_t> upload_octets = 50ULL << 20;  ///< one upload
    Adjustable<std::uint64_t> quota_octets = 10ULL << 30;   ///< all that the account keeps
    std::uint64_t upload_octets_in_day = 5ULL << 30;
    Seconds upload_life{86'400};  ///< how long one is kept that no Email refers to

    // Sending.
    Adjustable<std::size_t> recipients_in_message = 500;
    Adjustable<std::uint64_t> recipients_in_hour = 500;
    Adjustable<std::uint64_t> recipients_in_day = 2'000;
    Adjustable<Seconds> queue_life = Seconds(5 * 86'400);  ///< how long a recipient is tried

    // What an account may have.
    std::size_t mailboxes = 500;
    std::size_t mailbox_depth = 10;
    std::size_t contacts = 20'000;
    std::size_t tokens = 200;
    std::uint64_t logins_in_day = 500;  ///< new sessions; each lives session_life
    std::size_t event_sources = 16;

    // Answers.
    std::size_t query_ids = 1'000;
    std::size_t change_ids = 2'000;
    std::size_t foreign_cards_at_once = 20;  ///< Card/get of other domains

    // Login and linking.
    Seconds nonce_life{120};
    Seconds session_life{12 * 3600};
    Seconds link_life{600};
    std::uint64_t logins_in_minute = 20;  ///< from one network, nonces counted
    std::uint64_t links_in_minute = 120;  ///< from one network: a new device asks again and again
    std::uint64_t accounts_in_hour = 20;  ///< from one network

    /// Takes over what a reload may change; others may be reading.
    void adjust(const ClientLimits& to) {
        upload_octets = to.upload_octets;
        quota_octets = to.quota_octets;
        recipients_in_message = to.recipients_in_message;
        recipients_in_hour = to.recipients_in_hour;
        recipients_in_day = to.recipients_in_day;
        queue_life = to.queue_life;
    }
};

}  // namespace kith
