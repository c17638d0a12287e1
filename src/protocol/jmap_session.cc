#include "protocol/jmap_session.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "protocol/event_stream.h"

namespace kith::jmap {
namespace {

constexpr std::size_t kMaxTypes = 64;
constexpr std::uint64_t kLeastPing = 10;   // RFC 8620 7.3: not above 30
constexpr std::uint64_t kMostPing = 3600;  // nor below 300
constexpr std::size_t kStateOctets = 8;

json::object core_capability(const Limits& limits) {
    return {{"maxSizeUpload", limits.size_upload},
            {"maxConcurrentUpload", limits.concurrent_upload},
            {"maxSizeRequest", limits.size_request},
            {"maxConcurrentRequests", limits.concurrent_requests},
            {"maxCallsInRequest", limits.calls_in_request},
            {"maxObjectsInGet", limits.objects_in_get},
            {"maxObjectsInSet", limits.objects_in_set},
            {"collationAlgorithms", json::array{"i;ascii-casemap"}}};
}

json::object account_object(const SessionAccount& account) {
    return {{"name", account.name},
            {"isPersonal", true},
            {"isReadOnly", account.read_only},
            {"accountCapabilities", account.capabilities}};
}

Error bad_query(std::string_view name, std::string detail) {
    return fail(ErrorKind::malformed, std::string(name), std::move(detail));
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

// RFC 3986 2.1.
Result<std::string> percent_decoded(std::string_view name, std::string_view value) {
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '%') {
            out.push_back(value[i]);
            continue;
        }
        const int high = i + 2 < value.size() ? hex_digit(value[i + 1]) : -1;
        const int low = i + 2 < value.size() ? hex_digit(value[i + 2]) : -1;
        if (high < 0 || low < 0)
            return bad_query(name, "a \"%\" is not followed by two hex digits");
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return out;
}

Result<std::set<std::string>> read_types(std::string_view value) {
    std::set<std::string> types;
    if (value == "*")
        return types;
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    for (const std::string_view type : split(value, ',')) {
        if (type.empty() || type.size() > 64 || !std::ranges::all_of(type, allowed))
            return bad_query("types", "is neither \"*\" nor names with commas between");
        types.emplace(type);
    }
    if (types.size() > kMaxTypes)
        return fail(ErrorKind::limit, "types", "more than 64 of them");
    return types;
}

Result<Seconds> read_ping(std::string_view value) {
    const auto seconds = parse_decimal(value, UINT32_MAX);
    if (!seconds)
        return bad_query("ping", "is not a number of seconds");
    if (*seconds == 0)
        return Seconds(0);
    return Seconds(std::clamp(*seconds, kLeastPing, kMostPing));
}

}  // namespace

json::object session_object(const SessionInfo& info) {
    json::object capabilities = info.capabilities;
    capabilities[kCore] = core_capability(info.limits);
    json::object primary;
    for (const json::key_value_pair& capability : info.account.capabilities)
        primary[capability.key()] = info.account.id;
    const std::string jmap = info.base_url + "/jmap/";
    json::object session{
        {"capabilities", std::move(capabilities)},
        {"accounts", json::object{{info.account.id, account_object(info.account)}}},
        {"primaryAccounts", std::move(primary)},
        {"username", info.account.name},
        {"apiUrl", jmap + "api"},
        {"downloadUrl", jmap + "download/{accountId}/{blobId}/{name}?accept={type}"},
        {"uploadUrl", jmap + "upload/{accountId}/"},
        {"eventSourceUrl",
         jmap + "eventsource/?types={types}&closeafter={closeafter}&ping={ping}"}};
    const Hash digest = sha256(json::serialize(session));
    session["state"] = hex(digest.view().first(kStateOctets));
    return session;
}

json::object upload_response(const std::string& account_id,
                             const std::string& blob_id,
                             const std::string& type,
                             std::uint64_t octets) {
    return {{"accountId", account_id}, {"blobId", blob_id}, {"type", type}, {"size", octets}};
}

bool EventSourceRequest::wants(std::string_view type) const {
    return types.empty() || types.contains(std::string(type));
}

Result<EventSourceRequest> parse_event_source_query(std::string_view query) {
    EventSourceRequest request;
    std::set<std::string> seen;
    for (const std::string_view piece : split(query, '&')) {
        const std::size_t equals = piece.find('=');
        const std::string name(piece.substr(0, equals));
        if (name != "types" && name != "closeafter" && name != "ping")
            continue;
        if (!seen.insert(name).second)
            return bad_query(name, "comes twice");
        const std::string value = TRY(percent_decoded(
            name,
            equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1)));
        if (name == "types")
            request.types = TRY(read_types(value));
        else if (name == "ping")
            request.ping = TRY(read_ping(value));
        else if (value == "state")
            request.close_after = EventSourceRequest::CloseAfter::state;
        else if (value != "no")
            return bad_query("closeafter", "is neither state nor no");
    }
    for (const std::string_view name : {"types", "closeafter", "ping"})
        if (!seen.contains(std::string(name)))
            return bad_query(name, "is missing");
    return request;
}

std::string write_state_event(const std::string& account_id,
                              const TypeStates& changed,
                              std::string_view event_id) {
    json::object states;
    for (const auto& [type, state] : changed)
        states[type] = state;
    const json::object change{{"@type", "StateChange"},
                              {"changed", json::object{{account_id, std::move(states)}}}};
    return format_event(
        {.type = "state", .data = json::serialize(change), .id = std::string(event_id)});
}

std::string write_ping_event(Seconds interval) {
    const json::object data{{"interval", interval.count()}};
    return format_event({.type = "ping", .data = json::serialize(data), .id = {}});
}

}  // namespace kith::jmap
