// The steps of decide() that concern mail by SMTP (smtp_evidence.h): for decision_steps.cc alone.
// Each is silent where `evidence.smtp` is absent. True: it has decided.
#pragma once

#include "trust/decision.h"

namespace kith {

/// First of all: what the domain itself disowns.
bool by_disowning_domain(const Evidence& evidence, Decision& decision);

/// Is it left open who wrote? Then a contact of that address does not count, and a token brings
/// the message no further than to Requests.
bool is_unproven_smtp(const Evidence& evidence);
/// The reason for that; or that somebody known by Kith has taken a step down. Before the grant.
void note_smtp_sender(const Evidence& evidence, Decision& decision);

/// Last of all: what becomes of a stranger. Decides always, or is silent.
bool by_smtp_stranger(const Evidence& evidence, Decision& decision);

}  // namespace kith
