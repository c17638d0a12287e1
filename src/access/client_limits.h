// What one account may do through the client API; every figure has a default that a person does
// not meet and a program gone wild does. What is no key of the configuration is the shape of the
// API, the same at every server (docs/client-api.md section 0).
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
    Adjustable<std::size_t> concurrent_requests = std::size_t{8};  ///< an account, at once
    Adjustable<std::size_t> concurrent_uploads = std::size_t{4};   ///< an account, at once

    // Bodies.
    Adjustable<std::uint64_t> upload_octets = 50ULL << 20;  ///< one upload
    Adjustable<std::uint64_t> quota_octets = 10ULL << 30;   ///< all that the account keeps
    Adjustable<std::uint64_t> upload_octets_in_day = 5ULL << 30;
    /// How long one is kept that no Email refers to.
    Adjustable<Seconds> upload_life = Seconds(86'400);

    // Sending.
    Adjustable<std::size_t> recipients_in_message = 500;
    Adjustable<std::uint64_t> recipients_in_hour = 500;
    Adjustable<std::uint64_t> recipients_in_day = 2'000;
    /// Of new threads, that a person need not confirm; an account that is busier may do more.
    Adjustable<std::uint64_t> new_threads_in_hour = std::uint64_t{20};
    Adjustable<Seconds> confirm_life = Seconds(7 * 86'400);  ///< how long what waits for it is kept
    Adjustable<Seconds> queue_life = Seconds(5 * 86'400);    ///< how long a recipient is tried

    // What an account may have.
    Adjustable<std::size_t> mailboxes = std::size_t{500};
    std::size_t mailbox_depth = 10;
    Adjustable<std::size_t> contacts = std::size_t{20'000};
    Adjustable<std::size_t> tokens = std::size_t{200};
    /// New sessions; each lives session_life.
    Adjustable<std::uint64_t> logins_in_day = std::uint64_t{500};
    std::size_t event_sources = 16;

    // Answers.
    std::size_t query_ids = 1'000;
    std::size_t change_ids = 2'000;
    std::size_t foreign_cards_at_once = 20;  ///< Card/get of other domains

    // Login and linking.
    Seconds nonce_life{120};
    Adjustable<Seconds> session_life = Seconds(12 * 3600);
    Adjustable<Seconds> link_life = Seconds(600);
    Adjustable<std::uint64_t> cards_in_day = std::uint64_t{50};  ///< an account; drafts apart
    Adjustable<std::uint64_t> links_in_day = std::uint64_t{50};  ///< codes, an account
    std::uint64_t logins_in_minute = 20;  ///< from one network, nonces counted
    std::uint64_t links_in_minute = 120;  ///< from one network: a new device asks again and again
    std::uint64_t accounts_in_hour = 20;  ///< from one network
    std::uint64_t wide_networks = 4;      ///< a wide network may do so many times as much
    std::uint64_t cards_in_hour = 60;     ///< of recoveries and guardians, from one network

    /// Takes over the adjustable ones; others may be reading.
    void adjust(const ClientLimits& to) {
        concurrent_requests = to.concurrent_requests;
        concurrent_uploads = to.concurrent_uploads;
        upload_octets_in_day = to.upload_octets_in_day;
        upload_life = to.upload_life;
        mailboxes = to.mailboxes;
        contacts = to.contacts;
        tokens = to.tokens;
        logins_in_day = to.logins_in_day;
        session_life = to.session_life;
        link_life = to.link_life;
        cards_in_day = to.cards_in_day;
        links_in_day = to.links_in_day;
        upload_octets = to.upload_octets;
        quota_octets = to.quota_octets;
        recipients_in_message = to.recipients_in_message;
        recipients_in_hour = to.recipients_in_hour;
        recipients_in_day = to.recipients_in_day;
        new_threads_in_hour = to.new_threads_in_hour;
        confirm_life = to.confirm_life;
        queue_life = to.queue_life;
    }
};

}  // namespace kith
