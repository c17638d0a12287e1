#include "access/submission_check.h"

#include <algorithm>
#include <set>

#include "identity/keystate.h"
#include "note/stamp.h"
#include "note/token_link.h"

namespace kith {
namespace {

using jmap::SetErrorType;

// "envelope/rcptTo/3": which of them it is.
std::string place_of(std::size_t index) {
    return "envelope/rcptTo/" + std::to_string(index);
}

std::unexpected<jmap::SetError> bad_recipient(std::size_t index,
                                              const std::string& email,
                                              const std::string& why) {
    return refuse_property(place_of(index), (email.empty() ? "" : email + ": ") + why);
}

// The signature of a device of the newest card that may sign now. `what`: the note's type.
Result<void> check_signature(const SignedNote& note,
                             const SenderState& sender,
                             const char* what = "stub") {
    const Card& card = sender.chain->current().card;
    std::vector<NamedKey> keys;
    keys.reserve(card.devices.size());
    for (const CardDevice& device : card.devices)
        keys.push_back({card.key_name(device.name), device.key});
    for (const std::size_t index : TRY(verify_note(note, keys)))
        if (key_state(*sender.chain, keys[index].key, sender.now).good())
            return {};
    return fail(ErrorKind::untrusted,
                std::string(what) + ": signature",
                "is not of a device that may send");
}

Result<void> check_stub_fields(const Stub& stub, const SenderState& sender, const Target& to) {
    const auto wrong = [](const char* field, const char* why) {
        return fail(ErrorKind::conflict, std::string("stub: ") + field, why);
    };
    if (stub.from != sender.address)
        return wrong("from", "is not this account");
    if (stub.root != sender.root)
        return wrong("root", "is not this account's");
    if (stub.card != sender.card)
        return wrong("card", "is not the newest card of this account");
    if (stub.to != to)
        return wrong("to", "is not the recipient");
    if (stub.expires <= stub.time || stub.expires - stub.time > kMaxStubLife)
        return wrong("expires", "must be at most 60 days after its time");
    return check_times(stub, sender.now);
}

struct Read {
    EnvelopeRecipient recipient;
    SignedNote note;
};

// The form of one member of rcptTo.
Result<Read> read_recipient(const json::object& object) {
    const auto wrong = [](const char* what, const std::string& why) {
        return fail(ErrorKind::malformed, what, why);
    };
    Properties properties(object);
    auto to = parse_target(properties.required_text("email", 400));
    if (!to)
        return wrong("email", "is not an address");
    const json::object none;
    const auto* given = properties.object("parameters");
    Properties parameters(given == nullptr ? none : *given);
    EnvelopeRecipient recipient;
    recipient.to = *to;
    recipient.note = parameters.required_text("stub", kMaxStub);
    recipient.token = parameters.text("token", kMaxToken).value_or("");
    recipient.stamp = parameters.text("stamp", kMaxStamp).value_or("");
    recipient.introduction = parameters.text("introduction", kMaxIntroduction).value_or("");
    if (parameters.boolean("bcc").value_or(false))
        recipient.copy = RecipientRecord::Copy::blind;
    if (!parameters.good())
        return wrong("parameters", parameters.error().error().description);
    if (!recipient.token.empty() && !is_token(recipient.token))
        return wrong("token", "is not a token");
    if (!recipient.stamp.empty())
        TRY(parse_stamp(recipient.stamp));
    auto note = TRY(SignedNote::parse(recipient.note));
    recipient.stub = TRY(parse_stub(note));
    return Read{std::move(recipient), std::move(note)};
}

// A letter of introduction goes to the two whom it introduces, and to nobody else.
Result<std::optional<IntroductionPart>> read_introduction(
    const std::vector<EnvelopeRecipient>& recipients, const SenderState& sender) {
    const std::string& text = recipients.front().introduction;
    const auto wrong = [](const char* field, const char* why) {
        return fail(ErrorKind::conflict, std::string("introduction: ") + field, why);
    };
    if (!std::ranges::all_of(recipients,
                             [&](const auto& each) { return each.introduction == text; }))
        return wrong("parameters", "is not the same for all recipients");
    if (text.empty())
        return std::optional<IntroductionPart>();
    auto part = TRY(parse_introduction_part(text, sender.now));
    const Introduction& fields = part.fields;
    if (fields.from != sender.address)
        return wrong("from", "is not this account");
    if (fields.root != sender.root)
        return wrong("root", "is not this account's");
    if (fields.card != sender.card)
        return wrong("card", "is not the newest card of this account");
    const bool both = recipients.size() == 2 &&
                      std::ranges::all_of(fields.people, [&](const IntroducedPerson& person) {
                          return std::ranges::any_of(recipients, [&](const auto& each) {
                              return each.to.address == person.address;
                          });
                      });
    if (!both)
        return wrong("person", "the two are not the two recipients");
    TRY(check_signature(part.note, sender, "introduction"));
    return std::optional(std::move(part));
}

const json::array* recipients_in(const json::object& create) {
    const auto* envelope = create.if_contains("envelope");
    const auto* object = envelope == nullptr ? nullptr : envelope->if_object();
    const auto* list = object == nullptr ? nullptr : object->if_contains("rcptTo");
    return list == nullptr ? nullptr : list->if_array();
}

}  // namespace

OrSetError<SenderState> sender_state(ReadTransaction& store, const MethodCall& call) {
    const auto account = store.account(call.account());
    if (!account || account->state != AccountRecord::State::active)
        return refuse(SetErrorType::forbidden_to_send, "the account is disabled");
    auto chain = call.services->chains.get(store, account->root);
    if (!chain)
        return refuse(SetErrorType::server_fail);
    const auto state = account_state(**chain, call.now());
    if (state != KeyStanding::active)
        return refuse(SetErrorType::forbidden_to_send,
                      std::string("the account is ") + name_of(state));
    return SenderState{call.caller->address, account->root, account->card, *chain, call.now()};
}

OrSetError<Envelope> read_envelope(const json::object& create,
                                   const SenderState& sender,
                                   std::size_t most_recipients) {
    const auto* list = recipients_in(create);
    if (list == nullptr || list->empty())
        return refuse_property("envelope", "must name the recipients in rcptTo");
    if (list->size() > most_recipients) {
        auto error = refuse(SetErrorType::too_many_recipients);
        error.error().more["maxRecipients"] = most_recipients;
        return error;
    }
    Envelope envelope;
    envelope.card = sender.card;
    std::set<Target> seen;
    for (std::size_t i = 0; i < list->size(); ++i) {
        if (!(*list)[i].is_object())
            return bad_recipient(i, "", "is not an object");
        auto read = read_recipient((*list)[i].get_object());
        if (!read)
            return bad_recipient(i, "", read.error().where + ": " + read.error().detail);
        const auto& to = read->recipient.to;
        auto good = check_stub_fields(read->recipient.stub, sender, to);
        if (good)
            good = check_signature(read->note, sender);
        if (!good)
            return bad_recipient(i, to.text(), good.error().where + ": " + good.error().detail);
        if (!seen.insert(to).second)
            return bad_recipient(i, to.text(), "comes twice");
        envelope.recipients.push_back(std::move(read->recipient));
    }
    auto introduction = read_introduction(envelope.recipients, sender);
    if (!introduction)
        return bad_recipient(
            0, "", introduction.error().where + ": " + introduction.error().detail);
    envelope.introduction = *std::move(introduction);
    return envelope;
}

OrSetError<void> check_message(const Envelope& envelope, const MessageRecord& message) {
    for (std::size_t i = 0; i < envelope.recipients.size(); ++i) {
        const auto& [to, stub, note, token, stamp, copy, introduction] = envelope.recipients[i];
        if (stub.id != message.stub_id)
            return bad_recipient(i, to.text(), "stub: id: is not the Email's kith/stubId");
        if (stub.blob != message.blob)
            return bad_recipient(i, to.text(), "stub: blob: is not the Email's");
        if (stub.size != message.size)
            return bad_recipient(i, to.text(), "stub: size: is not the blob's");
    }
    return {};
}

}  // namespace kith
