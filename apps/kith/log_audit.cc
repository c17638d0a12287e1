#include "kith/log_audit.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "identity/directory_proof.h"
#include "kith/discovery.h"
#include "kith/files.h"
#include "kith/json_access.h"
#include "kith/own_card.h"
#include "protocol/delivery_body.h"
#include "protocol/kith_record.h"
#include "tlog/entry_bundle.h"
#include "tlog/tile_name.h"

namespace kith {
namespace {

constexpr const char* kFile = "log.json";
constexpr const char* kPolicy = "witnesses.policy";
constexpr std::size_t kBundleOctets = kTileWidth * (DirectoryEntry::kOctets + 2);

Error no_log(const std::string& why) {
    return fail(ErrorKind::not_found, "log", why);
}

/// How far this device has read.
struct Read {
    std::optional<VrfPublicKey> key;
    MerkleEdge edge;
};

Result<Read> read_state(const Home& home) {
    const auto text = read_private_file(home.file(kFile));
    if (!text && text.error().kind == ErrorKind::not_found)
        return Read{};
    const auto damaged = [&] {
        return fail(ErrorKind::malformed,
                    home.file(kFile).string(),
                    "is damaged: delete it, and the log is read from its beginning");
    };
    if (!text)
        return Error(text.error());
    const auto object = parse_json_object(*text);
    if (!object)
        return damaged();
    const auto key = parse_base64(text_at(*object, "key"));
    if (!key)
        return damaged();
    std::vector<Hash> subtrees;
    for (const std::string& one : texts_at(*object, "subtrees")) {
        const auto hash = parse_hash(one);
        if (!hash)
            return damaged();
        subtrees.push_back(*hash);
    }
    const auto vrf = vrf_public_key_from(*key);
    const auto size = parse_decimal(text_at(*object, "size"), kMaxTreeSize);
    auto edge = size ? MerkleEdge::from(*size, std::move(subtrees))
                     : Result<MerkleEdge>(Error(size.error()));
    if (!vrf || !edge)
        return damaged();
    return Read{*vrf, *std::move(edge)};
}

Result<void> write_state(const Home& home, const VrfPublicKey& key, const MerkleEdge& edge) {
    json::array subtrees;
    for (const Hash& hash : edge.subtrees())
        subtrees.emplace_back(hash.text());
    return write_private_file(home.file(kFile),
                              json::serialize(json::object{{"key", base64(key.view())},
                                                           {"size", std::to_string(edge.size())},
                                                           {"subtrees", std::move(subtrees)}}));
}

Result<WitnessPolicy> policy_of(const Home& home) {
    // One that cannot be read is not the same as none.
    std::error_code error;
    if (!std::filesystem::exists(home.file(kPolicy), error) && !error)
        return WitnessPolicy();
    const std::string text = TRY(read_file(home.file(kPolicy), kMaxPolicy));
    return WitnessPolicy::parse(text);
}

/// The person's own server, as everybody may ask it.
class LogReader {
  public:
    static Result<LogReader> of(Person& person) {
        return LogReader(person,
                         TRY(server_of(person.home(), person.network(), Freshness::cached)));
    }

    Result<Bytes> get(const std::string& path, std::size_t limit) {
        HttpCall call;
        call.path = path;
        call.repeat = Repeat::allowed;
        call.reply_limit = limit;
        auto reply = TRY(person_.network().request(origin_, std::move(call)));
        if (reply.status == 404)
            return no_log("the server has nothing at " + path);
        if (reply.status != 200)
            return fail(ErrorKind::unavailable,
                        origin_.host,
                        "answered " + std::to_string(reply.status) + " for " + path);
        return std::move(reply.body);
    }

    /// From DNS; where the person named a server, from that.
    Result<std::vector<NamedKey>> keys() {
        const std::string& domain = person_.address().domain();
        auto record = Result<KithRecord>(fail(ErrorKind::not_found, "record"));
        if (const auto texts = person_.network().txt("_kith." + domain))
            record = pick_kith_record(texts->texts);
        if (!record) {
            const Bytes page = TRY(get("/.well-known/kith", kMaxKithRecord));
            record = parse_kith_record(trim(as_text(page)));
        }
        if (!record)
            return Error(record.error());
        if (record->log_keys.empty())
            return no_log("the domain has no directory log");
        return log_keys(domain, record->log_keys);
    }

