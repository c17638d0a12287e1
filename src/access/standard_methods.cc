#include "access/standard_methods.h"

#include <algorithm>
#include <set>

#include "access/object_ids.h"

namespace kith {
namespace {

// One condition or an operator over parts; the tree's depth is limited where it is read.
bool matches_node(const jmap::Filter& filter, const Matches& matches) {
    const auto part_matches = [&](const jmap::Filter& part) { return matches_node(part, matches); };
    switch (filter.kind) {
        case jmap::Filter::Kind::condition:
            return matches(filter.condition);
        case jmap::Filter::Kind::all_of:
            return std::ranges::all_of(filter.parts, part_matches);
        case jmap::Filter::Kind::any_of:
            return std::ranges::any_of(filter.parts, part_matches);
        case jmap::Filter::Kind::none_of:
            return std::ranges::none_of(filter.parts, part_matches);
    }
    return false;
}

bool has_form(const json::value& value, ConditionRule::Form form) {
    switch (form) {
        case ConditionRule::Form::text:
            return value.is_string();
        case ConditionRule::Form::text_or_null:
            return value.is_string() || value.is_null();
        case ConditionRule::Form::flag:
            return value.is_bool();
        case ConditionRule::Form::time:
            return value.is_string() && parse_time(text_of(value.get_string())).has_value();
        case ConditionRule::Form::texts:
            return value.is_array() && std::ranges::all_of(value.get_array(), [](const auto& item) {
                       return item.is_string();
                   });
    }
    return false;
}

Result<void> check_forms(const jmap::Filter& filter, std::span<const ConditionRule> rules) {
    for (const auto& member : filter.condition) {
        const auto rule =
            std::ranges::find(rules, std::string_view(member.key()), &ConditionRule::name);
        if (rule == rules.end() || !has_form(member.value(), rule->form))
            return jmap::fail_method(
                jmap::MethodError::invalid_arguments,
                "filter: \"" + std::string(member.key()) + "\" has no such value");
    }
    for (const jmap::Filter& part : filter.parts)
        TRY(check_forms(part, rules));
    return {};
}

std::vector<std::string_view> names_of(std::span<const ConditionRule> rules) {
    std::vector<std::string_view> names;
    for (const ConditionRule& rule : rules)
        names.push_back(rule.name);
    return names;
}

class SetRun {
  public:
    SetRun(WriteContext& context, const jmap::SetArguments& arguments, ObjectSet& set)
        : context_(context), arguments_(arguments), set_(set) {}

    Result<json::object> run() {
        const auto old_state = state();
        TRY(jmap::check_state(arguments_, old_state));
        create_all();
        for (const auto& [id, patch] : arguments_.update)
            update(id, patch);
        for (const std::string& id : arguments_.destroy)
            destroy(id);
        if (changed_)
            context_.changed.insert(set_.type());
        return std::move(response_).object(arguments_.account_id, old_state, state());
    }

  private:
    std::string state() { return type_state(context_.store, context_.account(), set_.type()); }

    // RFC 8620 5.3: a record is made before another one refers to it.
    void create_all() {
        std::vector<std::size_t> left(arguments_.create.size());
        for (std::size_t i = 0; i < left.size(); ++i)
            left[i] = i;
        for (bool progress = true; progress && !left.empty();) {
            const auto before = left.size();
            std::erase_if(left, [&](std::size_t i) { return ready(i) && create(i); });
            progress = left.size() < before;
        }
        for (const std::size_t i : left)
            create(i);
    }

    bool ready(std::size_t index) const {
        const auto needed = set_.needs(arguments_.create[index].second);
        return !needed || context_.ids.real(*needed);
    }

    bool create(std::size_t index) {
        const auto& [creation_id, object] = arguments_.create[index];
        auto made = set_.create(object);
        if (!made) {
            response_.not_created(creation_id, made.error());
            return true;
        }
        context_.ids.made(creation_id, text_of(made->at("id").as_string()));
        response_.created(creation_id, *std::move(made));
        changed_ = true;
        return true;
    }

    void update(const std::string& id, const json::object& patch) {
        const auto real = context_.ids.real(id);
        if (!real) {
            response_.not_updated(id, refuse(jmap::SetErrorType::not_found).error());
            return;
        }
        if (std::ranges::find(arguments_.destroy, id) != arguments_.destroy.end()) {
            response_.not_updated(*real, refuse(jmap::SetErrorType::will_destroy).error());
            return;
        }
        auto changed = set_.update(*real, patch);
        if (!changed) {
            response_.not_updated(*real, changed.error());
            return;
        }
        response_.updated(*real, *std::move(changed));
        changed_ = true;
    }

    void destroy(const std::string& id) {
        const auto real = context_.ids.real(id);
        if (!real) {
            response_.not_destroyed(id, refuse(jmap::SetErrorType::not_found).error());
            return;
        }
        if (auto done = set_.destroy(*real); !done) {
            response_.not_destroyed(*real, done.error());
            return;
        }
        response_.destroyed(*real);
        changed_ = true;
    }

