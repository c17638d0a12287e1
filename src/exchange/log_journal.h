// What was published of this domain's directory log, kept outside of the store: its entries, one
// after the other, and the newest checkpoint. A store that comes out of a backup is older than
// what others have seen; by this it is noticed, and mended, for entries are all that a log is.
//
//     FOLDER/entries      64 octets an entry, in their order
//     FOLDER/checkpoint   the newest that was published, a note
//
// Both are small, and may be copied away while the server runs, as often as one likes: the
// checkpoint first, then the entries.
#pragma once

#include <filesystem>
#include <optional>

#include "exchange/own_log.h"

namespace kith {

/// Blocking. For one thread at a time.
class LogJournal {
  public:
    explicit LogJournal(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// The newest that was published. Errors: io, malformed.
    Result<std::optional<SignedCheckpoint>> checkpoint() const;
    /// Before a checkpoint is published: its entries, then itself; on disk when this returns.
    /// Errors: io.
    Result<void> record(ReadTransaction& read, const SignedCheckpoint& checkpoint) const;

    /// Brings a store that has fewer entries up to what was published; answers how many it lacked.
    /// Errors: conflict ("log": it has others, or the journal is damaged), io.
    Result<std::uint64_t> mend(Store& store, const OwnLog& log) const;

  private:
    Result<Bytes> entries(std::uint64_t from, std::uint64_t count) const;

    const std::filesystem::path folder_;
};

}  // namespace kith
