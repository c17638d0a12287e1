#include <gtest/gtest.h>

#include <random>

#include "protocol/smtp_pair_tests.h"

namespace kith::smtp {
namespace {

using testing::Pair;
using testing::PairMessage;
using testing::PairWays;

class Chance {
  public:
    explicit Chance(unsigned seed) : engine_(seed) {}
    std::size_t below(std::size_t limit) { return engine_() % limit; }
    bool one_in(std::size_t n) { return below(n) == 0; }

  private:
    std::mt19937 engine_;
};

std::string random_line(Chance& chance) {
    static const std::vector<std::string> kLines = {
        "", ".", "..", "...", ".x", " .", "QUIT", "DATA", ".\t", "BDAT 5 LAST", "RSET", "=2E"};
    if (chance.one_in(2))
        return kLines[chance.below(kLines.size())];
    std::string line;
    const std::size_t size = chance.one_in(10) ? 998 : chance.below(100);
    while (line.size() < size) {
        const char c = static_cast<char>(1 + chance.below(255));
        line += c == '\r' || c == '\n' ? '.' : c;
    }
    return line;
}

std::string random_text(Chance& chance) {
    std::string text;
    for (std::size_t lines = chance.below(40); lines > 0; --lines)
        text += random_line(chance) + "\r\n";
    if (chance.one_in(4))
        text += random_line(chance);  // no CRLF at the end
    return text;
}

PairWays random_ways(Chance& chance, std::shared_ptr<Chance> cuts) {
    PairWays ways;
    const std::size_t most = chance.one_in(3) ? 3 : 1 + chance.below(2000);
    ways.cut = [cuts = std::move(cuts), most](std::size_t there) {
        return 1 + cuts->below(std::min(there, most));
    };
    ways.body_piece = 1 + chance.below(500);
    for (const char* keyword : {"CHUNKING", "PIPELINING", "DSN"})
        if (chance.one_in(2))
            ways.hidden.emplace_back(keyword);
    ways.server.tls = chance.one_in(2) ? TlsState::offered : TlsState::unavailable;
    return ways;
}

TEST(SmtpPair, random_messages_in_random_pieces_arrive_octet_for_octet) {
    for (unsigned seed = 0; seed < 400; ++seed) {
        Chance chance(seed);
        const PairWays ways = random_ways(chance, std::make_shared<Chance>(seed + 1'000'000));
        const bool dots = !ways.hidden.empty() && ways.hidden[0] == "CHUNKING";
        std::vector<PairMessage> messages;
        std::vector<PairMessage> expected;
        std::vector<std::string> codes;
        for (std::size_t count = 1 + chance.below(4); count > 0; --count) {
            PairMessage message{{}, random_text(chance)};
            PairMessage right{{}, message.text};
            for (std::size_t to = 1 + chance.below(4); to > 0; --to) {
                const bool refused = chance.one_in(3);
                message.to.push_back((refused ? "no" : "b") + std::to_string(to) + "@two.test");
                if (!refused)
                    right.to.push_back(message.to.back());
                codes.emplace_back(refused ? "550" : "250");
            }
            if (dots && !right.text.empty() && !right.text.ends_with("\r\n"))
                right.text += "\r\n";
            messages.push_back(message);
            if (!right.to.empty())
                expected.push_back(right);
        }
        Pair pair(ways);
        pair.send(messages);
        EXPECT_TRUE(pair.closed) << seed;
        EXPECT_TRUE(pair.violations.empty()) << seed;
        ASSERT_EQ(pair.arrived, expected) << seed;
        std::vector<std::string> said;
        for (const Sent& sent : pair.sent)
            for (const auto& each : sent.replies)
                said.push_back(std::to_string(each.reply.code));
        EXPECT_EQ(said, codes) << seed;
    }
}

/// Whatever stands in a text, it is one message there, or it is not sent at all.
TEST(SmtpPair, nothing_that_is_smuggled_arrives) {
    const std::string nul(1, '\0');
    for (const std::string& end : {std::string("\n.\n"),
                                   std::string("\n.\r\n"),
                                   std::string("\r\n.\n"),
                                   std::string("\r.\r"),
                                   std::string("\r\n.\r"),
                                   std::string("\r.\n"),
                                   std::string("\r\n.\r\n"),
                                   std::string("\r\r\n.\r\r\n"),
                                   "\r\n" + nul + ".\r\n",
                                   "\r\n." + nul + "\r\n"})
        for (const bool chunking : {true, false}) {
            const std::string text =
                "x" + end + "MAIL FROM:<>\r\nRCPT TO:<c@two.test>\r\nDATA\r\ny\r\n.\r\n";
            PairWays ways;
            if (!chunking)
                ways.hidden = {"CHUNKING"};
            Pair pair(ways);
            pair.send({{{"b@two.test"}, text}});
            ASSERT_EQ(pair.sent.size(), 1U);
            if (end == "\r\n.\r\n") {  // an honest text with a dot on a line
                ASSERT_EQ(pair.arrived.size(), 1U);
                EXPECT_EQ(pair.arrived[0].text, text);
            } else {
                EXPECT_TRUE(pair.arrived.empty());
                EXPECT_EQ(pair.sent[0].replies[0].reply.enhanced, "5.6.0");
            }
        }
}

}  // namespace
}  // namespace kith::smtp
