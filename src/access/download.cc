#include "access/download.h"

#include <algorithm>

#include "access/object_ids.h"
#include "access/store_calls.h"
#include "exchange/answers.h"
#include "exchange/stored_body.h"
#include "protocol/byte_range.h"
#include "protocol/url_text.h"

namespace kith {
namespace {

constexpr std::size_t kMaxType = 255;

Result<BlobPlace> find_blob(ReadTransaction& store, AccountId account, const Hash& hash) {
    const auto place =
        store.account_has_blob(account, hash) ? store.blob(hash) : std::optional<BlobPlace>();
    if (!place)
        return fail(ErrorKind::not_found, "blob", "is not one of this account's");
    return *place;
}

// A media type as asked for, if it is one at all.
std::string type_asked(const HttpRequest& request) {
    const auto asked = query_parameter(request.query, "accept");
    const auto is_visible = [](char c) { return c >= ' ' && c < '\x7f'; };
    if (!asked || !*asked || (*asked)->empty() || (*asked)->size() > kMaxType ||
        !std::ranges::all_of(**asked, is_visible))
        return "application/octet-stream";
    return **asked;
}

// RFC 6266 with the encoding of RFC 8187.
std::string disposition(const std::string& name) {
    constexpr std::string_view kPlain = "-._~";
    std::string encoded;
    for (const char c : name) {
        const auto octet = static_cast<std::uint8_t>(c);
        const bool alnum =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        encoded += alnum || kPlain.contains(c) ? std::string(1, c) : "%" + hex(ByteView(&octet, 1));
    }
    return "attachment; filename*=UTF-8''" + encoded;
}

HttpHeaders headers_of(const Hash& hash, const std::string& type, const std::string& name) {
    return {{"content-type", type},
            {"content-disposition", disposition(name)},
            {"cache-control", "private, immutable, max-age=31536000"},
            {"etag", "\"" + hash.hex_text() + "\""},
            {"accept-ranges", "bytes"},
            {"x-content-type-options", "nosniff"},
            {"content-security-policy", "sandbox; default-src 'none'"}};
}

HttpResponse not_satisfiable(std::uint64_t total) {
    auto response =
        text_response(416, "text/plain; charset=utf-8", "The range is behind the end.\n");
    response.headers.add("content-range", "bytes */" + std::to_string(total));
    return response;
}

}  // namespace

awaitable<HttpResponse> download(const ClientServices* services,
                                 Caller caller,
                                 DownloadTarget target,
                                 std::shared_ptr<HttpRequest> request) {
    const auto hash = parse_blob_id(target.blob_id);
    if (!hash)
        co_return problem_answer(Problem::not_found);
    auto ask = [&caller, &hash](ReadTransaction& store) {
        return find_blob(store, caller.account, *hash);
    };
    const auto place = co_await ask_store(services, std::move(ask));
    if (!place && place.error().kind == ErrorKind::not_found)
        co_return problem_answer(Problem::not_found);
    if (!place)
        co_return problem_answer(place.error());
    HttpResponse response{
        .status = 200, .headers = headers_of(*hash, type_asked(*request), target.name), .body = {}};
    if (place->size == 0)
        co_return response;
    const auto range = parse_range(request->headers.find("range").value_or(""), place->size);
    if (!range)
        co_return not_satisfiable(place->size);
    const auto whole = ByteRange{0, place->size - 1};
    if (*range) {
        response.status = 206;
        response.headers.add("content-range", (*range)->text(place->size));
    }
    response.body = std::make_shared<StoredBody>(
        services->store, services->workers, *hash, *place, range->value_or(whole));
    co_return response;
}

}  // namespace kith
