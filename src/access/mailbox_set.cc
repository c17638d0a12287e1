#include "access/mailbox_set.h"

#include <algorithm>

#include "access/mailbox_object.h"
#include "access/object_ids.h"
#include "access/standard_methods.h"

namespace kith {
namespace {

using jmap::SetErrorType;

constexpr std::string_view kSettable[] = {"name", "parentId", "role", "sortOrder", "isSubscribed"};
constexpr std::string_view kChangeable[] = {"name", "parentId", "sortOrder", "isSubscribed"};
constexpr std::string_view kMore[] = {"onDestroyRemoveEmails"};
constexpr std::size_t kMaxName = 255;
constexpr std::int64_t kMaxSortOrder = (std::int64_t{1} << 31) - 1;
constexpr std::int64_t kPage = 500;

enum class OnDestroy { refuse_full, remove_emails };

class MailboxSet final : public ObjectSet {
  public:
    MailboxSet(WriteContext& context, OnDestroy on_destroy)
        : context_(context), on_destroy_(on_destroy) {}

    ObjectType type() const override { return ObjectType::mailbox; }

    std::optional<std::string> needs(const json::object& object) const override {
        const auto* parent = object.if_contains("parentId");
        if (parent == nullptr || !parent->is_string() ||
            !text_of(parent->get_string()).starts_with('#'))
            return std::nullopt;
        return text_of(parent->get_string());
    }

    OrSetError<json::object> create(const json::object& object) override {
        Properties properties(object, kSettable);
        if (properties.has("role"))
            properties.bad("role", "is given to the mailboxes of a new account alone");
        MailboxRecord mailbox;
        const bool subscribed = read(properties, mailbox);
        if (auto checked = check(properties, mailbox); !checked)
            return std::unexpected(checked.error());
        if (all().size() >= context_.call.limits().mailboxes)
            return refuse(SetErrorType::over_quota, "there are as many mailboxes as may be");
        auto id = context_.store.add_mailbox(context_.account(), mailbox);
        if (!id)
            return std::unexpected(jmap::set_error_of(id.error()));
        mailbox.id = *id;
        subscribe(mailbox.id, subscribed);
        auto made = mailbox_object(context_.store, context_.account(), mailbox);
        for (const auto& member : object)
            if (member.key() != "parentId")
                made.erase(member.key());
        return made;
    }

    OrSetError<json::object> update(const std::string& id, const json::object& patch) override {
        const auto mailboxes = all();
        const auto number = parse_object_id(IdKind::mailbox, id);
        const auto* current = number ? find_mailbox(mailboxes, *number) : nullptr;
        if (current == nullptr)
            return refuse(SetErrorType::not_found);
        const auto before = mailbox_object(context_.store, context_.account(), *current);
        const auto after = patched(before, patch, kChangeable, {{"parentId", nullptr}});
        if (!after)
            return std::unexpected(after.error());
        if (!current->role.empty() && after->at("name") != before.at("name"))
            return refuse(SetErrorType::forbidden, "mailboxes with a role keep their name");
        json::object changed;
        for (const std::string_view name : kChangeable)
            changed[name] = after->at(name);
        Properties properties(changed, kChangeable);
        MailboxRecord mailbox = *current;
        const bool subscribed = read(properties, mailbox);
        if (auto checked = check(properties, mailbox); !checked)
            return std::unexpected(checked.error());
        context_.store.update_mailbox(context_.account(), mailbox);
        subscribe(mailbox.id, subscribed);
        return json::object();
    }

    OrSetError<void> destroy(const std::string& id) override {
        const auto mailboxes = all();
        const auto number = parse_object_id(IdKind::mailbox, id);
        const auto* mailbox = number ? find_mailbox(mailboxes, *number) : nullptr;
        if (mailbox == nullptr)
            return refuse(SetErrorType::not_found);
        if (!mailbox->role.empty())
            return refuse(SetErrorType::forbidden, "mailboxes with a role stay");
        if (std::ranges::any_of(mailboxes, [&](const auto& m) { return m.parent == mailbox->id; }))
            return refuse(SetErrorType::mailbox_has_child);
        if (context_.store.mailbox_counts(context_.account(), mailbox->id).total > 0) {
            if (on_destroy_ == OnDestroy::refuse_full)
                return refuse(SetErrorType::mailbox_has_email);
            if (auto emptied = empty(mailbox->id); !emptied)
                return std::unexpected(jmap::set_error_of(emptied.error()));
        }
        subscribe(mailbox->id, true);
        if (auto removed = context_.store.remove_mailbox(context_.account(), mailbox->id); !removed)
            return std::unexpected(jmap::set_error_of(removed.error()));
        return {};
    }

