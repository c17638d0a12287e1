// How far the search for a stamp has come: pending/HASH.search in the home, so that Ctrl-C, or a
// machine that goes to sleep for good, costs nothing that was computed. It counts for one stub, one
// price note and one effort; for others the search begins anew.
#pragma once

#include "crypto/hash.h"
#include "crypto/puzzle.h"
#include "kith/home.h"
#include "note/stamp.h"

namespace kith {

/// Where the search for this stamp was stopped; the beginning, when it was not begun.
SearchState read_stamp_progress(const Home& home, const Hash& stub, const Stamp& stamp);
/// Errors: io.
Result<void> write_stamp_progress(const Home& home,
                                  const Hash& stub,
                                  const Stamp& stamp,
                                  const SearchState& state);
void drop_stamp_progress(const Home& home, const Hash& stub);

}  // namespace kith
