#include "delivery/challenge.h"

#include "trust/report_quorum.h"

namespace kith {
namespace {

/// Among whom the share is taken that it needs.
constexpr Seconds kCorrespondence = std::chrono::days{30};

std::string quorum_key(AccountId account) {
    return "alarm-quorum/" + std::to_string(account);
}

std::string met_key(AccountId account) {
    return "challenge-met/" + std::to_string(account);
}

ReportQuorum quorum_of(ReadTransaction& read, AccountId account) {
    const auto quorum = parse_report_quorum(read.value(quorum_key(account)).value_or(""));
    return quorum ? *quorum : ReportQuorum();
}

}  // namespace

Complaint hear_complaint(WriteTransaction& write, AccountId account, const Hash& root, Time now) {
    const bool before = is_challenged(write, account, now);
    ReportQuorum quorum = quorum_of(write, account);
    if (quorum.report(root, now) == ReportQuorum::Heard::too_many)
        return Complaint::ignored;
    write.put_value(quorum_key(account), write_report_quorum(quorum));
    return !before && is_challenged(write, account, now) ? Complaint::challenges
                                                         : Complaint::counted;
}

bool is_challenged(ReadTransaction& read, AccountId account, Time now) {
    const ReportQuorum quorum = quorum_of(read, account);
    if (quorum.distinct(now) == 0)
        return false;
    const auto heard_from = read.people_written_to(account, now - kCorrespondence);
    return quorum.is_challenged(static_cast<std::uint64_t>(heard_from), now);
}

void void_complaints(WriteTransaction& write, AccountId account, Time now) {
    ReportQuorum quorum = quorum_of(write, account);
    quorum.clear(now);
    write.put_value(quorum_key(account), write_report_quorum(quorum));
    write.put_value(met_key(account), format_time(now));
}

Time challenge_met(ReadTransaction& read, AccountId account) {
    const auto met = parse_time(read.value(met_key(account)).value_or(""));
    return met ? *met : Time();
}

}  // namespace kith
