#include "kith/push_listening.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "kith/interrupt.h"
#include "kith/terminal.h"

namespace kith {
namespace {

constexpr Seconds kPing{30};
constexpr Seconds kSilence{75};
constexpr Milliseconds kSlice{500};
constexpr Milliseconds kFirstPause{1'000};
constexpr Milliseconds kLongestPause{60'000};

bool goes_on() {
    return !InterruptGuard::flag() && !output_ended();
}

class PushListener {
  public:
    PushListener(Person& person, const PushWork& work) : person_(person), work_(work) {}

    Result<void> run() {
        const InterruptGuard guard;
        while (goes_on()) {
            const auto ended = listen();
            if (InterruptGuard::flag())
                break;
            if (!ended && !may_pass(ended.error()))
                return ended.error();
            if (!ended)
                print_notice(sentence_of(ended.error()));
            rest();
        }
        return {};
    }

  private:
    void rest() {
        for (Milliseconds slept{0}; slept < pause_ && !InterruptGuard::flag(); slept += kSlice)
            std::this_thread::sleep_for(std::min(kSlice, pause_));
        pause_ = std::min(pause_ * 2, kLongestPause);
    }

    Result<void> listen() {
        if (work_.prepare)
            TRY(work_.prepare());
        // First the stream, then the look: nothing falls between them.
        auto reader =
            std::make_unique<EventReader>(TRY(person_.server().events(work_.types, kPing)));
        auto result = work_.begin(std::exchange(first_, false));
        heard_ = person_.clock().steady();
        while (result && goes_on()) {
            pause_ = kFirstPause;
            result = next(*reader);
        }
        person_.network().end(std::move(reader));
        return result;
    }

    Result<void> next(EventReader& reader) {
        const auto event = person_.network().next(reader, kSlice);
        if (InterruptGuard::flag())
            return {};
        TRY(work_.meanwhile());
        if (event && !*event)
            return fail(ErrorKind::unavailable, "push", "the server ended it");
        if (event) {
            heard_ = person_.clock().steady();
            return work_.heard((*event)->type == "state");
        }
        if (event.error().kind != ErrorKind::timeout)
            return event.error();
        if (person_.clock().steady() - heard_ > kSilence)
            return fail(ErrorKind::unavailable, "push", "the server has fallen silent");
        return {};
    }

    Person& person_;
    const PushWork& work_;
    Milliseconds pause_ = kFirstPause;
    std::chrono::steady_clock::time_point heard_;
    bool first_ = true;
};

}  // namespace

bool may_pass(const Error& error) {
    return error.kind == ErrorKind::unavailable || error.kind == ErrorKind::timeout ||
           error.kind == ErrorKind::io;
}

Result<void> listen_to_push(Person& person, const PushWork& work) {
    return PushListener(person, work).run();
}

}  // namespace kith
