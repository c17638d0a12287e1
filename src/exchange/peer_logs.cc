#include "exchange/peer_logs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "exchange/store_calls.h"
#include "tlog/tile_name.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr int kMostRaces = 4;           // somebody else brought a checkpoint meanwhile
constexpr std::size_t kMostTiles = 64;  // to compare any two trees takes at most half as many
constexpr Milliseconds kDeadline{20'000};
constexpr std::size_t kMostRemembered = 10'000;
constexpr std::size_t kMostSeen = 16;
constexpr Seconds kAskedAgain{600};
constexpr std::size_t kTileOctets = kTileWidth * sizeof(Hash::octets);

Error lies(const std::string& domain) {
    return fail(
        ErrorKind::untrusted,
        "log",
        "the directory log of " + domain + " contradicts itself: its cards are not taken on faith");
}

Error no_proof(const std::string& domain) {
    return fail(ErrorKind::not_found,
                "proof",
                domain +
                    " has not published the card in its directory log yet: try again in "
                    "some minutes");
}

// The domain whose log it is; empty: none of ours.
std::string domain_of(std::string_view origin) {
    constexpr std::string_view kEnd = "/kith/1/log";
    if (!origin.ends_with(kEnd))
        return {};
    const auto domain = normal_domain(origin.substr(0, origin.size() - kEnd.size()));
    return domain && log_origin(*domain) == origin ? *domain : std::string();
}

// Tiles that were fetched; the first that is not there is noted.
class FetchedTiles final : public TileReader {
  public:
    struct Wanted {
        TileId id;
        std::size_t width = 0;
    };

    Result<std::vector<Hash>> read(const TileId& id, std::size_t width) override {
        const auto found = tiles_.find(id);
        if (found != tiles_.end() && found->second.size() >= width)
            return found->second;
        wanted_ = Wanted{id, width};
        return fail(ErrorKind::unavailable, "tile", "is not here yet");
    }
    std::optional<Wanted> take_wanted() { return std::exchange(wanted_, std::nullopt); }
    void put(const TileId& id, std::vector<Hash> hashes) {
        tiles_.insert_or_assign(id, std::move(hashes));
    }
    std::size_t size() const { return tiles_.size(); }

  private:
    std::map<TileId, std::vector<Hash>> tiles_;
    std::optional<Wanted> wanted_;
};

// What is written is there for good when this returns; a file of that name has the same contents.
Result<void> write_evidence(const fs::path& file, const std::string& text) {
    const auto failed = [&](const char* what) { return fail(ErrorKind::io, file.string(), what); };
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error)
        return failed("its folder cannot be made");
    const int handle = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (handle < 0)
        return failed("cannot be made");
    const bool written =
        ::write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(handle) == 0;
    ::close(handle);
    return written ? Result<void>() : failed("cannot be written");
}

}  // namespace

KnownLogRecord known_or_new(ReadTransaction& read, const std::string& domain) {
    if (auto known = read.known_log(domain))
        return *std::move(known);
    KnownLogRecord fresh;
    fresh.domain = domain;
    return fresh;
}

PeerLogs::PeerLogs(PeerLogServices services) : services_(std::move(services)), asked_(kAskedAgain) {
    auto known = services_.store.read()->known_logs();
    std::ranges::sort(known, std::greater(), &KnownLogRecord::updated);
    for (KnownLogRecord& log : known)
        if (!log.checkpoint.empty() && seen_.size() < kMostSeen)
            seen_.emplace_back(std::move(log.domain), std::move(log.checkpoint));
}

// --- cards

bool PeerLogs::is_admitted(const Hash& card) {
    const std::scoped_lock lock(mutex_);
    return admitted_.contains(card);
}

void PeerLogs::note_admitted(const Hash& card) {
    const std::scoped_lock lock(mutex_);
    if (admitted_.size() >= kMostRemembered)
        admitted_.clear();
    admitted_.insert(card);
}

awaitable<Result<void>> PeerLogs::admit(PeerPtr peer, PresentedCard presented) {
    auto ask = [&](ReadTransaction& read) -> Result<Standing> {
        const auto known = read.known_log(peer->domain);
        return Standing{!peer->record.log_keys.empty() || known.has_value(),
                        known && !known->evidence.empty(),
                        !read.grantors(presented.root).empty(),
                        read.is_card_proven(presented.card)};
    };
    const auto standing =
        CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(ask)));
    const bool taken = !standing.has_log || standing.pinned;
    if (standing.lies && !taken)
        co_return lies(peer->domain);
    Result<void> proven;
    if (standing.has_log && !standing.proven && !standing.lies) {
        proven = presented.proof
                     ? co_await check(
                           peer, presented.address, presented.card, *std::move(presented.proof))
                     : no_proof(peer->domain);
        // A pinned chain is taken, but somebody should know.
        if (!proven && taken && presented.proof)
            services_.meter.warn("card-not-proven",
                                 presented.address.text() + ": " + proven.error().text());
    }
    if (!taken && !proven)
        co_return proven;
    if (proven && !standing.lies)
        note_admitted(presented.card);
    co_return Result<void>();
}

