#include "exchange/cosigning.h"

#include "exchange/store_calls.h"
#include "exchange/stored_tiles.h"
#include "tlog/cosignature.h"
#include "tlog/witness.h"

namespace kith {
namespace {

constexpr int kTries = 2;  // the second with the size that the witness told

Error said(const std::string& domain, unsigned status) {
    return fail(ErrorKind::unavailable, domain, "the witness answered " + std::to_string(status));
}

// The lines that the witness sent, added, if it is its own cosignature that came.
Result<SignedCheckpoint> with_lines(SignedCheckpoint checkpoint,
                                    std::string_view lines,
                                    const CosignerKey& witness) {
    for (const NoteSignature& line : TRY(parse_signatures(lines)))
        TRY(checkpoint.note.add(line));
    if (TRY(verify_cosignatures(checkpoint.note, {&witness, 1})).empty())
        return fail(ErrorKind::untrusted, "cosignature", "is not the witness's");
    return checkpoint;
}

}  // namespace

awaitable<Cosigning::Collected> Cosigning::collect(SignedCheckpoint checkpoint) {
    Collected collected{std::move(checkpoint), {}};
    for (const std::string& domain : services_.witnesses) {
        auto cosigned = co_await ask(domain, collected.checkpoint);
        if (cosigned)
            collected.checkpoint = *std::move(cosigned);
        else
            collected.failures.push_back(std::move(cosigned).error().within(domain));
    }
    co_return collected;
}

awaitable<Result<std::vector<Hash>>> Cosigning::growth(std::uint64_t from, std::uint64_t size) {
    auto ask = [from, size](ReadTransaction& read) -> Result<std::vector<Hash>> {
        StoredTiles tiles(read);
        return TileTree(tiles, size).consistency_proof(from);
    };
    co_return co_await ask_store(services_.store, services_.workers, std::move(ask));
}

awaitable<Result<SignedCheckpoint>> Cosigning::ask(std::string domain,
                                                   SignedCheckpoint checkpoint) {
    const auto peer = CO_TRY(co_await services_.peers.find(domain));
    if (!peer->record.witness)
        co_return fail(ErrorKind::not_found, "witness", "the domain's record names none");
    const CosignerKey witness{witness_name(domain), *peer->record.witness};
    const std::uint64_t size = checkpoint.checkpoint.head.size;
    for (int tried = 0; tried < kTries; ++tried) {
        const std::uint64_t old = known_[domain];
        AddCheckpoint request{old, {}, checkpoint};
        if (old > 0 && old < size)
            request.proof = CO_TRY(co_await growth(old, size));
        HttpCall call;
        call.method = "POST";
        call.path = "/kith/1/witness/add-checkpoint";
        call.headers = {{"content-type", "text/plain; charset=utf-8"}};
        call.body = to_bytes(write_add_checkpoint(request));
        call.deadline = services_.deadline;
        call.reply_limit = kMaxNote;
        const auto reply = CO_TRY(co_await services_.client.request(peer->origin, std::move(call)));
        if (reply.status == 200) {
            auto cosigned = with_lines(std::move(checkpoint), as_text(reply.body), witness);
            if (cosigned)
                known_[domain] = size;
            co_return cosigned;
        }
        if (reply.status != 409)
            co_return said(domain, reply.status);
        const auto told = CO_TRY(parse_known_size(as_text(reply.body)));
        if (told > size)
            co_return co_await larger_at(domain, size);
        known_[domain] = told;
    }
    co_return said(domain, 409);
}

// The witness says that it has seen a larger one. A number alone proves nothing: else any witness
// could make the log stop.
awaitable<Error> Cosigning::larger_at(std::string domain, std::uint64_t size) {
    const auto shown = co_await remembered_by(std::move(domain));
    if (!shown)
        co_return shown.error();
    const NamedKey key{services_.log.origin(), services_.log.key()};
    if (!*shown || (*shown)->checkpoint.origin != key.name ||
        (*shown)->checkpoint.head.size <= size || !signed_by_log(**shown, {&key, 1}))
        co_return fail(
            ErrorKind::untrusted, "log", "the witness says it is larger, and cannot show it");
    co_return fail(ErrorKind::conflict, "log", "the witness has seen a larger one");
}

awaitable<std::vector<Cosigning::Remembered>> Cosigning::remembered() {
    std::vector<Remembered> all;
    for (const std::string& domain : services_.witnesses)
        all.push_back(co_await remembered_by(domain));
    co_return all;
}

awaitable<Cosigning::Remembered> Cosigning::remembered_by(std::string domain) {
    const auto peer = CO_TRY(co_await services_.peers.find(domain));
    HttpCall call;
    call.path = "/kith/1/witness/" + sha256(services_.log.origin()).hex_text() + "/checkpoint";
    call.repeat = Repeat::allowed;
    call.deadline = services_.deadline;
    call.reply_limit = kMaxNote;
    const auto reply = CO_TRY(co_await services_.client.request(peer->origin, std::move(call)));
    if (reply.status == 404)
        co_return std::optional<SignedCheckpoint>();
    if (reply.status != 200)
        co_return said(domain, reply.status);
    co_return std::optional(CO_TRY(read_checkpoint(as_text(reply.body))));
}

}  // namespace kith
