#include "access/email_object.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json/serialize.hpp>
#include "access/object_ids.h"
#include "access/properties.h"
#include "base/text.h"
#include "note/card.h"
#include "note/outcome.h"

namespace kith {
namespace {

constexpr std::size_t kMaxKeyword = 255;

constexpr std::array kStates = {std::pair{MessageState::delivered, std::string_view("delivered")},
                                std::pair{MessageState::held, std::string_view("held")},
                                std::pair{MessageState::fetching, std::string_view("fetching")},
                                std::pair{MessageState::declined, std::string_view("declined")},
                                std::pair{MessageState::sent, std::string_view("sent")},
                                std::pair{MessageState::draft, std::string_view("draft")}};
constexpr std::array kTiers = {
    std::pair{MessageTier::unknown, std::string_view("unknown")},
    std::pair{MessageTier::known, std::string_view("known")},
    std::pair{MessageTier::well_trusted, std::string_view("well-trusted")},
    std::pair{MessageTier::own, std::string_view("own")}};

template <class Table, class Value>
std::string_view name_in(const Table& table, Value value) {
    for (const auto& [each, name] : table)
        if (each == value)
            return name;
    return {};
}

template <class Value, class Table>
std::optional<Value> value_in(const Table& table, std::string_view text) {
    for (const auto& [each, name] : table)
        if (name == text)
            return each;
    return std::nullopt;
}

// Where the sender has gone since, if they said so.
json::value moved_to(ReadTransaction& store, const MessageRecord& message) {
    if (message.tier == MessageTier::own)
        return nullptr;
    const auto newest = store.newest_card(message.from_root);
    if (!newest)
        return nullptr;
    const auto card = read_card(std::string_view(newest->note));
    const auto moved = card ? card->card.moved : std::nullopt;
    return moved ? json::value(moved->text()) : json::value(nullptr);
}

json::value outcome_of(const MessageRecord& message) {
    switch (message.outcome) {
        case MessageRecord::Outcome::none:
            break;
        case MessageRecord::Outcome::engaged:
            return json::value(name_of(MessageOutcome::engaged));
        case MessageRecord::Outcome::unwanted:
            return json::value(name_of(MessageOutcome::unwanted));
        case MessageRecord::Outcome::looks_hacked:
            return json::value(name_of(MessageOutcome::looks_hacked));
    }
    return nullptr;
}

// Of the decision (trust/decision.h).
bool has_flag(const MessageRecord& message, std::string_view flag) {
    const auto decision = decision_object(message);
    const auto* flags = decision.if_contains("flags");
    return flags != nullptr && flags->is_array() &&
           std::ranges::find(flags->get_array(), json::value(flag)) != flags->get_array().end();
}

// Every stub is kept with its message: what has none came without.
bool came_by_smtp(const MessageRecord& message) {
    return message.stub.empty() && message.state != MessageState::draft;
}

json::object kith_object(ReadTransaction& store,
                         const Caller& caller,
                         const MessageRecord& message) {
    const bool own = message.tier == MessageTier::own;
    json::object kith;
    kith["stubId"] = message.stub_id;
    kith["stub"] = text_or_null(message.stub);
    kith["keys"] = base64(as_bytes(message.keys));
    kith["preview"] = text_or_null(base64(message.preview));
    kith["fromRoot"] = (own ? caller.root : message.from_root).text();
    kith["tier"] = name_of_tier(message.tier);
    kith["via"] = own ? json::value(nullptr) : json::value(came_by_smtp(message) ? "smtp" : "kith");
    kith["decision"] = own ? json::value(nullptr) : json::value(decision_object(message));
    kith["state"] = name_of(message.state);
    kith["answers"] = text_or_null(message.answers);
    kith["expires"] = time_or_null(message.expires);
    kith["mayReply"] = !message.reply_token.empty();
    kith["moved"] = moved_to(store, message);
    kith["outcome"] = outcome_of(message);
    kith["batched"] = has_flag(message, "batched");
    kith["activeContent"] = !has_flag(message, "active-content-off");
    return kith;
}

}  // namespace

std::string_view name_of(MessageState state) {
    return name_in(kStates, state);
}

std::string_view name_of_tier(MessageTier tier) {
    return name_in(kTiers, tier);
}

std::optional<MessageState> parse_message_state(std::string_view text) {
    return value_in<MessageState>(kStates, text);
}

std::optional<MessageTier> parse_message_tier(std::string_view text) {
    return value_in<MessageTier>(kTiers, text);
}

json::object keywords_object(const std::string& keywords) {
    json::object object;
    for (const std::string_view keyword : split(keywords, ' '))
        if (!keyword.empty())
            object[keyword] = true;
    return object;
}

std::string join_keywords(std::vector<std::string> keywords) {
    std::ranges::sort(keywords);
    const auto twice = std::ranges::unique(keywords);
    keywords.erase(twice.begin(), twice.end());
    std::string joined;
    for (const std::string& keyword : keywords)
        joined += (joined.empty() ? "" : " ") + keyword;
    return joined;
}

bool has_keyword(const MessageRecord& message, std::string_view keyword) {
    return std::ranges::any_of(split(message.keywords, ' '),
                               [&](std::string_view each) { return each == keyword; });
}

bool is_keyword(std::string_view text) {
    constexpr std::string_view kForbidden = "(){]%*\"\\";
    return !text.empty() && text.size() <= kMaxKeyword && std::ranges::all_of(text, [&](char c) {
        return c > ' ' && c < '\x7f' && !kForbidden.contains(c);
    });
}

std::vector<std::string> recipients_of(const MessageRecord& message) {
    if (message.tier != MessageTier::own)
        return {message.to};
    std::vector<std::string> out;
    const auto parsed = jmap::parse_json(message.to);
    if (!parsed || !parsed->is_array())
        return out;
    for (const json::value& each : parsed->get_array())
        if (each.is_string())
            out.push_back(text_of(each.get_string()));
    return out;
}

std::string write_recipients(const std::vector<std::string>& addresses) {
    return json::serialize(json::array(addresses.begin(), addresses.end()));
}

json::array address_list(const std::vector<std::string>& addresses) {
    json::array list;
    for (const std::string& address : addresses)
        list.push_back(json::object{{"name", nullptr}, {"email", address}});
    return list;
}

json::object decision_object(const MessageRecord& message) {
    const auto parsed = jmap::parse_json(message.decision);
    return parsed && parsed->is_object() ? parsed->get_object() : json::object();
}

bool is_request(const MessageRecord& message) {
    return message.state == MessageState::held || message.state == MessageState::fetching;
}

json::object email_object(ReadTransaction& store,
                          const Caller& caller,
                          const MessageRecord& message) {
    json::object object;
    object["id"] = object_id(IdKind::email, message.id);
    object["blobId"] = message.blob_at == MessageRecord::Blob::here
                           ? json::value(blob_id(message.blob))
                           : json::value(nullptr);
    object["threadId"] = object_id(IdKind::thread, message.thread);
    object["mailboxIds"] = json::object{{object_id(IdKind::mailbox, message.mailbox), true}};
    object["keywords"] = keywords_object(message.keywords);
    object["size"] = message.size;
    object["receivedAt"] = format_time(message.received_at);
    object["from"] = address_list({message.from});
    object["to"] = address_list(recipients_of(message));
    object["sentAt"] = format_time(message.sent_at);
    object["kith"] = kith_object(store, caller, message);
    return object;
}

}  // namespace kith