// --- proofs

awaitable<Result<void>> PeerLogs::check(PeerPtr peer,
                                        Address address,
                                        Hash card,
                                        std::string proof) {
    auto verified = co_await verify(peer, address, card, proof);
    // The log's key may be another by now.
    if (!verified && verified.error().where == "checkpoint: signature")
        if (auto again = co_await services_.peers.find_again(peer->domain);
            again && (*again)->record.log_keys != peer->record.log_keys) {
            peer = *std::move(again);
            verified = co_await verify(peer, address, card, std::move(proof));
        }
    if (!verified)
        co_return std::move(verified).error();
    CO_TRY(co_await see(peer, std::move(verified->checkpoint)));
    auto remember = [card](WriteTransaction& write) -> Result<void> {
        write.add_proven_card(card);
        return {};
    };
    co_return co_await write_store(&services_.store, std::move(remember), Store::Adds::yes);
}

awaitable<Result<DirectoryProof>> PeerLogs::verify(PeerPtr peer,
                                                   Address address,
                                                   Hash card,
                                                   std::string text) {
    auto job = [&]() -> Result<DirectoryProof> {
        DirectoryProof proof = TRY(parse_directory_proof(text));
        const auto keys = log_keys(peer->domain, peer->record.log_keys);
        TRY(verify_directory_proof(
            proof, address, card, {keys, *services_.policy, services_.clock.now()}));
        return proof;
    };
    co_return co_await run(services_.workers, std::move(job));
}

// --- checkpoints

awaitable<Result<void>> PeerLogs::see(PeerPtr peer, SignedCheckpoint checkpoint) {
    if (checkpoint.checkpoint.origin != log_origin(peer->domain))
        co_return fail(
            ErrorKind::untrusted, "checkpoint: origin", "is not the log of " + peer->domain);
    const auto keys = log_keys(peer->domain, peer->record.log_keys);
    CO_TRY(signed_by_log(checkpoint, keys));
    for (int race = 0; race < kMostRaces; ++race)
        if (CO_TRY(co_await see_once(peer, &checkpoint)))
            co_return Result<void>();
    co_return fail(ErrorKind::unavailable, "log", "too many checkpoints at once");
}

// False: another one came meanwhile, against which it must be held.
awaitable<Result<bool>> PeerLogs::see_once(PeerPtr peer, const SignedCheckpoint* checkpoint) {
    auto ask = [&peer](ReadTransaction& read) -> Result<KnownLogRecord> {
        return known_or_new(read, peer->domain);
    };
    auto known = CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(ask)));
    if (!known.evidence.empty())
        co_return lies(peer->domain);
    const std::string before = known.checkpoint;
    if (!before.empty()) {
        const auto newest = CO_TRY(read_checkpoint(before));
        if (newest.checkpoint == checkpoint->checkpoint) {
            note_seen(peer->domain, before);
            co_return true;
        }
        const bool grown = newest.checkpoint.head.size <= checkpoint->checkpoint.head.size;
        auto found = CO_TRY(
            co_await compare(peer, grown ? &newest : checkpoint, grown ? checkpoint : &newest));
        if (found) {
            CO_TRY(co_await keep_evidence(peer->domain, *std::move(found)));
            co_return lies(peer->domain);
        }
        if (!grown)
            co_return true;
    }
    known.checkpoint = checkpoint->note.octets();
    known.updated = services_.clock.now();
    bool kept = false;
    auto keep = [&](WriteTransaction& write) -> Result<void> {
        const auto now = write.known_log(known.domain);
        kept = (now ? now->checkpoint : std::string()) == before && (!now || now->evidence.empty());
        if (!kept)
            return {};
        if (now)
            known.cosigned = now->cosigned;
        write.put_known_log(known);
        return {};
    };
    CO_TRY(co_await write_store(&services_.store, std::move(keep), Store::Adds::yes));
    if (kept)
        note_seen(peer->domain, known.checkpoint);
    co_return kept;
}

void PeerLogs::note_seen(const std::string& domain, const std::string& checkpoint) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(seen_, [&](const auto& each) { return each.first == domain; });
    seen_.emplace_front(domain, checkpoint);
    if (seen_.size() > kMostSeen)
        seen_.pop_back();
}