  private:
    std::vector<MailboxRecord> all() { return context_.store.mailboxes(context_.account()); }

    // Into `mailbox`; what is absent stays. Gives isSubscribed.
    bool read(Properties& properties, MailboxRecord& mailbox) {
        mailbox.name = properties.required_text("name", kMaxName);
        if (!is_plain_text(mailbox.name, kMaxName) || mailbox.name.empty())
            properties.bad("name", "must be 1 to 255 octets without control characters");
        mailbox.sort_order = properties.integer("sortOrder", 0, kMaxSortOrder).value_or(0);
        mailbox.parent.reset();
        if (const auto parent = properties.text("parentId", kMaxName)) {
            const auto real = context_.ids.real(*parent);
            mailbox.parent = real ? parse_object_id(IdKind::mailbox, *real) : std::nullopt;
            if (!mailbox.parent)
                properties.bad("parentId", "is not a mailbox");
        }
        return properties.boolean("isSubscribed").value_or(true);
    }

    OrSetError<void> check(Properties& properties, const MailboxRecord& mailbox) {
        const auto mailboxes = all();
        if (mailbox.parent && !fits(mailboxes, mailbox.id, *mailbox.parent))
            properties.bad("parentId", "is not a mailbox, below this one, or too deep");
        const bool taken = std::ranges::any_of(mailboxes, [&](const auto& other) {
            return other.id != mailbox.id && other.parent == mailbox.parent &&
                   other.name == mailbox.name;
        });
        if (taken)
            properties.bad("name", "is that of another mailbox beside it");
        if (!properties.good())
            return properties.error();
        return {};
    }

    // The parent exists, no loop, and the whole branch stays within the depth.
    bool fits(const std::vector<MailboxRecord>& all_now,
              MailboxId mailbox,
              MailboxId parent) const {
        std::size_t above = 0;
        const MailboxRecord* at = find_mailbox(all_now, parent);
        if (at == nullptr)
            return false;
        for (; at != nullptr; at = at->parent ? find_mailbox(all_now, *at->parent) : nullptr) {
            if (at->id == mailbox || ++above > context_.call.limits().mailbox_depth)
                return false;
        }
        return above + height(all_now, mailbox) <= context_.call.limits().mailbox_depth;
    }

    // Levels of the branch below and with a mailbox; 1 for one that has no children.
    static std::size_t height(const std::vector<MailboxRecord>& all_now, MailboxId id) {
        std::vector<MailboxId> level{id};
        std::size_t levels = 0;
        for (; !level.empty() && levels <= all_now.size(); ++levels) {
            std::vector<MailboxId> below;
            for (const MailboxRecord& mailbox : all_now)
                if (mailbox.parent && std::ranges::find(level, *mailbox.parent) != level.end())
                    below.push_back(mailbox.id);
            level = std::move(below);
        }
        return levels;
    }

    void subscribe(MailboxId mailbox, bool subscribed) {
        if (is_subscribed(context_.store, context_.account(), mailbox) == subscribed)
            return;
        context_.store.put_value(subscription_key(context_.account(), mailbox),
                                 subscribed ? "" : "1");
        context_.store.touch(context_.account(), ObjectType::mailbox, std::to_string(mailbox));
    }

    Result<void> empty(MailboxId mailbox) {
        while (true) {
            MessageFilter filter;
            filter.mailbox = mailbox;
            filter.limit = kPage;
            const auto page = context_.store.messages(context_.account(), filter);
            for (const MessageId id : page.ids)
                TRY(context_.store.remove_message(context_.account(), id));
            if (page.ids.empty())
                return {};
            context_.changed.insert(ObjectType::email);
        }
    }

    WriteContext& context_;
    OnDestroy on_destroy_;
};

}  // namespace

Result<json::object> mailbox_set(WriteContext& context, const json::object& arguments) {
    const bool remove = TRY(jmap::read_boolean(arguments, "onDestroyRemoveEmails")).value_or(false);
    MailboxSet set(context, remove ? OnDestroy::remove_emails : OnDestroy::refuse_full);
    return run_set(
        context, arguments, set, {.most = context.call.limits().objects_in_set, .more = kMore});
}

}  // namespace kith
