// What the standard methods of all types share (RFC 8620 section 5): states, /changes, the loop of
// a /set, the window of a /query over a list in memory.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "access/method.h"
#include "access/properties.h"

namespace kith {

/// The state of all objects of a type in an account.
std::string type_state(ReadTransaction& store, AccountId account, ObjectType type);

/// What the store knows of changes of a type since the state that a client has.
struct FoundChanges {
    ChangesFrom since;
    ObjectChanges changes;
    std::string new_state;
};
/// Errors: as changes_since().
Result<FoundChanges> find_changes(ReadContext& context,
                                  ObjectType type,
                                  const jmap::ChangesArguments& arguments);
/// What happened since a state, with clients' ids. Errors: cannotCalculateChanges.
Result<jmap::Changes> changes_since(ReadContext& context,
                                    ObjectType type,
                                    const jmap::ChangesArguments& arguments);
/// The whole of a /changes for a type that has its own list of changes.
template <ObjectType Type>
Result<json::object> standard_changes(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_changes(arguments));
    return jmap::changes_response(asked, TRY(changes_since(context, Type, asked)));
}

/// One type's part of a /set. Each function changes the store wholly or, with an error, not at all.
class ObjectSet {
  public:
    ObjectSet() = default;
    ObjectSet(const ObjectSet&) = delete;
    ObjectSet& operator=(const ObjectSet&) = delete;
    virtual ~ObjectSet() = default;

    virtual ObjectType type() const = 0;
    /// What the client did not send, with the id.
    virtual OrSetError<json::object> create(const json::object& object) = 0;
    /// What changed beyond the patch.
    virtual OrSetError<json::object> update(const std::string& id, const json::object& patch) = 0;
    virtual OrSetError<void> destroy(const std::string& id) = 0;
    /// The creation id (with "#") of another object of this type that `object` needs first.
    virtual std::optional<std::string> needs(const json::object& object) const;
};

/// Reads the arguments, checks ifInState, and goes through create, update and destroy.
Result<json::object> run_set(WriteContext& context,
                             const json::object& arguments,
                             ObjectSet& set,
                             const jmap::SetRules& rules);
/// For arguments that are read already and ids (of update and destroy) as in them.
Result<json::object> run_set(WriteContext& context,
                             const jmap::SetArguments& arguments,
                             ObjectSet& set);

/// What a type's /query takes.
struct ConditionRule {
    std::string_view name;
    enum class Form { text, text_or_null, flag, texts, time } form = Form::text;
};
struct QueryForm {
    std::span<const ConditionRule> conditions;
    jmap::Names sort;
    jmap::Names more = {};
};
/// As jmap::read_query; every condition's value has its form then.
Result<jmap::QueryArguments> read_query(const json::object& arguments, const QueryForm& form);
/// As jmap::read_query_changes; likewise.
Result<jmap::QueryChangesArguments> read_query_changes(const json::object& arguments,
                                                       const QueryForm& form);
/// The answer to /queryChanges where results may change without a change of state:
/// cannotCalculateChanges, or what is wrong with the arguments. RFC 8620 5.6 allows it always.
Result<json::object> refuse_query_changes(const json::object& arguments, const QueryForm& form);

/// What became of objects since a query's state; all of it, with clients' ids.
/// Errors: cannotCalculateChanges (it is no longer known, or more than is told at once).
Result<jmap::Changes> query_changes_since(ReadContext& context,
                                          ObjectType type,
                                          const std::string& since);
/// /queryChanges over results that are all in memory, where each object's own changes decide its
/// place. Errors: those of query_changes_since() and query_changes_response().
Result<json::object> query_changes_in_memory(ReadContext& context,
                                             ObjectType type,
                                             const jmap::QueryChangesArguments& arguments,
                                             const std::vector<std::string>& ids);

/// Does a record match the filter? `matches` looks at one condition's object.
using Matches = std::function<bool(const json::object& condition)>;
bool filter_matches(const std::optional<jmap::Filter>& filter, const Matches& matches);

/// The page of all ids that was asked for. Errors: anchorNotFound.
Result<jmap::QueryResult> page_of(const jmap::QueryArguments& arguments,
                                  const std::vector<std::string>& ids,
                                  std::uint64_t most);
/// /query over results that are all in memory.
Result<json::object> query_in_memory(
    const jmap::QueryArguments& arguments,
    const std::vector<std::string>& ids,
    const std::string& state,
    std::uint64_t most,
    jmap::QueryResult::Changes changes = jmap::QueryResult::Changes::not_calculated);

}  // namespace kith
