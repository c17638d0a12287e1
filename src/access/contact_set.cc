#include "access/contact_set.h"

#include <algorithm>

#include "access/contact_object.h"
#include "access/request_set.h"
#include "access/standard_methods.h"
#include "base/text.h"
#include "delivery/grant_ledgers.h"
#include "delivery/new_contact.h"
#include "note/address.h"

namespace kith {
namespace {

using jmap::SetErrorType;

constexpr std::string_view kSettable[] = {"address",
                                          "root",
                                          "level",
                                          "name",
                                          "verified",
                                          "source",
                                          "suspended",
                                          "lastEngagedAt",
                                          "ledger"};
constexpr std::string_view kMeters[] = {"mail", "introductions", "vouches", "earned"};
constexpr std::string_view kChangeable[] = {
    "address", "level", "name", "verified", "source", "suspended"};
constexpr std::size_t kMaxName = 200;
constexpr std::size_t kMaxSource = 32;
constexpr std::size_t kMaxCredit = 16;
constexpr std::uint64_t kMostCredit = 1'000;

class ContactSet final : public ObjectSet {
  public:
    explicit ContactSet(WriteContext& context) : context_(context) {}

    ObjectType type() const override { return ObjectType::contact; }

    OrSetError<json::object> create(const json::object& object) override {
        Properties properties(object, kSettable);
        GrantRecord grant;
        const auto root = parse_hash(properties.required_text("root", 71));
        if (!root)
            properties.bad("root", "must be sha256: and 64 hex digits");
        else
            grant.root = *root;
        grant.since = context_.call.now();
        read(properties, grant);
        if (!properties.good())
            return properties.error();
        begin(properties, grant);
        if (!properties.good())
            return properties.error();
        if (grant.root == context_.call.caller->root)
            return refuse_property("root", "is one's own");
        if (context_.store.grant(context_.account(), grant.root))
            return already_there(grant.root);
        if (context_.store.grants(context_.account()).size() >= context_.call.limits().contacts)
            return refuse(SetErrorType::over_quota, "there are as many contacts as may be");
        context_.store.put_grant(context_.account(), grant);
        heed_new_contact(context_.store, context_.account(), grant.root, grant.since);
        if (auto swept = sweep_if_blocked(grant); !swept)
            return std::unexpected(swept.error());
        auto made = contact_object(grant, grant.since);
        for (const auto& member : object)
            made.erase(member.key());
        return made;
    }

    OrSetError<json::object> update(const std::string& id, const json::object& patch) override {
        auto grant = find(id);
        if (!grant)
            return refuse(SetErrorType::not_found);
        const auto after = patched(contact_object(*grant, context_.call.now()),
                                   patch,
                                   kChangeable,
                                   {{"name", ""}, {"verified", false}, {"suspended", false}});
        if (!after)
            return std::unexpected(after.error());
        Properties properties(*after);
        const auto level = grant->level;
        read(properties, *grant);
        if (grant->level != level)
            choose_level(*grant, grant->level, context_.call.now());
        suspend(*grant, properties.boolean("suspended").value_or(false));
        if (!properties.good())
            return properties.error();
        context_.store.put_grant(context_.account(), *grant);
        if (auto swept = sweep_if_blocked(*grant); !swept)
            return std::unexpected(swept.error());
        return json::object();
    }

    OrSetError<void> destroy(const std::string& id) override {
        const auto grant = find(id);
        if (!grant)
            return refuse(SetErrorType::not_found);
        context_.store.remove_grant(context_.account(), grant->root);
        return {};
    }

  private:
    std::optional<GrantRecord> find(const std::string& id) {
        const auto root = parse_hash_hex(id);
        return root ? context_.store.grant(context_.account(), *root) : std::nullopt;
    }

    // One that was a contact elsewhere, as its Contact object said there, comes as out of a backup:
    // with what it had left, and at most half the caps. Who was a contact here goes on as they
    // were.
    void begin(Properties& properties, GrantRecord& grant) {
        const Time now = grant.since;
        const auto engaged = properties.time("lastEngagedAt");
        const auto* ledger = properties.object("ledger");
        const bool suspended = properties.boolean("suspended").value_or(false);
        begin_ledger(grant, context_.store, context_.account(), now);
        if ((ledger != nullptr || engaged) &&
            !context_.store.past_ledger(context_.account(), grant.root)) {
            GrantLedger before = GrantLedger::after_loss(
                level_of(grant.level), std::min(engaged.value_or(now), now), now);
            if (ledger != nullptr)
                use_up(properties, *ledger, before, now);
            before.come_back(now);
            set_ledger(grant, before);
        }
        if (suspended)
            suspend(grant, true);
    }

