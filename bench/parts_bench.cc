// The parts: sealing, opening, signing, verifying, hashing, the directory log. Run through
// bench/run.
#include <benchmark/benchmark.h>

#include <array>
#include <map>

#include "crypto/age_stream.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/puzzle.h"
#include "identity/directory_proof.h"
#include "note/signed_note.h"

namespace kith {
namespace {

Bytes content(std::size_t size) {
    SeededRandom random(as_bytes("bench"));
    Bytes out(size);
    random.fill(out);
    return out;
}

void seal(benchmark::State& state) {
    SystemRandom random;
    const std::array to{AgeIdentity::generate(random).recipient()};
    const Bytes plain = content(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state)
        benchmark::DoNotOptimize(seal_file(plain, to, random));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(seal)->Arg(4 << 10)->Arg(5 << 20);

void open(benchmark::State& state) {
    SystemRandom random;
    std::array<AgeIdentity, 1> identities{AgeIdentity::generate(random)};
    const std::array to{identities[0].recipient()};
    const Bytes file = seal_file(content(static_cast<std::size_t>(state.range(0))), to, random);
    for (auto _ : state)
        benchmark::DoNotOptimize(open_file(file, identities));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(open)->Arg(4 << 10)->Arg(5 << 20);

void ed25519_sign(benchmark::State& state) {
    SystemRandom random;
    const SigningKey key = SigningKey::generate(random);
    const Bytes message = content(1'000);
    for (auto _ : state)
        benchmark::DoNotOptimize(key.sign(message));
}
BENCHMARK(ed25519_sign);

void ed25519_verify(benchmark::State& state) {
    SystemRandom random;
    const SigningKey key = SigningKey::generate(random);
    const Bytes message = content(1'000);
    const Signature signature = key.sign(message);
    for (auto _ : state)
        benchmark::DoNotOptimize(verify(key.public_key(), message, signature));
}
BENCHMARK(ed25519_verify);

// What a receiver pays for a stranger's stamp, and a sender for one attempt at it.
void stamp_verify(benchmark::State& state) {
    const Bytes challenge = content(160);
    const Bytes solution = solve_puzzle(challenge, 1, {}).solution.value_or(Bytes());
    for (auto _ : state)
        benchmark::DoNotOptimize(check_puzzle(challenge, solution, 1));
}
BENCHMARK(stamp_verify);

void stamp_attempt(benchmark::State& state) {
    EquihashSolver solver;
    Bytes input = content(72);
    std::size_t found = 0;
    for (auto _ : state) {
        ++input.back();
        found += solver.solve(input).size();
    }
    state.counters["solutions"] =
        benchmark::Counter(static_cast<double>(found), benchmark::Counter::kIsRate);
}
BENCHMARK(stamp_attempt)->Unit(benchmark::kMillisecond);

// A stub as it comes: parsed, and its device's signature checked.
void note_verify(benchmark::State& state) {
    SystemRandom random;
    const SigningKey key = SigningKey::generate(random);
    std::string text = "kith/1 stub\n";
    for (int field = 0; field < 11; ++field)
        text += "field " + hex(random.array<32>()) + "\n";
    const std::string octets = SignedNote::sign(text, "alice@one.test/laptop", key)->octets();
    const NamedKey named{"alice@one.test/laptop", key.public_key()};
    for (auto _ : state) {
        const auto note = SignedNote::parse(octets);
        benchmark::DoNotOptimize(verify_note(*note, named));
    }
}
BENCHMARK(note_verify);

void sha256_4_kib(benchmark::State& state) {
    const Bytes octets = content(4 << 10);
    for (auto _ : state)
        benchmark::DoNotOptimize(sha256(octets));
    state.SetBytesProcessed(state.iterations() * (4 << 10));
}
BENCHMARK(sha256_4_kib);

void merkle_batch_of_64(benchmark::State& state) {
    std::vector<Hash> leaves;
    for (std::uint8_t i = 0; i < 64; ++i)
        leaves.push_back(merkle_leaf({&i, 1}));
    for (auto _ : state)
        benchmark::DoNotOptimize(merkle_proofs(leaves));
}
BENCHMARK(merkle_batch_of_64);

VrfKey vrf_key() {
    return *VrfKey::from_seed(Bytes(32, 1));
}

void vrf_prove(benchmark::State& state) {
    const VrfKey key = vrf_key();
    for (auto _ : state)
        benchmark::DoNotOptimize(key.prove(as_bytes("alice@one.test")));
}
BENCHMARK(vrf_prove);

void vrf_verify(benchmark::State& state) {
    const VrfKey key = vrf_key();
    const VrfProof proof = key.prove(as_bytes("alice@one.test")).proof;
    for (auto _ : state)
        benchmark::DoNotOptimize(vrf_verify(key.public_key(), as_bytes("alice@one.test"), proof));
}
BENCHMARK(vrf_verify);

// A directory log in memory, as a store keeps it: tiles. At first the last entry is alice's.
class Log final : public TileReader {
  public:
    explicit Log(std::uint64_t size) {
        std::vector<Hash> leaves{DirectoryEntry::of_key(key_.public_key()).leaf()};
        while (leaves.size() < size - 1)
            leaves.push_back(entry(leaves.size()).leaf());
        leaves.push_back(DirectoryEntry::of_card(label_of(alice_.output), card()).leaf());
        append(leaves);
    }
    static Hash card() { return sha256("card"); }
    static DirectoryEntry entry(std::uint64_t number) {
        return DirectoryEntry::of_card({}, sha256(std::to_string(number)));
    }
    Result<std::vector<Hash>> read(const TileId& id, std::size_t /*width*/) override {
        return tiles_.at(id);
    }
    void append(std::span<const Hash> leaves) {
        auto grown = grown_tiles(*this, size_, leaves);
        KITH_CHECK(grown.has_value());
        for (Tile& tile : *grown)
            tiles_[tile.id] = std::move(tile.hashes);
        size_ += leaves.size();
    }
    SignedCheckpoint checkpoint() {
        const TreeHead head{size_, *TileTree(*this, size_).root()};
        return *sign_checkpoint({log_origin("one.test"), head, {}}, signer_);
    }
    std::uint64_t size() const { return size_; }
    DirectoryProof prove(TileTree& tree, const SignedCheckpoint& checkpoint, std::uint64_t index) {
        auto proof = make_directory_proof(tree, checkpoint, key_.public_key(), alice_.proof, index);
        KITH_CHECK(proof.has_value());
        return *std::move(proof);
    }
    PublicKey signer() const { return signer_.public_key(); }

  private:
    VrfKey key_ = vrf_key();
    VrfKey::Proven alice_ = key_.prove(as_bytes("alice@one.test"));
    SigningKey signer_ = *SigningKey::from_seed(Bytes(32, 2));
    std::map<TileId, std::vector<Hash>> tiles_;
    std::uint64_t size_ = 0;
};

constexpr std::uint64_t kMillion = 1'000'000;

Log& log_of_a_million() {
    static Log log(kMillion);
    return log;
}

// One entry more, and what a new checkpoint needs: the root.
void log_append_to_a_million(benchmark::State& state) {
    Log& log = log_of_a_million();
    for (auto _ : state) {
        const Hash leaf = Log::entry(log.size()).leaf();
        log.append({&leaf, 1});
        benchmark::DoNotOptimize(TileTree(log, log.size()).root());
    }
}
BENCHMARK(log_append_to_a_million);

// What the server adds to a card: both paths out of tiles that it reads; the VRF proof is kept.
void log_prove_in_a_million(benchmark::State& state) {
    Log& log = log_of_a_million();
    const SignedCheckpoint checkpoint = log.checkpoint();
    std::uint64_t index = 0;
    for (auto _ : state) {
        index = (index + 7'919) % kMillion;
        TileTree tree(log, log.size());
        benchmark::DoNotOptimize(log.prove(tree, checkpoint, index));
    }
}
BENCHMARK(log_prove_in_a_million);

// What a receiver does with the proof of a card, its text parsed, the checkpoint signed and
// cosigned by two; and what is left of it where that checkpoint was checked before.
void log_verify_proof(benchmark::State& state) {
    enum { whole, checkpoint_known };
    const Address alice = *Address::parse("alice@one.test");
    Log& log = log_of_a_million();
    SignedCheckpoint checkpoint = log.checkpoint();
    std::string policy_text;
    const Time now(Seconds(1'790'000'000));
    for (std::uint8_t number = 3; number <= 5; ++number) {
        const SigningKey key = *SigningKey::from_seed(Bytes(32, number));
        const std::string name = witness_name(std::to_string(number) + ".test");
        policy_text += "witness w" + std::to_string(number) + " " +
                       CosignerKey{name, key.public_key()}.vkey() + "\n";
        if (number < 5)
            KITH_CHECK(checkpoint.note.add(*cosign(checkpoint.note, name, key, now)).has_value());
    }
    const auto policy = WitnessPolicy::parse(policy_text + "group g 2 w3 w4 w5\nquorum g\n");
    const auto keys = log_keys("one.test", std::vector{log.signer()});
    TileTree tree(log, log.size());
    const std::string text = write_directory_proof(log.prove(tree, checkpoint, kMillion - 1));
    for (auto _ : state) {
        const auto proof = parse_directory_proof(text);
        const bool good =
            state.range(0) == whole
                ? verify_directory_proof(*proof, alice, Log::card(), {keys, *policy, now})
                      .has_value()
                : check_entry(*proof, alice, Log::card()).has_value();
        KITH_CHECK(good);
    }
    state.counters["octets"] = static_cast<double>(text.size());
}
BENCHMARK(log_verify_proof)->ArgName("known")->Arg(0)->Arg(1);

}  // namespace
}  // namespace kith

BENCHMARK_MAIN();
