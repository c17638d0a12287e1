// The Session object (RFC 8620 section 2), the answer to an upload (6.1) and push by EventSource
// (7.3). Paths are those of docs/client-api.md.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/time.h"
#include "protocol/jmap_core.h"

namespace kith::jmap {

struct SessionAccount {
    std::string id;
    std::string name;  ///< the address
    bool read_only = false;
    json::object capabilities;  ///< accountCapabilities; the core is not among them
};
struct SessionInfo {
    Limits limits;
    json::object capabilities;  ///< without the core's, which comes from `limits`
    SessionAccount account;     ///< personal, and primary for its capabilities
    std::string base_url;       ///< "https://mail.one.test", with the port where it is not 443
};
/// `state` is a digest of all else.
json::object session_object(const SessionInfo& info);

json::object upload_response(const std::string& account_id,
                             const std::string& blob_id,
                             const std::string& type,
                             std::uint64_t octets);

/// What a client asks of /jmap/eventsource/.
struct EventSourceRequest {
    std::set<std::string> types;  ///< empty: all
    enum class CloseAfter { no, state } close_after = CloseAfter::no;
    Seconds ping{0};  ///< 0: none; else within 10 s and an hour

    bool wants(std::string_view type) const;
};
/// The query of the URL: types=…&closeafter=…&ping=…, percent-encoded. Errors: malformed, naming
/// the parameter.
Result<EventSourceRequest> parse_event_source_query(std::string_view query);

using TypeStates = std::map<std::string, std::string>;  ///< type → state
/// "event: state", with an id that says all of it.
std::string write_state_event(const std::string& account_id,
                              const TypeStates& changed,
                              std::string_view event_id);
std::string write_ping_event(Seconds interval);

}  // namespace kith::jmap
