#include "trust/evidence.h"

namespace kith {

GrantEvidence evidence_of(const GrantLedger& ledger, const Address& address, Time now) {
    using State = GrantEvidence::State;
    GrantEvidence evidence;
    evidence.address = address;
    evidence.mail = ledger.available(GrantBucket::mail, now);
    switch (ledger.standing(now)) {
        case GrantStanding::blocked:
            evidence.level = GrantLevel::blocked;
            break;
        case GrantStanding::suspended:
            evidence.level = ledger.choice().level;
            evidence.state = State::suspended;
            break;
        case GrantStanding::dormant:
            evidence.state = State::dormant;
            break;
        case GrantStanding::introduced:
            evidence.state = State::introduced;
            break;
        case GrantStanding::known:
            break;
        case GrantStanding::well_trusted:
            evidence.level = GrantLevel::well_trusted;
            break;
    }
    return evidence;
}

bool book(Debit::Meter meter, GrantLedger& ledger, Time now) {
    switch (meter) {
        case Debit::Meter::mail:
            return ledger.take(GrantBucket::mail, now);
        case Debit::Meter::introductions:
            return ledger.take(GrantBucket::introductions, now);
        case Debit::Meter::domain:
        case Debit::Meter::token:
            break;
    }
    return false;
}

}  // namespace kith
