#include "kith/stamping.h"

#include <fmt/format.h>

#include <cmath>
#include <thread>

#include "crypto/puzzle.h"
#include "kith/interrupt.h"
#include "kith/stamp_progress.h"
#include "note/stamp.h"

namespace kith {
namespace {

constexpr double kSolutionsANonce = 1.9;
constexpr auto kWriteEvery = std::chrono::seconds(5);

unsigned cores() {
    return std::max(1U, std::thread::hardware_concurrency());
}

std::string time_text(double seconds) {
    if (seconds < 1)
        return "less than a second";
    if (seconds < 100)
        return fmt::format("about {:.0f} s", seconds);
    return seconds < 6'000 ? fmt::format("about {:.0f} minutes", seconds / 60)
                           : fmt::format("about {:.0f} hours", seconds / 3'600);
}

/// One search: shows how far it is, writes it down now and then, and knows when to give up.
class StampSearch {
  public:
    StampSearch(const StampDesk& desk, const Price& price, const Hash& stub, std::uint64_t effort)
        : desk_(desk),
          expires_(price.expires),
          stub_(stub),
          stamp_{.puzzle = price.puzzle, .effort = effort, .seed = price.seed, .solution = {}},
          bar_(desk.terminal, "computing a stamp") {}

    Result<std::string> run() {
        const std::string challenge = stamp_challenge(stamp_, stub_);
        PuzzleSearch search{.threads = cores(), .stop = &stop_};
        search.from = read_stamp_progress(desk_.home, stub_, stamp_);
        search.progress = [this](const SearchState& state) { look(state); };
        stop_ = InterruptGuard::flag().load();
        auto found = solve_puzzle(as_bytes(challenge), stamp_.effort, search);
        if (found.solution) {
            drop_stamp_progress(desk_.home, stub_);
            stamp_.solution = *std::move(found.solution);
            return write_stamp(stamp_);
        }
        if (desk_.clock.now() >= expires_) {
            drop_stamp_progress(desk_.home, stub_);
            return fail(ErrorKind::expired, "price", "ended before the stamp was found");
        }
        TRY(write_stamp_progress(desk_.home, stub_, stamp_, found.state));
        return fail(ErrorKind::unavailable,
                    "stamp",
                    "was not finished: the message waits; `kith sent ID --pay` goes on from here");
    }

  private:
    void look(const SearchState& state) {
        // The chance of having found it by now: an average search ends at 63 %, some go on for
        // long.
        const double share = static_cast<double>(state.tried) / static_cast<double>(stamp_.effort);
        bar_.show(static_cast<std::uint64_t>(1'000 * (1 - std::exp(-share))), 1'000);
        if (InterruptGuard::flag() || desk_.clock.now() >= expires_)
            stop_ = true;
        const auto now = desk_.clock.steady();
        if (now - written_ < kWriteEvery)
            return;
        written_ = now;
        [[maybe_unused]] const auto kept = write_stamp_progress(desk_.home, stub_, stamp_, state);
    }

    const StampDesk& desk_;
    Time expires_;
    const Hash& stub_;
    Stamp stamp_;
    ProgressBar bar_;
    std::atomic<bool> stop_ = false;
    std::chrono::steady_clock::time_point written_ = desk_.clock.steady();
};

}  // namespace

Result<Price> read_price(const std::string& note) {
    return parse_price(TRY(SignedNote::parse(note)));
}

std::string cost_of_effort(std::uint64_t effort) {
    EquihashSolver solver;
    const auto run = [&solver] { (void)solver.solve(as_bytes("kith/1 how fast is this machine")); };
    run();  // touches its tables
    const auto began = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double> one = std::chrono::steady_clock::now() - began;
    const double seconds = static_cast<double>(effort) / kSolutionsANonce * one.count() / cores();
    return fmt::format("{} on {} core{}", time_text(seconds), cores(), cores() == 1 ? "" : "s");
}

Result<std::string> make_stamp(const StampDesk& desk,
                               const Price& price,
                               const Hash& stub,
                               std::uint64_t effort) {
    TRY(check_times(price, desk.clock.now()));
    if (price.puzzle != kPuzzle)
        return fail(
            ErrorKind::malformed, "price", "asks for a puzzle that this kith does not know");
    return StampSearch(desk, price, stub, std::max(effort, price.effort)).run();
}

}  // namespace kith
