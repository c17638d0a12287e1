// Tokens that a person's server makes for them (docs/client-api.md, Token).
#pragma once

#include <boost/json/object.hpp>

#include "base/result.h"
#include "kith/person.h"

namespace kith {

/// Makes the token that `create` describes, and fetches it as the server has it: `token`, `link`
/// and the rest. Errors: those of the server; not_found where it is gone again.
Result<boost::json::object> make_token(Person& person, const boost::json::object& create);

}  // namespace kith
