// The table of steps behind decide(): for decision.cc alone.
#pragma once

#include "trust/decision.h"

namespace kith {

/// One pass over the steps, for a sender who is not blocked. The sentence is not written yet, and
/// what is told is what was decided.
Decision run_steps(const Evidence& evidence);

// How a step ends; each answers true, for "it has decided".
/// In Requests, as unknown.
bool hold_unknown(Decision& decision);
bool refuse_for(Decision& decision, Refusal refusal);

/// Adds a reason.
void note_reason(Decision& decision,
                 ReasonCode code,
                 std::string text,
                 std::vector<std::pair<std::string, std::string>> data = {});

}  // namespace kith
