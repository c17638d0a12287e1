// The sending machine on whatever a server may say. Held to: no crash; each message comes to one
// Sent, with a reply for each recipient; nothing is said once it is over; no bare CR or LF goes
// out.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "protocol/smtp_client.h"

namespace kith::smtp {
namespace {

constexpr std::size_t kMessages = 3;
constexpr std::size_t kRecipients = 3;

Envelope envelope(std::size_t number) {
    Envelope made;
    made.from = *Mailbox::parse("a@one.test", Utf8::refused);
    for (std::size_t i = 0; i < kRecipients; ++i)
        made.to.push_back(
            {*Mailbox::parse("b" + std::to_string(i) + "@two.test", Utf8::refused), {}});
    made.parameters.size = 30;
    if (number == 1)
        made.parameters.body = BodyType::eight_bit_mime;
    return made;
}

class Run {
  public:
    explicit Run(ClientOptions options) : client_(std::move(options)) {}

    void all(ByteView octets, std::size_t piece) {
        while (!octets.empty()) {
            const ByteView some = octets.first(std::min(piece, octets.size()));
            octets = octets.subspan(some.size());
            client_.feed(some);
            settle();
        }
        client_.closed();
        settle();
        KITH_CHECK(client_.finished() && sent_ == begun_ && ends_ == 1);
        KITH_CHECK(client_.take_output().empty());
        for (std::size_t i = 0; i < said_.size(); ++i) {
            KITH_CHECK(said_[i] != '\n' || said_[i - 1] == '\r');
            KITH_CHECK(said_[i] != '\r' || said_[i + 1] == '\n');
        }
    }

  private:
    void settle() {
        while (auto event = client_.next_event())
            take(*event);
        for (; giving_ > 0 && client_.wants_body(); --giving_)
            if (giving_ > 1)
                client_.push_body(as_bytes(".dot\r\ntext\r\n"));
            else
                client_.end_body();
        while (auto event = client_.next_event())
            take(*event);
        said_ += as_text(client_.take_output());
    }
    void take(const ClientEvent& event) {
        KITH_CHECK(ends_ == 0);
        if (std::holds_alternative<Ready>(event)) {
            if (begun_ == kMessages)
                return client_.quit();
            client_.send(envelope(begun_++));
        } else if (std::holds_alternative<BodyWanted>(event)) {
            giving_ = 4;
        } else if (const auto* sent = std::get_if<Sent>(&event)) {
            giving_ = 0;
            ++sent_;
            KITH_CHECK(sent->replies.size() == kRecipients);
            for (const auto& each : sent->replies)
                KITH_CHECK(each.reply.code / 100 != 3 && each.reply.code >= 200);
        } else if (std::holds_alternative<StartTlsNow>(event)) {
            client_.tls_established();
        } else {
            ++ends_;
        }
    }

    Client client_;
    std::string said_;
    std::size_t begun_ = 0;
    std::size_t sent_ = 0;
    std::size_t ends_ = 0;
    std::size_t giving_ = 0;
};

}  // namespace
}  // namespace kith::smtp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace kith;
    using namespace kith::smtp;
    if (size < 2)
        return 0;
    const std::uint8_t bits = octets[1];
    const ClientOptions options{"one.test",
                                (bits & 1U) != 0 ? ClientProtocol::lmtp : ClientProtocol::smtp,
                                (bits & 2U) != 0 ? ClientTls::required : ClientTls::if_offered};
    const ByteView input(octets + 2, size - 2);
    Run(options).all(input, octets[0] % 64 + std::size_t{1});
    // Line by line, as a server that waits for what it is asked.
    Run(options).all(input, 1);
    return 0;
}
