#include "access/submission_object.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "access/object_ids.h"
#include "access/properties.h"
#include "access/smtp_reply.h"

namespace kith {
namespace {

constexpr std::string_view kCanceled = "canceled";

std::string_view name_of(RecipientState state) {
    switch (state) {
        case RecipientState::queued:
            return "queued";
        case RecipientState::sending:
            return "sending";
        case RecipientState::delivered:
            return "delivered";
        case RecipientState::held:
            return "held";
        case RecipientState::needs_stamp:
            return "needs-stamp";
        case RecipientState::refused:
            return "refused";
        case RecipientState::failed:
            return "failed";
        case RecipientState::unconfirmed:
            return "unconfirmed";
    }
    return "failed";
}

// RFC 8621 section 7: what programs that know nothing of Kith look at.
std::string_view delivered_word(RecipientState state) {
    switch (state) {
        case RecipientState::delivered:
            return "yes";
        case RecipientState::refused:
        case RecipientState::failed:
            return "no";
        case RecipientState::held:
            return "unknown";
        default:
            return "queued";
    }
}

json::value answer_of(const RecipientRecord& recipient) {
    auto parsed = recipient.answer.empty() ? Result<json::value>(json::value(nullptr))
                                           : jmap::parse_json(recipient.answer);
    return parsed ? *std::move(parsed) : json::value(nullptr);
}

std::string text_member(const json::value& answer, std::string_view name) {
    const auto* found = answer.is_object() ? answer.get_object().if_contains(name) : nullptr;
    return found != nullptr && found->is_string() ? std::string(text_of(found->get_string()))
                                                  : std::string();
}

bool is_canceled(const RecipientRecord& recipient) {
    return recipient.state == RecipientState::failed &&
           text_member(answer_of(recipient), "type") == kCanceled;
}

bool waits(const RecipientRecord& recipient) {
    return recipient.state == RecipientState::queued || recipient.state == RecipientState::sending;
}

// What is held and sent again, for a better place, is held all the while.
RecipientState told_state(const RecipientRecord& recipient) {
    const bool held = recipient.held == RecipientRecord::Held::yes;
    return held && waits(recipient) ? RecipientState::held : recipient.state;
}

bool may_be_taken_back(const RecipientRecord& recipient) {
    if (recipient.state == RecipientState::unconfirmed)
        return true;
    return waits(recipient) && recipient.held == RecipientRecord::Held::no;
}

json::object status_of(const RecipientRecord& recipient) {
    auto answer = answer_of(recipient);
    json::value price(nullptr);
    if (auto* object = answer.if_object()) {
        if (auto* found = object->if_contains("price"))
            price = *found;
        object->erase("price");
    }
    json::object status;
    const RecipientState state = told_state(recipient);
    status["state"] = name_of(state);
    status["delivered"] = delivered_word(state);
    status["displayed"] = "unknown";
    status["smtpReply"] =
        smtp_reply(state, text_member(answer, "type"), text_member(answer, "detail"));
    status["time"] = format_time(recipient.updated);
    status["attempts"] = recipient.attempts;
    status["nextAttempt"] =
        waits(recipient) ? json::value(format_time(recipient.next_attempt)) : json::value(nullptr);
    status["answer"] = std::move(answer);
    status["price"] = std::move(price);
    // What a device looks at before it confirms it.
    if (recipient.state == RecipientState::unconfirmed) {
        status["stub"] = recipient.stub;
        status["expires"] = format_time(recipient.expires);
    }
    status["bcc"] = recipient.copy == RecipientRecord::Copy::blind;
    status["evidence"] =
        json::object{{"token", !recipient.token.empty()}, {"stamp", text_or_null(recipient.stamp)}};
    return status;
}

json::object envelope_of(const std::string& from, std::span<const RecipientRecord> recipients) {
    json::array to;
    for (const RecipientRecord& each : recipients)
        to.push_back(json::object{{"email", each.address}, {"parameters", nullptr}});
    return {{"mailFrom", json::object{{"email", from}, {"parameters", nullptr}}},
            {"rcptTo", std::move(to)}};
}

}  // namespace

std::string_view undo_status(std::span<const RecipientRecord> recipients) {
    if (std::ranges::any_of(recipients, may_be_taken_back))
        return "pending";
    return std::ranges::all_of(recipients, is_canceled) ? kCanceled : "final";
}

std::string canceled_answer() {
    return json::serialize(
        json::object{{"type", kCanceled}, {"detail", "cancelled by its sender"}});
}

bool can_cancel(const RecipientRecord& recipient) {
    return (recipient.state == RecipientState::queued &&
            recipient.held == RecipientRecord::Held::no) ||
           recipient.state == RecipientState::needs_stamp ||
           recipient.state == RecipientState::unconfirmed;
}

json::object submission_object(ReadTransaction& store,
                               AccountId account,
                               const SubmissionRecord& submission) {
    const auto recipients = store.recipients(submission.id);
    const auto message = store.message(account, submission.message);
    const auto owner = store.account(account);
    json::object statuses;
    for (const RecipientRecord& recipient : recipients)
        statuses[recipient.address] = status_of(recipient);
    json::object object;
    object["id"] = object_id(IdKind::submission, submission.id);
    object["identityId"] = object_id(IdKind::identity, account);
    object["emailId"] = object_id(IdKind::email, submission.message);
    object["threadId"] =
        message ? json::value(object_id(IdKind::thread, message->thread)) : json::value(nullptr);
    object["envelope"] = envelope_of(owner ? owner->address : std::string(), recipients);
    object["sendAt"] = format_time(submission.created);
    object["undoStatus"] = undo_status(recipients);
    object["deliveryStatus"] = std::move(statuses);
    object["dsnBlobIds"] = json::array();  // outcomes are states here, not letters
    object["mdnBlobIds"] = json::array();
    return object;
}

}  // namespace kith
