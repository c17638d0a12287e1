// A letter that comes by SMTP, kept until it is complete and judged: small ones in memory, larger
// ones in a file that has no name, sealed under a key that never leaves memory, so that no disk
// ever has the text.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "base/open_file.h"
#include "base/result.h"
#include "crypto/age_stream.h"

namespace kith {

/// What all letters together may hold of memory; over that, they go to disk from their first octet.
/// Thread-safe.
class SpoolMemory {
  public:
    explicit SpoolMemory(std::size_t octets) : left_(static_cast<std::int64_t>(octets)) {}
    bool take(std::size_t octets);
    void give_back(std::size_t octets);

  private:
    std::atomic<std::int64_t> left_;
};

/// For one thread at a time. append() and read() may block when needs_disk().
class LetterSpool {
  public:
    static constexpr std::size_t kInMemory = std::size_t{128} * 1024;

    /// `folder`: where the nameless file is made. `memory` must outlive it.
    LetterSpool(std::string folder, SpoolMemory& memory, Random& random);
    ~LetterSpool();
    LetterSpool(const LetterSpool&) = delete;
    LetterSpool& operator=(const LetterSpool&) = delete;

    /// Would appending so many octets touch the disk?
    bool needs_disk(std::size_t octets) const;
    /// Errors: io (the disk is full, …).
    Result<void> append(ByteView octets);
    std::uint64_t size() const { return size_; }

    /// All of it, in pieces, once. Errors: io; those of `sink`.
    using Sink = std::function<Result<void>(ByteView)>;
    Result<void> read(const Sink& sink);

  private:
    Result<void> open_file();
    Result<void> write_sealed(ByteView sealed);

    std::string folder_;
    SpoolMemory& memory_;
    Random& random_;
    Bytes octets_;           ///< while in memory
    std::size_t taken_ = 0;  ///< of memory_
    OpenFile file_;
    FileKey key_;
    std::unique_ptr<PayloadSealer> sealer_;  ///< once it goes to disk
    std::uint64_t size_ = 0;
};

}  // namespace kith
