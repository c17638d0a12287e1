#include "exchange/stored_body.h"

#include <algorithm>
#include <utility>

namespace kith {
namespace {
constexpr std::uint64_t kPiece = 128ULL * 1024;
}  // namespace

StoredBody::StoredBody(Store& store,
                       WorkerPool& workers,
                       const Hash& hash,
                       BlobPlace place,
                       ByteRange range,
                       std::string head)
    : store_(store),
      workers_(workers),
      hash_(hash),
      place_(place),
      at_(range.first),
      left_(range.size()),
      size_(left_ + head.size()),
      head_(std::move(head)) {}

awaitable<Result<Bytes>> StoredBody::next() {
    if (!head_.empty())
        co_return to_bytes(std::exchange(head_, {}));
    if (left_ == 0)
        co_return Bytes{};
    auto job = [this] { return read_piece(); };
    Bytes piece = CO_TRY(co_await run(workers_, std::move(job)));
    if (piece.empty())
        co_return fail(ErrorKind::io, "body", "is shorter than it was");
    at_ += piece.size();
    left_ -= std::min<std::uint64_t>(left_, piece.size());
    co_return piece;
}

// Where it lies may have changed since (segments are compacted): then it is looked up again.
Result<Bytes> StoredBody::read_piece() {
    const auto size = std::min(left_, kPiece);
    auto piece = store_.blobs().read(hash_, place_, at_, size);
    if (piece)
        return piece;
    const auto now = store_.read()->blob(hash_);
    if (!now)
        return piece;
    place_ = *now;
    return store_.blobs().read(hash_, place_, at_, size);
}

}  // namespace kith
