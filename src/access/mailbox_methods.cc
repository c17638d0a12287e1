// Mailbox/get, /changes, /query (RFC 8621 section 2).
#include <algorithm>

#include "access/mailbox_object.h"
#include "access/mailbox_set.h"
#include "access/object_ids.h"
#include "access/standard_methods.h"
#include "base/text.h"

namespace kith {
namespace {

using Form = ConditionRule::Form;
constexpr ConditionRule kConditions[] = {{"parentId", Form::text_or_null},
                                         {"name", Form::text},
                                         {"role", Form::text_or_null},
                                         {"hasAnyRole", Form::flag},
                                         {"isSubscribed", Form::flag}};
constexpr std::string_view kSort[] = {"sortOrder", "name"};
constexpr std::string_view kMore[] = {"sortAsTree", "filterAsTree"};
constexpr QueryForm kForm{.conditions = kConditions, .sort = kSort, .more = kMore};

Result<json::object> mailbox_get(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_get(
        arguments,
        {.properties = kMailboxProperties, .most = context.call.limits().objects_in_get}));
    const auto all = context.store.mailboxes(context.account());
    json::array list;
    std::vector<std::string> not_found;
    const auto add = [&](const MailboxRecord& mailbox) {
        auto object = mailbox_object(context.store, context.account(), mailbox);
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    };
    if (!asked.ids)
        std::ranges::for_each(all, add);
    for (const std::string& id : asked.ids.value_or(std::vector<std::string>())) {
        const auto number = parse_object_id(IdKind::mailbox, id);
        const auto* mailbox = number ? find_mailbox(all, *number) : nullptr;
        if (mailbox != nullptr)
            add(*mailbox);
        else
            not_found.push_back(id);
    }
    auto state = type_state(context.store, context.account(), ObjectType::mailbox);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

// RFC 8621 2.2: one member more than the standard response.
Result<json::object> mailbox_changes(ReadContext& context, const json::object& arguments) {
    auto response = TRY(standard_changes<ObjectType::mailbox>(context, arguments));
    response["updatedProperties"] = nullptr;
    return response;
}

/// A tree of mailboxes, sorted and filtered as asked.
class MailboxQuery {
  public:
    MailboxQuery(ReadContext& context, const jmap::QueryArguments& asked)
        : context_(context), asked_(asked), all_(context.store.mailboxes(context.account())) {}

    std::vector<std::string> run(bool sort_as_tree, bool filter_as_tree) {
        auto sorted = all_;
        std::ranges::sort(sorted, [this](const auto& a, const auto& b) { return less(a, b); });
        if (sort_as_tree)
            sorted = as_tree(sorted);
        std::vector<std::string> ids;
        for (const MailboxRecord& mailbox : sorted)
            if (filter_as_tree ? with_ancestors(mailbox) : matches(mailbox))
                ids.push_back(object_id(IdKind::mailbox, mailbox.id));
        return ids;
    }

  private:
    bool less(const MailboxRecord& a, const MailboxRecord& b) const {
        for (const jmap::Comparator& by : asked_.sort) {
            const auto order = by.property == "sortOrder"
                                   ? std::weak_ordering(a.sort_order <=> b.sort_order)
                                   : std::weak_ordering(to_lower(a.name) <=> to_lower(b.name));
            if (order != 0)
                return by.ascending ? order < 0 : order > 0;
        }
        return a.id < b.id;
    }

    // Depth first: each mailbox, then its children in their order.
    static std::vector<MailboxRecord> as_tree(const std::vector<MailboxRecord>& sorted) {
        std::vector<MailboxRecord> out;
        std::vector<const MailboxRecord*> stack;
        const auto push_children = [&](std::optional<MailboxId> parent) {
            for (auto it = sorted.rbegin(); it != sorted.rend(); ++it)
                if (it->parent == parent)
                    stack.push_back(&*it);
        };
        push_children(std::nullopt);
        while (!stack.empty()) {
            const MailboxRecord* next = stack.back();
            stack.pop_back();
            out.push_back(*next);
            push_children(next->id);
        }
        return out;
    }

    bool with_ancestors(const MailboxRecord& mailbox) const {
        const MailboxRecord* at = &mailbox;
        for (std::size_t depth = 0; at != nullptr && depth <= all_.size(); ++depth) {
            if (!matches(*at))
                return false;
            at = at->parent ? find_mailbox(all_, *at->parent) : nullptr;
        }
        return true;
    }

    bool matches(const MailboxRecord& mailbox) const {
        return filter_matches(asked_.filter, [&](const json::object& condition) {
            return std::ranges::all_of(condition, [&](const auto& member) {
                return has(mailbox, member.key(), member.value());
            });
        });
    }

    bool has(const MailboxRecord& mailbox, std::string_view name, const json::value& value) const {
        if (name == "parentId")
            return value.is_null()
                       ? !mailbox.parent
                       : mailbox.parent && object_id(IdKind::mailbox, *mailbox.parent) ==
                                               text_of(value.get_string());
        if (name == "name")
            return to_lower(mailbox.name).contains(to_lower(text_of(value.get_string())));
        if (name == "role")
            return mailbox.role == (value.is_null() ? "" : text_of(value.get_string()));
        if (name == "hasAnyRole")
            return mailbox.role.empty() != value.get_bool();
        return is_subscribed(context_.store, context_.account(), mailbox.id) == value.get_bool();
    }

    ReadContext& context_;
    const jmap::QueryArguments& asked_;
    std::vector<MailboxRecord> all_;
};

Result<json::object> mailbox_query(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(read_query(arguments, kForm));
    const bool sort_as_tree = TRY(jmap::read_boolean(arguments, "sortAsTree")).value_or(false);
    const bool filter_as_tree = TRY(jmap::read_boolean(arguments, "filterAsTree")).value_or(false);
    const auto ids = MailboxQuery(context, asked).run(sort_as_tree, filter_as_tree);
    using Changes = jmap::QueryResult::Changes;
    return query_in_memory(
        asked,
        ids,
        type_state(context.store, context.account(), ObjectType::mailbox),
        context.call.limits().query_ids,
        sort_as_tree || filter_as_tree ? Changes::not_calculated : Changes::calculated);
}

// In a tree a mailbox moves with one above it that changed.
Result<json::object> mailbox_query_changes(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(read_query_changes(arguments, kForm));
    for (const std::string_view tree : kMore)
        if (TRY(jmap::read_boolean(arguments, tree)).value_or(false))
            return jmap::fail_method(jmap::MethodError::cannot_calculate_changes,
                                     std::string(tree) + " is asked for");
    const auto ids = MailboxQuery(context, asked.query).run(false, false);
    return query_changes_in_memory(context, ObjectType::mailbox, asked, ids);
}

}  // namespace

void add_mailbox_methods(Methods& methods) {
    const std::string mail(jmap::kMail);
    methods.add("Mailbox/get", mail, ReadMethod(mailbox_get));
    methods.add("Mailbox/changes", mail, ReadMethod(mailbox_changes));
    methods.add("Mailbox/query", mail, ReadMethod(mailbox_query));
    methods.add("Mailbox/queryChanges", mail, ReadMethod(mailbox_query_changes));
    methods.add("Mailbox/set", mail, WriteMethod(mailbox_set));
}

}  // namespace kith
