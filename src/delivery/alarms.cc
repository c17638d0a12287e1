#include "delivery/alarms.h"

#include <algorithm>

#include "base/text.h"
#include "trust/report_quorum.h"

namespace kith {
namespace {

constexpr Seconds kTold = std::chrono::days{30};
constexpr Seconds kCorrespondence = std::chrono::days{30};
constexpr std::size_t kMostAlarms = 64;

std::string alarms_key(AccountId account) {
    return "alarms/" + std::to_string(account);
}

std::string quorum_key(AccountId account) {
    return "alarm-quorum/" + std::to_string(account);
}

ReportQuorum quorum_of(ReadTransaction& read, AccountId account) {
    const auto quorum = parse_report_quorum(read.value(quorum_key(account)).value_or(""));
    return quorum ? *quorum : ReportQuorum();
}

// One line each: root, address, when.
void put_alarms(WriteTransaction& write, AccountId account, const std::vector<HeardAlarm>& alarms) {
    std::string text;
    for (const HeardAlarm& each : alarms)
        text += each.root.hex_text() + " " + each.from + " " + format_time(each.at) + "\n";
    write.put_value(alarms_key(account), text);
}

}  // namespace

bool hear_alarm(WriteTransaction& write, AccountId account, const Alarm& alarm, Time now) {
    ReportQuorum quorum = quorum_of(write, account);
    if (quorum.report(alarm.from_root, now) == ReportQuorum::Heard::too_many)
        return false;
    write.put_value(quorum_key(account), write_report_quorum(quorum));
    auto alarms = alarms_about(write, account, now);
    std::erase_if(alarms, [&](const HeardAlarm& each) { return each.root == alarm.from_root; });
    alarms.push_back({alarm.from_root, alarm.from.text(), now});
    if (alarms.size() > kMostAlarms)
        alarms.erase(alarms.begin());
    put_alarms(write, account, alarms);
    write.touch(account, ObjectType::card, "self");
    return true;
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

bool is_challenged(ReadTransaction& read, AccountId account, Time now) {
    const ReportQuorum quorum = quorum_of(read, account);
    if (quorum.distinct(now) == 0)
        return false;
    const auto heard_from = read.recipients_since(account, now - kCorrespondence);
    return quorum.is_challenged(static_cast<std::uint64_t>(heard_from), now);
}

void meet_challenge(WriteTransaction& write, AccountId account, Time now) {
    ReportQuorum quorum = quorum_of(write, account);
    if (quorum.distinct(now) == 0 && alarms_about(write, account, now).empty())
        return;
    quorum.clear(now);
    write.put_value(quorum_key(account), write_report_quorum(quorum));
    put_alarms(write, account, {});
    write.touch(account, ObjectType::card, "self");
}

}  // namespace kith
