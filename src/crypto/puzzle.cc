#include "crypto/puzzle.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "crypto/hash.h"

namespace kith {
namespace {

std::uint64_t read_big_endian(ByteView octets) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
        value = (value << 8) | octets[i];
    return value;
}

ByteArray<kNonceOctets> big_endian(std::uint64_t value) {
    ByteArray<kNonceOctets> out{};
    for (std::size_t i = 0; i < kNonceOctets; ++i)
        out[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
    return out;
}

// Equihash's header is the challenge's hash, not the challenge: with the nonce it fits one block of
// BLAKE2b, so a longer challenge costs nobody more.
using EquihashInput = ByteArray<64 + kNonceOctets>;
EquihashInput equihash_input(const ByteArray<64>& header, ByteView nonce) {
    EquihashInput out{};
    std::ranges::copy(nonce, std::ranges::copy(header, out.begin()).out);
    return out;
}

bool is_under_target(ByteView challenge, ByteView solution, std::uint64_t effort) {
    return read_big_endian(blake2b_512(challenge, solution)) <= UINT64_MAX / effort;
}

/// One search: threads take nonces in turn; whoever finds a solution ends it. A nonce that was
/// begun is done to its end, so that a search which was stopped has no holes.
class Search {
  public:
    Search(ByteView challenge, std::uint64_t effort, const PuzzleSearch& wish)
        : challenge_(challenge),
          header_(blake2b_512(challenge)),
          effort_(effort),
          wish_(wish),
          next_(wish.from.nonce),
          at_(std::max(wish.threads, 1U), wish.from.nonce),
          tried_(wish.from.tried) {}

    PuzzleFound run() {
        {
            std::vector<std::jthread> others;
            const EndOf end{*this};  // before the threads are joined, also by an exception
            for (std::size_t i = 1; i < at_.size(); ++i)
                others.emplace_back([this, i] { work(i); });
            work(0);
        }
        return {{next_, tried_}, std::move(found_)};
    }

  private:
    void work(std::size_t thread) {
        EquihashSolver solver;
        while (begin_nonce(thread)) {
            const ByteArray<kNonceOctets> nonce = big_endian(at_[thread]);
            finish_nonce(nonce, solver.solve(equihash_input(header_, nonce)));
        }
    }

    bool begin_nonce(std::size_t thread) {
        const std::scoped_lock lock(mutex_);
        if (done_ || (wish_.stop != nullptr && *wish_.stop))
            return false;
        at_[thread] = next_++;
        return true;
    }

    void finish_nonce(ByteView nonce, const std::vector<EquihashSolution>& solutions) {
        for (const EquihashSolution& each : solutions) {
            Bytes solution(nonce.begin(), nonce.end());
            solution.insert(solution.end(), each.begin(), each.end());
            if (!is_under_target(challenge_, solution, effort_))
                continue;
            const std::scoped_lock lock(mutex_);
            done_ = true;
            if (!found_)
                found_ = std::move(solution);
        }
        const std::scoped_lock lock(mutex_);
        tried_ += solutions.size();
        const auto now = std::chrono::steady_clock::now();
        if (done_ || !wish_.progress || now - shown_ < std::chrono::milliseconds(100))
            return;
        shown_ = now;
        wish_.progress({*std::ranges::min_element(at_), tried_});
    }

    struct EndOf {
        Search& search;
        ~EndOf() {
            const std::scoped_lock lock(search.mutex_);
            search.done_ = true;
        }
    };

    ByteView challenge_;
    ByteArray<64> header_;
    std::uint64_t effort_;
    const PuzzleSearch& wish_;
    std::mutex mutex_;  // holds what follows
    std::uint64_t next_;
    std::vector<std::uint64_t> at_;  ///< each thread's nonce; read without the mutex by its own
    std::uint64_t tried_;
    bool done_ = false;
    std::optional<Bytes> found_;
    std::chrono::steady_clock::time_point shown_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<void> check_puzzle(ByteView challenge, ByteView solution, std::uint64_t effort) {
    if (effort == 0)
        return fail(ErrorKind::malformed, "stamp", "the effort must be at least 1");
    if (solution.size() != kPuzzleSolutionOctets)
        return fail(ErrorKind::malformed, "stamp", "the solution must be 76 octets");
    if (!is_under_target(challenge, solution, effort))
        return fail(ErrorKind::untrusted, "stamp", "the solution is not under the target");
    const auto input = equihash_input(blake2b_512(challenge), solution.first(kNonceOctets));
    return check_equihash(input, solution.subspan(kNonceOctets));
}

PuzzleFound solve_puzzle(ByteView challenge, std::uint64_t effort, const PuzzleSearch& search) {
    if (effort == 0)
        return {search.from, std::nullopt};
    return Search(challenge, effort, search).run();
}

}  // namespace kith