    // Down to what is left of each meter.
    static void use_up(Properties& outer, const json::object& left, GrantLedger& ledger, Time now) {
        Properties properties(left, kMeters);
        const auto use = [&](GrantBucket bucket, const char* name) {
            const auto credit = read_credit(properties.text(name, kMaxCredit).value_or(""));
            while (credit && ledger.available(bucket, now) >= *credit + kOneCredit)
                if (!ledger.take(bucket, now))
                    break;
            return credit.has_value();
        };
        if (!use(GrantBucket::mail, "mail") || !use(GrantBucket::introductions, "introductions") ||
            !use(GrantBucket::vouches, "vouches") || !properties.good())
            outer.bad("ledger", "must have mail, introductions and vouches, each like \"5.5\"");
    }

    // "5.5": as Credit::text() writes it.
    static std::optional<Credit> read_credit(std::string_view text) {
        const auto point = text.find('.');
        const auto whole = parse_decimal(text.substr(0, point), kMostCredit);
        const auto tenths = parse_decimal(
            point == std::string_view::npos ? std::string_view() : text.substr(point + 1), 9);
        if (!whole || !tenths)
            return std::nullopt;
        return Credit::whole(static_cast<std::int64_t>(*whole)) +
               Credit::tenths(static_cast<std::int64_t>(*tenths));
    }

    // Who is blocked does not go on waiting to be heard.
    OrSetError<void> sweep_if_blocked(const GrantRecord& grant) {
        if (grant.level != GrantRecord::Level::blocked)
            return {};
        const auto swept = sweep_requests(context_, [&](const MessageRecord& message) {
            return message.from_root == grant.root;
        });
        if (!swept)
            return std::unexpected(jmap::set_error_of(swept.error()));
        return {};
    }

    // What a client sets; the address must be that of the newest card of the root.
    void read(Properties& properties, GrantRecord& grant) {
        grant.name = properties.text("name", kMaxName).value_or("");
        if (!is_plain_text(grant.name, kMaxName))
            properties.bad("name", "must be plain text");
        grant.source = properties.text("source", kMaxSource).value_or("by hand");
        if (!is_plain_text(grant.source, kMaxSource))
            properties.bad("source", "must be plain text");
        const auto level = parse_level(properties.required_text("level", 32));
        if (!level)
            properties.bad("level", "must be well-trusted, known or blocked");
        grant.level = level.value_or(GrantRecord::Level::known);
        grant.verified = properties.boolean("verified").value_or(false) ? GrantRecord::Verified::yes
                                                                        : GrantRecord::Verified::no;
        read_address(properties, grant);
    }

    // "Looks hacked", or not any more: what the ledger holds stays as it is.
    void suspend(GrantRecord& grant, bool wanted) {
        const Time now = context_.call.now();
        GrantLedger ledger = ledger_of(grant, now);
        const bool suspended = ledger.choice().suspended == GrantChoice::Suspended::yes;
        if (wanted == suspended)
            return;
        if (wanted)
            ledger.suspend(now);
        else
            ledger.lift_suspension(now);
        set_ledger(grant, ledger);
    }

    void read_address(Properties& properties, GrantRecord& grant) {
        const auto address = Address::parse(properties.required_text("address", 400));
        if (!address) {
            properties.bad("address", "is not an address");
            return;
        }
        const bool same = grant.address == address->text();
        grant.address = address->text();
        if (same)
            return;
        const auto card = context_.store.newest_card(grant.root);
        if (!card)
            properties.bad("root", "has no card here yet; get it first");
        else if (card->address != grant.address)
            properties.bad("address", "is not that of the root's newest card");
        else
            grant.card = card->hash;
    }

    static OrSetError<json::object> already_there(const Hash& root) {
        auto error = refuse(SetErrorType::already_exists);
        error.error().more["existingId"] = root.hex_text();
        return error;
    }

    WriteContext& context_;
};

}  // namespace

Result<json::object> contact_set(WriteContext& context, const json::object& arguments) {
    ContactSet set(context);
    return run_set(context, arguments, set, {.most = context.call.limits().objects_in_set});
}

}  // namespace kith
