// Who loads the server: deliveries of the last minute by the domain of their sender and by the
// network that they came from, what was turned away and why. For `kithd top`. In memory, bounded.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/delivery_meter.h"

namespace kith {

/// Thread-safe. When full, the row longest quiet is forgotten.
class LoadBook {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    explicit LoadBook(std::size_t rows = 4'096) : most_rows_(rows) {}

    /// A delivery that came in and was answered.
    void add(const DeliveryEvent& event, Moment now);
    /// A call that was turned away before anybody looked what it was.
    void add_shed(std::string_view reason, const std::string& network, Moment now);

    /// Deliveries, by what became of them.
    struct Tally {
        std::uint64_t taken = 0;    ///< 201
        std::uint64_t held = 0;     ///< 202
        std::uint64_t asked = 0;    ///< 402, 409: more is needed
        std::uint64_t refused = 0;  ///< all other answers
        std::uint64_t shed = 0;     ///< turned away unjudged
        std::uint64_t octets = 0;   ///< of bodies taken
        std::uint64_t all() const { return taken + held + asked + refused + shed; }
        Tally& operator+=(const Tally& other);
    };
    struct Row {
        std::string name;
        Tally tally;
    };
    struct Shed {
        std::string reason;
        std::uint64_t lately = 0;
        std::uint64_t since_start = 0;
    };
    /// Of the last kWindow, the busiest rows first. A domain has a row when a signature of its own
    /// was seen: what others write in its name is in the row of their network.
    struct Report {
        std::vector<Row> domains;
        std::vector<Row> networks;
        std::vector<Shed> shed;
    };
    Report report(std::size_t rows, Moment now) const;

    static constexpr Seconds kWindow{60};

  private:
    static constexpr std::size_t kSlots = 6;
    /// The last minute, ten seconds a slot.
    struct Minute {
        std::array<Tally, kSlots> slots;
        std::array<std::int64_t, kSlots> when{};
        Tally& now(std::int64_t slot);
        Tally sum(std::int64_t slot) const;
    };
    struct Table {
        struct Entry {
            std::string name;
            Minute minute;
        };
        std::list<Entry> newest_first;
        std::unordered_map<std::string, std::list<Entry>::iterator> places;

        Minute& at(const std::string& name, std::size_t most);
        std::vector<Row> busiest(std::size_t rows, std::int64_t slot) const;
    };
    static std::int64_t slot_of(Moment now);

    const std::size_t most_rows_;
    mutable std::mutex mutex_;
    Table domains_;
    Table networks_;
    struct Reason {
        Minute minute;
        std::uint64_t since_start = 0;
    };
    std::map<std::string, Reason, std::less<>> shed_;
};

}  // namespace kith
