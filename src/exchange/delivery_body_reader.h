// The body of a delivery as it comes over the wire: first its parts, then, if it is wanted, its
// blob. Over protocol/delivery_body.h.
#pragma once

#include <optional>

#include "net/http_message.h"
#include "protocol/delivery_body.h"
#include "protocol/problem.h"

namespace kith {

class DeliveryBodyReader {
  public:
    DeliveryBodyReader(RequestBody& body, std::uint64_t most_blob_octets)
        : body_(body), reader_(delivery_rules(most_blob_octets)) {}

    struct Head {
        DeliveryParts parts;
        std::optional<std::uint64_t> blob_octets;  ///< absent: no blob comes
    };
    /// Everything before the blob. Errors: malformed, limit (then see limit()), those of the body.
    awaitable<Result<Head>> head();
    /// The next octets of the blob; empty after its last. Errors: as head().
    awaitable<Result<Bytes>> blob_octets();
    /// Everything has arrived: nothing here will wait.
    bool complete() const { return body_.complete(); }
    /// After an error of the kind `limit`.
    std::uint64_t limit() const { return reader_.limit(); }

  private:
    awaitable<Result<bool>> more();
    Result<std::optional<PartEvent>> step();

    RequestBody& body_;
    PartReader reader_;
    Bytes buffer_;
    ByteView input_;
    bool ended_ = false;
};

}  // namespace kith
