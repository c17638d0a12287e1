#include "kith/log_audit.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "base/text.h"
#include "identity/directory_proof.h"
#include "kith/discovery.h"
#include "kith/files.h"
#include "kith/json_access.h"
#include "kith/own_card.h"
#include "protocol/delivery_body.h"
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

/// How far this device has read, and what it found.
struct Memory {
    std::optional<VrfPublicKey> key;
    MerkleEdge edge;
    OwnEntries::Sightings foreign;
};

Result<OwnEntries::Sightings> read_sightings(const json::array& rows) {
    OwnEntries::Sightings found;
    for (const json::object* row : objects_in(rows))
        found.push_back({TRY(parse_decimal(text_at(*row, "entry"), kMaxTreeSize)),
                         TRY(parse_hash(text_at(*row, "card")))});
    return found;
}

Result<Memory> parse_memory(std::string_view text) {
    const auto object = TRY(parse_json_object(text));
    std::vector<Hash> subtrees;
    for (const std::string& one : texts_at(object, "subtrees"))
        subtrees.push_back(TRY(parse_hash(one)));
    const auto size = TRY(parse_decimal(text_at(object, "size"), kMaxTreeSize));
    const Bytes key = TRY(parse_base64(text_at(object, "key")));
    return Memory{TRY(vrf_public_key_from(key)),
                  TRY(MerkleEdge::from(size, std::move(subtrees))),
                  TRY(read_sightings(array_at(object, "foreign")))};
}

Result<Memory> read_memory(const Home& home) {
    const auto text = read_private_file(home.file(kFile));
    if (!text && text.error().kind == ErrorKind::not_found)
        return Memory{};
    if (!text)
        return Error(text.error());
    auto memory = parse_memory(*text);
    if (!memory)
        return fail(ErrorKind::malformed,
                    home.file(kFile).string(),
                    "is damaged: delete it, and the log is read from its beginning");
    return memory;
}

Result<void> write_memory(const Home& home, const LogAudit& audit) {
    if (!audit.read)
        return {};
    json::array subtrees;
    for (const Hash& hash : audit.read->edge.subtrees())
        subtrees.emplace_back(hash.text());
    json::array foreign;
    for (const auto& seen : audit.foreign)
        foreign.push_back(
            json::object{{"entry", std::to_string(seen.index)}, {"card", seen.card.text()}});
    return write_private_file(
        home.file(kFile),
        json::serialize(json::object{{"key", base64(audit.read->key.view())},
                                     {"size", std::to_string(audit.read->edge.size())},
                                     {"subtrees", std::move(subtrees)},
                                     {"foreign", std::move(foreign)}}));
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
            record = parse_kith_page(as_text(page));
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

/// One's own cards: what stands, and what a recovery has overruled.
struct OwnCards {
    KnownPerson own;
    std::set<Hash> overruled;

    bool has(const Hash& card) const {
        return own.chain.find(card) != nullptr || overruled.contains(card);
    }
};

Result<OwnCards> own_cards(Person& person) {
    auto own = person.cards().own();
    // Whom the server refuses sees what everybody sees.
    if (!own && own.error().kind != ErrorKind::unavailable &&
        own.error().kind != ErrorKind::timeout)
        if (auto known = person.cards().remembered(person.address()))
            own = std::move(known);
    if (!own)
        return Error(own.error());
    if (own->from == KnownPerson::From::home)
        return OwnCards{*std::move(own), {}};
    const auto response = TRY(person.server().call(
        "Card/get", {{"ids", {person.address().text()}}, {"properties", {"superseded"}}}));
    std::vector<SignedCard> cards;
    for (const json::object* object : objects_in(array_at(response, "list")))
        for (const std::string& note : texts_at(*object, "superseded"))
            cards.push_back(TRY(read_card(std::string_view(note))));
    auto old = overruled(own->chain, cards);
    return OwnCards{*std::move(own), std::move(old)};
}

/// The newest card under one's address, as everybody is shown it, with its proof: good under the
/// log's key and the home's policy.
struct Shown {
    Hash card;
    DirectoryProof proof;
};

Result<Shown> what_is_shown(Person& person, LogReader& reader, LogAudit& audit) {
    const Bytes body =
        TRY(reader.get("/kith/1/cards/" + person.address().text() + "?proof=1", 4 * kMaxNote));
    const auto row = TRY(parse_proven_cards(as_text(body)));
    if (row.cards.empty() || !row.proof)
        return no_log("your card has no proof yet: try again in some minutes");
    const SignedCard card = TRY(read_card(std::string_view(row.cards.back())));
    Shown shown{card.hash, TRY(parse_directory_proof(*row.proof))};
    const auto keys = TRY(reader.keys());
    const WitnessPolicy policy = TRY(policy_of(person.home()));
    audit.witnesses = TRY(verify_directory_proof(
        shown.proof, person.address(), card.hash, {keys, policy, person.clock().now()}));
    return shown;
}

// All entries since the last time, those under one's own label; `trouble` where the log is another
// than it was.
Result<OwnEntries::Sightings> read_entries(LogReader& reader,
                                           const Address& address,
                                           const DirectoryProof& proof,
                                           MerkleEdge edge,
                                           LogAudit& audit) {
    const Checkpoint& checkpoint = proof.checkpoint.checkpoint;
    const std::uint64_t size = checkpoint.head.size;
    audit.entries = size;
    if (edge.size() > size) {
        audit.trouble = "the log is shorter than when this device read it last";
        return OwnEntries::Sightings();
    }
    audit.fresh = size - edge.size();
    const auto output = TRY(vrf_verify(proof.key, as_bytes(address.text()), proof.vrf));
    DirectoryMonitor monitor(proof.key, label_of(output), std::move(edge));
    OwnEntries::Sightings seen;
    while (monitor.edge().size() < size) {
        const auto some = TRY(reader.entries(monitor.edge().size(), size));
        std::ranges::move(TRY(monitor.read(some)), std::back_inserter(seen));
    }
    if (const auto same = monitor.check(checkpoint); !same) {
        audit.trouble =
            "the log is not what it was when this device read it last: others are "
            "shown another history";
        return OwnEntries::Sightings();
    }
    audit.read = {proof.key, monitor.edge()};
    return seen;
}

}  // namespace

