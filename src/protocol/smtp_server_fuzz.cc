// The receiving machine on whatever a client may send. Held to: no crash; one reply to what asks
// for one; what it holds and says is bounded; the dialogue is the same however the octets are cut,
// unless it was ended for what stood in one piece.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "protocol/smtp_server.h"

namespace kith::smtp {
namespace {

struct Seen {
    std::string log;
    std::string said;
    std::optional<Violation::Kind> violation;
};

/// Whether recipients, logins and messages are refused now and then; by what they are.
enum class Mood { kind, strict };
/// A client that waits for its answers writes line by line.
enum class Writing { lines, groups };

class Run {
  public:
    Run(ServerOptions options, Mood mood, Writing writing)
        : server_(std::move(options)), mood_(mood), writing_(writing) {}

    Seen all(ByteView octets, std::size_t piece) {
        settle();
        while (!octets.empty() && !server_.finished()) {
            KITH_CHECK(server_.wants_input());
            const ByteView some = octets.first(cut(octets, piece));
            octets = octets.subspan(some.size());
            server_.feed(some);
            settle();
        }
        return std::move(seen_);
    }

  private:
    std::size_t cut(ByteView octets, std::size_t piece) const {
        const std::size_t line =
            writing_ == Writing::lines ? as_text(octets).find('\n') : std::string_view::npos;
        return std::min({piece, octets.size(), line == std::string_view::npos ? piece : line + 1});
    }
    void settle() {
        for (bool busy = true; busy;) {
            busy = false;
            while (auto event = server_.next_event()) {
                busy = true;
                take(*event);
            }
            const Bytes out = server_.take_output();
            KITH_CHECK(out.size() <= Server::kOutputPause + 20 * 512);
            busy = busy || !out.empty();
            seen_.said += as_text(out);
        }
    }
    void take(const ServerEvent& event) {
        if (const auto* piece = std::get_if<DataPiece>(&event)) {
            KITH_CHECK(!piece->bytes.empty());
            text_ += as_text(piece->bytes);
        } else {
            seen_.log += std::to_string(event.index()) + " ";
        }
        if (const auto* violation = std::get_if<Violation>(&event))
            seen_.violation = violation->kind;
        if (std::holds_alternative<Reset>(event))
            text_.clear();
        if (std::holds_alternative<DataEnd>(event))
            check_text();
        if (std::holds_alternative<StartTls>(event))
            server_.tls_established(ClientCertificate::shown);
        if (server_.waits_for_answer())
            answer(event);
    }
    void answer(const ServerEvent& event) {
        const auto* to = std::get_if<Recipient>(&event);
        if (std::holds_alternative<SaslMessage>(event) && ++messages_ % 3 != 0)
            return server_.challenge(as_bytes("challenge"));
        const bool refuse = mood_ == Mood::strict && (to == nullptr || to->to.local() < "m") &&
                            event.index() % 2 == 0;
        if (refuse)
            server_.reject({event.index() % 4 == 0 ? 550 : 450, "5.7.1", "no"});
        else
            server_.accept();
    }
    /// Lines, and nothing that another server would take for the end of them.
    void check_text() {
        seen_.log += text_;
        for (std::size_t i = 0; i < text_.size(); ++i) {
            KITH_CHECK(text_[i] != '\0');
            KITH_CHECK(text_[i] != '\n' || (i > 0 && text_[i - 1] == '\r'));
            KITH_CHECK(text_[i] != '\r' || (i + 1 < text_.size() && text_[i + 1] == '\n'));
        }
        text_.clear();
    }

    Server server_;
    Mood mood_;
    Writing writing_;
    Seen seen_;
    std::string text_;
    std::size_t messages_ = 0;
};

ServerOptions options_of(std::uint8_t bits) {
    ServerOptions options;
    options.host_name = "two.test";
    options.role = (bits & 1U) != 0 ? ServerRole::submission : ServerRole::mx;
    options.tls = (bits & 2U) != 0 ? TlsState::active : TlsState::offered;
    options.mechanisms = {
        Mechanism::plain, Mechanism::login, Mechanism::scram_sha_256, Mechanism::external};
    if ((bits & 4U) != 0)
        options.limits = {.command_line_octets = 100,
                          .message_octets = 200,
                          .recipients = 3,
                          .errors = 5,
                          .refused_recipients = 3,
                          .idle_commands = 5};
    return options;
}

/// Ended for something that stood in one piece with something else.
bool depends_on_pieces(const Seen& seen) {
    using enum Violation::Kind;
    return seen.violation == before_tls || seen.violation == out_of_turn ||
           seen.violation == early_talk;
}

}  // namespace
}  // namespace kith::smtp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace kith;
    using namespace kith::smtp;
    if (size < 2)
        return 0;
    const std::size_t piece = octets[0] % 16 + std::size_t{1};
    const std::uint8_t bits = octets[1];
    const Mood mood = (bits & 8U) != 0 ? Mood::strict : Mood::kind;
    const ByteView input(octets + 2, size - 2);
    const Writing writing = (bits & 16U) != 0 ? Writing::groups : Writing::lines;
    const Seen whole = Run(options_of(bits), mood, writing).all(input, input.size());
    const Seen split = Run(options_of(bits), mood, writing).all(input, piece);
    // Which of two limits is noticed first depends on the pieces, too: small ones are not compared.
    if ((bits & 4U) == 0 && !depends_on_pieces(whole) && !depends_on_pieces(split))
        KITH_CHECK(whole.log == split.log && whole.said == split.said);
    return 0;
}
