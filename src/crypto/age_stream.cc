#include "crypto/age_stream.h"

#include "crypto/hash.h"

namespace kith {
namespace {

constexpr std::size_t kSealedChunk = kChunk + kTagOctets;

// The counter in 11 octets, big-endian, then the flag of the last chunk.
Nonce chunk_nonce(std::uint64_t count, std::uint8_t last) {
    Nonce nonce{};
    for (std::size_t i = 0; i < 8; ++i)
        nonce[10 - i] = static_cast<std::uint8_t>(count >> (8 * i));
    nonce[11] = last;
    return nonce;
}

Aead payload_aead(const FileKey& key, ByteView nonce) {
    return Aead(hkdf_sha256(key.view(), nonce, "payload", 32).view());
}

}  // namespace

std::uint64_t sealed_size(std::uint64_t plain) {
    const std::uint64_t chunks = plain == 0 ? 1 : (plain + kChunk - 1) / kChunk;
    return kPayloadNonce + plain + chunks * kTagOctets;
}

PayloadSealer::PayloadSealer(const FileKey& key, Random& random)
    : nonce_(random.array<kPayloadNonce>()), aead_(payload_aead(key, nonce_)) {}

void PayloadSealer::seal_chunk(ByteView plain, Bytes& out, std::uint8_t last) {
    aead_.seal(chunk_nonce(count_++, last), plain, out);
}

void PayloadSealer::update(ByteView plain, Bytes& out) {
    KITH_CHECK(state_ != State::finished);
    if (state_ == State::fresh)
        out.insert(out.end(), nonce_.begin(), nonce_.end());
    state_ = State::begun;
    // A chunk is sealed once it is known not to be the last: when an octet after it has come.
    if (!pending_.empty()) {
        const std::size_t take = std::min(kChunk - pending_.size(), plain.size());
        pending_.insert(
            pending_.end(), plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(take));
        plain = plain.subspan(take);
        if (plain.empty())
            return;
        seal_chunk(pending_, out, 0);
        wipe(pending_);
        pending_.clear();
    }
    while (plain.size() > kChunk) {
        seal_chunk(plain.first(kChunk), out, 0);
        plain = plain.subspan(kChunk);
    }
    pending_.assign(plain.begin(), plain.end());
}

void PayloadSealer::finish(Bytes& out) {
    update({}, out);
    seal_chunk(pending_, out, 1);
    wipe(pending_);
    pending_.clear();
    state_ = State::finished;
}

// Whether the tag verifies as that of the next chunk; then its plain text is appended.
bool PayloadOpener::opens(ByteView sealed, Bytes& out, std::uint8_t last) {
    if (!aead_->open(chunk_nonce(count_, last), sealed, out))
        return false;
    ++count_;
    if (last != 0)
        state_ = State::ended;
    return true;
}

Error PayloadOpener::failed(ErrorKind kind, std::string why) {
    state_ = State::failed;
    return fail(kind, "age payload", std::move(why));
}

Error PayloadOpener::bad_chunk() {
    return failed(ErrorKind::bad_signature, "chunk " + std::to_string(count_) + " does not verify");
}

// A full chunk may be the last one: only the second try tells, and it costs once a payload.
Result<void> PayloadOpener::open_full_chunk(ByteView sealed, Bytes& out) {
    if (opens(sealed, out, 0) || opens(sealed, out, 1))
        return {};
    return bad_chunk();
}

// Moves octets to pending_ until there are `wanted`; answers whether there are.
bool PayloadOpener::gather(ByteView& sealed, std::size_t wanted) {
    const std::size_t take = std::min(wanted - pending_.size(), sealed.size());
    pending_.insert(
        pending_.end(), sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(take));
    sealed = sealed.subspan(take);
    return pending_.size() == wanted;
}

Result<void> PayloadOpener::update(ByteView sealed, Bytes& out) {
    KITH_CHECK(state_ != State::finished);
    if (state_ == State::failed)
        return failed(ErrorKind::bad_signature, "failed before");
    if (!aead_) {
        if (!gather(sealed, kPayloadNonce))
            return {};
        aead_ = std::make_unique<Aead>(payload_aead(key_, pending_));
        pending_.clear();
    }
    while (!sealed.empty()) {
        if (state_ == State::ended)
            return failed(ErrorKind::malformed, "octets after the last chunk");
        if (pending_.empty() && sealed.size() >= kSealedChunk) {
            TRY(open_full_chunk(sealed.first(kSealedChunk), out));
            sealed = sealed.subspan(kSealedChunk);
        } else if (gather(sealed, kSealedChunk)) {
            TRY(open_full_chunk(pending_, out));
            pending_.clear();
        }
    }
    return {};
}

Result<void> PayloadOpener::finish(Bytes& out) {
    KITH_CHECK(state_ != State::finished);
    if (state_ == State::failed)
        return failed(ErrorKind::bad_signature, "failed before");
    if (!aead_)
        return failed(ErrorKind::malformed, "cut short within the nonce");
    if (state_ != State::ended) {
        if (pending_.size() < kTagOctets)
            return failed(ErrorKind::malformed, "cut short: no last chunk");
        if (pending_.size() == kTagOctets && count_ > 0)
            return failed(ErrorKind::malformed, "an empty last chunk");
        if (!opens(pending_, out, 1))
            return bad_chunk();
    }
    state_ = State::finished;
    return {};
}

namespace {

// Room for all of it is made once.
void append_payload(const FileKey& key, ByteView plain, Random& random, Bytes& out) {
    out.reserve(out.size() + sealed_size(plain.size()));
    PayloadSealer sealer(key, random);
    sealer.update(plain, out);
    sealer.finish(out);
}

}  // namespace

Bytes seal_payload(const FileKey& key, ByteView plain, Random& random) {
    Bytes out;
    append_payload(key, plain, random, out);
    return out;
}

Result<Bytes> open_payload(const FileKey& key, ByteView payload) {
    Bytes out;
    out.reserve(payload.size());
    PayloadOpener opener(key);
    TRY(opener.update(payload, out));
    TRY(opener.finish(out));
    return out;
}

Bytes seal_file(ByteView plain, std::span<const AgeRecipient> to, Random& random) {
    const FileKey key = new_file_key(random);
    Bytes out = to_bytes(seal_header(key, to, random));
    append_payload(key, plain, random, out);
    return out;
}

Result<AgeFile> split_file(ByteView file) {
    const std::size_t length = TRY(age_header_length(as_text(file)));
    return AgeFile{as_text(file.first(length)), file.subspan(length)};
}

Result<Bytes> open_file(ByteView file, std::span<const AgeIdentity> identities) {
    const AgeFile parts = TRY(split_file(file));
    const FileKey key = TRY(open_header(parts.header, identities));
    return open_payload(key, parts.payload);
}

Result<Bytes> seal_with_passphrase(ByteView plain,
                                   ByteView passphrase,
                                   Random& random,
                                   unsigned log_n) {
    const FileKey key = new_file_key(random);
    Bytes out = to_bytes(TRY(seal_header_with_passphrase(key, passphrase, random, log_n)));
    append_payload(key, plain, random, out);
    return out;
}

Result<Bytes> open_with_passphrase(ByteView file, ByteView passphrase, unsigned max_log_n) {
    const AgeFile parts = TRY(split_file(file));
    const FileKey key = TRY(open_header_with_passphrase(parts.header, passphrase, max_log_n));
    return open_payload(key, parts.payload);
}

Bytes seal_preview(const FileKey& key, ByteView plain) {
    Bytes out;
    Aead(hkdf_sha256(key.view(), {}, "kith/1 preview", 32).view()).seal(Nonce{}, plain, out);
    return out;
}

Result<Bytes> open_preview(const FileKey& key, ByteView sealed) {
    Bytes out;
    TRY(Aead(hkdf_sha256(key.view(), {}, "kith/1 preview", 32).view()).open(Nonce{}, sealed, out));
    return out;
}

}  // namespace kith
