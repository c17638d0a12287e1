// The server's HTTP/2 machine on whatever a client may send. Held to: no crash; what is owed to
// flow control never exceeds the windows; a silent server's events are the same however the octets
// are split, while the connection stands.
#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "protocol/http2_session.h"

namespace kith::http2 {
namespace {

constexpr std::size_t kPreface = 24;

/// Requests and, with their bodies, what came to its end. When a failure is noticed depends on the
/// pieces, so what led to one is not held against them.
struct Seen {
    std::string log;
    bool alive = true;  ///< the connection stands at the end: no error of it was found
    std::map<StreamId, std::string> bodies;
};

/// Whether requests are answered and bodies consumed as they come. What is answered before the rest
/// arrives changes what of the rest is valid: so only a silent server sees the same however the
/// octets are split.
enum class Acting { no, yes };

void note(Session& session, Event event, Seen& seen, Acting acting) {
    if (auto* request = std::get_if<Request>(&event)) {
        const RequestHead& head = request->head;
        KITH_CHECK(head.target.starts_with('/'));
        seen.log += "request " + std::to_string(request->stream) + head.method + head.target;
        for (const auto& [name, value] : head.headers)
            seen.log += name + value;
        if (acting == Acting::yes)
            session.respond(request->stream, {200, {}}, BodyMode::whole, to_bytes("answer"));
    } else if (auto* data = std::get_if<Data>(&event)) {
        KITH_CHECK(!data->bytes.empty());
        seen.bodies[data->stream] += as_text(data->bytes);
        if (acting == Acting::yes)
            session.consume(data->stream, data->bytes.size() / 2);
    } else if (auto* end = std::get_if<End>(&event)) {
        seen.log += "end " + std::to_string(end->stream) + seen.bodies[end->stream];
    }
}

/// Output is taken at the end only: when it is taken changes what the client is told, and with it
/// what of the rest is still valid.
Seen run(ByteView octets, std::size_t piece, Acting acting) {
    SessionLimits limits;
    limits.concurrent_streams = 8;
    limits.header_list_octets = 512;
    limits.stream_window = 65'535;
    limits.connection_window = 65'535;
    Session session(Role::server, limits);
    Seen seen;
    std::size_t owed = 0;
    while (!octets.empty()) {
        ByteView some = octets.first(std::min(piece, octets.size()));
        octets = octets.subspan(some.size());
        auto fed = session.feed(some);
        while (auto event = session.next_event()) {
            if (auto* data = std::get_if<Data>(&*event))
                owed += data->bytes.size() - (acting == Acting::yes ? data->bytes.size() / 2 : 0);
            note(session, std::move(*event), seen, acting);
        }
        KITH_CHECK(owed <= limits.connection_window + limits.connection_window);
        if (!fed) {
            seen.alive = false;
            break;
        }
    }
    // What was said against the connection waits in the output: GOAWAY ends it.
    Bytes out;
    auto taken = session.take_output(out, 1U << 20);
    while (session.next_event()) {
    }
    KITH_CHECK(session.open_streams() <= limits.concurrent_streams + 1);
    seen.alive = seen.alive && taken && !session.finished();
    return seen;
}

}  // namespace
}  // namespace kith::http2

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace kith;
    // Most inputs would die at the connection preface: it is put before them.
    static constexpr std::string_view kHello = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    static_assert(kHello.size() == http2::kPreface);
    if (size == 0)
        return 0;
    std::size_t piece = octets[0] + std::size_t{1};
    Bytes input = to_bytes(kHello);
    input.insert(input.end(), octets + 1, octets + size);
    auto whole = http2::run(input, input.size(), http2::Acting::no);
    auto split = http2::run(input, piece, http2::Acting::no);
    // Once an error of the connection is found, how much of what follows is still looked at depends
    // on the pieces.
    if (whole.alive && split.alive)
        KITH_CHECK(whole.log == split.log);
    http2::run(input, piece, http2::Acting::yes);
    return 0;
}
