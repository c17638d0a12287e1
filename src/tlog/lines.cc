#include "tlog/lines.h"

namespace kith {

Result<std::string_view> Lines::next(const char* where) {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos)
        return fail(ErrorKind::malformed, where, "missing, or the line has no end");
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
}

Result<std::vector<Hash>> Lines::proof() {
    std::vector<Hash> hashes;
    for (;;) {
        const std::string_view line = TRY(next("proof"));
        if (line.empty())
            return hashes;
        if (hashes.size() == kMaxProofHashes)
            return fail(ErrorKind::limit, "proof", "more than 63 hashes");
        auto hash = parse_hash_base64(line);
        if (!hash)
            return fail(ErrorKind::malformed, "proof", "a line is not base64 of 32 octets");
        hashes.push_back(*hash);
    }
}

std::string write_proof(std::span<const Hash> proof) {
    std::string text;
    for (const Hash& hash : proof)
        text += hash.base64_text() + "\n";
    return text;
}

}  // namespace kith
