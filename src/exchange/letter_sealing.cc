#include "exchange/letter_sealing.h"

#include <algorithm>

#include "base/text.h"
#include "mail/message.h"
#include "mail/preview.h"

namespace kith {
namespace {

// So much of a letter is enough to show how it begins.
constexpr std::size_t kLookedAt = std::size_t{256} * 1024;
constexpr std::size_t kStubId = 32;
constexpr Seconds kMostDelay = std::chrono::days{30};

// Into memory while it is small; else to disk.
class Payload {
  public:
    Payload(BlobFiles& blobs, SealedLetter& letter) : blobs_(blobs), letter_(letter) {}

    Result<void> take(Bytes sealed) {
        letter_.size += sealed.size();
        if (!writer_) {
            letter_.octets.insert(letter_.octets.end(), sealed.begin(), sealed.end());
            if (letter_.octets.size() <= kMaxSmallBlob)
                return {};
            writer_ = TRY(blobs_.begin_large());
            sealed = std::move(letter_.octets);
            letter_.octets.clear();
        }
        return writer_->append(sealed);
    }

    Result<void> finish() {
        if (!writer_) {
            letter_.blob = sha256(ByteView(letter_.octets));
            return {};
        }
        letter_.blob = TRY(writer_->finish(std::nullopt));
        letter_.on_disk = true;
        return {};
    }

  private:
    BlobFiles& blobs_;
    SealedLetter& letter_;
    std::unique_ptr<LargeBlobWriter> writer_;
};

// "<ID@DOMAIN>" of a message that somebody here sent.
std::string own_stub_id(const std::string& message_id, const std::string& domain) {
    const bool ours = message_id.size() == kStubId + 1 + domain.size() &&
                      message_id[kStubId] == '@' &&
                      to_lower(message_id.substr(kStubId + 1)) == domain &&
                      std::ranges::all_of(message_id.substr(0, kStubId), [](char c) {
                          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                      });
    return ours ? message_id.substr(0, kStubId) : std::string();
}

void look_at(std::string_view beginning, const LetterParts& parts, Time now, SealedLetter& letter) {
    letter.sent_at = now;
    const auto view = parse_message(beginning);
    if (!view) {
        letter.preview = seal_preview(letter.key, as_bytes(make_preview("", "")));
        return;
    }
    letter.preview =
        seal_preview(letter.key, as_bytes(make_preview(view->subject(), view->text())));
    if (const auto date = view->date(); date && *date <= now && *date + kMostDelay >= now)
        letter.sent_at = *date;
    letter.answers = own_stub_id(view->in_reply_to(), parts.domain);
}

}  // namespace

Result<SealedLetter> seal_letter(const LetterParts& parts,
                                 BlobFiles& blobs,
                                 Random& random,
                                 Time now) {
    SealedLetter letter;
    letter.key = new_file_key(random);
    PayloadSealer sealer(letter.key, random);
    Payload payload(blobs, letter);
    std::string beginning;
    const auto seal = [&](ByteView plain) -> Result<void> {
        const std::size_t room = kLookedAt - std::min(kLookedAt, beginning.size());
        beginning += as_text(plain.first(std::min(plain.size(), room)));
        Bytes sealed;
        sealer.update(plain, sealed);
        return payload.take(std::move(sealed));
    };
    TRY(seal(as_bytes(parts.header)));
    std::uint64_t skip = parts.header_octets;
    TRY(parts.spool->read([&](ByteView piece) -> Result<void> {
        const auto skipped = std::min<std::uint64_t>(skip, piece.size());
        skip -= skipped;
        return seal(piece.subspan(static_cast<std::size_t>(skipped)));
    }));
    Bytes last;
    sealer.finish(last);
    TRY(payload.take(std::move(last)));
    TRY(payload.finish());
    look_at(beginning, parts, now, letter);
    return letter;
}

}  // namespace kith
