#include "protocol/delivery_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "crypto/hash.h"
#include "testing/vectors.h"

namespace kith {
namespace {

constexpr std::uint64_t kMostBlob = 1000;

// What came of a body: parts as they are, the blob in one piece.
struct Outcome {
    std::vector<Part> parts;
    std::optional<std::uint64_t> announced;
    std::string blob;
    bool blob_complete = false;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Result<Outcome> read(std::string_view body, const RowRules& rules, std::size_t step = SIZE_MAX) {
    PartReader reader(rules);
    Outcome out;
    while (!body.empty()) {
        ByteView piece = as_bytes(body.substr(0, step));
        body.remove_prefix(piece.size());
        while (auto event = TRY(reader.next(piece))) {
            if (auto* const part = std::get_if<Part>(&*event))
                out.parts.push_back(*part);
            else if (auto* const blob = std::get_if<BlobAnnounced>(&*event))
                out.announced = blob->octets;
            else if (auto* const octets = std::get_if<BlobOctets>(&*event))
                out.blob += as_text(octets->octets);
            else
                out.blob_complete = true;
        }
    }
    TRY(reader.finish());
    return out;
}

Result<Outcome> read_delivery(std::string_view body, std::size_t step = SIZE_MAX) {
    return read(body, delivery_rules(kMostBlob), step);
}

Error error_of(std::string_view body) {
    auto outcome = read_delivery(body);
    EXPECT_FALSE(outcome) << body;
    return outcome ? Error{} : outcome.error();
}

TEST(DeliveryBody, parts_come_out_in_their_order_with_their_octets) {
    const auto outcome = read_delivery(
        "card 2\nab"
        "card 0\n"
        "stub 5\nx\ny\nz"
        "stamp 1\n!");
    ASSERT_TRUE(outcome) << outcome.error().text();
    const std::vector<Part> expected = {
        {"card", "ab"}, {"card", ""}, {"stub", "x\ny\nz"}, {"stamp", "!"}};
    EXPECT_EQ(outcome->parts, expected);
    EXPECT_FALSE(outcome->announced);
}

TEST(DeliveryBody, every_split_gives_the_same) {
    const std::string body =
        "card 3\nabc"
        "hints 4\n1234"
        "stub 2\nst"
        "reply 1\nr"
        "blob 6\nblobby";
    const auto whole = read_delivery(body);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->blob, "blobby");
    EXPECT_TRUE(whole->blob_complete);
    for (std::size_t step = 1; step < body.size(); ++step)
        EXPECT_EQ(*read_delivery(body, step), *whole) << step;
}

TEST(DeliveryBody, blob_is_announced_before_its_octets) {
    PartReader reader(delivery_rules(kMostBlob));
    ByteView input = as_bytes("stub 1\nsblob 900\n");
    ASSERT_TRUE(std::holds_alternative<Part>(**reader.next(input)));
    const auto event = reader.next(input);
    ASSERT_TRUE(event && *event);
    EXPECT_EQ(std::get<BlobAnnounced>(**event).octets, 900U);
    EXPECT_TRUE(input.empty());
}

TEST(DeliveryBody, empty_blob_is_complete_at_once) {
    const auto outcome = read_delivery("stub 1\nsblob 0\n");
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->blob_complete);
}

TEST(DeliveryBody, nothing_may_follow_the_blob) {
    EXPECT_EQ(error_of("stub 1\nsblob 1\nbreply 1\nr").where, "reply");
    EXPECT_EQ(error_of("stub 1\nsblob 1\nbx").where, "delivery");
}

TEST(DeliveryBody, blob_before_the_stub_is_refused) {
    EXPECT_EQ(error_of("blob 1\nbstub 1\ns").where, "stub");
}

TEST(DeliveryBody, missing_stub_is_refused_by_its_name) {
    const Error error = error_of("card 1\nc");
    EXPECT_EQ(error.where, "stub");
    EXPECT_EQ(error.detail, "is missing");
}

TEST(DeliveryBody, second_stub_is_refused) {
    EXPECT_EQ(error_of("stub 1\nsstub 1\ns").where, "stub");
}

TEST(DeliveryBody, reserved_and_unknown_parts_are_read_over) {
    const auto outcome = read_delivery("abcnews 2\nyystub 1\ns");
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(outcome->parts, (std::vector<Part>{{"stub", "s"}}));
}

TEST(DeliveryBody, each_part_has_its_limit) {
    struct Case {
        std::string_view name;
        std::uint64_t limit;
    };
    for (const Case one : {Case{"card", 65'536},
                           {"stub", 4096},
                           {"batch", 4096},
                           {"path", 4096},
                           {"token", 128},
                           {"stamp", 512},
                           {"reply", 128},
                           {"proof", 65'536},
                           {"checkpoint", 65'536},
                           {"introduction", 4096},
                           {"introducer", 512},
                           {"hints", 2048},
                           {"ask", 4096},
                           {"blob", kMostBlob}}) {
        const std::string stub = one.name == "blob" ? "stub 1\ns" : "";
        PartReader reader(delivery_rules(kMostBlob));
        const std::string body = stub + write_part_head(one.name, one.limit + 1);
        ByteView input = as_bytes(body);
        Result<std::optional<PartEvent>> event = reader.next(input);
        while (event && *event)
            event = reader.next(input);
        ASSERT_FALSE(event) << one.name;
        EXPECT_EQ(event.error().kind, ErrorKind::limit);
        EXPECT_EQ(event.error().where, one.name);
        EXPECT_EQ(reader.limit(), one.limit);
    }
}

TEST(DeliveryBody, seventeenth_card_is_refused) {
    std::string body;
    for (int i = 0; i < 17; ++i)
        body += "card 1\nc";
    const Error error = error_of(body + "stub 1\ns");
    EXPECT_EQ(error.where, "card");
    EXPECT_EQ(error.kind, ErrorKind::limit);
}

TEST(DeliveryBody, more_than_a_mebibyte_before_the_blob_is_refused) {
    std::string body;
    const std::string big(65'536, 'c');
    for (int i = 0; i < 16; ++i)
        body += write_part("card", big);
    const Error error = error_of(body + "stub 1\ns");
    EXPECT_EQ(error.where, "delivery");
    EXPECT_EQ(error.kind, ErrorKind::limit);
}

TEST(DeliveryBody, more_than_256_parts_are_refused_whatever_their_names) {
    std::string body;
    for (char a = 'a'; a <= 'p'; ++a)
        for (char b = 'a'; b <= 'p'; ++b)
            body += std::string{'z', a, b} + " 0\n";
    EXPECT_EQ(error_of(body).where, "stub");  // all 256 were read
    const Error error = error_of(body + "zz 0\n");
    EXPECT_EQ(error.where, "delivery");
    EXPECT_EQ(error.kind, ErrorKind::limit);
}

TEST(DeliveryBody, odd_heads_are_refused) {
    for (const std::string_view body : {"stub\ns",
                                        "stub  1\ns",
                                        "stub 01\ns",
                                        "stub -1\ns",
                                        "stub 1 \ns",
                                        "stub 1\r\ns",
                                        "Stub 1\ns",
                                        " 1\ns",
                                        "stub 99999999999\ns",
                                        "abcdefghijklmnopq 1\nx",
                                        "a-b 1\nx",
                                        "\n"})
        EXPECT_EQ(error_of(body).kind, ErrorKind::malformed) << body;
}

TEST(DeliveryBody, head_without_end_is_refused_early) {
    PartReader reader(delivery_rules(kMostBlob));
    const std::string body(28, 'x');
    ByteView input = as_bytes(body);
    EXPECT_FALSE(reader.next(input));
}

TEST(DeliveryBody, body_that_ends_inside_a_part_is_refused_by_its_name) {
    EXPECT_EQ(error_of("stub 4\nst").where, "stub");
    EXPECT_EQ(error_of("stub 1\nshints 4\nst").where, "hints");
    EXPECT_EQ(error_of("stub 1\nsblob 4\nst").where, "blob");
    EXPECT_EQ(error_of("stub 1\nsrep").where, "delivery");
}

TEST(DeliveryBody, an_error_is_for_ever) {
    PartReader reader(delivery_rules(kMostBlob));
    ByteView bad = as_bytes("?");
    while (bad.size() > 0 && reader.next(bad)) {
    }
    ByteView lf = as_bytes("\n");
    EXPECT_FALSE(reader.next(lf));
    ByteView good = as_bytes("stub 1\ns");
    EXPECT_FALSE(reader.next(good));
}

TEST(DeliveryBody, what_is_written_reads_back) {
    DeliveryParts parts;
    parts.cards = {"one", "two"};
    parts.stub = "the stub";
    parts.batch = "batch";
    parts.path = "0\n";
    parts.token = "rabc";
    parts.stamp = "blake2b 1 …";
    parts.reply = "rxyz";
    parts.proof = "c2sp.org/tlog-proof@v1\n";
    parts.checkpoints = {"one", "two"};
    const auto outcome = read_delivery(write_delivery(parts, 3) + "abc");
    ASSERT_TRUE(outcome) << outcome.error().text();
    DeliveryParts again;
    for (const Part& part : outcome->parts)
        again.take(part);
    EXPECT_EQ(again, parts);
    EXPECT_EQ(outcome->blob, "abc");
}

// docs/vectors/deliveries.json, which is made from the grammar and not by this parser.
class DeliveryVectors : public ::testing::Test {
  protected:
    static void check(const boost::json::object& one, const Result<Outcome>& outcome) {
        ASSERT_EQ(outcome.has_value(), one.at("valid").as_bool());
        if (!outcome) {
            EXPECT_EQ(outcome.error().where, one.at("where").as_string());
            return;
        }
        std::vector<Part> parts = outcome->parts;
        if (outcome->announced)
            parts.push_back({"blob", outcome->blob});
        std::size_t next = 0;
        for (const auto& expected : one.at("parts").as_array()) {
            const auto& name = expected.at("name").as_string();
            ASSERT_LT(next, parts.size());
            EXPECT_EQ(parts[next].name, name);
            EXPECT_EQ(sha256(parts[next].octets).text(), expected.at("hash").as_string());
            ++next;
        }
        EXPECT_EQ(next, parts.size());
    }
};

TEST_F(DeliveryVectors, are_read_and_refused_as_they_say) {
    const auto file = testing::source_root() / "docs/vectors/deliveries.json";
    const auto vectors = boost::json::parse(testing::read_file(file));
    ASSERT_FALSE(vectors.at("cases").as_array().empty());
    for (const auto& one : vectors.at("cases").as_array()) {
        SCOPED_TRACE(one.at("name").as_string().c_str());
        const auto body = parse_base64(std::string_view(one.at("body").as_string()));
        ASSERT_TRUE(body);
        check(one.as_object(), read_delivery(as_text(*body)));
        check(one.as_object(), read_delivery(as_text(*body), 1));
    }
}

TEST(CardRow, cards_come_back_in_their_order) {
    const std::vector<std::string> cards = {"first\n", "", "third\n"};
    const auto read = parse_card_row(write_card_row(cards));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, cards);
}

TEST(CardRow, no_cards_are_a_row_as_behind_the_end_of_a_chain_of_64) {
    const auto read = parse_card_row("");
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->empty());
}

TEST(CardRow, other_parts_and_too_many_cards_are_refused) {
    EXPECT_FALSE(parse_card_row("stub 1\ns"));
    EXPECT_FALSE(parse_card_row("card 1\ncblob 1\nb"));
    const std::vector<std::string> many(65, "c");
    const auto read = parse_card_row(write_card_row(many));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::limit);
}

TEST(CardRow, comes_with_one_proof_or_none) {
    const ProvenCards proven{{"first\n", "second\n"}, "the proof\n"};
    EXPECT_EQ(*parse_proven_cards(write_proven_cards(proven)), proven);
    const ProvenCards unproven{{"first\n"}, std::nullopt};
    EXPECT_EQ(*parse_proven_cards(write_proven_cards(unproven)), unproven);
    EXPECT_EQ(parse_proven_cards("proof 1\npproof 1\np").error().where, "proof");
    EXPECT_FALSE(parse_proven_cards("stub 1\ns"));
    EXPECT_FALSE(parse_card_row("proof 1\np"));
}

TEST(AccountRow, needs_invite_and_card) {
    EXPECT_TRUE(parse_row("invite 1\nicard 1\nc", account_rules()));
    EXPECT_EQ(parse_row("card 1\nc", account_rules()).error().where, "invite");
    EXPECT_EQ(parse_row("invite 1\ni", account_rules()).error().where, "card");
    EXPECT_EQ(parse_row("invite 1\nihints 1\nh", account_rules()).error().where, "hints");
}

TEST(LinkRow, needs_id_and_link) {
    EXPECT_TRUE(parse_row("id 1\nilink 1\nl", link_rules()));
    EXPECT_FALSE(parse_row("link 1\nl", link_rules()));
}

}  // namespace
}  // namespace kith
