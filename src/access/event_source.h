// The body of GET /jmap/eventsource/ (RFC 8620 section 7.3): state events as they come, pings as
// asked.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "access/client_services.h"
#include "net/http_message.h"
#include "protocol/jmap_session.h"

namespace kith {

/// The states of all types that are pushed, in one snapshot.
struct AccountStates {
    ModSeq account = 0;
    jmap::TypeStates types;
};
AccountStates read_states(ReadTransaction& store, AccountId account);

class EventSource final : public BodySource {
  public:
    struct Start {
        AccountStates now;          ///< read after the subscription was made
        std::string last_event_id;  ///< as the client sent it; may be empty
        Time until;                 ///< when the session ends, and the events with it
    };
    EventSource(const ClientServices* services,
                std::shared_ptr<PushSubscription> subscription,
                jmap::EventSourceRequest request,
                Start start);
    EventSource(const EventSource&) = delete;
    EventSource& operator=(const EventSource&) = delete;
    ~EventSource() override;

    awaitable<Result<Bytes>> next() override;
    void stop() override;

  private:
    bool concerns(const PushNews& news) const;
    /// Those of the types asked for in which `states` differ from what was told.
    jmap::TypeStates changed_since(const jmap::TypeStates& told) const;
    awaitable<Result<jmap::TypeStates>> look();
    Bytes state_event(const jmap::TypeStates& changed);
    Bytes quiet();

    const ClientServices* services_;
    std::shared_ptr<PushSubscription> subscription_;
    jmap::EventSourceRequest request_;
    Time until_;
    AccountStates states_;     ///< as last read
    jmap::TypeStates missed_;  ///< since the client's last event
    bool begun_ = false;
    bool over_ = false;
};

/// An event id that says the state of every type, and what it said. A foreign text gives nothing.
std::string event_id_of(const jmap::TypeStates& states);
jmap::TypeStates states_of_event_id(std::string_view id);

}  // namespace kith
