#include "tlog/equivocation.h"

#include <array>

#include "note/fields.h"
#include "tlog/lines.h"

namespace kith {
namespace {

constexpr std::string_view kType = "equivocation";
constexpr std::string_view kPart = "checkpoint ";
constexpr std::array<std::string_view, 3> kFields = {"origin", "root", "proof"};

Error bad(const char* where, std::string detail) {
    return fail(ErrorKind::malformed, where, std::move(detail));
}

struct Head {
    std::string origin;
    std::optional<Equivocation::Prefix> prefix;
};

Result<Head> read_head(std::string_view text) {
    const Fields fields = TRY(Fields::parse(text, kType));
    if (!fields.others(kFields).empty())
        return bad("field", "another than origin, root, proof");
    Head head;
    head.origin = TRY(fields.required("origin", as_line));
    const auto root = TRY(fields.optional("root", as_hash));
    std::vector<Hash> proof = TRY(fields.list("proof", kMaxProofHashes, as_hash));
    if (root)
        head.prefix = Equivocation::Prefix{*root, std::move(proof)};
    else if (!proof.empty())
        return bad("proof", "without a root");
    return head;
}

// "checkpoint LENGTH LF" and so many octets, off the front of `rest`.
Result<std::string_view> take_part(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos || !rest.starts_with(kPart))
        return bad("checkpoint", "missing");
    const auto length = parse_decimal(rest.substr(kPart.size(), end - kPart.size()), kMaxNote);
    if (!length || rest.size() - end - 1 < *length)
        return bad("checkpoint", "its length is not what there is");
    const std::string_view part = rest.substr(end + 1, *length);
    rest.remove_prefix(end + 1 + *length);
    return part;
}

// The rules that need no key: the very same for what is read and for what is checked.
Result<void> check_form(const std::string& origin, const Equivocation& evidence) {
    const Checkpoint& smaller = evidence.smaller.checkpoint;
    const Checkpoint& larger = evidence.larger.checkpoint;
    if (smaller.origin != origin || larger.origin != origin)
        return bad("origin", "is not that of both checkpoints");
    if (smaller.head.size > larger.head.size)
        return bad("checkpoint", "the larger tree stands first");
    if (evidence.prefix.has_value() != (smaller.head.size != larger.head.size))
        return bad("root", "stands where, and only where, the sizes differ");
    return {};
}

struct Parts {
    std::string_view head;
    std::string_view smaller;
    std::string_view larger;
};

Result<Parts> cut(std::string_view text) {
    const std::size_t gap = text.find("\n\n");
    if (gap == std::string_view::npos)
        return bad("note", "no empty line before the checkpoints");
    Parts parts;
    parts.head = text.substr(0, gap + 1);
    std::string_view rest = text.substr(gap + 2);
    parts.smaller = TRY(take_part(rest));
    parts.larger = TRY(take_part(rest));
    if (!rest.empty())
        return bad("checkpoint", "something behind the second one");
    return parts;
}

template <class T>
Result<T> within(Result<T> result) {
    return result ? std::move(result) : std::move(result).error().within(std::string(kType));
}

}  // namespace

Result<Equivocation> parse_equivocation(std::string_view text) {
    if (text.size() > kMaxEquivocation)
        return fail(ErrorKind::limit, std::string(kType), "more than 196608 octets");
    const Parts parts = TRY(within(cut(text)));
    Head head = TRY(within(read_head(parts.head)));
    SignedCheckpoint smaller = TRY(read_checkpoint(parts.smaller));
    SignedCheckpoint larger = TRY(read_checkpoint(parts.larger));
    Equivocation evidence{std::move(smaller), std::move(larger), std::move(head.prefix)};
    TRY(within(check_form(head.origin, evidence)));
    return evidence;
}

std::string write_equivocation(const Equivocation& evidence) {
    FieldWriter head(kType);
    head.add("origin", evidence.smaller.checkpoint.origin);
    if (evidence.prefix) {
        head.add("root", evidence.prefix->root.text());
        for (const Hash& hash : evidence.prefix->proof)
            head.add("proof", hash.text());
    }
    std::string text = head.take() + "\n";
    for (const SignedCheckpoint* one : {&evidence.smaller, &evidence.larger}) {
        const std::string& octets = one->note.octets();
        text += std::string(kPart) + std::to_string(octets.size()) + "\n" + octets;
    }
    return text;
}

Result<void> check_equivocation(const Equivocation& evidence, std::span<const NamedKey> log_keys) {
    TRY(within(check_form(evidence.smaller.checkpoint.origin, evidence)));
    TRY(signed_by_log(evidence.smaller, log_keys));
    TRY(signed_by_log(evidence.larger, log_keys));
    const TreeHead& smaller = evidence.smaller.checkpoint.head;
    const TreeHead& larger = evidence.larger.checkpoint.head;
    const Hash& then = evidence.prefix ? evidence.prefix->root : larger.root;
    if (then == smaller.root)
        return fail(ErrorKind::untrusted, std::string(kType), "both may be true");
    if (evidence.prefix && !merkle_consistent({smaller.size, then}, larger, evidence.prefix->proof))
        return fail(ErrorKind::untrusted,
                    std::string(kType),
                    "the larger tree is not shown to have had that root");
    return {};
}

std::optional<Equivocation> find_equivocation(const SignedCheckpoint& one,
                                              const SignedCheckpoint& other) {
    const Checkpoint& a = one.checkpoint;
    const Checkpoint& b = other.checkpoint;
    if (a.origin != b.origin || a.head.size != b.head.size || a.head.root == b.head.root)
        return std::nullopt;
    return Equivocation{one, other, std::nullopt};
}

Result<std::optional<Equivocation>> find_equivocation(const SignedCheckpoint& smaller,
                                                      const SignedCheckpoint& larger,
                                                      TileReader& tiles) {
    const TreeHead& then = smaller.checkpoint.head;
    const TreeHead& now = larger.checkpoint.head;
    KITH_CHECK(smaller.checkpoint.origin == larger.checkpoint.origin && then.size <= now.size);
    if (then.size == now.size)
        return find_equivocation(smaller, larger);
    TileTree tree(tiles, now.size);
    if (TRY(tree.root()) != now.root)
        return fail(ErrorKind::untrusted, "tile", "the tiles are not those of the checkpoint");
    TileTree before(tiles, then.size);
    const Hash root = TRY(before.root());
    if (root == then.root)
        return std::optional<Equivocation>();
    std::vector<Hash> proof = TRY(tree.consistency_proof(then.size));
    // Tiles deep inside may be anything; what they prove is not.
    if (!merkle_consistent({then.size, root}, now, proof))
        return fail(ErrorKind::untrusted, "tile", "the tiles are not those of the checkpoint");
    return std::optional<Equivocation>(
        Equivocation{smaller, larger, Equivocation::Prefix{root, std::move(proof)}});
}

}  // namespace kith
