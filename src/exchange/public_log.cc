// The directory log, as others read it (protocol section 10.2), and what we have seen of theirs.
#include "exchange/answers.h"
#include "exchange/public_http.h"
#include "exchange/store_calls.h"
#include "protocol/url_text.h"

namespace kith {
namespace {

constexpr std::string_view kLog = "/kith/1/log/";
constexpr std::string_view kWitness = "/kith/1/witness/";
constexpr std::string_view kCheckpoint = "checkpoint";

Result<HttpResponse> answer_checkpoint(ReadTransaction& read) {
    const auto newest = TRY(OwnLog::checkpoint(read));
    if (!newest)
        return fail(ErrorKind::not_found, "checkpoint", "there is none yet");
    auto response = text_response(200, "text/plain; charset=utf-8", newest->note.octets());
    response.headers.add("cache-control", "no-cache");
    return response;
}

// What is in a tile never changes.
Result<HttpResponse> answer_tile(ReadTransaction& read, std::string_view path) {
    const TileName name = TRY(parse_tile_path(path));
    return HttpResponse{.status = 200,
                        .headers = {{"content-type", "application/octet-stream"},
                                    {"cache-control", "immutable, max-age=86400"}},
                        .body = TRY(OwnLog::tile(read, name))};
}

}  // namespace

awaitable<HttpResponse> PublicHttp::give_log(std::shared_ptr<HttpRequest> request) {
    auto ask = [&request](ReadTransaction& read) -> Result<HttpResponse> {
        const std::string_view path = std::string_view(request->path).substr(kLog.size());
        return path == kCheckpoint ? answer_checkpoint(read) : answer_tile(read, path);
    };
    auto answer = co_await ask_store(services_.store, services_.workers, std::move(ask));
    if (answer)
        co_return *std::move(answer);
    const ErrorKind kind = answer.error().kind;
    // There is one path for each tile: any other leads nowhere.
    if (kind == ErrorKind::not_found || answer.error().where == "path")
        co_return problem_answer(Problem::not_found);
    co_return problem_answer(answer.error());
}

awaitable<HttpResponse> PublicHttp::give_witnessed(std::shared_ptr<HttpRequest> request) {
    const auto pieces = path_behind(request->path, kWitness);
    if (!pieces || pieces->size() != 2 || pieces->back() != kCheckpoint)
        co_return problem_answer(Problem::not_found);
    const auto origin = parse_hash_hex(pieces->front());
    if (!origin)
        co_return problem_answer(Problem::malformed, "HASH: 64 lower-case hex digits");
    co_return co_await services_.witness.give_checkpoint(*origin);
}

}  // namespace kith
