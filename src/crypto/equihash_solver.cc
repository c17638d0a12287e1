// Wagner's algorithm: a table of rows is gone through bucket by bucket; two rows that agree in the
// next chunk make a row of the next table, which remembers where the two stand. Buckets are the
// chunk's upper octet, so that one fits the cache.
#include <algorithm>

#include "crypto/equihash.h"
#include "crypto/equihash_rows.h"

namespace kith {
namespace {

using detail::EquihashLeaves;
using detail::EquihashRow;

constexpr std::uint32_t kLeaves = 1U << kEquihashIndexBits;
constexpr std::uint32_t kBuckets = 256;
constexpr unsigned kSlotBits = 10;
// Twice what a bucket has on average: it overflows only where there is nothing to be found.
constexpr std::uint32_t kSlots = 1U << kSlotBits;
constexpr std::size_t kTables = 5;

// Where the two rows stand that a row was made of, in one bucket of the table before.
constexpr std::uint32_t pack_pair(std::uint32_t bucket, std::uint32_t a, std::uint32_t b) {
    return bucket << (2 * kSlotBits) | a << kSlotBits | b;
}
constexpr std::uint32_t place_of(std::uint32_t bucket, std::uint32_t slot) {
    return bucket << kSlotBits | slot;
}
constexpr std::array<std::uint32_t, 2> unpack_pair(std::uint32_t pair) {
    const std::uint32_t bucket = pair >> (2 * kSlotBits);
    return {place_of(bucket, pair >> kSlotBits & (kSlots - 1)),
            place_of(bucket, pair & (kSlots - 1))};
}

/// The slots of a bucket, by the lower octet of the chunk.
class Groups {
  public:
    void sort(std::span<const EquihashRow> rows, std::size_t chunk) {
        ends_.fill(0);
        for (const EquihashRow& row : rows)
            ++ends_[row.chunk(chunk) & 0xff];
        std::uint32_t sum = 0;
        for (std::uint32_t& end : ends_)
            sum = std::exchange(end, sum) + sum;
        for (std::uint32_t slot = 0; slot < rows.size(); ++slot)
            order_[ends_[rows[slot].chunk(chunk) & 0xff]++] = static_cast<std::uint16_t>(slot);
    }

    /// Every two slots of one group.
    void each_pair(auto&& use) const {
        std::uint32_t begin = 0;
        for (const std::uint32_t end : ends_) {
            for (std::uint32_t i = begin; i < end; ++i)
                for (std::uint32_t j = i + 1; j < end; ++j)
                    use(order_[i], order_[j]);
            begin = end;
        }
    }

  private:
    std::array<std::uint32_t, 256> ends_{};
    std::array<std::uint16_t, kSlots> order_{};
};

}  // namespace

class EquihashSolver::Tables {
  public:
    std::vector<EquihashSolution> solve(ByteView input) {
        fill(EquihashLeaves(input));
        for (std::size_t step = 0; step + 1 < kTables; ++step)
            collide(step);
        return finish();
    }

  private:
    struct Table {
        std::vector<EquihashRow> rows = std::vector<EquihashRow>(std::size_t{kBuckets} * kSlots);
        std::array<std::uint32_t, kBuckets> counts{};

        std::span<const EquihashRow> bucket(std::uint32_t number) const {
            return std::span(rows).subspan(place_of(number, 0), counts[number]);
        }
    };

    // Into table number `step`, by chunk number `step`.
    void put(std::size_t step, const EquihashRow& row, std::uint32_t origin) {
        Table& table = tables_[step % 2];
        const std::uint32_t bucket = row.chunk(step) >> 8;
        std::uint32_t& count = table.counts[bucket];
        if (count == kSlots)
            return;
        const std::uint32_t place = place_of(bucket, count++);
        table.rows[place] = row;
        origins_[step][place] = origin;
    }

    void fill(const EquihashLeaves& leaves) {
        tables_[0].counts.fill(0);
        for (std::uint32_t index = 0; index < kLeaves;) {
            const auto rows = leaves.hash(index / EquihashLeaves::kRowsOfHash);
            for (const EquihashRow& row : rows)
                if (index < kLeaves)
                    put(0, row, index++);
        }
    }

    void collide(std::size_t step) {
        const Table& from = tables_[step % 2];
        tables_[(step + 1) % 2].counts.fill(0);
        for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
            const auto rows = from.bucket(bucket);
            groups_.sort(rows, step);
            groups_.each_pair([&](std::uint32_t a, std::uint32_t b) {
                const EquihashRow row = rows[a] ^ rows[b];
                // Two rows that agree in all have leaves in common: nothing comes of them.
                if (!row.is_zero())
                    put(step + 1, row, pack_pair(bucket, a, b));
            });
        }
    }

    // Of the last table the two chunks that are left, one word, must agree at once.
    std::vector<EquihashSolution> finish() {
        std::vector<EquihashSolution> found;
        const Table& last = tables_[(kTables - 1) % 2];
        for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
            const auto rows = last.bucket(bucket);
            groups_.sort(rows, kTables - 1);
            groups_.each_pair([&](std::uint32_t a, std::uint32_t b) {
                if (rows[a].words[2] != rows[b].words[2])
                    return;
                const EquihashIndices indices = leaves_below(pack_pair(bucket, a, b));
                auto sorted = indices;
                std::ranges::sort(sorted);
                if (std::ranges::adjacent_find(sorted) == sorted.end())
                    found.push_back(pack_equihash(indices));
            });
        }
        return found;
    }

    EquihashIndices leaves_below(std::uint32_t pair) const {
        EquihashIndices out{};
        out[0] = pair;
        std::size_t count = 1;
        for (std::size_t step = kTables; step-- > 0; count *= 2)
            for (std::size_t i = count; i-- > 0;) {
                const auto places = unpack_pair(out[i]);
                out[2 * i] = origins_[step][places[0]];
                out[2 * i + 1] = origins_[step][places[1]];
            }
        for (std::size_t half = 1; half < out.size(); half *= 2)
            for (auto at = out.begin(); at != out.end();
                 at += static_cast<std::ptrdiff_t>(2 * half)) {
                const auto middle = at + static_cast<std::ptrdiff_t>(half);
                if (*at > *middle)
                    std::swap_ranges(at, middle, middle);
            }
        return out;
    }

    std::array<Table, 2> tables_;
    std::array<std::vector<std::uint32_t>, kTables> origins_ = [] {
        std::array<std::vector<std::uint32_t>, kTables> out;
        out.fill(std::vector<std::uint32_t>(std::size_t{kBuckets} * kSlots));
        return out;
    }();
    Groups groups_;
};

EquihashSolver::EquihashSolver() : tables_(std::make_unique<Tables>()) {}
EquihashSolver::~EquihashSolver() = default;

std::vector<EquihashSolution> EquihashSolver::solve(ByteView input) {
    return tables_->solve(input);
}

}  // namespace kith
