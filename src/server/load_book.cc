#include "server/load_book.h"

#include <algorithm>

namespace kith {
namespace {

// Nobody can bring about these answers in the name of a domain whose key he does not have.
bool is_proven(int status) {
    return status == 201 || status == 202 || status == 402;
}

LoadBook::Tally tally_of(const DeliveryEvent& event) {
    LoadBook::Tally tally;
    if (!event.shed.empty())
        tally.shed = 1;
    else if (event.status == 201)
        tally.taken = 1;
    else if (event.status == 202)
        tally.held = 1;
    else if (event.status == 402 || event.status == 409)
        tally.asked = 1;
    else
        tally.refused = 1;
    tally.octets = event.octets;
    return tally;
}

}  // namespace

LoadBook::Tally& LoadBook::Tally::operator+=(const Tally& other) {
    taken += other.taken;
    held += other.held;
    asked += other.asked;
    refused += other.refused;
    shed += other.shed;
    octets += other.octets;
    return *this;
}

std::int64_t LoadBook::slot_of(Moment now) {
    return std::chrono::duration_cast<Seconds>(now.time_since_epoch()) /
           (kWindow / static_cast<std::int64_t>(kSlots));
}

LoadBook::Tally& LoadBook::Minute::now(std::int64_t slot) {
    const auto place = static_cast<std::size_t>(slot) % kSlots;
    if (when[place] != slot)
        slots[place] = {};
    when[place] = slot;
    return slots[place];
}

LoadBook::Tally LoadBook::Minute::sum(std::int64_t slot) const {
    Tally sum;
    for (std::size_t i = 0; i < kSlots; ++i)
        if (when[i] > slot - static_cast<std::int64_t>(kSlots))
            sum += slots[i];
    return sum;
}

LoadBook::Minute& LoadBook::Table::at(const std::string& name, std::size_t most) {
    auto found = places.find(name);
    if (found == places.end()) {
        if (places.size() >= most) {
            places.erase(newest_first.back().name);
            newest_first.pop_back();
        }
        newest_first.push_front({.name = name, .minute = {}});
        found = places.emplace(name, newest_first.begin()).first;
    } else {
        newest_first.splice(newest_first.begin(), newest_first, found->second);
    }
    return found->second->minute;
}

std::vector<LoadBook::Row> LoadBook::Table::busiest(std::size_t rows, std::int64_t slot) const {
    std::vector<Row> all;
    for (const Entry& entry : newest_first)
        if (const Tally tally = entry.minute.sum(slot); tally.all() > 0)
            all.push_back({.name = entry.name, .tally = tally});
    std::ranges::sort(all, [](const Row& one, const Row& other) {
        const auto counts = std::pair(one.tally.all(), other.tally.all());
        return counts.first != counts.second ? counts.first > counts.second : one.name < other.name;
    });
    if (all.size() > rows)
        all.resize(rows);
    return all;
}

void LoadBook::add(const DeliveryEvent& event, Moment now) {
    const std::int64_t slot = slot_of(now);
    const Tally tally = tally_of(event);
    const std::scoped_lock lock(mutex_);
    networks_.at(event.network, most_rows_).now(slot) += tally;
    if (!event.peer.empty() && is_proven(event.status))
        domains_.at(event.peer, most_rows_).now(slot) += tally;
    if (event.shed.empty())
        return;
    Reason& reason = shed_[std::string(event.shed)];
    ++reason.since_start;
    reason.minute.now(slot).shed += 1;
}

void LoadBook::add_shed(std::string_view reason, const std::string& network, Moment now) {
    const std::int64_t slot = slot_of(now);
    const std::scoped_lock lock(mutex_);
    networks_.at(network, most_rows_).now(slot).shed += 1;
    Reason& counted = shed_[std::string(reason)];
    ++counted.since_start;
    counted.minute.now(slot).shed += 1;
}

LoadBook::Report LoadBook::report(std::size_t rows, Moment now) const {
    const std::int64_t slot = slot_of(now);
    const std::scoped_lock lock(mutex_);
    Report report{.domains = domains_.busiest(rows, slot),
                  .networks = networks_.busiest(rows, slot),
                  .shed = {}};
    for (const auto& [reason, counted] : shed_)
        report.shed.push_back({reason, counted.minute.sum(slot).shed, counted.since_start});
    return report;
}

}  // namespace kith
