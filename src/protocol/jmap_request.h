// One JMAP request as a machine (RFC 8620 section 3). The owner, who may wait, drives it:
//
//     auto begun = Exchange::begin(body, rules);          // else: write_request_error
//     while (auto call = exchange.next_call()) {
//         ... run the handler of call->method ...
//         exchange.add_response(call->name, std::move(arguments));   // one or more, or
//         exchange.add_error(error);
//     }
//     reply(exchange.finish(session_state));
//
// next_call answers by itself what never reaches a handler: unknown methods, result references
// that do not resolve, Core/echo.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/jmap_core.h"

namespace kith::jmap {

/// The methods of a server, each with the capability that must be in `using` for it to exist.
class MethodTable {
  public:
    /// The number of the method, rising from 0. A name is added once.
    std::size_t add(std::string name, std::string capability);
    /// nullopt for a method that is unknown or whose capability is not among `used`.
    std::optional<std::size_t> find(std::string_view name,
                                    const std::vector<std::string>& used) const;
    /// Core's and those of the methods.
    bool knows_capability(std::string_view capability) const;
    /// A capability without methods of its own.
    void add_capability(std::string capability);

  private:
    struct Method {
        std::size_t number;
        std::string capability;
    };
    std::map<std::string, Method, std::less<>> methods_;
    std::set<std::string, std::less<>> capabilities_;
};

/// A MethodTable with a handler (the server's own type) for each method.
template <class Handler>
class Registry {
  public:
    void add(std::string name, std::string capability, Handler handler) {
        table_.add(std::move(name), std::move(capability));
        handlers_.push_back(std::move(handler));
    }
    void add_capability(std::string capability) { table_.add_capability(std::move(capability)); }
    const MethodTable& table() const { return table_; }
    const Handler& handler(std::size_t method) const { return handlers_.at(method); }

  private:
    MethodTable table_;
    std::vector<Handler> handlers_;
};

/// RFC 8620 3.6.1: why a request as a whole is not processed.
struct RequestError {
    enum class Type { unknown_capability, not_json, not_request, limit };
    Type type = Type::not_request;
    std::string detail;
    std::string limit;  ///< its name ("maxSizeRequest"), of the type limit
};
std::string_view name_of(RequestError::Type type);  ///< "urn:ietf:params:jmap:error:notJSON"
/// The problem document; its status is 400.
std::string write_request_error(const RequestError& error);

struct Invocation {
    std::string name;
    json::object arguments;
    std::string call_id;
};

/// An invocation for a handler: its method exists, its result references are resolved.
struct Call {
    std::size_t method = 0;  ///< MethodTable::find
    std::string name;
    json::object arguments;
};

class Exchange {
  public:
    struct Rules {
        const MethodTable& methods;  ///< must outlive the exchange
        Limits limits = {};
    };

    static std::variant<Exchange, RequestError> begin(std::string_view body, const Rules& rules);

    /// The next one; each must be answered before the following. nullopt: all are processed.
    std::optional<Call> next_call();
    /// For the call in hand; a method may give several.
    void add_response(std::string name, json::object arguments);
    void add_error(const Error& error);

    /// Notes that a record was made for a creation id; the latest one counts (RFC 8620 5.3).
    void record_created(const std::string& creation_id, const std::string& id);
    /// "#cid" → the id made for it; anything else is given back. nullopt: no such creation id.
    std::optional<std::string> real_id(std::string_view id_or_reference) const;

    /// What the responses have so far, about.
    std::uint64_t response_octets() const { return responded_; }
    /// The Response object. After the last call.
    std::string finish(std::string_view session_state);

  private:
    explicit Exchange(const Rules& rules) : methods_(&rules.methods), limits_(rules.limits) {}

    std::optional<RequestError> read(json::object& request);
    std::optional<RequestError> read_calls(json::object& request);
    std::optional<RequestError> read_created_ids(const json::object& request);
    Result<void> resolve_references(json::object& arguments);
    Result<json::value> resolve(const json::value& reference);
    void respond(std::string name, json::object arguments);

    const MethodTable* methods_;
    Limits limits_;
    std::vector<std::string> using_;
    std::vector<Invocation> calls_;
    std::size_t next_ = 0;
    bool in_hand_ = false;
    std::string call_id_;  ///< of the call in hand
    std::vector<Invocation> responses_;
    std::map<std::string, std::string, std::less<>> created_;
    bool created_given_ = false;
    std::uint64_t copied_ = 0;     ///< octets that result references made, about
    std::uint64_t responded_ = 0;  ///< octets of the responses, about
};

/// A result reference's path applied to a response's arguments (RFC 8620 3.7: JSON Pointer with
/// "*"). `budget` octets (about) may be copied, and are taken off.
/// Errors: invalidResultReference, as fail_method makes it.
Result<json::value> evaluate_path(const json::object& from,
                                  std::string_view path,
                                  std::uint64_t& budget);

}  // namespace kith::jmap
