// The worked examples of docs/protocol.md, section 9: alice writes to bob, a stranger to her;
// section 10: the directory log has her card.
#include <boost/json/array.hpp>

#include "crypto/puzzle.h"
#include "identity/safety_number.h"
#include "identity/stub_check.h"
#include "make_vectors/log.h"
#include "make_vectors/vectors.h"
#include "note/price.h"
#include "note/stamp.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kEffort = 20;  // a moment's work

Price example_price(const People& people) {
    Price price;
    price.domain = "two.test";
    price.puzzle = kPuzzle;
    price.effort = kEffort;
    price.seed = note_hash(write_stub(people.stub())).hex_text().substr(0, 32);
    price.time = kNow;
    price.expires = kNow + std::chrono::hours(2);
    return price;
}

Stamp example_stamp(const People& people) {
    const Price price = example_price(people);
    Stamp stamp{price.puzzle, price.effort, price.seed, {}};
    const Hash stub = note_hash(write_stub(people.stub()));
    stamp.solution = *solve_puzzle(as_bytes(stamp_challenge(stamp, stub)), kEffort, {}).solution;
    return stamp;
}

std::vector<Example> log_examples(const People& people) {
    const Directory log(people);
    std::string entries;
    for (const DirectoryEntry& entry : log.entries())
        entries += hex(entry.octets()) + "\n";
    const auto evidence =
        find_equivocation(log.checkpoint(), Directory(people, Directory::Face::other).checkpoint());
    return {{"log keys",
             log.named().vkey() + "\n" + log.cosigner("two.test").vkey() + "\n" +
                 log.cosigner("three.test").vkey() + "\n"},
            {"log entries", entries},
            {"checkpoint", log.cosigned().note.octets()},
            {"directory proof", write_directory_proof(log.prove(Directory::kAlice))},
            {"add-checkpoint", write_add_checkpoint(log.request(4))},
            {"equivocation", write_equivocation(*evidence)}};
}

}  // namespace

std::vector<Example> examples(const People& people) {
    const SignedNote stub = example_stub(people);
    // A batch of two: the stub to bob, and one of the same message to alice's own devices.
    Stub copy = people.stub();
    copy.to = *parse_target("alice@one.test");
    const std::string copy_text = write_stub(copy);
    const std::vector<std::string_view> texts = {stub.text(), copy_text};
    const BatchDraft batch = make_batch("one.test", kNow, texts);
    const Stamp stamp = example_stamp(people);
    std::vector<Example> all = {
        {"card", people.alice().note.octets()},
        {"stub", example_stub_countersigned(people).octets()},
        {"age header", people.stub().keys},
        {"batch", people.sign(batch.text, {{"one.test", "one.test"}}).octets()},
        {"path", write_batch_path(batch.paths[0])},
        {"price",
         people.sign(write_price(example_price(people)), {{"two.test", "two.test"}}).octets()},
        {"challenge", stamp_challenge(stamp, stub.hash())},
        {"stamp", write_stamp(stamp) + "\n"},
        {"hashes",
         "card   " + people.alice().hash.text() + "\nstub   " + stub.hash().text() + "\nblob   " +
             people.stub().blob.text() + "\n"},
        {"verifier keys",
         NamedKey{"alice@one.test/laptop", people.key("laptop").public_key()}.vkey() + "\n" +
             NamedKey{"one.test", people.key("one.test").public_key()}.vkey() + "\n" +
             NamedKey{"two.test", people.key("two.test").public_key()}.vkey() + "\n"},
        {"safety number", safety_number_text(people.alice().root(), people.bob().root())},
    };
    for (Example& example : log_examples(people))
        all.push_back(std::move(example));
    return all;
}

json::value example_vectors(const People& people) {
    json::array blocks;
    for (const Example& example : examples(people))
        blocks.push_back({{"name", example.name}, {"text", example.text}});
    return {{"description",
             "The blocks of protocol sections 9 and 10, octet for octet, and the payload that they "
             "speak of."},
            {"blocks", blocks},
            {"payload", base64(people.payload())}};
}

}  // namespace kith::vectors
