// log.json: what the directory log is made of, each for itself: VRF, trees and tiles, policies.
#include <boost/json/array.hpp>

#include "make_vectors/log.h"
#include "make_vectors/vectors.h"
#include "tlog/tile_name.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;
using enum ErrorKind;

struct VrfCase {
    Bytes key;
    Bytes input;
    Bytes proof;
};

Result<VrfOutput> verify(const VrfCase& one) {
    const VrfPublicKey key = TRY(vrf_public_key_from(one.key));
    const VrfProof proof = TRY(vrf_proof_from(one.proof));
    return vrf_verify(key, one.input, proof);
}

json::object begin(const std::string& name, const VrfCase& one) {
    return {{"name", name},
            {"key", hex(one.key)},
            {"input", hex(one.input)},
            {"proof", hex(one.proof)}};
}

class VrfCases {
  public:
    explicit VrfCases(const People& people) {
        const VrfPublicKey& key = people.vrf().public_key();
        const auto proven = people.vrf().prove(as_bytes("alice@one.test"));
        alice_ = {Bytes(key.octets.begin(), key.octets.end()),
                  to_bytes("alice@one.test"),
                  Bytes(proven.proof.octets.begin(), proven.proof.octets.end())};
        good("the vector of C2SP", c2sp_);
        good("an address", alice_);
        add_bad();
    }
    json::array take() { return std::move(cases_); }

  private:
    void good(const char* name, const VrfCase& one) {
        json::object out = begin(name, one);
        const auto output = verify(one);
        expect_good(out, output);
        out["output"] = hex(*output);
        cases_.push_back(out);
    }
    void bad(const char* name, const VrfCase& one, const Refusal& refusal) {
        json::object out = begin(name, one);
        expect_refusal(out, verify(one), refusal);
        cases_.push_back(out);
    }
    void add_bad() {
        VrfCase odd = alice_;
        odd.input = to_bytes("bob@one.test");
        bad("another input", odd, {bad_signature, "vrf proof"});
        odd = alice_;
        odd.key = c2sp_.key;
        bad("another key", odd, {bad_signature, "vrf proof"});
        for (const auto& [name, octet] :
             {std::pair("a bit of c", 32U), std::pair("a bit of s", 48U)}) {
            odd = alice_;
            odd.proof[octet] ^= 1;
            bad(name, odd, {bad_signature, "vrf proof"});
        }
        odd = alice_;
        std::fill_n(odd.proof.begin() + 48, 32, std::uint8_t{0xFF});
        bad("s is not below the order", odd, {malformed, "vrf proof"});
        odd = c2sp_;
        odd.proof = *parse_hex(
            "0a97d961262fb549b4175c5117860f42ae44a123f93c476c439eddd1c0cff9a6"
            "6eb1de7cdc285acc218094ba22afac6e"
            "ab94edfa4f3630ea2185a75b5e3611dc75e2155c45bbe2c7d8293eda35d5e70e");
        bad("Gamma with its highest bit set, all else right: a second output",
            odd,
            {malformed, "vrf proof"});
        odd = alice_;
        odd.key.assign(32, 0);
        bad("the key is the identity", odd, {malformed, "vrf key"});
        odd = alice_;
        odd.proof.pop_back();
        bad("79 octets", odd, {malformed, "length"});
    }

    VrfCase c2sp_{*parse_hex("54136cd90d99fbd1d4e855d9556efea87ba0337f2a6ce22028d0f5726fcb854e"),
                  to_bytes("c2sp.org/vrf-r255"),
                  *parse_hex("0a97d961262fb549b4175c5117860f42ae44a123f93c476c439eddd1c0cff926"
                             "5c805525233e2284dbed45e593b8eea31d5ca9734d72bcbba9738d5237f955f3"
                             "b2422351149d1312503b6441a47c940c")};
    VrfCase alice_;
    json::array cases_;
};

