#include "tlog/witness.h"

#include "base/text.h"
#include "crypto/tiles.h"
#include "tlog/cosignature.h"
#include "tlog/lines.h"

namespace kith {
namespace {

using Outcome = Judgement::Outcome;

constexpr std::string_view kOld = "old ";
constexpr std::string_view kWhere = "add-checkpoint";
constexpr std::string_view kPlain = "text/plain; charset=utf-8";
constexpr std::string_view kSize = "text/x.tlog.size";

struct Head {
    std::uint64_t old_size = 0;
    std::vector<Hash> proof;
};

Result<Head> read_head(Lines& lines) {
    const std::string_view line = TRY(lines.next("old"));
    if (!line.starts_with(kOld))
        return fail(ErrorKind::malformed, "old", "the line does not begin with it");
    const auto size = parse_decimal(line.substr(kOld.size()), kMaxTreeSize);
    if (!size)
        return fail(size.error().kind, "old", size.error().detail);
    std::vector<Hash> proof = TRY(lines.proof());
    return Head{*size, std::move(proof)};
}

TreeHead newest_head(const WitnessedLog& log) {
    return log.newest ? log.newest->checkpoint.head : TreeHead{0, merkle_root({})};
}

// Of a checkpoint that the log signed.
Outcome outcome_of(const AddCheckpoint& request, const TreeHead& newest) {
    const TreeHead& head = request.checkpoint.checkpoint.head;
    if (request.old_size > head.size)
        return Outcome::old_too_large;
    if (request.old_size != newest.size)
        return Outcome::conflict;
    if (head.size == newest.size && head.root != newest.root)
        return Outcome::bad_proof;
    return merkle_consistent(newest, head, request.proof) ? Outcome::cosign : Outcome::bad_proof;
}

struct Said {
    int status;
    const char* sentence;
};

Said said_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::unknown_origin:
            return {404, "This witness does not know the log of that origin."};
        case Outcome::bad_signature:
            return {403, "No key that is known for the origin signed the checkpoint."};
        case Outcome::old_too_large:
            return {400, "The old size is larger than the checkpoint's."};
        case Outcome::conflict:
            return {409, ""};
        case Outcome::bad_proof:
            return {422, "The checkpoint is not shown to have grown out of the one known."};
        case Outcome::equivocation:
            return {422, "The log has signed another root for that size."};
        case Outcome::cosign:
            break;
    }
    return {200, ""};
}

}  // namespace

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
    if (body.size() > kMaxAddCheckpoint)
        return fail(ErrorKind::limit, std::string(kWhere), "more than 131072 octets");
    Lines lines(body);
    auto head = read_head(lines);
    if (!head)
        return std::move(head).error().within(std::string(kWhere));
    SignedCheckpoint checkpoint = TRY(read_checkpoint(lines.rest()));
    return AddCheckpoint{head->old_size, std::move(head->proof), std::move(checkpoint)};
}

std::string write_add_checkpoint(const AddCheckpoint& request) {
    return std::string(kOld) + std::to_string(request.old_size) + "\n" +
           write_proof(request.proof) + "\n" + request.checkpoint.note.octets();
}

Result<std::uint64_t> parse_known_size(std::string_view body) {
    if (!body.ends_with('\n'))
        return fail(ErrorKind::malformed, "size", "does not end with a newline");
    body.remove_suffix(1);
    const auto size = parse_decimal(body, kMaxTreeSize);
    if (!size)
        return fail(size.error().kind, "size", size.error().detail);
    return *size;
}

Judgement judge(const AddCheckpoint& request, const WitnessedLog* log) {
    Judgement judgement;
    if (log == nullptr)
        return judgement;
    judgement.known_size = newest_head(*log).size;
    if (!signed_by_log(request.checkpoint, log->keys)) {
        judgement.outcome = Outcome::bad_signature;
        return judgement;
    }
    judgement.outcome = outcome_of(request, newest_head(*log));
    if (log->newest)
        judgement.evidence = find_equivocation(*log->newest, request.checkpoint);
    if (judgement.evidence && judgement.outcome == Outcome::bad_proof)
        judgement.outcome = Outcome::equivocation;
    return judgement;
}

WitnessAnswer refusal(const Judgement& judgement) {
    KITH_CHECK(judgement.outcome != Outcome::cosign);
    const Said said = said_of(judgement.outcome);
    if (judgement.outcome == Outcome::conflict)
        return {said.status, kSize, std::to_string(judgement.known_size) + "\n"};
    return {said.status, kPlain, std::string(said.sentence) + "\n"};
}

Result<WitnessAnswer> acceptance(const SignedCheckpoint& checkpoint,
                                 const std::string& witness,
                                 const SigningKey& key,
                                 Time now) {
    const NoteSignature line = TRY(cosign(checkpoint.note, witness, key, now));
    return WitnessAnswer{200, kPlain, write_signature(line)};
}

}  // namespace kith
