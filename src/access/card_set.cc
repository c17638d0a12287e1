#include "access/card_set.h"

#include <algorithm>

#include "access/card_object.h"
#include "access/standard_methods.h"

namespace kith {
namespace {

using jmap::SetErrorType;

constexpr std::string_view kSettable[] = {"note"};
constexpr std::int64_t kCardsInDay = 50;  // each costs the verification of the whole chain

std::unexpected<jmap::SetError> bad_note(const Error& error) {
    return refuse_property("note", error);
}

/// What a published card brings about once it is durable.
struct Published {
    std::vector<SignedCard> cards;
    std::vector<std::string> revoked;  ///< devices that lost their sessions
};

class CardSet final : public ObjectSet {
  public:
    explicit CardSet(WriteContext& context) : context_(context) {}

    ObjectType type() const override { return ObjectType::card; }
    Published take() && { return std::move(published_); }

    OrSetError<json::object> create(const json::object& object) override {
        Properties properties(object, kSettable);
        const auto text = properties.required_text("note", kMaxNote);
        if (!properties.good())
            return properties.error();
        auto card = read_card(std::string_view(text));
        if (!card)
            return bad_note(card.error());
        if (auto fits = check_publication(*card); !fits)
            return bad_note(fits.error());
        auto chain = whole_chain();
        if (!chain)
            return refuse(SetErrorType::server_fail);
        const Card before = chain->current().card;
        auto added = chain->add(*card);
        if (!added)
            return bad_note(added.error());
        if (added->place == Chain::Place::known)
            return outcome(*chain);
        if (added->place == Chain::Place::superseded)
            return refuse_property("note", "card: prev: another card stands already");
        return publish(*std::move(card), *chain, before);
    }

    OrSetError<json::object> update(const std::string& /*id*/,
                                    const json::object& /*patch*/) override {
        return refuse(SetErrorType::forbidden, "a card changes by its next one, which is created");
    }

    OrSetError<void> destroy(const std::string& /*id*/) override {
        return refuse(SetErrorType::singleton);
    }

  private:
    Result<void> check_publication(const SignedCard& card) {
        const auto now = context_.call.now();
        const auto wrong = [](const char* field, const char* why) {
            return fail(ErrorKind::conflict, std::string("card: ") + field, why);
        };
        if (card.card.address != context_.call.caller->address)
            return wrong("address", "is not this account's");
        if (card.root() != context_.call.caller->root)
            return wrong("root", "is not this account's");
        if (card.card.time < now - kClockSkew)
            return wrong("time", "is more than five minutes ago");
        TRY(check_times(card.card, now));
        const auto day = now.time_since_epoch() / std::chrono::days(1);
        const auto key = "cards/" + std::to_string(context_.account());
        if (context_.store.count(key, day, 1) > kCardsInDay)
            return wrong("serial", "too many cards for a day");
        return {};
    }

    Result<Chain> whole_chain() {
        const auto chain =
            TRY(context_.call.services->chains.get(context_.store, context_.call.caller->root));
        return *chain;
    }

    OrSetError<json::object> publish(SignedCard card, const Chain& chain, const Card& before) {
        const ClientServices& services = *context_.call.services;
        if (auto signed_too = card.note.cosign(services.domain, services.domain_key); !signed_too)
            return bad_note(signed_too.error());
        context_.store.add_card({.hash = card.hash,
                                 .root = card.root(),
                                 .address = card.card.address.text(),
                                 .serial = static_cast<std::int64_t>(card.card.serial),
                                 .note = card.note.octets(),
                                 .first_seen = context_.call.now()});
        context_.store.set_account_card(context_.account(), chain.current().hash);
        drop_revoked(before, chain.current().card);
        touch_devices(before, chain.current().card);
        published_.cards.push_back(std::move(card));
        return outcome(chain);
    }

    // "A device that is revoked loses its sessions at once."
    void drop_revoked(const Card& before, const Card& after) {
        for (const CardDevice& device : before.devices) {
            const auto* now = after.device(device.name);
            if (now != nullptr && now->key == device.key)
                continue;
            context_.store.remove_sessions(context_.account(), device.name);
            published_.revoked.push_back(device.name);
        }
    }

    void touch_devices(const Card& before, const Card& after) {
        for (const CardDevice& device : after.devices) {
            const auto* was = before.device(device.name);
            if (was == nullptr || !(*was == device))
                context_.store.touch(context_.account(), ObjectType::device, device.name);
        }
        for (const CardDevice& device : before.devices)
            if (after.device(device.name) == nullptr)
                context_.store.touch(context_.account(), ObjectType::device, device.name);
        context_.changed.insert(ObjectType::device);
    }

    // The chain as it will be read: with our own signature on the newest card.
    OrSetError<json::object> outcome(const Chain& chain) {
        const auto stored = context_.store.card(chain.current().hash);
        json::object object;
        object["id"] = context_.call.caller->address.text();
        object["serial"] = chain.current().card.serial;
        object["hash"] = chain.current().hash.text();
        object["disputed"] = chain.standing() == Chain::Standing::disputed;
        object["card"] = stored ? json::value(stored->note) : json::value(nullptr);
        return object;
    }

    WriteContext& context_;
    Published published_;
};

}  // namespace

awaitable<Result<MethodOutcome>> card_set(MethodCall call, json::object arguments) {
    const auto asked = CO_TRY(jmap::read_set(
        arguments, {.most = call.limits().objects_in_set, .ids = jmap::IdForm::text}));
    if (asked.create.size() > 1)
        co_return jmap::fail_method(jmap::MethodError::request_too_large, "one card at a time");
    auto published = std::make_shared<Published>();
    auto answer = std::make_shared<json::object>();
    auto write = [&asked, published, answer](WriteContext& context) -> Result<void> {
        CardSet set(context);
        *answer = TRY(run_set(context, asked, set));
        *published = std::move(set).take();
        return {};
    };
    MethodOutcome outcome;
    outcome.created = CO_TRY(co_await write_for(call, std::move(write)));
    for (const std::string& device : published->revoked)
        call.services->hub.end_device(call.account(), device);
    for (SignedCard& card : published->cards)
        call.services->publisher.publish(call.account(), std::move(card));
    outcome.replies.push_back({"Card/set", std::move(*answer)});
    co_return outcome;
}

}  // namespace kith
