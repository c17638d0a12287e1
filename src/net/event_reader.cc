#include "net/event_reader.h"

#include <utility>

namespace kith {

awaitable<Result<std::optional<ServerEvent>>> EventReader::next(Milliseconds limit) {
    while (true) {
        if (auto event = parser_.next_event())
            co_return event;
        Bytes bytes = CO_TRY(co_await stream_->next(limit));
        if (bytes.empty())
            co_return std::optional<ServerEvent>();
        CO_TRY(parser_.feed(bytes));
    }
}

}  // namespace kith
