#include "access/blocked_domains.h"

#include <algorithm>

#include "access/request_set.h"
#include "access/standard_methods.h"
#include "note/address.h"

namespace kith {
namespace {

using jmap::SetErrorType;

constexpr std::string_view kProperties[] = {"id", "domain", "since"};
constexpr std::string_view kSettable[] = {"domain"};
constexpr std::size_t kMostBlocked = 1'000;

// Ids have no dots (RFC 8620 section 1.2), and domains no underscores.
std::string id_of(std::string domain) {
    std::ranges::replace(domain, '.', '_');
    return domain;
}

json::object object_of(const BlockedDomain& blocked) {
    return {{"id", id_of(blocked.domain)},
            {"domain", blocked.domain},
            {"since", format_time(blocked.since)}};
}

class BlockedDomainSet final : public ObjectSet {
  public:
    explicit BlockedDomainSet(WriteContext& context) : context_(context) {}

    ObjectType type() const override { return ObjectType::contact; }

    OrSetError<json::object> create(const json::object& object) override {
        Properties properties(object, kSettable);
        // A domain is what an address may have behind its @.
        const auto address =
            Address::parse("postmaster@" + properties.required_text("domain", 255));
        if (!address)
            properties.bad("domain", "is no domain");
        if (!properties.good())
            return properties.error();
        if (address->domain() == context_.call.caller->address.domain())
            return refuse_property("domain", "is one's own");
        if (context_.store.blocked_domains(context_.account()).size() >= kMostBlocked)
            return refuse(SetErrorType::over_quota, "as many domains are blocked as may be");
        const BlockedDomain blocked{address->domain(), context_.call.now()};
        context_.store.block_domain(context_.account(), blocked);
        const auto from_there = [&](const MessageRecord& message) {
            return message.from.ends_with("@" + blocked.domain) &&
                   !context_.store.grant(context_.account(), message.from_root);
        };
        if (auto swept = sweep_requests(context_, from_there); !swept)
            return std::unexpected(jmap::set_error_of(swept.error()));
        return json::object{{"id", id_of(blocked.domain)}, {"since", format_time(blocked.since)}};
    }

    OrSetError<json::object> update(const std::string& /*id*/,
                                    const json::object& /*patch*/) override {
        return refuse(SetErrorType::forbidden, "a domain is blocked or not");
    }

    OrSetError<void> destroy(const std::string& id) override {
        for (const BlockedDomain& blocked : context_.store.blocked_domains(context_.account()))
            if (id_of(blocked.domain) == id) {
                context_.store.unblock_domain(context_.account(), blocked.domain);
                return {};
            }
        return refuse(SetErrorType::not_found);
    }

  private:
    WriteContext& context_;
};

}  // namespace

Result<json::object> blocked_domain_get(ReadContext& context, const json::object& arguments) {
    const auto most = context.call.limits().objects_in_get;
    const auto asked = TRY(jmap::read_get(arguments, {.properties = kProperties, .most = most}));
    json::array list;
    std::vector<std::string> not_found = asked.ids.value_or(std::vector<std::string>());
    for (const BlockedDomain& blocked : context.store.blocked_domains(context.account())) {
        const auto wanted = std::ranges::find(not_found, id_of(blocked.domain));
        if (asked.ids && wanted == not_found.end())
            continue;
        if (asked.ids)
            not_found.erase(wanted);
        auto object = object_of(blocked);
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    }
    auto state = type_state(context.store, context.account(), ObjectType::contact);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

Result<json::object> blocked_domain_set(WriteContext& context, const json::object& arguments) {
    BlockedDomainSet set(context);
    return run_set(context, arguments, set, {.most = context.call.limits().objects_in_set});
}

}  // namespace kith
