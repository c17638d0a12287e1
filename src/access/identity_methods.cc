// Identity (RFC 8621 section 6): the one address of the account.
#include "access/object_ids.h"
#include "access/standard_methods.h"

namespace kith {
namespace {

constexpr std::string_view kProperties[] = {
    "id", "name", "email", "replyTo", "bcc", "textSignature", "htmlSignature", "mayDelete"};

json::object identity_object(const Caller& caller) {
    return {{"id", object_id(IdKind::identity, caller.account)},
            {"name", ""},
            {"email", caller.address.text()},
            {"replyTo", nullptr},
            {"bcc", nullptr},
            {"textSignature", ""},
            {"htmlSignature", ""},
            {"mayDelete", false}};
}

// The address is the account's own; names and signatures are the devices' business.
class IdentitySet final : public ObjectSet {
  public:
    explicit IdentitySet(std::string own) : own_(std::move(own)) {}

    ObjectType type() const override { return ObjectType::identity; }
    OrSetError<json::object> create(const json::object& /*object*/) override {
        return refuse(jmap::SetErrorType::forbidden, "an account has the one identity");
    }
    OrSetError<json::object> update(const std::string& id, const json::object& /*patch*/) override {
        if (id != own_)
            return refuse(jmap::SetErrorType::not_found);
        return refuse(jmap::SetErrorType::forbidden, "it does not change");
    }
    OrSetError<void> destroy(const std::string& id) override {
        if (id != own_)
            return refuse(jmap::SetErrorType::not_found);
        return refuse(jmap::SetErrorType::forbidden, "mayDelete is false");
    }

  private:
    std::string own_;
};

Result<json::object> identity_get(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_get(
        arguments, {.properties = kProperties, .most = context.call.limits().objects_in_get}));
    const std::string own = object_id(IdKind::identity, context.account());
    json::array list;
    std::vector<std::string> not_found;
    for (const std::string& id : asked.ids.value_or(std::vector{own})) {
        if (id != own) {
            not_found.push_back(id);
            continue;
        }
        auto object = identity_object(*context.call.caller);
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    }
    auto state = type_state(context.store, context.account(), ObjectType::identity);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

Result<json::object> identity_set(WriteContext& context, const json::object& arguments) {
    IdentitySet set(object_id(IdKind::identity, context.account()));
    return run_set(context, arguments, set, {.most = context.call.limits().objects_in_set});
}

}  // namespace

void add_identity_methods(Methods& methods) {
    const std::string submission(jmap::kSubmission);
    methods.add("Identity/get", submission, ReadMethod(identity_get));
    methods.add("Identity/changes", submission, ReadMethod(standard_changes<ObjectType::identity>));
    methods.add("Identity/set", submission, WriteMethod(identity_set));
}

}  // namespace kith
