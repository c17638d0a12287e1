#include "access/submission_set.h"

#include <algorithm>

#include "access/email_object.h"
#include "access/email_set.h"
#include "access/object_ids.h"
#include "access/store_calls.h"
#include "access/submission_check.h"
#include "access/submission_object.h"
#include "base/text.h"
#include "delivery/correspondents.h"
#include "delivery/new_threads.h"
#include "delivery/settling.h"
#include "note/stamp.h"
#include "protocol/jmap_patch.h"

namespace kith {
namespace {

using jmap::SetErrorType;
using Envelopes = std::map<std::string, OrSetError<Envelope>>;  // by creation id

constexpr std::string_view kSettable[] = {"identityId", "emailId", "envelope"};
constexpr std::string_view kMore[] = {"onSuccessUpdateEmail", "onSuccessDestroyEmail"};
constexpr Seconds kHour{3600};
constexpr Seconds kDay{86'400};

/// The submissions that a /set touched, for what is to happen to their Emails.
using Touched = std::map<std::string, MessageId>;  // id or "#creation-id"

class SubmissionSet final : public ObjectSet {
  public:
    SubmissionSet(WriteContext& context,
                  const jmap::SetArguments& asked,
                  const Envelopes& envelopes)
        : context_(context), asked_(asked), envelopes_(envelopes) {}

    ObjectType type() const override { return ObjectType::submission; }
    const Touched& touched() const { return touched_; }
    /// Recipients that wait for a person.
    std::uint64_t waiting() const { return waiting_; }

    OrSetError<json::object> create(const json::object& object) override {
        const std::string& creation_id = creation_id_of(object);
        Properties properties(object, kSettable);
        const auto identity = properties.required_text("identityId", 255);
        if (identity != object_id(IdKind::identity, context_.account()))
            properties.bad("identityId", "is not an identity of this account");
        auto message = find_email(properties.required_text("emailId", 255));
        if (!message)
            properties.bad("emailId", "is not an Email");
        if (!message || !properties.good())
            return properties.error();
        const auto& envelope = envelopes_.at(creation_id);
        if (!envelope)
            return std::unexpected(envelope.error());
        if (auto fits = check(*envelope, *message); !fits)
            return std::unexpected(fits.error());
        return submit(creation_id, *envelope, *message);
    }

    OrSetError<json::object> update(const std::string& id, const json::object& patch) override {
        const auto submission = find(id);
        if (!submission)
            return refuse(SetErrorType::not_found);
        const auto before = submission_object(context_.store, context_.account(), *submission);
        // A patch that names a status names what becomes of one recipient.
        json::object plain;
        std::vector<std::pair<std::string, std::string>> stamps;
        for (const auto& member : patch) {
            auto stamp = read_stamp(member);
            if (!stamp)
                plain[member.key()] = member.value();
            else
                stamps.push_back(*std::move(stamp));
        }
        static constexpr std::string_view kChangeable[] = {"undoStatus"};
        const auto after = patched(before, plain, kChangeable);
        if (!after)
            return std::unexpected(after.error());
        auto recipients = context_.store.recipients(submission->id);
        if (auto stamped = put_stamps(recipients, stamps); !stamped)
            return std::unexpected(stamped.error());
        if (after->at("undoStatus") != before.at("undoStatus"))
            if (auto canceled = cancel(recipients, after->at("undoStatus")); !canceled)
                return std::unexpected(canceled.error());
        for (const RecipientRecord& recipient : recipients)
            if (changed_.contains(recipient.id))
                context_.store.update_recipient(recipient);
        touched_[id] = submission->message;
        return outcome_of(*submission, after->at("undoStatus"));
    }

    OrSetError<void> destroy(const std::string& id) override {
        const auto submission = find(id);
        if (!submission)
            return refuse(SetErrorType::not_found);
        if (undo_status(context_.store.recipients(submission->id)) == "pending")
            return refuse(SetErrorType::forbidden, "something of it is still queued");
        context_.store.remove_submission(context_.account(), submission->id);
        touched_[id] = submission->message;
        return {};
    }

  private:
    const std::string& creation_id_of(const json::object& object) const {
        const auto found = std::ranges::find_if(
            asked_.create, [&](const auto& entry) { return &entry.second == &object; });
        KITH_CHECK(found != asked_.create.end());
        return found->first;
    }

    std::optional<MessageRecord> find_email(const std::string& id) {
        const auto real = context_.ids.real(id);
        const auto number = real ? parse_object_id(IdKind::email, *real) : std::nullopt;
        auto message = number ? context_.store.message(context_.account(), *number) : std::nullopt;
        return message && message->tier == MessageTier::own ? message : std::nullopt;
    }

    std::optional<SubmissionRecord> find(const std::string& id) {
        const auto number = parse_object_id(IdKind::submission, id);
        return number ? context_.store.submission(context_.account(), *number) : std::nullopt;
    }

    OrSetError<void> check(const Envelope& envelope, const MessageRecord& message) {
        const auto account = context_.store.account(context_.account());
        if (!account || account->card != envelope.card)
            return refuse_property("envelope", "the account has a newer card");
        if (auto fits = check_message(envelope, message); !fits)
            return fits;
        const auto& limits = context_.call.limits();
        const auto now = context_.call.now();
        const auto more = static_cast<std::uint64_t>(envelope.recipients.size());
        const auto sent_since = [&](Time since) {
            return more + static_cast<std::uint64_t>(
                              context_.store.recipients_since(context_.account(), since));
        };
        if (sent_since(now - kHour) > limits.recipients_in_hour ||
            sent_since(now - kDay) > limits.recipients_in_day)
            return refuse(SetErrorType::over_quota, "too many recipients for now; try again later");
        return {};
    }

    OrSetError<json::object> submit(const std::string& creation_id,
                                    const Envelope& envelope,
                                    MessageRecord& message) {
        const auto now = context_.call.now();
        const auto introduction = introduce(envelope);
        if (!introduction)
            return std::unexpected(introduction.error());
        const auto is_new = [&](const EnvelopeRecipient& each) {
            return begins_thread(context_.store, context_.account(), each.stub, now);
        };
        const auto begun = std::ranges::count_if(envelope.recipients, is_new);
        const Begin begin = begin_threads(context_.store,
                                          context_.account(),
                                          static_cast<std::uint64_t>(begun),
                                          context_.call.limits().new_threads_in_hour,
                                          now);
        std::vector<RecipientRecord> recipients;
        for (const EnvelopeRecipient& each : envelope.recipients) {
            RecipientRecord recipient;
            recipient.account = context_.account();
            recipient.address = each.to.text();
            recipient.domain = each.to.address.domain();
            recipient.stub = each.note;
            recipient.blob = each.stub.blob;
            recipient.token = each.token;
            if (const auto answered = answered_by(context_.store, context_.account(), each.stub);
                answered && recipient.token.empty())
                recipient.token = answered->reply_token;
            recipient.stamp = each.stamp;
            recipient.introduction = *introduction;
            recipient.copy = each.copy;
            recipient.next_attempt = now;
            recipient.expires =
                std::min(each.stub.expires, now + context_.call.limits().queue_life.get());
            recipient.updated = now;
            if (begin != Begin::go && is_new(each))
                wait_for_person(recipient, each.stub, begin);
            else if (auto noted = note_sent(context_.store, context_.account(), each.note, now);
                     !noted)
                return std::unexpected(jmap::set_error_of(noted.error()));
            recipients.push_back(std::move(recipient));
        }
        for (const EnvelopeRecipient& each : envelope.recipients)
            if (auto engaged = engage(each); !engaged)
                return std::unexpected(jmap::set_error_of(engaged.error()));
        if (message.state == MessageState::draft) {
            message.state = MessageState::sent;
            if (!context_.store.update_message(context_.account(), message))
                return refuse(SetErrorType::server_fail);
            context_.changed.insert(ObjectType::email);
        }
        std::set<std::string> domains;
        for (const RecipientRecord& recipient : recipients)
            domains.insert(recipient.domain);
        note_written_to(context_.store, context_.account(), domains, now);
        const auto id = context_.store.add_submission(
            context_.account(), message.id, now, std::move(recipients));
        const auto made = context_.store.submission(context_.account(), id);
        KITH_CHECK(made.has_value());
        touched_["#" + creation_id] = message.id;
        auto object = submission_object(context_.store, context_.account(), *made);
        for (const std::string_view sent : kSettable)
            object.erase(sent);
        return object;
    }

    // The note with the domain's signature: it says that the account has stood for both. Empty: the
    // message introduces nobody.
    OrSetError<std::string> introduce(const Envelope& envelope) {
        if (!envelope.introduction)
            return std::string();
        const auto stood = stand_for_both(
            envelope.introduction->fields, context_.account(), context_.store, context_.call.now());
        if (!stood && stood.error().kind == ErrorKind::not_found)
            return refuse_property("envelope", stood.error().where + " is no contact of yours");
        if (!stood)
            return refuse(SetErrorType::over_quota,
                          "you have stood for " + stood.error().where +
                              " as often as you may for now; try again in some days");
        context_.changed.insert(ObjectType::contact);
        SignedNote note = envelope.introduction->note;
        const auto& services = *context_.call.services;
        if (!note.cosign(services.domain, services.domain_key) ||
            note.octets().size() > kMaxIntroduction)
            return refuse_property("envelope", "introduction: is too large");
        return note.octets();
    }

    void wait_for_person(RecipientRecord& recipient, const Stub& stub, Begin why) {
        recipient.state = RecipientState::unconfirmed;
        recipient.answer = waiting_answer(why);
        recipient.expires =
            std::min(stub.expires, context_.call.now() + context_.call.limits().confirm_life.get());
        ++waiting_;
    }

    // An answer is what fills a contact's meter again (protocol 5.5), once for each message; mail
    // that answers nothing keeps the contact from fading.
    Result<void> engage(const EnvelopeRecipient& recipient) {
        context_.changed.insert(ObjectType::contact);
        const Time now = context_.call.now();
        auto answered = answered_by(context_.store, context_.account(), recipient.stub);
        if (!answered || answered->outcome != MessageRecord::Outcome::none) {
            keep_alive(context_.store, context_.account(), recipient.to.address.text(), now);
            return {};
        }
        TRY(settle_message(
            context_.store, context_.account(), *answered, MessageOutcome::engaged, now));
        context_.changed.insert(ObjectType::email);
        return context_.store.update_message(context_.account(), *answered);
    }

    // "deliveryStatus/ADDRESS/stamp": the address and the line.
    static std::optional<std::pair<std::string, std::string>> read_stamp(
        const json::key_value_pair& member) {
        const auto path = jmap::split_pointer(member.key());
        const bool is_stamp = path && path->size() == 3 && path->front() == "deliveryStatus" &&
                              path->back() == "stamp" && member.value().is_string();
        if (!is_stamp)
            return std::nullopt;
        return std::pair((*path)[1], text_of(member.value().get_string()));
    }

    OrSetError<void> put_stamps(std::vector<RecipientRecord>& recipients,
                                const std::vector<std::pair<std::string, std::string>>& stamps) {
        for (const auto& [address, line] : stamps) {
            const std::string property = "deliveryStatus/" + address + "/stamp";
            const auto found = std::ranges::find(recipients, address, &RecipientRecord::address);
            if (found == recipients.end() || (found->state != RecipientState::needs_stamp &&
                                              found->state != RecipientState::held))
                return refuse_property(property, "no stamp is asked for");
            // An empty line asks for the price once more: its note ends within two hours.
            if (!line.empty() && (line.size() > kMaxStamp || !parse_stamp(line)))
                return refuse_property(property, "is not a stamp");
            // What a held stub was paid stays known, so that it can be raised.
            if (!line.empty() || found->state != RecipientState::held)
                found->stamp = line;
            found->state = RecipientState::queued;
            found->next_attempt = context_.call.now();
            found->updated = found->next_attempt;
            changed_.insert(found->id);
        }
        return {};
    }

    OrSetError<void> cancel(std::vector<RecipientRecord>& recipients, const json::value& wanted) {
        if (wanted != json::value("canceled"))
            return refuse_property("undoStatus", "can only become \"canceled\"");
        if (std::ranges::none_of(recipients, can_cancel))
            return refuse(SetErrorType::cannot_unsend, "nothing of it is queued any more");
        for (RecipientRecord& recipient : recipients) {
            if (!can_cancel(recipient))
                continue;
            recipient.state = RecipientState::failed;
            recipient.answer = canceled_answer();
            recipient.updated = context_.call.now();
            changed_.insert(recipient.id);
        }
        return {};
    }

    // Told only where it is not what was asked for.
    json::object outcome_of(const SubmissionRecord& submission, const json::value& wanted) {
        const auto now = submission_object(context_.store, context_.account(), submission);
        json::object changed;
        if (now.at("undoStatus") != wanted)
            changed["undoStatus"] = now.at("undoStatus");
        return changed;
    }

    WriteContext& context_;
    const jmap::SetArguments& asked_;
    const Envelopes& envelopes_;
    std::set<std::int64_t> changed_;
    Touched touched_;
    std::uint64_t waiting_ = 0;
};

// RFC 8621 7.5: what is to happen to the Emails of the submissions that went through.
Result<std::optional<jmap::SetArguments>> email_changes(const json::object& arguments,
                                                        const std::string& account_id,
                                                        const Touched& touched) {
    jmap::SetArguments changes;
    changes.account_id = account_id;
    const auto email_of = [&](std::string_view id) -> std::optional<std::string> {
        const auto found = touched.find(std::string(id));
        return found == touched.end() ? std::nullopt
                                      : std::optional(object_id(IdKind::email, found->second));
    };
    if (const auto* updates = arguments.if_contains("onSuccessUpdateEmail");
        updates != nullptr && !updates->is_null()) {
        for (const auto& member : updates->get_object())
            if (const auto email = email_of(member.key()))
                changes.update.emplace_back(*email, member.value().get_object());
    }
    const auto destroyed = TRY(jmap::read_strings(arguments, "onSuccessDestroyEmail"));
    for (const std::string& id : destroyed.value_or(std::vector<std::string>()))
        if (const auto email = email_of(id))
            changes.destroy.push_back(*email);
    if (changes.update.empty() && changes.destroy.empty())
        return std::optional<jmap::SetArguments>();
    return std::optional(std::move(changes));
}

Result<void> check_email_changes(const json::object& arguments) {
    const auto wrong = [](const char* name) {
        return jmap::fail_method(jmap::MethodError::invalid_arguments,
                                 std::string(name) + ": has another form");
    };
    TRY(jmap::read_strings(arguments, "onSuccessDestroyEmail"));
    const auto* updates = arguments.if_contains("onSuccessUpdateEmail");
    if (updates == nullptr || updates->is_null())
        return {};
    if (!updates->is_object())
        return wrong("onSuccessUpdateEmail");
    for (const auto& member : updates->get_object())
        if (!member.value().is_object())
            return wrong("onSuccessUpdateEmail");
    return {};
}

// Signatures, on a worker thread.
Envelopes read_envelopes(ReadTransaction& store,
                         const MethodCall& call,
                         const jmap::SetArguments& asked) {
    Envelopes envelopes;
    if (asked.create.empty())
        return envelopes;
    const auto sender = sender_state(store, call);
    for (const auto& [creation_id, object] : asked.create)
        envelopes.emplace(creation_id,
                          sender
                              ? read_envelope(object, *sender, call.limits().recipients_in_message)
                              : std::unexpected(sender.error()));
    return envelopes;
}

struct Written {
    std::vector<MethodReply> replies;
    std::uint64_t waiting = 0;  ///< recipients, for a person
};

Result<void> write_submissions(WriteContext& context,
                               const json::object& arguments,
                               const jmap::SetArguments& asked,
                               const Envelopes& envelopes,
                               Written& written) {
    SubmissionSet set(context, asked, envelopes);
    written = {};
    written.replies.push_back({"EmailSubmission/set", TRY(run_set(context, asked, set))});
    written.waiting = set.waiting();
    const auto changes = TRY(email_changes(arguments, asked.account_id, set.touched()));
    if (changes) {
        const auto emails = email_object_set(context);
        written.replies.push_back({"Email/set", TRY(run_set(context, *changes, *emails))});
    }
    return {};
}

}  // namespace

awaitable<Result<MethodOutcome>> submission_set(MethodCall call, json::object arguments) {
    const auto asked =
        CO_TRY(jmap::read_set(arguments, {.most = call.limits().objects_in_set, .more = kMore}));
    CO_TRY(check_email_changes(arguments));
    auto ask = [call, &asked](ReadTransaction& store) -> Result<Envelopes> {
        return read_envelopes(store, call, asked);
    };
    const auto envelopes = CO_TRY(co_await ask_store(call.services, std::move(ask)));
    auto written = std::make_shared<Written>();
    auto write = [&asked, &arguments, &envelopes, written](WriteContext& context) {
        return write_submissions(context, arguments, asked, envelopes, *written);
    };
    MethodOutcome outcome;
    outcome.created = CO_TRY(co_await write_for(call, std::move(write)));
    outcome.replies = std::move(written->replies);
    call.services->outbox.notify();
    if (written->waiting > 0)
        call.services->meter.braked({.what = BrakeEvent::What::held,
                                     .account = call.account(),
                                     .recipients = written->waiting});
    co_return outcome;
}

}  // namespace kith
