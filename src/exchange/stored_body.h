// A body in the store as an HTTP body, piece by piece.
#pragma once

#include "net/http_message.h"
#include "net/worker_pool.h"
#include "protocol/byte_range.h"
#include "store/store.h"

namespace kith {

/// A range of a body; `head`, if any, goes out before it.
class StoredBody final : public BodySource {
  public:
    StoredBody(Store& store,
               WorkerPool& workers,
               const Hash& hash,
               BlobPlace place,
               ByteRange range,
               std::string head = {});

    awaitable<Result<Bytes>> next() override;
    std::optional<std::uint64_t> size() const override { return size_; }

  private:
    Result<Bytes> read_piece();

    Store& store_;
    WorkerPool& workers_;
    Hash hash_;
    BlobPlace place_;
    std::uint64_t at_;
    std::uint64_t left_;
    std::uint64_t size_;
    std::string head_;
};

}  // namespace kith
