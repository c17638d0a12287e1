#include "access/email_set.h"

#include <algorithm>

#include "access/email_object.h"
#include "access/object_ids.h"
#include "base/text.h"
#include "crypto/age_header.h"
#include "delivery/settling.h"
#include "note/fields.h"
#include "note/stub.h"

namespace kith {
namespace {

using jmap::SetErrorType;

constexpr std::string_view kSettable[] = {"mailboxIds", "keywords", "blobId", "kith"};
constexpr std::string_view kSettableKith[] = {"keys", "preview", "stubId", "to", "answers"};
constexpr std::string_view kChangeable[] = {"mailboxIds", "keywords", "kith"};
constexpr std::string_view kChangeableKith[] = {"keys", "outcome"};
constexpr const char* kRequestsRole = "requests";
constexpr std::size_t kMaxKeywords = 64;
constexpr std::size_t kMaxAddress = 320;
constexpr std::size_t kMaxKeys = 8192;

// Keywords have no case (RFC 8621 4.1.1): a patch of "keywords/$Seen" is one of "keywords/$seen".
json::object with_lower_keywords(const json::object& patch) {
    constexpr std::string_view kPrefix = "keywords/";
    json::object out;
    for (const auto& member : patch) {
        const std::string_view key = member.key();
        out[key.starts_with(kPrefix) ? to_lower(key) : std::string(key)] = member.value();
    }
    return out;
}

// RFC 8621 4.6: these have error types of their own.
std::optional<SetErrorType> too_many(const json::object& email) {
    const auto size_of = [&](std::string_view name) {
        const auto* value = email.if_contains(name);
        return value != nullptr && value->is_object() ? value->get_object().size() : 0;
    };
    if (size_of("mailboxIds") > 1)
        return SetErrorType::too_many_mailboxes;
    if (size_of("keywords") > kMaxKeywords)
        return SetErrorType::too_many_keywords;
    return std::nullopt;
}

bool is_header(std::string_view text) {
    const auto header = parse_age_header(text);
    return header && header->stanzas.size() <= kMaxDevices;
}

class EmailSet final : public ObjectSet {
  public:
    explicit EmailSet(WriteContext& context) : context_(context) {}

    ObjectType type() const override { return ObjectType::email; }

    OrSetError<json::object> create(const json::object& object) override {
        Properties properties(object, kSettable);
        if (const auto error = too_many(object))
            return refuse(*error);
        MessageRecord message;
        read_place(properties, message);
        const auto blob = parse_blob_id(properties.required_text("blobId", 128));
        read_kith(properties, message);
        if (message.mailbox != 0 && is_for_requests(message.mailbox))
            properties.bad("mailboxIds", "is for strangers' mail only");
        if (!properties.good())
            return properties.error();
        if (auto found = take_blob(blob, message); !found)
            return std::unexpected(found.error());
        complete(message);
        auto inserted = context_.store.add_message(context_.account(), message);
        if (!inserted)
            return std::unexpected(jmap::set_error_of(inserted.error()));
        if (inserted->was == WriteTransaction::Inserted::Was::there_already)
            return already_there(inserted->id);
        context_.changed.insert(ObjectType::mailbox);
        return made(inserted->id);
    }

    OrSetError<json::object> update(const std::string& id, const json::object& patch) override {
        auto message = find(id);
        if (!message)
            return refuse(SetErrorType::not_found);
        const auto before = email_object(context_.store, *context_.call.caller, *message);
        auto after = patched(
            before, with_lower_keywords(patch), kChangeable, {{"keywords", json::object()}});
        if (!after)
            return std::unexpected(after.error());
        if (const auto error = too_many(*after))
            return refuse(*error);
        MessageRecord changed = *message;
        Properties properties(*after, kEmailProperties);
        read_place(properties, changed);
        const auto report = read_kith_changes(before, properties, changed);
        if (!properties.good())
            return properties.error();
        // One that was sent stays so, though its client left the keyword on it.
        const bool redrafted = has_keyword(changed, kDraft) != has_keyword(*message, kDraft);
        if (changed.tier == MessageTier::own && redrafted)
            changed.state = own_state(changed);
        if (changed.mailbox != message->mailbox && is_request(*message))
            return refuse(SetErrorType::forbidden, "a request is accepted or declined");
        if (changed.mailbox != message->mailbox && is_for_requests(changed.mailbox))
            return refuse(SetErrorType::forbidden, "only strangers' mail comes into Requests");
        if (report &&
            !settle_message(
                context_.store, context_.account(), changed, *report, context_.call.now()))
            return refuse_property("kith/outcome", "is there already: the first counts");
        if (report)
            context_.changed.insert(ObjectType::contact);
        if (auto done = context_.store.update_message(context_.account(), changed); !done)
            return std::unexpected(jmap::set_error_of(done.error()));
        context_.changed.insert(ObjectType::mailbox);  // its counts
        return json::object();
    }

