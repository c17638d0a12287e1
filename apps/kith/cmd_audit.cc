// audit: whether the domain shows anybody another card than one's own.
#include <fmt/format.h>

#include "kith/commands.h"
#include "kith/log_audit.h"

namespace kith {
namespace {

json::array rows_of(const OwnEntries::Sightings& sightings) {
    json::array rows;
    for (const auto& seen : sightings)
        rows.push_back(json::object{{"entry", seen.index}, {"card", seen.card.text()}});
    return rows;
}

void print_audit_json(const LogAudit& audit, const Result<bool>& frozen) {
    print_json({{"entries", audit.entries},
                {"fresh", audit.fresh},
                {"witnesses", json::array(audit.witnesses.begin(), audit.witnesses.end())},
                {"foreign", rows_of(audit.foreign)},
                {"superseded", rows_of(audit.own.superseded)},
                {"earlier", rows_of(audit.own.earlier)},
                {"trouble", text_or_null(audit.trouble)},
                {"frozen", frozen && *frozen}});
}

void print_sightings(const char* what, const OwnEntries::Sightings& sightings) {
    if (sightings.empty())
        return;
    print_line(what);
    for (const auto& seen : sightings)
        print_line(fmt::format("  entry {}: {}", seen.index, seen.card.text()));
}

void print_audit(const Person& person, const LogAudit& audit) {
    print_line(fmt::format("{} entries in the log of {}, {} of them new: {}",
                           audit.entries,
                           person.address().domain(),
                           audit.fresh,
                           audit.is_clean()        ? "every card of yours there is one of your own"
                           : audit.foreign.empty() ? "but " + audit.trouble
                                                   : "there are cards of you that your devices did "
                                                     "not make"));
    print_sightings("cards that your devices did not make:", audit.foreign);
    print_sightings("cards of your devices that a recovery has overruled:", audit.own.superseded);
    print_sightings(
        "cards from before your account began, of whoever had the address then; if you know of "
        "nobody who had it, ask your provider (this freezes nothing: your own card is newer):",
        audit.own.earlier);
    if (!audit.foreign.empty() && !audit.trouble.empty())
        print_line(audit.trouble);
}

void print_frozen(const Person& person, const LogAudit& audit, const Result<bool>& frozen) {
    if (!frozen)
        print_notice("the account could not be frozen (" + sentence_of(frozen.error()) +
                     "): tell your contacts in another way");
    else if (*frozen)
        print_line("the account is frozen: nothing goes out as " + person.address().text() +
                   " until `kith thaw` or `kith recover`");
    else if (!audit.foreign.empty())
        print_line(
            "nothing was frozen anew: you have been told of these cards before, or the "
            "account is frozen already");
}

}  // namespace

Outcome run_audit(Person& person) {
    const LogAudit audit = TRY(audit_log(person));
    const auto frozen = freeze_on(person, audit);
    if (person.terminal().json) {
        print_audit_json(audit, frozen);
    } else {
        print_audit(person, audit);
        print_frozen(person, audit, frozen);
    }
    return audit.is_clean() ? ExitCode::done : ExitCode::keys;
}

}  // namespace kith