    Result<std::vector<DirectoryEntry>> entries(std::uint64_t from, std::uint64_t size) {
        const std::uint64_t index = from / kTileWidth;
        const auto width = static_cast<std::size_t>(
            std::min<std::uint64_t>(kTileWidth, size - index * kTileWidth));
        const Bytes octets =
            TRY(get("/kith/1/log/" + tile_path({TileName::Kind::entries, {0, index}, width}),
                    kBundleOctets));
        const auto bundle = TRY(parse_entry_bundle(octets));
        if (bundle.size() != width)
            return fail(ErrorKind::malformed, "entries", "are not as many as were asked for");
        std::vector<DirectoryEntry> read;
        for (const ByteView one : std::span(bundle).subspan(from % kTileWidth))
            read.push_back(TRY(parse_directory_entry(one)));
        return read;
    }

  private:
    LogReader(Person& person, HttpOrigin origin) : person_(person), origin_(std::move(origin)) {}

    Person& person_;
    HttpOrigin origin_;
};

// The proof of one's own newest card, good under the log's key and the home's policy.
Result<DirectoryProof> own_proof(Person& person,
                                 LogReader& reader,
                                 const KnownPerson& own,
                                 LogAudit& audit) {
    const Bytes body =
        TRY(reader.get("/kith/1/cards/" + person.address().text() + "?proof=1", 4 * kMaxNote));
    const auto row = TRY(parse_proven_cards(as_text(body)));
    if (row.cards.empty() || !row.proof)
        return no_log("your card has no proof yet: try again in some minutes");
    const SignedCard card = TRY(read_card(std::string_view(row.cards.back())));
    if (own.chain.find(card.hash) == nullptr)
        return fail(ErrorKind::conflict,
                    "log: card",
                    "your server shows others a card that is not in your chain: `kith freeze`");
    DirectoryProof proof = TRY(parse_directory_proof(*row.proof));
    const auto keys = TRY(reader.keys());
    const WitnessPolicy policy = TRY(policy_of(person.home()));
    audit.witnesses = TRY(verify_directory_proof(
        proof, person.address(), card.hash, {keys, policy, person.clock().now()}));
    return proof;
}

}  // namespace

Result<LogAudit> audit_log(Person& person) {
    LogAudit audit;
    const auto own = TRY(person.cards().own());
    LogReader reader = TRY(LogReader::of(person));
    Read state = TRY(read_state(person.home()));
    const DirectoryProof proof = TRY(own_proof(person, reader, own, audit));
    if (state.key && *state.key != proof.key)
        return fail(ErrorKind::conflict, "log: key", "the log has another VRF key than before");
    audit.before = state.key ? LogAudit::Before::read : LogAudit::Before::never;
    const Checkpoint& checkpoint = proof.checkpoint.checkpoint;
    const std::uint64_t size = checkpoint.head.size;
    if (state.edge.size() > size)
        return fail(ErrorKind::conflict, "log: size", "the log is shorter than it was");
    const auto output = TRY(vrf_verify(proof.key, as_bytes(person.address().text()), proof.vrf));
    audit.entries = size;
    audit.fresh = size - state.edge.size();
    DirectoryMonitor monitor(proof.key, label_of(output), std::move(state.edge));
    while (monitor.edge().size() < size) {
        const auto some = TRY(reader.entries(monitor.edge().size(), size));
        for (const auto& seen : TRY(monitor.read(some)))
            if (own.chain.find(seen.card) == nullptr)
                audit.foreign.push_back(seen);
    }
    TRY(monitor.check(checkpoint));
    TRY(write_state(person.home(), proof.key, monitor.edge()));
    return audit;
}

Result<bool> freeze_on(Person& person, const LogAudit& audit) {
    if (audit.foreign.empty() || audit.before == LogAudit::Before::never)
        return false;
    const auto own = TRY(person.cards().own());
    if (own.card().frozen)
        return false;
    CardBuilder builder = CardBuilder::after(own.chain.current(), person.clock().now());
    builder.freeze();
    TRY(publish_card(person, own, builder.card(), {person.device(), person.keys().signing}));
    return true;
}

}  // namespace kith
