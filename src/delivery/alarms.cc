#include "delivery/alarms.h"

#include <algorithm>

#include "base/text.h"

namespace kith {
namespace {

constexpr Seconds kTold = std::chrono::days{30};
constexpr std::size_t kMostAlarms = 64;

std::string alarms_key(AccountId account) {
    return "alarms/" + std::to_string(account);
}

// One line each: root, address, when.
void put_alarms(WriteTransaction& write, AccountId account, const std::vector<HeardAlarm>& alarms) {
    std::string text;
    for (const HeardAlarm& each : alarms)
        text += each.root.hex_text() + " " + each.from + " " + format_time(each.at) + "\n";
    write.put_value(alarms_key(account), text);
}

}  // namespace

Complaint hear_alarm(WriteTransaction& write, AccountId account, const Alarm& alarm, Time now) {
    const Complaint heard = hear_complaint(write, account, alarm.from_root, now);
    if (heard == Complaint::ignored)
        return heard;
    auto alarms = alarms_about(write, account, now);
    std::erase_if(alarms, [&](const HeardAlarm& each) { return each.root == alarm.from_root; });
    alarms.push_back({alarm.from_root, alarm.from.text(), now});
    if (alarms.size() > kMostAlarms)
        alarms.erase(alarms.begin());
    put_alarms(write, account, alarms);
    write.touch(account, ObjectType::card, "self");
    return heard;
}

std::vector<HeardAlarm> alarms_about(ReadTransaction& read, AccountId account, Time now) {
    std::vector<HeardAlarm> alarms;
    const std::string text = read.value(alarms_key(account)).value_or("");
    for (const std::string_view line : split(text, '\n')) {
        const auto words = split(line, ' ');
        if (words.size() != 3)
            continue;
        const auto root = parse_hash_hex(words[0]);
        const auto at = parse_time(words[2]);
        if (root && at && *at + kTold >= now)
            alarms.push_back({*root, std::string(words[1]), *at});
    }
    return alarms;
}

bool meet_challenge(WriteTransaction& write, AccountId account, Time now) {
    const bool challenged = is_challenged(write, account, now);
    void_complaints(write, account, now);
    if (!challenged && alarms_about(write, account, now).empty())
        return false;
    put_alarms(write, account, {});
    write.touch(account, ObjectType::card, "self");
    return challenged;
}

}  // namespace kith
