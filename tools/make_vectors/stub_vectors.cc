// stubs.json: a stub against the card that it names and its domain's keys.
#include <boost/json/array.hpp>

#include "identity/stub_check.h"
#include "make_vectors/vectors.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;

const Signer kLaptop{"laptop", "alice@one.test/laptop"};
const Signer kDomain{"one.test", "one.test"};

class Stubs {
  public:
    explicit Stubs(const People& people)
        : people_(people), keys_{people.key("one.test").public_key()} {}

    void good(const std::string& name, const SignedNote& note, const BatchEvidence* batch) {
        json::object out = begin(name, note, batch);
        const auto checked = check(note, batch);
        expect_good(out, checked);
        out["device"] = checked->device;
        out["by"] = checked->by == CheckedStub::Countersigned::on_stub ? "stub" : "batch";
        cases_.push_back(out);
    }
    void bad(const std::string& name,
             const SignedNote& note,
             const BatchEvidence* batch,
             const Refusal& refusal) {
        json::object out = begin(name, note, batch);
        expect_refusal(out, check(note, batch), refusal);
        cases_.push_back(out);
    }
    json::array take() { return std::move(cases_); }

  private:
    Result<CheckedStub> check(const SignedNote& note, const BatchEvidence* batch) const {
        const Stub stub = TRY(parse_stub(note));
        VerifiedNotes verified;
        return check_stub(
            note,
            stub,
            {.card = people_.alice(), .domain_keys = keys_, .batch = batch, .verified = verified});
    }
    json::object begin(const std::string& name,
                       const SignedNote& note,
                       const BatchEvidence* batch) const {
        json::object out{{"name", name}, {"stub", note.octets()}};
        out["card"] = people_.alice().note.octets();
        out["domain-keys"] = json::array{json::value(keys_.front().text())};
        if (batch) {
            out["batch"] = batch->batch.octets();
            out["path"] = write_batch_path(batch->path);
        }
        return out;
    }

    const People& people_;
    std::vector<PublicKey> keys_;
    json::array cases_;
};

void add_countersigned(Stubs& out, const People& people) {
    using enum ErrorKind;
    const std::string text = write_stub(people.stub());
    const auto sign = [&](const std::vector<Signer>& signers) {
        return people.sign(text, signers);
    };
    out.good("device and domain on the stub", sign({kLaptop, kDomain}), nullptr);
    out.bad("no countersignature", sign({kLaptop}), nullptr, {untrusted, "stub: domain"});
    out.bad("the domain alone", sign({kDomain}), nullptr, {untrusted, "stub: signature"});
    out.bad("a stranger under the device's name",
            sign({{"stranger", kLaptop.name}, kDomain}),
            nullptr,
            {untrusted, "stub: signature"});
    out.bad("another device name",
            sign({{"laptop", "alice@one.test/phone"}, kDomain}),
            nullptr,
            {untrusted, "stub: signature"});
    out.bad("another domain",
            sign({kLaptop, {"two.test", "two.test"}}),
            nullptr,
            {untrusted, "stub: domain"});
    const auto with = [&](auto edit) {
        Stub stub = people.stub();
        edit(stub);
        return people.sign(write_stub(stub), {kLaptop, kDomain});
    };
    out.bad("another card",
            with([](Stub& s) { s.card = sha256("x"); }),
            nullptr,
            {untrusted, "stub: card"});
    out.bad("another root",
            with([](Stub& s) { s.root = sha256("x"); }),
            nullptr,
            {untrusted, "stub: root"});
    out.bad("another sender",
            with([](Stub& s) { s.from = *Address::parse("eve@one.test"); }),
            nullptr,
            {untrusted, "stub: from"});
    const SignedNote good = sign({kLaptop, kDomain});
    const std::string other(with([](Stub& s) { s.size = 1; }).text());
    const SignedNote forged = *SignedNote::parse(other + good.octets().substr(good.text().size()));
    out.bad("signatures of another stub", forged, nullptr, {bad_signature, "stub: signature"});
}

void add_batched(Stubs& out, const People& people) {
    using enum ErrorKind;
    std::vector<SignedNote> notes;
    for (std::uint64_t i = 0; i < 5; ++i) {
        Stub stub = people.stub();
        stub.to = *parse_target("bob+" + std::to_string(i) + "@two.test");
        notes.push_back(people.sign(write_stub(stub), {kLaptop}));
    }
    std::vector<std::string_view> texts;
    for (const SignedNote& note : notes)
        texts.push_back(note.text());
    const BatchDraft draft = make_batch("one.test", kNow, texts);
    const SignedNote batch = people.sign(draft.text, {kDomain});
    for (std::size_t i = 0; i < notes.size(); ++i) {
        const BatchEvidence evidence{batch, draft.paths[i]};
        out.good("stub " + std::to_string(i) + " of a batch of five", notes[i], &evidence);
    }
    const BatchEvidence wrong_path{batch, draft.paths[1]};
    out.bad("the path of another stub", notes[0], &wrong_path, {bad_signature, "path"});
    BatchEvidence outside{batch, draft.paths[0]};
    outside.path.index = 5;
    out.bad("an index outside the batch", notes[0], &outside, {bad_signature, "path"});
    BatchEvidence shorter{batch, draft.paths[0]};
    shorter.path.proof.pop_back();
    out.bad("a proof cut short", notes[0], &shorter, {bad_signature, "path"});
    const BatchEvidence stranger{people.sign(draft.text, {{"stranger", "one.test"}}),
                                 draft.paths[0]};
    out.bad("a batch that a stranger signed", notes[0], &stranger, {untrusted, "batch: signature"});
    const BatchDraft theirs = make_batch("two.test", kNow, texts);
    const BatchEvidence foreign{people.sign(theirs.text, {{"one.test", "two.test"}}),
                                theirs.paths[0]};
    out.bad("another domain's batch", notes[0], &foreign, {untrusted, "batch: domain"});
}

}  // namespace

SignedNote example_stub(const People& people) {
    return people.sign(write_stub(people.stub()), {kLaptop});
}

SignedNote example_stub_countersigned(const People& people) {
    return people.sign(write_stub(people.stub()), {kLaptop, kDomain});
}

json::value stub_vectors(const People& people) {
    Stubs out(people);
    add_countersigned(out, people);
    add_batched(out, people);
    return {{"description",
             "Stubs against the card that they name, their domain's keys, and a batch (protocol "
             "sections 4.1 and 4.2). Times are not looked at."},
            {"cases", out.take()}};
}

}  // namespace kith::vectors
