// From a letter that came by SMTP to what is stored: the fields of ours before it, all of it sealed
// under a new key, its preview, and what it answers. Blocks: on a worker.
#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "exchange/letter_spool.h"
#include "store/blobs.h"

namespace kith {

struct SealedLetter {
    FileKey key;  ///< for the headers of its recipients' devices
    Hash blob;
    std::uint64_t size = 0;  ///< sealed
    Bytes octets;            ///< the payload; empty where it lies on disk as a large blob
    bool on_disk = false;
    Bytes preview;        ///< sealed
    Time sent_at;         ///< by its Date field, if that is believable; else when it came
    std::string answers;  ///< the stub id of a message of our domain that it answers, or empty
};

struct LetterParts {
    LetterSpool* spool = nullptr;     ///< the text as it came; read here
    std::uint64_t header_octets = 0;  ///< so many of its first octets are the old header
    std::string header;  ///< what stands in their place: our fields, and what was left of it
    std::string domain;  ///< ours: of the message ids that we gave
};

/// Errors: io, unavailable (the disk is full).
Result<SealedLetter> seal_letter(const LetterParts& parts,
                                 BlobFiles& blobs,
                                 Random& random,
                                 Time now);

}  // namespace kith
