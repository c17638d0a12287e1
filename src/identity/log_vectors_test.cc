// docs/vectors: log.json.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "crypto/merkle_tests.h"
#include "identity/directory_proof.h"
#include "testing/vectors.h"
#include "tlog/tile_name.h"
#include "tlog/witness.h"

namespace kith {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
    return std::string(value.as_string());
}

template <class T>
void expect_as_told(const json::value& one, const Result<T>& result) {
    const std::string name = text_of(one.at("name"));
    ASSERT_EQ(result.has_value(), one.at("valid").as_bool()) << name;
    if (result)
        return;
    EXPECT_EQ(name_of(result.error().kind), text_of(one.at("kind"))) << name;
    EXPECT_EQ(result.error().where, text_of(one.at("where"))) << name;
}

class LogVectors : public ::testing::Test {
  protected:
    const json::array& cases(const char* name) const { return all_.at(name).as_array(); }

    json::value all_ =
        json::parse(testing::read_file(testing::source_root() / "docs/vectors/log.json"));
    Time now_ = *parse_time(text_of(all_.at("now")));
    std::vector<NamedKey> keys_{*NamedKey::parse_vkey(text_of(all_.at("log")))};
    WitnessPolicy policy_ = *WitnessPolicy::parse(text_of(all_.at("policy")));
};

Result<VrfOutput> verify_vrf(const json::value& one) {
    const Bytes key = TRY(parse_hex(text_of(one.at("key"))));
    const Bytes proof = TRY(parse_hex(text_of(one.at("proof"))));
    const Bytes input = TRY(parse_hex(text_of(one.at("input"))));
    const VrfPublicKey public_key = TRY(vrf_public_key_from(key));
    const VrfProof parsed = TRY(vrf_proof_from(proof));
    return vrf_verify(public_key, input, parsed);
}

TEST_F(LogVectors, vrf_proofs_are_taken_or_refused_as_told) {
    for (const json::value& one : cases("vrf-cases")) {
        const auto output = verify_vrf(one);
        expect_as_told(one, output);
        if (output)
            EXPECT_EQ(hex(*output), text_of(one.at("output")));
    }
}

TEST_F(LogVectors, trees_have_the_roots_and_tiles_that_are_told) {
    for (const json::value& one : cases("trees")) {
        const auto size = static_cast<std::uint64_t>(one.at("size").as_int64());
        reference::TileStore store;
        MerkleEdge edge;
        for (std::uint64_t i = 0; i < size; ++i) {
            ByteArray<8> entry{};
            for (std::size_t at = 0; at < 8; ++at)
                entry[at] = static_cast<std::uint8_t>(i >> (56 - 8 * at));
            const Hash leaf = merkle_leaf(entry);
            ASSERT_TRUE(store.append({&leaf, 1}));
            edge.append(leaf);
        }
        EXPECT_EQ(edge.head().root.base64_text(), text_of(one.at("root")));
        EXPECT_EQ(TileTree(store, size).root()->base64_text(), text_of(one.at("root")));
        for (const auto& member : one.at("last-tiles").as_object()) {
            const auto name = parse_tile_path(member.key());
            ASSERT_TRUE(name) << member.key();
            EXPECT_EQ(name->width, tile_width(name->id, size));
            EXPECT_EQ(sha256(tile_octets(store.tiles.at(name->id))).text(),
                      text_of(member.value()));
        }
    }
}

TEST_F(LogVectors, paths_are_taken_or_refused_as_told) {
    for (const json::value& one : cases("paths"))
        expect_as_told(one, parse_tile_path(text_of(one.at("path"))));
}

TEST_F(LogVectors, policies_ask_for_whom_is_told) {
    for (const json::value& one : cases("policies")) {
        const auto policy = WitnessPolicy::parse(text_of(one.at("policy")));
        expect_as_told(one, policy);
        if (!policy)
            continue;
        for (const char* which : {"met", "unmet"})
            for (const json::value& names : one.at(which).as_array()) {
                std::vector<std::size_t> cosigned;
                for (std::size_t i = 0; i < policy->witnesses().size(); ++i)
                    if (text_of(names).find(policy->witnesses()[i].name) != std::string::npos)
                        cosigned.push_back(i);
                EXPECT_EQ(policy->met_by(cosigned), which == std::string_view("met"))
                    << one.at("name") << names;
            }
    }
}

TEST_F(LogVectors, the_entries_are_the_log_that_the_proofs_speak_of) {
    DirectoryMonitor monitor(*vrf_public_key_from(*parse_hex(text_of(all_.at("vrf")))), {});
    std::vector<DirectoryEntry> entries;
    for (const json::value& entry : cases("entries"))
        entries.push_back(*parse_directory_entry(*parse_hex(text_of(entry))));
    ASSERT_TRUE(monitor.read(entries));
    const auto proof = parse_directory_proof(text_of(cases("proofs").at(0).at("proof")));
    ASSERT_TRUE(proof);
    EXPECT_TRUE(monitor.check(proof->checkpoint.checkpoint));
}

TEST_F(LogVectors, proofs_of_cards_are_taken_or_refused_as_told) {
    for (const json::value& one : cases("proofs")) {
        const auto proof = parse_directory_proof(text_of(one.at("proof")));
        if (!proof) {
            expect_as_told(one, proof);
            continue;
        }
        const auto witnesses = verify_directory_proof(*proof,
                                                      *Address::parse(text_of(one.at("address"))),
                                                      *parse_hash(text_of(one.at("card"))),
                                                      {keys_, policy_, now_});
        expect_as_told(one, witnesses);
        if (!witnesses)
            continue;
        const json::array& names = one.at("witnesses").as_array();
        ASSERT_EQ(names.size(), witnesses->size());
        for (std::size_t i = 0; i < names.size(); ++i)
            EXPECT_EQ(text_of(names[i]), witnesses->at(i));
    }
}

TEST_F(LogVectors, witnesses_answer_as_told) {
    for (const json::value& one : cases("witness")) {
        WitnessedLog known{keys_, {}};
        if (one.at("newest").is_string())
            known.newest = *read_checkpoint(text_of(one.at("newest")));
        const auto request = parse_add_checkpoint(text_of(one.at("body")));
        const auto status = one.at("status").as_int64();
        if (!request) {
            EXPECT_EQ(status, 400) << one.at("name");
            continue;
        }
        const bool ours = request->checkpoint.checkpoint.origin == keys_[0].name;
        const Judgement judgement = judge(*request, ours ? &known : nullptr);
        EXPECT_EQ(judgement.evidence.has_value(), one.at("evidence").as_bool()) << one.at("name");
        if (judgement.outcome == Judgement::Outcome::cosign) {
            EXPECT_EQ(status, 200) << one.at("name");
            continue;
        }
        EXPECT_EQ(refusal(judgement).status, status) << one.at("name");
        if (status == 409)
            EXPECT_EQ(refusal(judgement).body, text_of(one.at("answer")));
    }
}

TEST_F(LogVectors, evidence_convicts_or_not_as_told) {
    for (const json::value& one : cases("equivocations")) {
        const auto evidence = parse_equivocation(text_of(one.at("evidence")));
        if (!evidence)
            expect_as_told(one, evidence);
        else
            expect_as_told(one, check_equivocation(*evidence, keys_));
    }
}

}  // namespace
}  // namespace kith
