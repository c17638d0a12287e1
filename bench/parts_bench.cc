// The parts: sealing, opening, signing, verifying, hashing. Run through bench/run.
#include <benchmark/benchmark.h>

#include <array>

#include "crypto/age_stream.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
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

}  // namespace
}  // namespace kith

BENCHMARK_MAIN();
