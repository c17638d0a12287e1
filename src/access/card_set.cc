#include "access/card_set.h"

#include "access/card_publication.h"
#include "access/standard_methods.h"

namespace kith {
namespace {

using jmap::SetErrorType;

constexpr std::string_view kSettable[] = {"note"};

std::unexpected<jmap::SetError> bad_note(const Error& error) {
    return refuse_property("note", error);
}

class CardSet final : public ObjectSet {
  public:
    explicit CardSet(WriteContext& context) : context_(context) {}

    ObjectType type() const override { return ObjectType::card; }
    std::optional<Publication> take() && { return std::move(published_); }

    OrSetError<json::object> create(const json::object& object) override {
        Properties properties(object, kSettable);
        const auto text = properties.required_text("note", kMaxNote);
        if (!properties.good())
            return properties.error();
        auto card = read_card(std::string_view(text));
        if (!card)
            return bad_note(card.error());
        const auto account = context_.store.account(context_.account());
        if (!account)
            return refuse(SetErrorType::server_fail);
        auto done =
            publish_card(*context_.call.services, context_.store, *account, *std::move(card));
        if (!done && done.error().kind == ErrorKind::not_found)
            return refuse(SetErrorType::server_fail);
        if (!done)
            return bad_note(done.error());
        if (done->published)
            context_.changed.insert(ObjectType::device);
        auto made = outcome(*done);
        published_ = *std::move(done);
        return made;
    }

    OrSetError<json::object> update(const std::string& /*id*/,
                                    const json::object& /*patch*/) override {
        return refuse(SetErrorType::forbidden, "a card changes by its next one, which is created");
    }

    OrSetError<void> destroy(const std::string& /*id*/) override {
        return refuse(SetErrorType::singleton);
    }

  private:
    json::object outcome(const Publication& done) {
        const Chain& chain = *done.chain;
        json::object object;
        object["id"] = context_.call.caller->address.text();
        object["serial"] = chain.current().card.serial;
        object["hash"] = chain.current().hash.text();
        object["disputed"] = chain.standing() == Chain::Standing::disputed;
        object["card"] = done.note;
        return object;
    }

    WriteContext& context_;
    std::optional<Publication> published_;
};

}  // namespace

awaitable<Result<MethodOutcome>> card_set(MethodCall call, json::object arguments) {
    const auto asked = CO_TRY(jmap::read_set(
        arguments, {.most = call.limits().objects_in_set, .ids = jmap::IdForm::text}));
    if (asked.create.size() > 1)
        co_return jmap::fail_method(jmap::MethodError::request_too_large, "one card at a time");
    auto published = std::make_shared<std::optional<Publication>>();
    auto answer = std::make_shared<json::object>();
    auto write = [&asked, published, answer](WriteContext& context) -> Result<void> {
        CardSet set(context);
        *answer = TRY(run_set(context, asked, set));
        *published = std::move(set).take();
        return {};
    };
    MethodOutcome outcome;
    outcome.created = CO_TRY(co_await write_for(call, std::move(write)));
    if (*published)
        announce(*call.services, *std::move(*published));
    outcome.replies.push_back({"Card/set", std::move(*answer)});
    co_return outcome;
}

}  // namespace kith
