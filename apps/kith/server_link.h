// The person's own server, logged in: JMAP calls, uploads, downloads, push (docs/client-api.md).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "kith/discovery.h"
#include "kith/json_access.h"
#include "kith/keys.h"

namespace kith {

/// Octets done, octets in all.
using Progress = std::function<void(std::uint64_t, std::uint64_t)>;

struct JmapCall {
    std::string name;
    json::object arguments;  ///< without accountId
};

/// For one thread at a time. What it refers to must outlive it.
class ServerLink {
  public:
    ServerLink(const Home& home, Network& network, const DeviceKeys& keys)
        : home_(home), network_(network), keys_(keys) {}

    /// All calls in one request, a response for each, in their order.
    /// Errors: unavailable, timeout (the server is away); denied (login refused); those of a method
    /// that failed, the kind by its type.
    Result<std::vector<json::object>> call(std::vector<JmapCall> calls);
    Result<json::object> call(std::string name, json::object arguments);

    /// Gives the blobId. Errors: as call; limit (too large).
    Result<std::string> upload(const Bytes& octets, const Progress& progress);
    /// The octets of `blob`, piece by piece. Errors: as call; not_found; those of `take`.
    Result<void> download(const std::string& blob_id,
                          std::uint64_t size,
                          const std::function<Result<void>(ByteView)>& take,
                          const Progress& progress);
    /// Events until the server or the reader ends it.
    Result<std::unique_ptr<HttpStream>> events(const std::string& types, Seconds ping);

    /// A mailbox by its role. Errors: as call; not_found.
    Result<std::string> mailbox(const std::string& role);
    /// The id of the account's one identity.
    Result<std::string> identity();

  private:
    struct Session {
        std::string token;
        std::string account;
        json::object mailboxes;  ///< by role; filled when first asked for
        std::string identity;
    };

    Result<HttpReply> request(HttpCall call);
    Result<HttpReply> authorized(const std::function<HttpCall()>& make);
    Result<Session*> session();
    Result<Session> log_in();
    void keep_session() const;
    void forget_session();
    Error too_large(std::size_t octets);
    Result<void> learn_ids();

    const Home& home_;
    Network& network_;
    const DeviceKeys& keys_;
    std::optional<HttpOrigin> origin_;
    std::optional<Session> session_;
    bool origin_is_new_ = false;
};

/// `created`/"new", or why it is not. Errors by the SetError's type.
Result<json::object> created_in(const json::object& response, std::string_view creation_id);
/// Fails when `id` is in notUpdated (or notDestroyed).
Result<void> updated_in(const json::object& response, std::string_view id);
/// The kind by the type of a SetError or method error; the detail is its description.
Error error_of(const json::object& error);

/// Makes an account, or asks for a link, before there is a home: a POST of a row of parts.
Result<json::object> post_row(Network& network,
                              const HttpOrigin& origin,
                              const std::string& path,
                              const std::string& row);
/// GET of a JSON object without a login.
Result<json::object> get_json(Network& network, const HttpOrigin& origin, const std::string& path);

}  // namespace kith
