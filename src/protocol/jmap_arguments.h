// Arguments and responses of the standard methods (RFC 8620 section 5): /get, /changes, /set,
// /query, /queryChanges. Readers fail with fail_method(...); an argument that is not known is
// invalidArguments, so methods with arguments of their own name them in `more`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/jmap_core.h"

namespace kith::jmap {

using Names = std::span<const std::string_view>;

// Single values; errors: invalidArguments naming the argument.
Result<std::string> read_string(const json::object& arguments, std::string_view name);
Result<std::optional<std::string>> read_optional_string(const json::object& arguments,
                                                        std::string_view name);
/// nullopt when absent or null. At most kMaxInt.
Result<std::optional<std::uint64_t>> read_unsigned(const json::object& arguments,
                                                   std::string_view name);
/// `otherwise` when absent.
Result<std::int64_t> read_int(const json::object& arguments,
                              std::string_view name,
                              std::int64_t otherwise);
Result<std::optional<bool>> read_boolean(const json::object& arguments, std::string_view name);
/// nullopt when absent or null.
Result<std::optional<std::vector<std::string>>> read_strings(const json::object& arguments,
                                                             std::string_view name);
/// Errors: invalidArguments when a name is in none of the lists.
Result<void> check_names(const json::object& arguments, Names known, Names more = {});

/// What the ids of a type look like: RFC 8620 1.2, or any text (Card: addresses).
enum class IdForm { id, text };

struct GetRules {
    Names properties;  ///< all that there are
    std::uint64_t most = 500;
    IdForm ids = IdForm::id;
    Names more = {};
};
struct GetArguments {
    std::string account_id;
    std::optional<std::vector<std::string>> ids;         ///< absent: all; each id once
    std::optional<std::vector<std::string>> properties;  ///< absent: all; has "id" otherwise

    bool wants(std::string_view property) const;
};
/// Errors: invalidArguments, requestTooLarge.
Result<GetArguments> read_get(const json::object& arguments, const GetRules& rules);
/// Only what was asked for stays.
void select_properties(json::object& record, const GetArguments& arguments);
json::object get_response(const GetArguments& arguments,
                          std::string state,
                          json::array list,
                          const std::vector<std::string>& not_found);

struct ChangesArguments {
    std::string account_id;
    std::string since_state;
    std::optional<std::uint64_t> most;  ///< at least 1
};
Result<ChangesArguments> read_changes(const json::object& arguments);

struct Changes {
    std::string new_state;
    bool has_more = false;
    std::vector<std::string> created;
    std::vector<std::string> updated;
    std::vector<std::string> destroyed;
};
json::object changes_response(const ChangesArguments& arguments, const Changes& changes);

struct SetRules {
    std::uint64_t most = 500;
    IdForm ids = IdForm::id;
    Names more = {};
};
struct SetArguments {
    std::string account_id;
    std::optional<std::string> if_in_state;
    // In the client's order. Ids of update and destroy may be "#creation-id": Exchange::real_id.
    std::vector<std::pair<std::string, json::object>> create;
    std::vector<std::pair<std::string, json::object>> update;
    std::vector<std::string> destroy;
};
/// Errors: invalidArguments, requestTooLarge.
Result<SetArguments> read_set(const json::object& arguments, const SetRules& rules = {});
/// Errors: stateMismatch.
Result<void> check_state(const SetArguments& arguments, std::string_view state);

/// Gathers the outcome of a /set.
class SetResponse {
  public:
    /// `server_set`: what the client did not send; has "id".
    void created(const std::string& creation_id, json::object server_set);
    /// `changed`: what changed beyond the patch; empty: null.
    void updated(const std::string& id, json::object changed = {});
    void destroyed(const std::string& id);
    void not_created(const std::string& creation_id, const SetError& error);
    void not_updated(const std::string& id, const SetError& error);
    void not_destroyed(const std::string& id, const SetError& error);
    json::object object(const std::string& account_id,
                        const std::optional<std::string>& old_state,
                        const std::string& new_state) &&;

  private:
    json::object created_;
    json::object updated_;
    json::array destroyed_;
    json::object not_created_;
    json::object not_updated_;
    json::object not_destroyed_;
};

/// A filter as a tree (RFC 8620 5.5), at most 8 deep and 100 conditions.
struct Filter {
    enum class Kind { condition, all_of, any_of, none_of };
    Kind kind = Kind::condition;
    json::object condition;     ///< of the kind condition
    std::vector<Filter> parts;  ///< of the others
};
struct Comparator {
    std::string property;
    bool ascending = true;
};
struct QueryRules {
    Names conditions;  ///< of the filter; others: unsupportedFilter
    Names sort;        ///< properties; others: unsupportedSort
    Names more = {};
};
struct QueryArguments {
    std::string account_id;
    std::optional<Filter> filter;
    std::vector<Comparator> sort;
    std::int64_t position = 0;
    std::optional<std::string> anchor;
    std::int64_t anchor_offset = 0;
    std::optional<std::uint64_t> limit;
    bool calculate_total = false;
};
/// Errors: invalidArguments, unsupportedFilter, unsupportedSort.
Result<QueryArguments> read_query(const json::object& arguments, const QueryRules& rules);

/// Which of `total` results to give (5.5: negative positions, anchors).
struct Window {
    std::uint64_t position = 0;
    std::uint64_t count = 0;
    std::optional<std::uint64_t> limit;  ///< ours, where it differs from what was asked
};
/// `anchor_index`: where the anchor is in the results. Errors: anchorNotFound.
Result<Window> window_of(const QueryArguments& arguments,
                         std::uint64_t total,
                         std::optional<std::uint64_t> anchor_index,
                         std::uint64_t most);

struct QueryResult {
    std::string state;
    std::uint64_t total = 0;
    Window window;
    std::vector<std::string> ids;
    /// Whether /queryChanges will answer for the same filter and sort.
    enum class Changes { not_calculated, calculated } changes = Changes::not_calculated;
};
json::object query_response(const QueryArguments& arguments, const QueryResult& result);

struct QueryChangesArguments {
    QueryArguments query;  ///< the account, filter, sort, and whether the total is wanted
    std::string since_state;
    std::optional<std::uint64_t> most;  ///< changes, removed and added ones together
    std::optional<std::string> up_to_id;
};
/// Errors: as read_query.
Result<QueryChangesArguments> read_query_changes(const json::object& arguments,
                                                 const QueryRules& rules);

struct AddedItem {
    std::string id;
    std::uint64_t index = 0;  ///< among the results as they are now
};
/// RFC 8620 5.6: a client takes `removed` out of what it has, then puts `added` in, in their order.
struct QueryChanges {
    std::string new_state;
    std::uint64_t total = 0;
    std::vector<std::string> removed;
    std::vector<AddedItem> added;  ///< lowest index first
};
/// Errors: tooManyChanges.
Result<json::object> query_changes_response(const QueryChangesArguments& arguments,
                                            const QueryChanges& changes);

}  // namespace kith::jmap
