#include "delivery/taken_message.h"

#include <algorithm>

#include "base/text.h"
#include "note/stub.h"

namespace kith {
namespace {

constexpr std::string_view kSeen = "$seen";

bool is_read(const MessageRecord& message) {
    const auto words = split(message.keywords, ' ');
    return std::ranges::find(words, kSeen) != words.end();
}

std::string decision_text(const MessageRecord& message, Reason reason, std::string text) {
    Decision decision;
    decision.outcome = decision.told = Outcome::hold;
    decision.folder = is_read(message) ? Folder::inbox : Folder::requests;
    decision.flags.active_content_off = true;
    decision.reasons.push_back(std::move(reason));
    decision.text = std::move(text);
    return write_decision(decision);
}

}  // namespace

bool was_heard(const MessageRecord& message) {
    return message.state == MessageState::delivered && message.tier != MessageTier::unknown;
}

Result<void> take_back_message(WriteTransaction& write,
                               AccountId account,
                               MessageRecord message,
                               Reason reason,
                               std::string text) {
    message.tier = MessageTier::unknown;
    message.decision = decision_text(message, std::move(reason), std::move(text));
    if (message.state == MessageState::fetching)
        message.state = MessageState::held;
    const auto requests = write.mailbox_by_role(account, "requests");
    const auto note = SignedNote::parse(message.stub);
    const auto stub = note ? parse_stub(*note) : Result<Stub>(note.error());
    if (message.state == MessageState::delivered && !is_read(message) && requests && stub) {
        message.state = MessageState::held;
        message.mailbox = requests->id;
        message.blob_at = MessageRecord::Blob::elsewhere;
        message.expires = stub->expires;
    }
    return write.update_message(account, message);
}

}  // namespace kith
