#include "access/upload.h"

#include "access/object_ids.h"
#include "access/properties.h"
#include "access/sessions.h"
#include "access/store_calls.h"
#include "exchange/answers.h"
#include "protocol/jmap_session.h"

namespace kith {
namespace {

constexpr std::size_t kMaxType = 255;

/// What has come: in memory while it is small, then on disk.
struct Arrived {
    Hash hash;
    std::uint64_t size = 0;
    Bytes small;
    std::unique_ptr<LargeBlobWriter> large;
};

Error too_large(std::uint64_t limit) {
    return fail(ErrorKind::limit, "upload", "may have " + std::to_string(limit) + " octets");
}

awaitable<Result<void>> append(const ClientServices* services, LargeBlobWriter* blob, Bytes piece) {
    auto job = [blob, piece = std::move(piece)] { return blob->append(piece); };
    co_return co_await run(services->workers, std::move(job));
}

// The first octets, up to what is kept in memory and a piece more.
awaitable<Result<Bytes>> read_head(std::shared_ptr<HttpRequest> request) {
    Bytes head;
    while (head.size() <= kMaxSmallBlob) {
        const auto piece = CO_TRY(co_await request->body->read_some());
        if (piece.empty())
            break;
        head.insert(head.end(), piece.begin(), piece.end());
    }
    co_return head;
}

awaitable<Result<Arrived>> receive_large(const ClientServices* services,
                                         std::shared_ptr<HttpRequest> request,
                                         Bytes head) {
    auto begin = [services] { return services->store.blobs().begin_large(); };
    Arrived arrived;
    arrived.large = CO_TRY(co_await run(services->workers, std::move(begin)));
    auto* const blob = arrived.large.get();
    for (Bytes piece = std::move(head); !piece.empty();) {
        arrived.size += piece.size();
        if (arrived.size > services->limits.upload_octets)
            co_return too_large(services->limits.upload_octets);
        CO_TRY(co_await append(services, blob, std::move(piece)));
        piece = CO_TRY(co_await request->body->read_some());
    }
    auto finish = [blob] { return blob->finish(std::nullopt); };
    arrived.hash = CO_TRY(co_await run(services->workers, std::move(finish)));
    co_return arrived;
}

awaitable<Result<Arrived>> receive(const ClientServices* services,
                                   std::shared_ptr<HttpRequest> request) {
    const auto limit = services->limits.upload_octets;
    if (request->body->declared_size().value_or(0) > limit)
        co_return too_large(limit);
    Bytes head = CO_TRY(co_await read_head(request));
    if (head.size() > limit)
        co_return too_large(limit);
    if (head.size() > kMaxSmallBlob)
        co_return co_await receive_large(services, request, std::move(head));
    Arrived arrived;
    arrived.hash = sha256(head);
    arrived.size = head.size();
    arrived.small = std::move(head);
    co_return arrived;
}

Result<void> keep(WriteTransaction& store,
                  const ClientServices& services,
                  const Caller& caller,
                  const Arrived& arrived) {
    TRY(check_session(store, caller));
    const auto now = services.clock.now();
    const auto account = store.account(caller.account);
    if (!account || account->used_octets + arrived.size > services.limits.quota_octets)
        return fail(ErrorKind::denied, "upload", "the account keeps as much as it may");
    const auto day = now.time_since_epoch() / std::chrono::days(1);
    const auto today = store.count(
        "uploads/" + std::to_string(caller.account), day, static_cast<std::int64_t>(arrived.size));
    if (today > static_cast<std::int64_t>(services.limits.upload_octets_in_day))
        return fail(ErrorKind::denied, "upload", "too much for a day");
    if (arrived.large)
        store.add_large_blob(arrived.hash, arrived.size, now);
    else
        store.add_small_blob(arrived.hash, arrived.small, now);
    store.keep_upload(caller.account, arrived.hash, now + services.limits.upload_life.get());
    return {};
}

HttpResponse refusal(const Error& error, std::uint64_t limit) {
    if (error.kind == ErrorKind::denied && error.where == "session")
        return not_logged_in();
    if (error.kind == ErrorKind::denied)
        return busy_answer(Problem::over_quota, Seconds(3600), error.where + ": " + error.detail);
    if (error.kind != ErrorKind::limit)
        return problem_answer(error);
    auto details = make_problem(Problem::too_large, error.where + ": " + error.detail);
    details.limit = limit;
    return problem_response(413, write_problem(details));
}

std::string media_type(const HttpRequest& request) {
    const auto type = request.headers.find("content-type");
    if (!type || type->empty() || !is_plain_text(*type, kMaxType))
        return "application/octet-stream";
    return std::string(*type);
}

}  // namespace

awaitable<HttpResponse> upload(const ClientServices* services,
                               Caller caller,
                               std::shared_ptr<HttpRequest> request) {
    const auto limit = services->limits.upload_octets;
    const auto arrived = co_await receive(services, request);
    if (!arrived)
        co_return refusal(arrived.error(), limit);
    auto write = [services, &caller, &arrived](WriteTransaction& store) {
        return keep(store, *services, caller, *arrived);
    };
    const auto done = co_await write_store(&services->store, std::move(write), Store::Adds::yes);
    if (!done)
        co_return refusal(done.error(), limit);
    co_return json_answer(201,
                          jmap::upload_response(object_id(IdKind::account, caller.account),
                                                blob_id(arrived->hash),
                                                media_type(*request),
                                                arrived->size));
}

}  // namespace kith
