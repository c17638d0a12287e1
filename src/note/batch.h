// A batch: one signature of a domain for many stubs (protocol section 4.2).
#pragma once

#include <string>

#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

inline constexpr std::uint64_t kMaxBatch = 1024;  ///< stubs

struct Batch {
    std::string domain;
    Time time;
    std::uint64_t size = 0;
    Hash tree;

    friend bool operator==(const Batch&, const Batch&) = default;
};

/// Form only. Errors: malformed, limit; `where` is "batch: FIELD".
Result<Batch> parse_batch(const SignedNote& note);
std::string write_batch(const Batch& batch);
/// Errors: future ("batch: time").
Result<void> check_times(const Batch& batch, Time now);

/// Where a stub is in its batch: the part `path`.
struct BatchPath {
    std::uint64_t index = 0;
    std::vector<Hash> proof;

    friend bool operator==(const BatchPath&, const BatchPath&) = default;
};
/// Errors: malformed, limit; `where` is "path".
Result<BatchPath> parse_batch_path(std::string_view text);
std::string write_batch_path(const BatchPath& path);

}  // namespace kith
