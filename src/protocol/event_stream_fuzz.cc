// What a server pushes, as a client reads it: the same events however the octets come; and what is
// written as an event is read as that event.
#include <algorithm>
#include <vector>

#include "protocol/event_stream.h"

namespace {

using namespace kith;

struct Outcome {
    std::vector<ServerEvent> events;
    bool good = true;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(ByteView octets, std::size_t step) {
    EventStreamParser parser;
    Outcome out;
    while (out.good && !octets.empty()) {
        const ByteView piece = octets.first(std::min(step, octets.size()));
        octets = octets.subspan(piece.size());
        out.good = parser.feed(piece).has_value();
        while (auto event = parser.next_event())
            out.events.push_back(*std::move(event));
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView octets(data, size);
    const Outcome whole = read(octets, SIZE_MAX);
    KITH_CHECK(whole == read(octets, 1));
    KITH_CHECK(whole == read(octets, 7));
    for (const ServerEvent& event : whole.events) {
        const Outcome again = read(as_bytes(format_event(event)), SIZE_MAX);
        KITH_CHECK(again.good && again.events.size() == 1 && again.events.front() == event);
    }
    return 0;
}
