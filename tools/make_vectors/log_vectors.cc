// log.json: proofs of cards, a witness's answers and evidence, of the directory log of one.test
// (protocol section 10); beside them what log_part_vectors.cc has.
#include <boost/json/array.hpp>
#include <functional>

#include "make_vectors/log.h"
#include "make_vectors/vectors.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;
using enum ErrorKind;

class Proofs {
  public:
    explicit Proofs(const People& people)
        : people_(people),
          log_(people),
          keys_{log_.named()},
          policy_(*WitnessPolicy::parse(log_.policy())) {}

    json::array take() {
        add_good();
        add_unwitnessed();
        add_misleading();
        add_texts();
        return std::move(cases_);
    }

  private:
    using Edit = std::function<void(DirectoryProof&)>;

    void good(const char* name, const Edit& edit) {
        const std::string text = edited(edit);
        json::object out = begin(name, text, "alice@one.test", people_.alice().hash);
        const auto witnesses = check(out, text);
        expect_good(out, witnesses);
        json::array names;
        for (const std::string& witness : *witnesses)
            names.push_back(json::value(witness));
        out["witnesses"] = names;
        cases_.push_back(out);
    }
    void bad(const char* name, const Edit& edit, const Refusal& refusal) {
        add_bad(name, edited(edit), refusal);
    }
    void add_good() {
        good("alice's card", [](DirectoryProof&) {});
        good("cosigned by all three", [&](DirectoryProof& p) {
            p.checkpoint = log_.cosigned({"two.test", "three.test", "four.test"});
        });
        good("an old cosignature beside two that count",
             [&](DirectoryProof& p) { cosign_by(p.checkpoint, "four.test", kNow - 8 * kOneDay); });
    }
    void add_unwitnessed() {
        bad("cosigned by one",
            [&](DirectoryProof& p) { p.checkpoint = log_.cosigned({"two.test"}); },
            {untrusted, "checkpoint: witnesses"});
        bad("cosigned eight days ago",
            [&](DirectoryProof& p) {
                p.checkpoint = log_.cosigned({"two.test", "three.test"}, kNow - 8 * kOneDay);
            },
            {untrusted, "checkpoint: witnesses"});
        bad("cosigned in an hour",
            [&](DirectoryProof& p) {
                p.checkpoint = log_.cosigned({"two.test", "three.test"}, kNow + Seconds(3600));
            },
            {untrusted, "checkpoint: witnesses"});
        bad("a cosignature that does not verify",
            [&](DirectoryProof& p) {
                const CosignerKey four = log_.cosigner("four.test");
                KITH_CHECK(p.checkpoint.note.add({four.name, four.id(), Bytes(72, 1)}).has_value());
            },
            {bad_signature, "cosignature"});
        bad("a checkpoint that a stranger signed",
            [&](DirectoryProof& p) {
                p.checkpoint = *sign_checkpoint(p.checkpoint.checkpoint, people_.key("stranger"));
            },
            {untrusted, "checkpoint: signature"});
        bad("another domain's log",
            [&](DirectoryProof& p) {
                Checkpoint other = p.checkpoint.checkpoint;
                other.origin = log_origin("two.test");
                p.checkpoint = *sign_checkpoint(other, people_.key("one.test/kith/1/log"));
            },
            {untrusted, "checkpoint: signature"});
    }
    void add_misleading() {
        bad("another entry",
            [](DirectoryProof& p) { p.index = 4; },
            {bad_signature, "proof: path"});
        bad("an index outside the tree",
            [](DirectoryProof& p) { p.index = 7; },
            {bad_signature, "proof: path"});
        bad("a path cut short",
            [](DirectoryProof& p) { p.path.pop_back(); },
            {bad_signature, "proof: path"});
        bad("a card that is not listed yet",
            [&](DirectoryProof& p) {
                p.checkpoint = log_.cosigned({"two.test", "three.test"}, kNow, 3);
                p.key_path = {log_.entries()[1].leaf(), log_.entries()[2].leaf()};
            },
            {bad_signature, "proof: path"});
        const VrfKey second = *VrfKey::from_seed(Bytes(32, 9));
        bad("under another VRF key than the log's first entry",
            [&](DirectoryProof& p) {
                p.key = second.public_key();
                p.vrf = second.prove(as_bytes("alice@one.test")).proof;
            },
            {bad_signature, "proof: key"});
        bad("the VRF proof of another address",
            [&](DirectoryProof& p) {
                p.vrf = people_.vrf().prove(as_bytes("dave@one.test")).proof;
            },
            {bad_signature, "proof: vrf"});
    }
    std::string edited(const Edit& edit) const {
        DirectoryProof proof = log_.prove(Directory::kAlice);
        edit(proof);
        return write_directory_proof(proof);
    }
    void cosign_by(SignedCheckpoint& checkpoint, const std::string& domain, Time time) const {
        const std::string name = witness_name(domain);
        const auto line = cosign(checkpoint.note, name, people_.key(name), time);
        KITH_CHECK(checkpoint.note.add(*line).has_value());
    }
    static json::object begin(const std::string& name,
                              const std::string& proof,
                              const std::string& address,
                              const Hash& card) {
        return {{"name", name}, {"address", address}, {"card", card.text()}, {"proof", proof}};
    }
    Result<std::vector<std::string>> check(const json::object& one, const std::string& text) const {
        const DirectoryProof proof = TRY(parse_directory_proof(text));
        return verify_directory_proof(proof,
                                      *Address::parse(std::string(one.at("address").as_string())),
                                      *parse_hash(std::string(one.at("card").as_string())),
                                      {keys_, policy_, kNow});
    }
    void add_bad(const char* name,
                 const std::string& text,
                 const Refusal& refusal,
                 const std::string& address = "alice@one.test",
                 std::optional<Hash> card = {}) {
        json::object out = begin(name, text, address, card.value_or(people_.alice().hash));
        expect_refusal(out, check(out, text), refusal);
        cases_.push_back(out);
    }
    void add_texts() {
        const std::string good = edited([](DirectoryProof&) {});
        add_bad("for another card",
                good,
                {bad_signature, "proof: path"},
                "alice@one.test",
                sha256("another card"));
        add_bad("for another address", good, {bad_signature, "proof: vrf"}, "dave@one.test");
        add_bad(
            "for an address elsewhere", good, {untrusted, "checkpoint: origin"}, "alice@two.test");
        const std::size_t extra = good.find("extra ");
        const std::size_t index = good.find("index ");
        add_bad("without extra",
                good.substr(0, extra) + good.substr(index),
                {malformed, "proof: extra"});
        add_bad("an index with a zero too many",
                good.substr(0, index + 6) + "0" + good.substr(index + 6),
                {malformed, "proof: index"});
        add_bad("another version",
                "c2sp.org/tlog-proof@v2" + good.substr(22),
                {malformed, "proof: type"});
        add_bad("no checkpoint",
                good.substr(0, good.find("\n\n") + 2),
                {malformed, "checkpoint: note"});
    }

