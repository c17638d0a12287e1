// A message that was on its way when its recipient went to another address (protocol section 3.8):
// the old address answers where they are, and the message is sealed anew and goes there.
#pragma once

#include <optional>

#include "kith/submission.h"

namespace kith {

/// The recipients of a submission, as recipients_of() gives them. Who was answered for with a card
/// that says where they are is written to there; the row of the new address stands in the place of
/// the old one then, with `movedFrom`. Begun again it finds what went before. With `wait` the fate
/// of what went on is waited for. Who cannot be followed keeps their row, and a notice says why.
/// Errors: the server's.
Result<json::array> recipients_where_they_are(Person& person,
                                              const json::object& submission,
                                              const std::optional<WaitWish>& wait);

}  // namespace kith