std::map<std::string, std::string> PeerLogs::lately_seen() {
    const std::scoped_lock lock(mutex_);
    return {seen_.begin(), seen_.end()};
}

awaitable<void> PeerLogs::ask(PeerPtr peer) {
    const auto now = services_.clock.steady();
    if (peer->record.log_keys.empty() || asked_.contains(peer->domain, now))
        co_return;
    asked_.add(peer->domain, now);
    HttpCall call;
    call.path = "/kith/1/log/checkpoint";
    call.repeat = Repeat::allowed;
    call.deadline = kDeadline;
    call.reply_limit = kMaxNote;
    const auto reply = co_await services_.client.request(peer->origin, std::move(call));
    if (!reply || reply->status != 200)
        co_return;
    // What does not hold is no news of the log; a lie is told of where it is found.
    if (auto checkpoint = read_checkpoint(as_text(reply->body)))
        (void)co_await see(peer, *std::move(checkpoint));
}

awaitable<void> PeerLogs::hear(std::vector<std::string> checkpoints) {
    for (const std::string& octets : checkpoints) {
        auto checkpoint = read_checkpoint(octets);
        const std::string domain =
            checkpoint ? domain_of(checkpoint->checkpoint.origin) : std::string();
        if (domain.empty())
            continue;
        if (domain == services_.domain) {
            services_.own(*std::move(checkpoint));
            continue;
        }
        auto ask = [&](ReadTransaction& read) -> Result<bool> {
            const auto known = read.known_log(domain);
            return known && known->evidence.empty() && known->checkpoint != octets;
        };
        const auto news = co_await ask_store(services_.store, services_.workers, std::move(ask));
        if (!news || !*news)
            continue;
        if (const auto peer = co_await services_.peers.find(domain))
            (void)co_await see(*peer, *std::move(checkpoint));
    }
}

// Asks the larger one's server for what is not here yet, tile by tile.
awaitable<Result<PeerLogs::Found>> PeerLogs::compare(PeerPtr peer,
                                                     const SignedCheckpoint* smaller,
                                                     const SignedCheckpoint* larger) {
    FetchedTiles tiles;
    while (true) {
        auto look = [&] { return find_equivocation(*smaller, *larger, tiles); };
        auto found = co_await run(services_.workers, std::move(look));
        const auto wanted = tiles.take_wanted();
        if (found || !wanted)
            co_return found;
        if (tiles.size() >= kMostTiles)
            co_return fail(ErrorKind::limit, "tile", "too many are needed");
        auto hashes = co_await fetch_tile(peer, wanted->id, wanted->width);
        if (!hashes)
            co_return fail(ErrorKind::unavailable,
                           "log",
                           "the directory log of " + peer->domain +
                               " does not show how it grew: " + hashes.error().text());
        tiles.put(wanted->id, *std::move(hashes));
    }
}

awaitable<Result<std::vector<Hash>>> PeerLogs::fetch_tile(PeerPtr peer,
                                                          TileId id,
                                                          std::size_t width) {
    HttpCall call;
    call.path = "/kith/1/log/" + tile_path({TileName::Kind::hashes, id, width});
    call.repeat = Repeat::allowed;
    call.deadline = kDeadline;
    call.reply_limit = kTileOctets;
    const auto reply = CO_TRY(co_await services_.client.request(peer->origin, std::move(call)));
    if (reply.status != 200)
        co_return fail(
            ErrorKind::unavailable, "tile", "was answered " + std::to_string(reply.status));
    auto hashes = CO_TRY(parse_tile(reply.body));
    if (hashes.size() != width)
        co_return fail(ErrorKind::malformed, "tile", "has another width than was asked for");
    co_return hashes;
}

// --- evidence

awaitable<Result<void>> PeerLogs::keep_evidence(std::string domain, Equivocation evidence) {
    const std::string text = write_equivocation(evidence);
    auto keep = [&](WriteTransaction& write) -> Result<void> {
        auto known = known_or_new(write, domain);
        if (!known.evidence.empty())
            return {};
        known.evidence = text;
        known.updated = services_.clock.now();
        write.put_known_log(known);
        return {};
    };
    CO_TRY(co_await write_store(&services_.store, std::move(keep), Store::Adds::yes));
    {
        const std::scoped_lock lock(mutex_);
        admitted_.clear();
    }
    const fs::path file =
        services_.evidence / (domain + "-" + sha256(text).hex_text().substr(0, 16) + ".txt");
    auto put = [&] { return write_evidence(file, text); };
    const auto written = co_await run(services_.workers, std::move(put));
    services_.meter.warn("log-equivocation",
                         domain + " has signed two checkpoints that contradict each other: " +
                             (written ? file.string() : written.error().text()));
    co_return Result<void>();
}

}  // namespace kith
