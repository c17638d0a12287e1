// The HTTP/1.1 request machine. Held to: no crash; a header within the limit; the events are the
// same however the octets are split.
#include <cstdint>
#include <string>

#include "base/result.h"
#include "protocol/http1_request.h"

namespace kith::http1 {
namespace {

constexpr std::size_t kLimit = 200;

std::string run(ByteView octets, std::size_t piece) {
    RequestParser parser(kLimit);
    std::string seen;
    auto collect = [&] {
        while (auto event = parser.next_event()) {
            if (auto* request = std::get_if<Request>(&*event)) {
                KITH_CHECK(request->head.target.starts_with('/'));
                KITH_CHECK(request->head.target.size() < kLimit);
                seen += "[" + request->head.method + request->head.target;
                for (const auto& [name, value] : request->head.headers)
                    seen += name + value;
                seen += "]";
            } else if (auto* data = std::get_if<Data>(&*event)) {
                KITH_CHECK(!data->bytes.empty());
                seen += as_text(data->bytes);
            } else {
                seen += "[end]";
            }
        }
    };
    while (!octets.empty()) {
        ByteView some = octets.first(std::min(piece, octets.size()));
        octets = octets.subspan(some.size());
        auto fed = parser.feed(some);
        collect();
        while (fed && parser.at_end()) {
            fed = parser.next_request();
            collect();
        }
        if (!fed)
            return seen + name_of(fed.error().kind);
    }
    return seen;
}

}  // namespace
}  // namespace kith::http1

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace kith;
    if (size == 0)
        return 0;
    ByteView input(octets + 1, size - 1);
    KITH_CHECK(http1::run(input, size) == http1::run(input, octets[0] % 7 + std::size_t{1}));
    return 0;
}