std::set<Hash> overruled(const Chain& line, const std::vector<SignedCard>& cards) {
    std::map<Hash, SignedCard> good;
    for (bool progress = true; std::exchange(progress, false);)
        for (const SignedCard& card : cards) {
            if (!card.card.prev || good.contains(card.hash) || line.find(card.hash) != nullptr)
                continue;
            const auto found = good.find(*card.card.prev);
            const SignedCard* before =
                found != good.end() ? &found->second : line.find(*card.card.prev);
            if (before != nullptr && verify_next(*before, card))
                progress = good.emplace(card.hash, card).second;
        }
    std::set<Hash> hashes;
    for (const auto& [hash, card] : good)
        hashes.insert(hash);
    return hashes;
}

OwnEntries sort_entries(const OwnEntries::Sightings& seen,
                        const Chain& line,
                        const std::set<Hash>& overruled,
                        Begun begun) {
    OwnEntries own;
    const auto stands = [&](const auto& one) { return line.find(one.card) != nullptr; };
    const auto first = begun == Begun::yes ? seen.begin() : std::ranges::find_if(seen, stands);
    for (auto one = seen.begin(); one != seen.end(); ++one) {
        if (stands(*one))
            continue;
        if (overruled.contains(one->card))
            own.superseded.push_back(*one);
        else if (first != seen.end() && one < first)
            own.earlier.push_back(*one);
        else
            own.foreign.push_back(*one);
    }
    return own;
}

Result<LogAudit> audit_log(Person& person) {
    LogAudit audit;
    auto cards = TRY(own_cards(person));
    LogReader reader = TRY(LogReader::of(person));
    Memory memory = TRY(read_memory(person.home()));
    const Shown shown = TRY(what_is_shown(person, reader, audit));
    if (memory.key && *memory.key != shown.proof.key)
        return fail(ErrorKind::conflict, "log: key", "the log has another VRF key than before");
    const Begun begun = memory.key ? Begun::yes : Begun::no;
    auto seen =
        TRY(read_entries(reader, person.address(), shown.proof, std::move(memory.edge), audit));
    // Of a log that is not what it was, one entry is sure.
    if (!audit.trouble.empty())
        seen.push_back({shown.proof.index, shown.card});
    audit.own = sort_entries(seen, cards.own.chain, cards.overruled, begun);
    // Another device may have made a card meanwhile.
    if (!audit.own.foreign.empty()) {
        cards = TRY(own_cards(person));
        audit.own = sort_entries(seen, cards.own.chain, cards.overruled, begun);
    }
    std::ranges::copy_if(memory.foreign, std::back_inserter(audit.foreign), [&](const auto& one) {
        return !cards.has(one.card);
    });
    for (const auto& one : audit.own.foreign)
        if (std::ranges::find(audit.foreign, one) == audit.foreign.end())
            audit.foreign.push_back(one);
    return audit;
}

Result<bool> freeze_on(Person& person, const LogAudit& audit) {
    bool frozen = false;
    if (!audit.own.foreign.empty()) {
        const auto own = TRY(person.cards().own());
        if (!own.card().frozen) {
            CardBuilder builder = CardBuilder::after(own.chain.current(), person.clock().now());
            builder.freeze();
            TRY(publish_card(
                person, own, builder.card(), {person.device(), person.keys().signing}));
            frozen = true;
        }
    }
    TRY(write_memory(person.home(), audit));
    return frozen;
}

}  // namespace kith
