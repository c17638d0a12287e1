#include "access/card_draft.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "access/standard_methods.h"
#include "identity/chain.h"

namespace kith {
namespace {

using jmap::SetErrorType;

constexpr std::string_view kProperties[] = {"id", "note", "by", "createdAt", "expiresAt"};
constexpr std::string_view kSettable[] = {"note"};

struct Draft {
    std::string note;
    Hash hash;
    std::string by;
    Time created;
};

std::string key_of(AccountId account) {
    return "card-draft/" + std::to_string(account);
}

std::optional<Draft> read_draft(ReadTransaction& store, AccountId account, Time now) {
    const auto text = store.value(key_of(account));
    boost::system::error_code error;
    const json::value value = text ? json::parse(*text, error) : json::value();
    const auto* object = error ? nullptr : value.if_object();
    if (object == nullptr)
        return std::nullopt;
    Properties properties(*object);
    Draft draft{.note = properties.required_text("note", kMaxNote),
                .hash = {},
                .by = properties.required_text("by", 64),
                .created = properties.time("createdAt").value_or(Time())};
    const auto note = SignedNote::parse(draft.note);
    if (!note || draft.created + kDraftLife <= now)
        return std::nullopt;
    draft.hash = note->hash();
    return draft;
}

json::object draft_object(const Draft& draft) {
    json::object object;
    object["id"] = draft.hash.hex_text();
    object["note"] = draft.note;
    object["by"] = draft.by;
    object["createdAt"] = format_time(draft.created);
    object["expiresAt"] = format_time(draft.created + kDraftLife);
    return object;
}

class DraftSet final : public ObjectSet {
  public:
    explicit DraftSet(WriteContext& context) : context_(context) {}

    ObjectType type() const override { return ObjectType::device; }

    OrSetError<json::object> create(const json::object& object) override {
        Properties properties(object, kSettable);
        const auto text = properties.required_text("note", kMaxNote);
        if (!properties.good())
            return properties.error();
        const auto card = read_card(std::string_view(text));
        if (!card)
            return refuse_property("note", card.error());
        const auto now = context_.call.now();
        if (auto fits = check(*card, now); !fits)
            return refuse_property("note", fits.error());
        const auto day = now.time_since_epoch() / std::chrono::days(1);
        const auto key = "drafts/" + std::to_string(context_.account());
        if (context_.store.count(key, day, 1) >
            static_cast<std::int64_t>(context_.call.limits().cards_in_day.get()))
            return refuse(SetErrorType::rate_limit, "too many for a day");
        const Draft draft{.note = card->note.octets(),
                          .hash = card->hash,
                          .by = context_.call.caller->device,
                          .created = now};
        auto made = draft_object(draft);
        context_.store.put_value(key_of(context_.account()), json::serialize(made));
        touch();
        made.erase("note");
        return made;
    }

    OrSetError<json::object> update(const std::string& /*id*/,
                                    const json::object& /*patch*/) override {
        return refuse(SetErrorType::forbidden, "it is published with another signature instead");
    }

    OrSetError<void> destroy(const std::string& id) override {
        const auto draft = read_draft(context_.store, context_.account(), context_.call.now());
        if (!draft || draft->hash.hex_text() != id)
            return refuse(SetErrorType::not_found);
        drop_draft(context_.store, context_.account());
        touch();
        return {};
    }

  private:
    // Whether more signatures would make it a card is for the devices, who see what it changes.
    Result<void> check(const SignedCard& card, Time now) {
        const auto wrong = [](const char* field, const char* why) {
            return fail(ErrorKind::conflict, std::string("card: ") + field, why);
        };
        const auto chain =
            TRY(context_.call.services->chains.get(context_.store, context_.call.caller->root));
        const SignedCard& current = chain->current();
        if (card.card.address != context_.call.caller->address)
            return wrong("address", "is not this account's");
        if (card.root() != context_.call.caller->root)
            return wrong("root", "is not this account's");
        if (card.card.prev != current.hash)
            return wrong("prev", "is not the card that stands");
        if (card.card.time < now - kClockSkew)
            return wrong("time", "is more than five minutes ago");
        TRY(check_times(card.card, now));
        const auto* device = current.card.device(context_.call.caller->device);
        if (device == nullptr)
            return wrong("signature", "is not of a device of the card");
        return verify_note(card.note, {card.card.key_name(device->name), device->key});
    }

    // Other devices look when their devices change.
    void touch() {
        context_.store.touch(context_.account(), ObjectType::device, context_.call.caller->device);
    }

    WriteContext& context_;
};

}  // namespace

bool is_waiting_draft(ReadTransaction& store, AccountId account, const Hash& hash, Time now) {
    const auto draft = read_draft(store, account, now);
    return draft && draft->hash == hash;
}

void drop_draft(WriteTransaction& store, AccountId account) {
    if (store.value(key_of(account)).value_or("") != "")
        store.put_value(key_of(account), "");
}

Result<json::object> card_draft_get(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_get(
        arguments, {.properties = kProperties, .most = context.call.limits().objects_in_get}));
    const auto draft = read_draft(context.store, context.account(), context.call.now());
    json::array list;
    std::vector<std::string> not_found;
    const auto give = [&] {
        auto object = draft_object(*draft);
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    };
    if (!asked.ids && draft)
        give();
    for (const std::string& id : asked.ids.value_or(std::vector<std::string>())) {
        if (draft && draft->hash.hex_text() == id)
            give();
        else
            not_found.push_back(id);
    }
    auto state = type_state(context.store, context.account(), ObjectType::device);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

Result<json::object> card_draft_set(WriteContext& context, const json::object& arguments) {
    DraftSet set(context);
    return run_set(context, arguments, set, {.most = context.call.limits().objects_in_set});
}

}  // namespace kith
