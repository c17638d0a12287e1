#include "note/batch.h"

namespace kith {
namespace {

// log2 of the largest batch: a proof is no longer.
constexpr std::size_t kMaxProof = 10;
constexpr std::size_t kMaxPathOctets = 4096;

Result<Batch> read_fields(std::string_view text) {
    const Fields fields = TRY(Fields::parse(text, "batch"));
    Batch batch;
    batch.domain = TRY(fields.required("domain", as_domain));
    batch.time = TRY(fields.required("time", as_time));
    batch.size = TRY(fields.required("size", as_decimal<kMaxBatch>));
    batch.tree = TRY(fields.required("tree", as_hash));
    if (batch.size == 0)
        return fail(ErrorKind::malformed, "size", "an empty batch");
    return batch;
}

Result<BatchPath> read_path(std::string_view text) {
    if (text.size() > kMaxPathOctets)
        return fail(ErrorKind::limit, "path", "more than 4096 octets");
    if (!text.ends_with('\n'))
        return fail(ErrorKind::malformed, "path", "the last line has no end");
    text.remove_suffix(1);
    const std::vector<std::string_view> lines = split(text, '\n');
    BatchPath path;
    path.index = TRY(parse_decimal(lines.front(), kMaxBatch - 1));
    if (lines.size() - 1 > kMaxProof)
        return fail(ErrorKind::limit, "path", "longer than any proof");
    for (std::size_t i = 1; i < lines.size(); ++i)
        path.proof.push_back(TRY(parse_hash(lines[i])));
    return path;
}

}  // namespace

Result<Batch> parse_batch(const SignedNote& note) {
    auto batch = read_fields(note.text());
    return batch ? std::move(batch) : std::move(batch).error().within("batch");
}

std::string write_batch(const Batch& batch) {
    return FieldWriter("batch")
        .add("domain", batch.domain)
        .add("time", format_time(batch.time))
        .add("size", std::to_string(batch.size))
        .add("tree", batch.tree.text())
        .take();
}

Result<void> check_times(const Batch& batch, Time now) {
    if (auto good = check_not_future(batch.time, now); !good)
        return std::move(good).error().within("batch");
    return {};
}

Result<BatchPath> parse_batch_path(std::string_view text) {
    auto path = read_path(text);
    if (path)
        return path;
    path.error().where = "path";
    return path;
}

std::string write_batch_path(const BatchPath& path) {
    std::string text = std::to_string(path.index) + "\n";
    for (const Hash& hash : path.proof)
        text += hash.text() + "\n";
    return text;
}

}  // namespace kith