    WriteContext& context_;
    const jmap::SetArguments& arguments_;
    ObjectSet& set_;
    jmap::SetResponse response_;
    bool changed_ = false;
};

}  // namespace

std::string type_state(ReadTransaction& store, AccountId account, ObjectType type) {
    return state_text(store.modseq(account, type));
}

Result<FoundChanges> find_changes(ReadContext& context,
                                  ObjectType type,
                                  const jmap::ChangesArguments& arguments) {
    auto since = parse_changes(arguments.since_state);
    if (!since)
        return jmap::fail_method(jmap::MethodError::cannot_calculate_changes,
                                 "sinceState is not a state of this server");
    const auto most = std::min<std::uint64_t>(arguments.most.value_or(UINT64_MAX),
                                              context.call.limits().change_ids);
    auto found =
        context.store.changes(context.account(), type, *since, static_cast<std::int64_t>(most));
    if (!found)
        return jmap::fail_method(jmap::MethodError::cannot_calculate_changes,
                                 "sinceState is too old, or not of this server");
    auto state = type_state(context.store, context.account(), type);
    if (found->more)
        state = changes_text({.since = since->since, .read = found->more});
    return FoundChanges{
        .since = *std::move(since), .changes = *std::move(found), .new_state = std::move(state)};
}

Result<jmap::Changes> changes_since(ReadContext& context,
                                    ObjectType type,
                                    const jmap::ChangesArguments& arguments) {
    const auto [since, found, state] = TRY(find_changes(context, type, arguments));
    const auto ids = [type](const std::vector<std::string>& stored) {
        std::vector<std::string> out;
        out.reserve(stored.size());
        for (const std::string& id : stored)
            out.push_back(changed_object_id(type, id));
        return out;
    };
    return jmap::Changes{.new_state = state,
                         .has_more = found.more.has_value(),
                         .created = ids(found.created),
                         .updated = ids(found.updated),
                         .destroyed = ids(found.destroyed)};
}

std::optional<std::string> ObjectSet::needs(const json::object& /*object*/) const {
    return std::nullopt;
}

Result<json::object> run_set(WriteContext& context,
                             const json::object& arguments,
                             ObjectSet& set,
                             const jmap::SetRules& rules) {
    const auto asked = TRY(jmap::read_set(arguments, rules));
    return run_set(context, asked, set);
}

Result<json::object> run_set(WriteContext& context,
                             const jmap::SetArguments& arguments,
                             ObjectSet& set) {
    return SetRun(context, arguments, set).run();
}

Result<jmap::QueryResult> page_of(const jmap::QueryArguments& arguments,
                                  const std::vector<std::string>& ids,
                                  std::uint64_t most) {
    std::optional<std::uint64_t> anchor;
    if (arguments.anchor) {
        const auto found = std::ranges::find(ids, *arguments.anchor);
        if (found != ids.end())
            anchor = static_cast<std::uint64_t>(found - ids.begin());
    }
    jmap::QueryResult result;
    result.total = ids.size();
    result.window = TRY(jmap::window_of(arguments, ids.size(), anchor, most));
    for (std::uint64_t i = 0; i < result.window.count; ++i)
        result.ids.push_back(ids[result.window.position + i]);
    return result;
}

Result<json::object> query_in_memory(const jmap::QueryArguments& arguments,
                                     const std::vector<std::string>& ids,
                                     const std::string& state,
                                     std::uint64_t most,
                                     jmap::QueryResult::Changes changes) {
    auto result = TRY(page_of(arguments, ids, most));
    result.state = state;
    result.changes = changes;
    return jmap::query_response(arguments, result);
}

bool filter_matches(const std::optional<jmap::Filter>& filter, const Matches& matches) {
    return !filter || matches_node(*filter, matches);
}

Result<jmap::QueryArguments> read_query(const json::object& arguments, const QueryForm& form) {
    const auto names = names_of(form.conditions);
    auto asked = TRY(
        jmap::read_query(arguments, {.conditions = names, .sort = form.sort, .more = form.more}));
    if (asked.filter)
        TRY(check_forms(*asked.filter, form.conditions));
    return asked;
}

Result<jmap::QueryChangesArguments> read_query_changes(const json::object& arguments,
                                                       const QueryForm& form) {
    const auto names = names_of(form.conditions);
    auto asked = TRY(jmap::read_query_changes(
        arguments, {.conditions = names, .sort = form.sort, .more = form.more}));
    if (asked.query.filter)
        TRY(check_forms(*asked.query.filter, form.conditions));
    return asked;
}

Result<json::object> refuse_query_changes(const json::object& arguments, const QueryForm& form) {
    TRY(read_query_changes(arguments, form));
    return jmap::fail_method(jmap::MethodError::cannot_calculate_changes);
}

Result<jmap::Changes> query_changes_since(ReadContext& context,
                                          ObjectType type,
                                          const std::string& since) {
    auto changes =
        TRY(changes_since(context, type, {.account_id = {}, .since_state = since, .most = {}}));
    if (changes.has_more)
        return jmap::fail_method(jmap::MethodError::cannot_calculate_changes,
                                 "more has changed than is told at once");
    return changes;
}

Result<json::object> query_changes_in_memory(ReadContext& context,
                                             ObjectType type,
                                             const jmap::QueryChangesArguments& arguments,
                                             const std::vector<std::string>& ids) {
    const auto since = TRY(query_changes_since(context, type, arguments.since_state));
    jmap::QueryChanges changes{
        .new_state = since.new_state, .total = ids.size(), .removed = since.destroyed, .added = {}};
    changes.removed.insert(changes.removed.end(), since.updated.begin(), since.updated.end());
    const std::set<std::string> back(since.updated.begin(), since.updated.end());
    const std::set<std::string> fresh(since.created.begin(), since.created.end());
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (back.contains(ids[i]) || fresh.contains(ids[i]))
            changes.added.push_back({ids[i], i});
    return jmap::query_changes_response(arguments, changes);
}

}  // namespace kith