json::array trees() {
    json::array out;
    for (const std::uint64_t size : {1U, 2U, 7U, 255U, 256U, 257U, 70'000U}) {
        std::vector<Hash> leaves;
        for (std::uint64_t i = 0; i < size; ++i) {
            ByteArray<8> entry{};
            for (std::size_t at = 0; at < 8; ++at)
                entry[at] = static_cast<std::uint8_t>(i >> (56 - 8 * at));
            leaves.push_back(merkle_leaf(entry));
        }
        reference::TileStore store;
        KITH_CHECK(store.append(leaves).has_value());
        KITH_CHECK(*TileTree(store, size).root() == reference::root(leaves));
        json::object edge;  // the last tile of each level
        for (const auto& [id, hashes] : store.tiles)
            if (tile_width({id.level, id.index + 1}, size) == 0)
                edge[tile_path({TileName::Kind::hashes, id, hashes.size()})] =
                    sha256(tile_octets(hashes)).text();
        out.push_back({{"size", size},
                       {"root", reference::root(leaves).base64_text()},
                       {"last-tiles", edge}});
    }
    return out;
}

json::array paths() {
    json::array cases;
    for (const char* path : {"tile/0/000",
                             "tile/0/x001/x234/067",
                             "tile/1/067.p/17",
                             "tile/63/999.p/255",
                             "tile/entries/x001/000",
                             "tile/entries/273.p/112"}) {
        json::object out{{"name", path}, {"path", path}};
        expect_good(out, parse_tile_path(path));
        cases.push_back(out);
    }
    for (const char* path : {"tile/0/0",
                             "tile/0/x000/001",
                             "tile/0/001/000",
                             "tile/00/000",
                             "tile/64/000",
                             "tile/0/000.p/0",
                             "tile/0/000.p/256",
                             "tile/0/000.p/01"}) {
        json::object out{{"name", path}, {"path", path}};
        expect_refusal(out, parse_tile_path(path), {malformed, "path"});
        cases.push_back(out);
    }
    return cases;
}

// Behind the three witnesses of Directory::policy().
class Policies {
  public:
    explicit Policies(const Directory& log)
        : witnesses_(log.policy().substr(0, log.policy().find("group"))) {
        good("group peers 2 two three four\nquorum peers\n",
             {"two three", "two four", "three four", "two three four"});
        good("group a any two three\ngroup b all a four\nquorum b\n",
             {"two four", "three four", "two three four"});
        good(" # one is enough\n\tquorum\tthree ",
             {"three", "two three", "three four", "two three four"});
        good("quorum none\n",
             {"", "two", "three", "four", "two three", "two four", "three four", "two three four"});
        bad("", "policy");
        bad("quorum peers\n", "policy: line 4");
        bad("group a any two two\nquorum a\n", "policy: line 4");
        bad("group a any two\ngroup b any a two\nquorum b\n", "policy: line 5");
        bad("group a 4 two three four\nquorum a\n", "policy: line 4");
        bad("group none any two\nquorum none\n", "policy: line 4");
        bad("witness five " + log.cosigner("two.test").vkey() + "\nquorum five\n",
            "policy: line 4");
        bad("witness five " + log.named().vkey() + "\nquorum five\n", "policy: line 4");
        bad("quorum none\nquorum none\n", "policy: line 5");
        bad("quorum none\r\n", "policy");
    }
    json::array take() { return std::move(cases_); }

  private:
    // `enough`: which of the eight sets of witnesses meet it.
    void good(const std::string& rest, const std::vector<std::string>& enough) {
        json::object out{{"name", rest}, {"policy", witnesses_ + rest}};
        const auto policy = WitnessPolicy::parse(witnesses_ + rest);
        expect_good(out, policy);
        json::array met;
        json::array unmet;
        for (unsigned set = 0; set < 8; ++set) {
            std::vector<std::size_t> cosigned;
            std::string names;
            for (std::size_t i = 0; i < 3; ++i) {
                if (((set >> i) & 1U) == 0)
                    continue;
                cosigned.push_back(i);
                names += (names.empty() ? "" : " ") + policy->witnesses()[i].name;
            }
            const bool expected = std::ranges::find(enough, names) != enough.end();
            if (policy->met_by(cosigned) != expected)
                wrong(out, names);
            (expected ? met : unmet).push_back(json::value(names));
        }
        out["met"] = met;
        out["unmet"] = unmet;
        cases_.push_back(out);
    }
    void bad(const std::string& rest, const char* where) {
        json::object out{{"name", rest}, {"policy", witnesses_ + rest}};
        expect_refusal(out, WitnessPolicy::parse(witnesses_ + rest), {malformed, where});
        cases_.push_back(out);
    }

    std::string witnesses_;
    json::array cases_;
};

}  // namespace

json::object log_part_vectors(const People& people) {
    return {{"vrf-cases", VrfCases(people).take()},
            {"trees", trees()},
            {"paths", paths()},
            {"policies", Policies(Directory(people)).take()}};
}

}  // namespace kith::vectors