    const People& people_;
    Directory log_;
    std::vector<NamedKey> keys_;
    WitnessPolicy policy_;
    json::array cases_;
};

class WitnessCases {
  public:
    explicit WitnessCases(const People& people)
        : people_(people), log_(people), other_(people, Directory::Face::other) {
        add_by_size();
        add_bad_proofs();
        add_bad_signatures();
        add_texts();
    }
    json::array take() { return std::move(cases_); }

  private:
    // `knows`: the size of the newest checkpoint that the witness cosigned.
    void add(const char* name,
             std::optional<std::uint64_t> knows,
             const std::string& body,
             int status) {
        WitnessedLog known{{log_.named()}, {}};
        json::object out{{"name", name}, {"newest", nullptr}, {"body", body}};
        if (knows) {
            known.newest = log_.checkpoint(*knows);
            out["newest"] = known.newest->note.octets();
        }
        int got = 400;
        if (const auto request = parse_add_checkpoint(body)) {
            const bool ours = request->checkpoint.checkpoint.origin == log_.named().name;
            const Judgement judgement = judge(*request, ours ? &known : nullptr);
            got = judgement.outcome == Judgement::Outcome::cosign ? 200 : refusal(judgement).status;
            if (got == 409)
                out["answer"] = refusal(judgement).body;
            out["evidence"] = judgement.evidence.has_value();
        }
        if (got != status)
            wrong(out, std::to_string(got));
        out["status"] = status;
        cases_.push_back(out);
    }
    void add(const char* name,
             std::optional<std::uint64_t> knows,
             const AddCheckpoint& request,
             int status) {
        add(name, knows, write_add_checkpoint(request), status);
    }
    void add_by_size() {
        add("the first", {}, log_.request(0), 200);
        add("grown", 4, log_.request(4), 200);
        add("the same again", 7, log_.request(7), 200);
        add("another old size", 5, log_.request(4), 409);
        add("nothing is known yet", {}, log_.request(4), 409);
        add("smaller than what is known", 7, log_.request(4, 5), 409);
    }
    void add_bad_proofs() {
        add("a proof too short", 3, AddCheckpoint{3, {}, log_.checkpoint()}, 422);
        AddCheckpoint odd = log_.request(3);
        odd.proof.back().octets[0] ^= 1;
        add("a bit of the proof", 3, odd, 422);
        odd = log_.request(0);
        odd.proof.push_back(log_.entries()[0].leaf());
        add("a proof from nothing", {}, odd, 422);
        add("another history", 5, other_.request(5), 422);
        add("another root for the same size", 7, AddCheckpoint{7, {}, other_.checkpoint()}, 422);
        add("the same under another old size", 7, AddCheckpoint{0, {}, other_.checkpoint()}, 409);
        odd = log_.request(0);
        odd.checkpoint = *sign_checkpoint({log_.named().name, {0, sha256("x")}, {}},
                                          people_.key(log_.named().name));
        add("an empty tree with a hash of its own", {}, odd, 422);
        odd = log_.request(0);
        odd.old_size = 8;
        add("an old size over the checkpoint's", {}, odd, 400);
    }
    void add_bad_signatures() {
        AddCheckpoint odd = log_.request(0);
        odd.checkpoint = *sign_checkpoint(odd.checkpoint.checkpoint, people_.key("stranger"));
        add("signed by a stranger", {}, odd, 403);
        odd = log_.request(0);
        KITH_CHECK(odd.checkpoint.note.add({log_.named().name, log_.named().id(), Bytes(64, 1)})
                       .has_value());
        add("a bad signature beside a good one", {}, odd, 403);
        odd.checkpoint = *sign_checkpoint({"nobody.test/log", odd.checkpoint.checkpoint.head, {}},
                                          people_.key("stranger"));
        add("an origin that is not known", {}, odd, 404);
    }
    void add_texts() {
        const std::string good = write_add_checkpoint(log_.request(4));
        add("no old size", 4, good.substr(good.find('\n') + 1), 400);
        add("an old size with a zero too many", 4, "old 04" + good.substr(5), 400);
        add("no empty line before the checkpoint",
            4,
            "old 4\n" + log_.checkpoint().note.octets(),
            400);
    }

