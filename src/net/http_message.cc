#include "net/http_message.h"

#include <utility>

namespace kith {

namespace {

class ReadyBody final : public RequestBody {
  public:
    explicit ReadyBody(Bytes bytes) : size_(bytes.size()), bytes_(std::move(bytes)) {}
    std::optional<std::uint64_t> declared_size() const override { return size_; }
    bool complete() const override { return true; }
    awaitable<Result<Bytes>> read_some() override { co_return std::exchange(bytes_, {}); }

  private:
    std::size_t size_;
    Bytes bytes_;
};

HttpResponse make_response(unsigned status, std::string_view type, std::string_view text) {
    HttpResponse response;
    response.status = status;
    response.headers.add("content-type", std::string(type));
    response.body = to_bytes(text);
    return response;
}

}  // namespace

awaitable<Result<Bytes>> RequestBody::read_all(std::size_t limit) {
    auto too_long = [limit] {
        return fail(ErrorKind::limit, "body", "over " + std::to_string(limit) + " octets");
    };
    if (declared_size().value_or(0) > limit)
        co_return too_long();
    Bytes all;
    while (true) {
        Bytes some = CO_TRY(co_await read_some());
        if (some.empty())
            co_return all;
        if (some.size() > limit - all.size())
            co_return too_long();
        if (all.empty())
            all = std::move(some);
        else
            all.insert(all.end(), some.begin(), some.end());
    }
}

std::unique_ptr<RequestBody> body_of(Bytes bytes) {
    return std::make_unique<ReadyBody>(std::move(bytes));
}

HttpResponse text_response(unsigned status, std::string_view content_type, std::string_view text) {
    return make_response(status, content_type, text);
}

HttpResponse problem_response(unsigned status, std::string_view json) {
    return make_response(status, "application/problem+json", json);
}

}  // namespace kith
