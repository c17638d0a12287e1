#include "exchange/letter_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace kith {
namespace {

constexpr std::size_t kReadAtOnce = std::size_t{64} * 1024;

Error io_error(const char* doing) {
    return fail(ErrorKind::io, "spool", std::string(doing) + ": " + std::strerror(errno));
}

}  // namespace

bool SpoolMemory::take(std::size_t octets) {
    const auto wanted = static_cast<std::int64_t>(octets);
    if (left_.fetch_sub(wanted) >= wanted)
        return true;
    left_.fetch_add(wanted);
    return false;
}

void SpoolMemory::give_back(std::size_t octets) {
    left_.fetch_add(static_cast<std::int64_t>(octets));
}

LetterSpool::LetterSpool(std::string folder, SpoolMemory& memory, Random& random)
    : folder_(std::move(folder)), memory_(memory), random_(random), key_(new_file_key(random)) {}

LetterSpool::~LetterSpool() {
    memory_.give_back(taken_);
}

bool LetterSpool::needs_disk(std::size_t octets) const {
    return sealer_ != nullptr || octets_.size() + octets > kInMemory;
}

Result<void> LetterSpool::append(ByteView octets) {
    size_ += octets.size();
    if (!needs_disk(octets.size()) && memory_.take(octets.size())) {
        taken_ += octets.size();
        octets_.insert(octets_.end(), octets.begin(), octets.end());
        return {};
    }
    if (!sealer_)
        TRY(open_file());
    Bytes sealed;
    sealer_->update(octets, sealed);
    return write_sealed(sealed);
}

// What is in memory so far goes first.
Result<void> LetterSpool::open_file() {
    file_ = OpenFile(::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!file_.is_open())
        return io_error("open");
    sealer_ = std::make_unique<PayloadSealer>(key_, random_);
    Bytes sealed;
    sealer_->update(octets_, sealed);
    Bytes().swap(octets_);
    memory_.give_back(std::exchange(taken_, 0));
    return write_sealed(sealed);
}

Result<void> LetterSpool::write_sealed(ByteView sealed) {
    while (!sealed.empty()) {
        const auto written = ::write(file_.get(), sealed.data(), sealed.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return io_error("write");
        sealed = sealed.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> LetterSpool::read(const Sink& sink) {
    if (!sealer_)
        return sink(octets_);
    Bytes last;
    sealer_->finish(last);
    TRY(write_sealed(last));
    if (::lseek(file_.get(), 0, SEEK_SET) != 0)
        return io_error("seek");
    PayloadOpener opener(key_);
    Bytes piece(kReadAtOnce);
    while (true) {
        const auto got = ::read(file_.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return io_error("read");
        Bytes plain;
        if (got == 0) {
            TRY(opener.finish(plain));
            return sink(plain);
        }
        TRY(opener.update(ByteView(piece).first(static_cast<std::size_t>(got)), plain));
        TRY(sink(plain));
    }
}

}  // namespace kith