    OrSetError<void> destroy(const std::string& id) override {
        const auto message = find(id);
        if (!message)
            return refuse(SetErrorType::not_found);
        if (auto done = context_.store.remove_message(context_.account(), message->id); !done)
            return std::unexpected(jmap::set_error_of(done.error()));
        context_.changed.insert(ObjectType::mailbox);
        return {};
    }

  private:
    std::optional<MessageRecord> find(const std::string& id) {
        const auto number = parse_object_id(IdKind::email, id);
        return number ? context_.store.message(context_.account(), *number) : std::nullopt;
    }

    bool is_for_requests(MailboxId mailbox) {
        const auto requests = context_.store.mailbox_by_role(context_.account(), kRequestsRole);
        return requests && requests->id == mailbox;
    }

    static MessageState own_state(const MessageRecord& message) {
        return has_keyword(message, kDraft) ? MessageState::draft : MessageState::sent;
    }

    void read_place(Properties& properties, MessageRecord& message) {
        read_keywords(properties, message);
        const auto* mailboxes = properties.object("mailboxIds");
        if (mailboxes == nullptr || mailboxes->size() != 1) {
            properties.bad("mailboxIds", "must name one mailbox");
            return;
        }
        const auto& [key, value] = *mailboxes->begin();
        const auto real = context_.ids.real(key);
        const auto number = real ? parse_object_id(IdKind::mailbox, *real) : std::nullopt;
        const auto all = context_.store.mailboxes(context_.account());
        if (value != json::value(true) || !number ||
            std::ranges::find(all, *number, &MailboxRecord::id) == all.end())
            properties.bad("mailboxIds", "is not a mailbox");
        else
            message.mailbox = *number;
    }

    static void read_keywords(Properties& properties, MessageRecord& message) {
        const auto* keywords = properties.object("keywords");
        if (keywords == nullptr) {
            message.keywords.clear();
            return;
        }
        std::vector<std::string> all;
        for (const auto& member : *keywords) {
            if (member.value() != json::value(true) || !is_keyword(member.key()))
                properties.bad("keywords", "must be keywords, each true");
            all.push_back(to_lower(member.key()));
        }
        message.keywords = join_keywords(std::move(all));
    }

    void read_kith(Properties& outer, MessageRecord& message) {
        const auto* object = outer.object("kith");
        if (object == nullptr) {
            outer.bad("kith", "is missing");
            return;
        }
        Properties kith(*object, kSettableKith);
        message.keys = to_text(kith.base64("keys", kMaxKeys).value_or(Bytes()));
        if (!is_header(message.keys))
            kith.bad("keys", "must be an age header of at most 16 stanzas");
        message.preview = kith.base64("preview", kMaxPreview).value_or(Bytes());
        message.stub_id =
            kith.text("stubId", 64).value_or(random_id(context_.call.services->random));
        if (!as_id(message.stub_id))
            kith.bad("stubId", "must be 32 hex digits");
        message.answers = kith.text("answers", 64).value_or("");
        if (!message.answers.empty() && !as_id(message.answers))
            kith.bad("answers", "must be 32 hex digits");
        message.to = write_recipients(read_recipients(*object, kith));
        if (!kith.good())
            outer.bad("kith", kith.error().error().description);
    }

    std::vector<std::string> read_recipients(const json::object& object, Properties& kith) const {
        std::vector<std::string> addresses;
        const auto* value = object.if_contains("to");
        if (value == nullptr || value->is_null())
            return addresses;
        if (!value->is_array() ||
            value->get_array().size() > context_.call.limits().recipients_in_message) {
            kith.bad("to", "must be an array of addresses");
            return addresses;
        }
        for (const json::value& each : value->get_array()) {
            const auto* in_object =
                each.is_object() ? each.get_object().if_contains("email") : &each;
            const bool is_text = in_object != nullptr && in_object->is_string();
            auto address = is_text ? text_of(in_object->get_string()) : std::string();
            if (address.empty() || !is_plain_text(address, kMaxAddress))
                kith.bad("to", "must be an array of addresses");
            addresses.push_back(std::move(address));
        }
        return addresses;
    }

