#include "crypto/puzzle.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "crypto/hash.h"

namespace kith {
namespace {

constexpr std::size_t kSolutionOctets = 8;

std::uint64_t read_big_endian(ByteView octets) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
        value = (value << 8) | octets[i];
    return value;
}

ByteArray<kSolutionOctets> big_endian(std::uint64_t value) {
    ByteArray<kSolutionOctets> out{};
    for (std::size_t i = 0; i < kSolutionOctets; ++i)
        out[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
    return out;
}

class TargetPuzzle final : public Puzzle {
  public:
    std::string_view name() const override { return "blake2b"; }

    Result<void> check(ByteView challenge, ByteView solution, std::uint64_t effort) const override {
        if (effort == 0)
            return fail(ErrorKind::malformed, "stamp", "the effort must be at least 1");
        if (solution.size() != kSolutionOctets)
            return fail(ErrorKind::malformed, "stamp", "the solution must be 8 octets");
        if (read_big_endian(blake2b_512(challenge, solution)) > UINT64_MAX / effort)
            return fail(ErrorKind::untrusted, "stamp", "the solution is not under the target");
        return {};
    }

    std::optional<Bytes> solve(ByteView challenge,
                               std::uint64_t effort,
                               const Work& work) const override {
        if (effort == 0)
            return std::nullopt;
        const unsigned threads = std::max(work.threads, 1U);
        Search search{challenge, UINT64_MAX / effort, work, threads};
        {
            std::vector<std::jthread> others;
            const EndOf end{search};  // before the threads are joined, also by an exception
            for (unsigned i = 1; i < threads; ++i)
                others.emplace_back([&search, i] { search.run(i); });
            search.run(0);
        }
        return search.found;
    }

  private:
    // Each thread tries every n-th number; whoever finds one ends the search.
    struct Search {
        ByteView challenge;
        std::uint64_t target;
        const Work& work;
        unsigned threads;
        std::atomic<bool> done = false;
        std::atomic<std::uint64_t> tried = 0;
        std::mutex mutex = {};
        std::optional<Bytes> found = std::nullopt;

        void run(unsigned first) {
            constexpr unsigned kStep = 4096;
            auto shown = std::chrono::steady_clock::now();
            std::uint64_t number = first;
            while (!done && !(work.stop != nullptr && *work.stop)) {
                for (unsigned i = 0; i < kStep; ++i, number += threads)
                    if (attempt(number))
                        return;
                tried += kStep;
                const auto now = std::chrono::steady_clock::now();
                if (first == 0 && work.progress && now - shown > std::chrono::milliseconds(100)) {
                    shown = now;
                    work.progress(tried);
                }
            }
        }

        bool attempt(std::uint64_t number) {
            const ByteArray<kSolutionOctets> solution = big_endian(number);
            if (read_big_endian(blake2b_512(challenge, solution)) > target)
                return false;
            const std::scoped_lock lock(mutex);
            done = true;
            if (!found)
                found.emplace(solution.begin(), solution.end());
            return true;
        }
    };

    struct EndOf {
        Search& search;
        ~EndOf() { search.done = true; }
    };
};

}  // namespace

std::unique_ptr<Puzzle> make_target_puzzle() {
    return std::make_unique<TargetPuzzle>();
}

}  // namespace kith
