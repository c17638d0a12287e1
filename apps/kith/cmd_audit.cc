// audit: whether the domain shows anybody another card than one's own.
#include <fmt/format.h>

#include "kith/commands.h"
#include "kith/log_audit.h"

namespace kith {
namespace {

json::array foreign_json(const LogAudit& audit) {
    json::array rows;
    for (const auto& seen : audit.foreign)
        rows.push_back(json::object{{"entry", seen.index}, {"card", seen.card.text()}});
    return rows;
}

}  // namespace

Outcome run_audit(Person& person) {
    const LogAudit audit = TRY(audit_log(person));
    const bool frozen = TRY(freeze_on(person, audit));
    const bool clean = audit.foreign.empty();
    if (person.terminal().json) {
        print_json({{"entries", audit.entries},
                    {"fresh", audit.fresh},
                    {"witnesses", json::array(audit.witnesses.begin(), audit.witnesses.end())},
                    {"foreign", foreign_json(audit)},
                    {"frozen", frozen}});
        return clean ? ExitCode::done : ExitCode::keys;
    }
    print_line(fmt::format("{} entries in the log of {}, {} of them new: {}",
                           audit.entries,
                           person.address().domain(),
                           audit.fresh,
                           clean ? "every card of yours there is one of your own"
                                 : "there are cards of you that your devices did not make"));
    for (const auto& seen : audit.foreign)
        print_line(fmt::format("  entry {}: {}", seen.index, seen.card.text()));
    if (frozen)
        print_line("the account is frozen: nothing goes out as " + person.address().text() +
                   " until `kith thaw` or `kith recover`");
    else if (!clean)
        print_notice("if you know of no recovery that explains them, `kith freeze` now");
    return clean ? ExitCode::done : ExitCode::keys;
}

}  // namespace kith