    OrSetError<void> take_blob(const std::optional<Hash>& blob, MessageRecord& message) {
        if (!blob)
            return refuse_property("blobId", "is not the id of a blob");
        const auto place = context_.store.account_has_blob(context_.account(), *blob)
                               ? context_.store.blob(*blob)
                               : std::nullopt;
        if (!place) {
            auto error = refuse(SetErrorType::blob_not_found, "blobId: upload it first");
            error.error().properties.emplace_back("blobId");
            error.error().more["notFound"] = json::array{blob_id(*blob)};
            return error;
        }
        const auto account = context_.store.account(context_.account());
        if (!account || account->used_octets + place->size > context_.call.limits().quota_octets)
            return refuse(SetErrorType::over_quota, "the account keeps as much as it may");
        message.blob = *blob;
        message.size = place->size;
        return {};
    }

    void complete(MessageRecord& message) {
        const auto account = context_.store.account(context_.account());
        message.from = context_.call.caller->address.text();
        // The sender of one's own messages is left out: a message to oneself arrives, too, and
        // is another one than its Sent copy.
        message.from_root = Hash();
        message.sent_at = context_.call.now();
        message.received_at = message.sent_at;
        message.sender_card = account ? account->card : Hash();
        message.tier = MessageTier::own;
        message.state = own_state(message);
    }

    static OrSetError<json::object> already_there(MessageId id) {
        auto error = refuse(SetErrorType::already_exists, "kith/stubId: is that of another one");
        error.error().more["existingId"] = object_id(IdKind::email, id);
        return error;
    }

    OrSetError<json::object> made(MessageId id) {
        const auto message = context_.store.message(context_.account(), id);
        if (!message)
            return refuse(SetErrorType::server_fail);
        json::object object{{"id", object_id(IdKind::email, id)},
                            {"blobId", blob_id(message->blob)},
                            {"threadId", object_id(IdKind::thread, message->thread)},
                            {"size", message->size},
                            {"receivedAt", format_time(message->received_at)}};
        object["kith"] = json::object{{"stubId", message->stub_id}};
        return object;
    }

    // Of the object `kith` only the keys may differ, and the outcome: what the person says of it.
    static std::optional<MessageOutcome> read_kith_changes(const json::object& before,
                                                           Properties& properties,
                                                           MessageRecord& message) {
        const auto* kith = properties.object("kith");
        const auto& kith_before = before.at("kith").get_object();
        if (kith == nullptr || *kith == kith_before)
            return std::nullopt;
        if (!patched(kith_before, *kith, kChangeableKith)) {
            properties.bad("kith", "has nothing to change but its keys and outcome");
            return std::nullopt;
        }
        Properties inner(*kith);
        const auto keys = inner.base64("keys", kMaxKeys);
        if (keys && as_text(*keys) == message.keys)
            ;  // whatever its sender made of it
        else if (!keys || !is_header(as_text(*keys)))
            properties.bad("kith/keys", "must be an age header of at most 16 stanzas");
        else
            message.keys = to_text(*keys);
        const auto* outcome = kith->if_contains("outcome");
        if (outcome != nullptr && *outcome == kith_before.at("outcome"))
            return std::nullopt;
        return read_report(inner.text("outcome", 16).value_or(""), properties, message);
    }

    static std::optional<MessageOutcome> read_report(std::string_view word,
                                                     Properties& properties,
                                                     const MessageRecord& message) {
        if (message.tier == MessageTier::own)
            properties.bad("kith/outcome", "is what others' mail was");
        for (const MessageOutcome report : {MessageOutcome::unwanted, MessageOutcome::looks_hacked})
            if (word == name_of(report))
                return report;
        properties.bad("kith/outcome", "must be unwanted or looks-hacked");
        return std::nullopt;
    }

    WriteContext& context_;
};

}  // namespace

std::unique_ptr<ObjectSet> email_object_set(WriteContext& context) {
    return std::make_unique<EmailSet>(context);
}

Result<json::object> email_set(WriteContext& context, const json::object& arguments) {
    EmailSet set(context);
    return run_set(context, arguments, set, {.most = context.call.limits().objects_in_set});
}

}  // namespace kith
