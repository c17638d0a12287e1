#include "tlog/checkpoint.h"

#include "base/text.h"
#include "crypto/tiles.h"
#include "tlog/lines.h"

namespace kith {
namespace {

Error bad(const char* where, std::string detail) {
    return fail(ErrorKind::malformed, where, std::move(detail));
}

Result<std::uint64_t> read_size(std::string_view line) {
    auto size = parse_decimal(line, kMaxTreeSize);
    if (!size)
        return fail(size.error().kind, "size", size.error().detail);
    return size;
}

Result<Checkpoint> read_lines(std::string_view text) {
    Lines lines(text);
    Checkpoint checkpoint;
    checkpoint.origin = TRY(lines.next("origin"));
    if (checkpoint.origin.empty())
        return bad("origin", "empty");
    if (checkpoint.origin.size() > kMaxOrigin)
        return fail(ErrorKind::limit, "origin", "more than 255 octets");
    const std::string_view size = TRY(lines.next("size"));
    checkpoint.head.size = TRY(read_size(size));
    const std::string_view root_line = TRY(lines.next("root"));
    const auto root = parse_hash_base64(root_line);
    if (!root)
        return bad("root", "not base64 of 32 octets");
    checkpoint.head.root = *root;
    while (!lines.rest().empty()) {
        if (checkpoint.extensions.size() == kMaxCheckpointExtras)
            return fail(ErrorKind::limit, "extension", "more than 16 lines");
        checkpoint.extensions.emplace_back(TRY(lines.next("extension")));
        if (checkpoint.extensions.back().empty())
            return bad("extension", "an empty line");
    }
    return checkpoint;
}

}  // namespace

Result<Checkpoint> parse_checkpoint(std::string_view text) {
    auto checkpoint = read_lines(text);
    return checkpoint ? std::move(checkpoint) : std::move(checkpoint).error().within("checkpoint");
}

std::string write_checkpoint(const Checkpoint& checkpoint) {
    std::string text = checkpoint.origin + "\n" + std::to_string(checkpoint.head.size) + "\n" +
                       checkpoint.head.root.base64_text() + "\n";
    for (const std::string& line : checkpoint.extensions)
        text += line + "\n";
    return text;
}

Result<SignedCheckpoint> read_checkpoint(std::string_view octets) {
    auto note = SignedNote::parse(octets);
    if (!note)
        return std::move(note).error().within("checkpoint");
    Checkpoint checkpoint = TRY(parse_checkpoint(note->text()));
    return SignedCheckpoint{*std::move(note), std::move(checkpoint)};
}

Result<SignedCheckpoint> sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key) {
    const SignedNote note =
        TRY(SignedNote::sign(write_checkpoint(checkpoint), checkpoint.origin, key));
    return read_checkpoint(note.octets());
}

Result<void> signed_by_log(const SignedCheckpoint& checkpoint, std::span<const NamedKey> keys) {
    std::vector<NamedKey> own;
    for (const NamedKey& key : keys)
        if (key.name == checkpoint.checkpoint.origin)
            own.push_back(key);
    if (auto signers = verify_note(checkpoint.note, own); !signers)
        return std::move(signers).error().within("checkpoint");
    return {};
}

}  // namespace kith