    const People& people_;
    Directory log_;
    Directory other_;
    json::array cases_;
};

class Equivocations {
  public:
    explicit Equivocations(const People& people)
        : people_(people), log_(people), other_(people, Directory::Face::other) {
        const Equivocation same = *find_equivocation(log_.checkpoint(), other_.checkpoint());
        const Equivocation rewritten =
            **find_equivocation(log_.checkpoint(5), other_.checkpoint(), other_.tiles());
        good("two roots for one size", same);
        good("the larger tree did not grow out of the smaller", rewritten);
        add_innocent();
        bad("different sizes without a root",
            {rewritten.smaller, rewritten.larger, {}},
            {malformed, "equivocation: root"});
        bad("the larger one first",
            {rewritten.larger, rewritten.smaller, rewritten.prefix},
            {malformed, "equivocation: checkpoint"});
        const std::string text = write_equivocation(same);
        bad("something behind", text + "\n", {malformed, "equivocation: checkpoint"});
        bad("another origin in the head",
            "kith/1 equivocation\norigin two.test/kith/1/log\n" +
                text.substr(text.find("\n\n") + 1),
            {malformed, "equivocation: origin"});
    }
    json::array take() { return std::move(cases_); }

  private:
    Result<void> check(const std::string& text) const {
        const Equivocation evidence = TRY(parse_equivocation(text));
        return check_equivocation(evidence, std::vector{log_.named()});
    }
    void good(const char* name, const Equivocation& evidence) {
        json::object out{{"name", name}, {"evidence", write_equivocation(evidence)}};
        expect_good(out, check(write_equivocation(evidence)));
        cases_.push_back(out);
    }
    void bad(const char* name, const std::string& text, const Refusal& refusal) {
        json::object out{{"name", name}, {"evidence", text}};
        expect_refusal(out, check(text), refusal);
        cases_.push_back(out);
    }
    void bad(const char* name, const Equivocation& evidence, const Refusal& refusal) {
        bad(name, write_equivocation(evidence), refusal);
    }
    void add_innocent() {
        using Prefix = Equivocation::Prefix;
        const SignedCheckpoint then = log_.checkpoint(5);
        bad("the same checkpoint twice",
            {log_.checkpoint(), log_.checkpoint(), {}},
            {untrusted, "equivocation"});
        bad("it did grow out of it",
            {then, log_.checkpoint(), Prefix{then.checkpoint.head.root, log_.consistency(5)}},
            {untrusted, "equivocation"});
        bad("a root that is not shown",
            {then, other_.checkpoint(), Prefix{sha256("x"), other_.consistency(5)}},
            {untrusted, "equivocation"});
        bad("a checkpoint that a stranger signed",
            {log_.checkpoint(),
             *sign_checkpoint(other_.checkpoint().checkpoint, people_.key("stranger")),
             {}},
            {untrusted, "checkpoint: signature"});
    }

    const People& people_;
    Directory log_;
    Directory other_;
    json::array cases_;
};

}  // namespace

json::value log_vectors(const People& people) {
    const Directory log(people);
    json::array entries;
    for (const DirectoryEntry& entry : log.entries())
        entries.push_back(json::value(hex(entry.octets())));
    json::object out{
        {"description",
         "The directory log (protocol section 10). `proofs`, `witness` and `equivocations` are of "
         "the log whose key and entries stand here, at `now`, `proofs` under `policy`. The "
         "entries of `trees` are the numbers from 0 in 8 octets, big-endian."},
        {"now", format_time(kNow)},
        {"log", log.named().vkey()},
        {"vrf", hex(people.vrf().public_key().view())},
        {"policy", log.policy()},
        {"entries", entries}};
    for (const auto& part : log_part_vectors(people))
        out.insert(part);
    out["proofs"] = Proofs(people).take();
    out["witness"] = WitnessCases(people).take();
    out["equivocations"] = Equivocations(people).take();
    return out;
}

}  // namespace kith::vectors
