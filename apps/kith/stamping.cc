#include "kith/stamping.h"

#include <thread>

#include "crypto/puzzle.h"
#include "kith/interrupt.h"
#include "note/stamp.h"

namespace kith {

Result<Price> read_price(const std::string& note) {
    return parse_price(TRY(SignedNote::parse(note)));
}

Result<std::string> make_stamp(const Price& price,
                               const Hash& stub,
                               Time now,
                               const Terminal& terminal) {
    TRY(check_times(price, now));
    const auto puzzle = make_target_puzzle();
    if (price.puzzle != puzzle->name())
        return fail(
            ErrorKind::malformed, "price", "asks for a puzzle that this kith does not know");
    Stamp stamp{.puzzle = price.puzzle, .effort = price.effort, .seed = price.seed, .solution = {}};
    const std::string challenge = stamp_challenge(stamp, stub);
    ProgressBar bar(terminal, "computing a stamp");
    Puzzle::Work work;
    work.threads = std::max(1U, std::thread::hardware_concurrency());
    work.stop = &InterruptGuard::flag();
    work.progress = [&](std::uint64_t tried) { bar.show(tried, price.effort); };
    auto solution = puzzle->solve(as_bytes(challenge), price.effort, work);
    if (!solution)
        return fail(ErrorKind::unavailable, "stamp", "was not finished: the message waits for one");
    stamp.solution = *std::move(solution);
    return write_stamp(stamp);
}

}  // namespace kith
