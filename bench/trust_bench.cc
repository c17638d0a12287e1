// What decides: decisions with large address books and full hints, ledgers, and how fast the
// simulator lives. No signatures, no store. Run through bench/run.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <unordered_map>

#include "sim/generators.h"
#include "sim/scenario.h"
#include "trust/decision.h"
#include "trust/evidence.h"
#include "trust/hints.h"

namespace kith {
namespace {

constexpr Time kNow{Seconds(1'790'000'000)};
constexpr std::size_t kContacts = 10'000;

Address address(std::size_t number) {
    return *Address::parse("p" + std::to_string(number) + "@d" + std::to_string(number % 400) +
                           ".test");
}
Hash root(std::size_t number) {
    return sha256("root " + std::to_string(number));
}

/// A person's contacts with their ledgers, as a server has them once they are read.
struct Contacts {
    std::vector<Hash> roots;
    std::unordered_map<std::string, std::string> ledgers;  ///< lines, by root

    Contacts() {
        for (std::size_t i = 0; i < kContacts; ++i) {
            const auto level = i % 4 == 0 ? GrantLevel::well_trusted : GrantLevel::known;
            GrantLedger ledger = GrantLedger::granted(level, kNow - std::chrono::days(i % 300));
            for (std::size_t debits = i % 5; debits > 0; --debits)
                (void)ledger.take(GrantBucket::mail, kNow - std::chrono::hours(i % 50));
            roots.push_back(root(i));
            ledgers.emplace(roots.back().text(), write_grant_ledger(ledger));
        }
    }
};
const Contacts& contacts() {
    static const Contacts all;
    return all;
}

Evidence evidence_from(std::size_t sender) {
    Evidence evidence;
    evidence.sender = address(sender);
    evidence.root = contacts().roots[sender];
    evidence.key.standing = KeyStanding::active;
    evidence.price = 1'500;
    return evidence;
}

// A contact's message: the ledger is read, decided by, debited and written.
void decide_of_10000_contacts(benchmark::State& state) {
    std::size_t sender = 0;
    for (auto _ : state) {
        sender = (sender + 7'919) % kContacts;
        Evidence evidence = evidence_from(sender);
        GrantLedger ledger = *parse_grant_ledger(contacts().ledgers.at(evidence.root.text()));
        evidence.grant = evidence_of(ledger, evidence.sender, kNow);
        const Decision decision = decide(evidence);
        for (const Debit& debit : decision.debits)
            KITH_CHECK(book(debit.meter, ledger, kNow));
        benchmark::DoNotOptimize(write_grant_ledger(ledger));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decide_of_10000_contacts)->Unit(benchmark::kMicrosecond);

// A stranger whose hints are looked through for as many contacts as may be expected; one is there,
// whose word decides.
void decide_with_512_hint_candidates(benchmark::State& state) {
    SeededRandom random(as_bytes("bench"));
    std::vector<HintKey> expected;
    for (std::size_t i = 0; i < kMostExpectedHints; ++i)
        expected.push_back(hint_key(make_introducer_key(random), hint_week(kNow)));
    const auto message = *HintMessage::of(std::string(32, 'a'), address(1));
    const Bytes hints = make_hints(message, std::span(expected).subspan(500, 10), random);
    Evidence evidence = evidence_from(3);
    for (auto _ : state) {
        const auto matches = match_hints(message, expected, hints);
        const auto found =
            static_cast<std::size_t>(std::ranges::find(matches, 1) - matches.begin());
        evidence.word = WordEvidence{WordEvidence::Kind::vouch,
                                     {contacts().roots[found], address(found), "0123456789abcdef"},
                                     kOneCredit};
        benchmark::DoNotOptimize(decide(evidence));
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["tags"] = static_cast<double>(hints.size()) / kHintOctets;
}
BENCHMARK(decide_with_512_hint_candidates)->Unit(benchmark::kMicrosecond);

// Against which the above is held: everybody in the address book decided anew.
void decide_all_of_2000_contacts(benchmark::State& state) {
    constexpr std::size_t kAll = 2'000;
    for (auto _ : state)
        for (std::size_t i = 0; i < kAll; ++i) {
            Evidence evidence = evidence_from(i);
            const GrantLedger ledger =
                *parse_grant_ledger(contacts().ledgers.at(evidence.root.text()));
            evidence.grant = evidence_of(ledger, evidence.sender, kNow);
            benchmark::DoNotOptimize(decide(evidence));
        }
}
BENCHMARK(decide_all_of_2000_contacts)->Unit(benchmark::kMicrosecond);

// One debit and one refund a day, with whatever refills and fades in between.
void ledger_update(benchmark::State& state) {
    GrantLedger ledger = GrantLedger::granted(GrantLevel::known, kNow);
    Time now = kNow;
    for (auto _ : state) {
        now += std::chrono::hours(12);
        benchmark::DoNotOptimize(ledger.take(GrantBucket::mail, now));
        ledger.engaged(now);
        benchmark::DoNotOptimize(ledger.refund(GrantBucket::mail, now, now));
    }
}
BENCHMARK(ledger_update)->Unit(benchmark::kMicrosecond);

void ledger_read_and_written(benchmark::State& state) {
    const std::string& line = contacts().ledgers.at(contacts().roots[7].text());
    for (auto _ : state)
        benchmark::DoNotOptimize(write_grant_ledger(*parse_grant_ledger(line)));
}
BENCHMARK(ledger_read_and_written)->Unit(benchmark::kMicrosecond);

// People who live and write, without an attacker: what the study is made of.
void simulated_person_days(benchmark::State& state) {
    const auto graph = *sim::make_holme_kim(5'000, 5, 0.6, sim::Draw(11));
    const sim::Rulebook rules;
    sim::ScenarioOptions options;
    options.warm_up_days = 7;
    for (auto _ : state)
        benchmark::DoNotOptimize(sim::live(graph, rules, options));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(graph.people()) * 7);
}
BENCHMARK(simulated_person_days)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kith

BENCHMARK_MAIN();
