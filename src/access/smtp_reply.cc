#include "access/smtp_reply.h"

#include <algorithm>
#include <array>

namespace kith {
namespace {

/// A type of answer as SMTP has it: its code while it may still change, its code when it is final,
/// and subject and detail of the enhanced code (RFC 3463 section 3).
struct SmtpMeaning {
    std::string_view type;
    int while_waiting;
    int when_final;
    std::string_view detail;
};

constexpr SmtpMeaning kOther{"", 451, 554, "0.0"};
constexpr SmtpMeaning kTimeIsUp{"", 451, 554, "4.7"};

constexpr std::array kMeanings = {
    SmtpMeaning{"no-such-account", 450, 550, "1.1"},
    SmtpMeaning{"moved", 450, 551, "1.6"},
    SmtpMeaning{"wrong-domain", 450, 550, "1.2"},
    SmtpMeaning{"over-quota", 452, 552, "2.2"},
    SmtpMeaning{"storage", 452, 554, "3.1"},
    SmtpMeaning{"busy", 451, 554, "3.2"},
    SmtpMeaning{"not-ready", 451, 554, "3.2"},
    SmtpMeaning{"too-large", 452, 552, "3.4"},
    SmtpMeaning{"malformed", 451, 554, "5.2"},
    SmtpMeaning{"blob-needed", 451, 554, "5.0"},
    SmtpMeaning{"card-needed", 451, 554, "5.0"},
    SmtpMeaning{"id-reused", 451, 554, "5.0"},
    SmtpMeaning{"stamp-needed", 450, 550, "7.1"},
    SmtpMeaning{"refused", 450, 550, "7.1"},
    SmtpMeaning{"token-revoked", 450, 550, "7.1"},
    SmtpMeaning{"token-spent", 450, 550, "7.1"},
    SmtpMeaning{"token-foreign", 450, 550, "7.1"},
    SmtpMeaning{"sender-frozen", 450, 550, "7.1"},
    SmtpMeaning{"expired", 450, 550, "7.0"},
    SmtpMeaning{"future", 450, 550, "7.0"},
    SmtpMeaning{"unconfirmed", 450, 550, "7.0"},
    SmtpMeaning{"challenged", 450, 550, "7.0"},
    SmtpMeaning{"bad-signature", 450, 550, "7.7"},
    SmtpMeaning{"blob-mismatch", 450, 550, "7.7"},
    // No answer came: kinds of errors.
    SmtpMeaning{"not-found", 450, 550, "1.2"},
    SmtpMeaning{"unavailable", 451, 554, "4.1"},
    SmtpMeaning{"timeout", 451, 554, "4.1"},
    SmtpMeaning{"io", 451, 554, "4.2"},
    SmtpMeaning{"denied", 451, 554, "4.4"},
    SmtpMeaning{"untrusted", 451, 554, "7.5"},
};

/// Answers behind which a recipient that failed did not fail because its time was up.
constexpr std::array<std::string_view, 5> kFinal = {
    "canceled", "not-found", "malformed", "denied", "unconfirmed"};

const SmtpMeaning& meaning_of(RecipientState state, std::string_view type) {
    if (state == RecipientState::failed && std::ranges::find(kFinal, type) == kFinal.end())
        return kTimeIsUp;
    const auto* found = std::ranges::find(kMeanings, type, &SmtpMeaning::type);
    return found == kMeanings.end() ? kOther : *found;
}

std::string one_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(
        line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    return line;
}

}  // namespace

std::string smtp_reply(RecipientState state, std::string_view type, std::string_view detail) {
    if (state == RecipientState::delivered)
        return "250 2.1.5 delivered";
    if (state == RecipientState::held)
        return "250 2.1.5 held until the recipient accepts it";
    const bool is_final = state == RecipientState::failed || state == RecipientState::refused;
    if (type.empty() && !is_final)
        return "250 2.0.0 queued";
    const SmtpMeaning& meaning = meaning_of(state, type);
    const std::string code = std::to_string(is_final ? meaning.when_final : meaning.while_waiting);
    const std::string text = !detail.empty() ? one_line(detail)
                             : !type.empty() ? one_line(type)
                                             : "no answer";
    return code + (is_final ? " 5." : " 4.") + std::string(meaning.detail) + " " + text;
}

}  // namespace kith
