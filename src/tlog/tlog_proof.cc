#include "tlog/tlog_proof.h"

#include "base/text.h"
#include "crypto/tiles.h"
#include "tlog/lines.h"

namespace kith {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

Error bad(const char* where, std::string detail) {
    return fail(ErrorKind::malformed, where, std::move(detail));
}

struct Head {
    Bytes extra;
    std::uint64_t index = 0;
    std::vector<Hash> path;
};

Result<Head> read_head(Lines& lines) {
    const std::string_view first = TRY(lines.next("type"));
    if (first != kFirstLine)
        return bad("type", "the first line is not c2sp.org/tlog-proof@v1");
    Head head;
    std::string_view line = TRY(lines.next("index"));
    if (line.starts_with(kExtra)) {
        auto extra = parse_base64(line.substr(kExtra.size()));
        if (!extra || extra->empty())
            return bad("extra", "not base64 of anything");
        head.extra = *std::move(extra);
        line = TRY(lines.next("index"));
    }
    if (!line.starts_with(kIndex))
        return bad("index", "the line does not begin with it");
    const auto index = parse_decimal(line.substr(kIndex.size()), kMaxTreeSize - 1);
    if (!index)
        return fail(index.error().kind, "index", index.error().detail);
    head.index = *index;
    auto path = lines.proof();
    if (!path)
        return fail(path.error().kind, "path", path.error().detail);
    head.path = *std::move(path);
    return head;
}

}  // namespace

Result<TlogProof> parse_tlog_proof(std::string_view text) {
    if (text.size() > kMaxTlogProof)
        return fail(ErrorKind::limit, "proof", "more than 65536 octets");
    Lines lines(text);
    auto head = read_head(lines);
    if (!head)
        return std::move(head).error().within("proof");
    SignedCheckpoint checkpoint = TRY(read_checkpoint(lines.rest()));
    return TlogProof{
        std::move(head->extra), head->index, std::move(head->path), std::move(checkpoint)};
}

std::string write_tlog_proof(const TlogProof& proof) {
    std::string text = std::string(kFirstLine) + "\n";
    if (!proof.extra.empty())
        text += std::string(kExtra) + base64(proof.extra) + "\n";
    text += std::string(kIndex) + std::to_string(proof.index) + "\n" + write_proof(proof.path);
    return text + "\n" + proof.checkpoint.note.octets();
}

Result<void> check_inclusion(const Checkpoint& checkpoint,
                             std::uint64_t index,
                             const Hash& leaf,
                             std::span<const Hash> path) {
    if (!merkle_includes(checkpoint.head.root, checkpoint.head.size, index, leaf, path))
        return fail(ErrorKind::bad_signature,
                    "proof: path",
                    "does not lead from the entry to the checkpoint");
    return {};
}

}  // namespace kith
