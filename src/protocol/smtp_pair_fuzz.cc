// The sending machine and the receiving one, with any text between them, cut in any way. Held to:
// the text arrives octet for octet in one message, or the sender refuses to send it and nothing
// arrives.
#include <cstdint>
#include <string>

#include "base/result.h"
#include "protocol/smtp_pair_tests.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace kith;
    using namespace kith::smtp;
    if (size < 2 || size > 100'000)
        return 0;
    smtp::testing::PairWays ways;
    const std::uint8_t bits = octets[1];
    if ((bits & 1U) != 0)
        ways.hidden.emplace_back("CHUNKING");
    if ((bits & 2U) != 0)
        ways.hidden.emplace_back("PIPELINING");
    ways.cut = [piece = octets[0] % 32 + std::size_t{1}](std::size_t there) {
        return std::min(there, piece);
    };
    ways.body_piece = (bits >> 2U) % 16 + std::size_t{1};
    ways.server.tls = TlsState::unavailable;
    std::string text = to_text(ByteView(octets + 2, size - 2));
    smtp::testing::Pair pair(ways);
    pair.send({{{"b@two.test"}, text}});
    KITH_CHECK(pair.violations.empty() && pair.sent.size() == 1 && pair.arrived.size() <= 1);
    if ((bits & 1U) != 0 && !text.empty() && !text.ends_with("\r\n"))
        text += "\r\n";
    const bool accepted = pair.sent[0].replies[0].reply.is_positive();
    KITH_CHECK(accepted == (pair.arrived.size() == 1));
    if (accepted)
        KITH_CHECK(pair.arrived[0].text == text && pair.closed);
    else
        KITH_CHECK(pair.sent[0].replies[0].reply.enhanced == "5.6.0");
    return 0;
}
