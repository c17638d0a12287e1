#include "access/request_object.h"

#include <algorithm>

#include "access/email_object.h"
#include "access/object_ids.h"
#include "access/properties.h"
#include "base/text.h"

namespace kith {
namespace {

constexpr std::int64_t kPage = 1'000;

// The effort of the stamp among the reasons of the decision (trust/decision.h), or null.
json::value effort_of(const json::array& reasons) {
    for (const json::value& reason : reasons) {
        const auto* object = reason.if_object();
        const auto* code = object == nullptr ? nullptr : object->if_contains("code");
        if (code == nullptr || *code != json::value("stamp"))
            continue;
        const auto* effort = object->if_contains("effort");
        if (effort == nullptr || !effort->is_string())
            return effort == nullptr ? json::value(nullptr) : *effort;
        const auto number = parse_decimal(text_of(effort->get_string()));
        return number ? json::value(*number) : json::value(nullptr);
    }
    return nullptr;
}

void add_all(std::vector<MessageRecord>& out,
             ReadTransaction& store,
             AccountId account,
             MessageState state) {
    MessageFilter filter;
    filter.state = state;
    filter.limit = kPage;
    for (filter.position = 0;; filter.position += kPage) {
        const auto page = store.messages(account, filter);
        for (const MessageId id : page.ids)
            if (auto message = store.message(account, id))
                out.push_back(*std::move(message));
        if (page.ids.size() < static_cast<std::size_t>(kPage))
            return;
    }
}

}  // namespace

bool is_shown(const MessageRecord& message) {
    return message.shown != 0 || message.state == MessageState::fetching;
}

json::object request_object(const MessageRecord& message) {
    const auto decision = decision_object(message);
    const auto* found = decision.if_contains("reasons");
    const auto reasons = found != nullptr && found->is_array() ? found->get_array() : json::array();
    json::object object;
    object["id"] = object_id(IdKind::email, message.id);
    object["emailId"] = object["id"];
    object["from"] = message.from;
    object["fromRoot"] = message.from_root.text();
    object["time"] = format_time(message.received_at);
    object["expires"] = time_or_null(message.expires);
    object["size"] = message.size;
    object["effort"] = effort_of(reasons);
    object["evidence"] = reasons;
    object["preview"] = text_or_null(base64(message.preview));
    object["keys"] = base64(as_bytes(message.keys));
    object["state"] = name_of(message.state);
    object["shown"] = is_shown(message);
    return object;
}

std::vector<MessageRecord> all_requests(ReadTransaction& store, AccountId account) {
    std::vector<MessageRecord> out;
    add_all(out, store, account, MessageState::held);
    add_all(out, store, account, MessageState::fetching);
    std::ranges::sort(out, [](const MessageRecord& a, const MessageRecord& b) {
        return std::pair(a.received_at, a.id) > std::pair(b.received_at, b.id);
    });
    return out;
}

std::optional<MessageRecord> find_request(ReadTransaction& store,
                                          AccountId account,
                                          const std::string& id) {
    const auto number = parse_object_id(IdKind::email, id);
    auto message = number ? store.message(account, *number) : std::nullopt;
    return message && is_request(*message) ? message : std::nullopt;
}

}  // namespace kith
