#include "access/confirm_method.h"

#include "access/properties.h"
#include "access/store_calls.h"
#include "delivery/alarms.h"
#include "delivery/confirmation.h"

namespace kith {
namespace {

using jmap::MethodError;

Error refused(const Error& why) {
    const std::string text = why.where + ": " + why.detail;
    const bool form = why.kind == ErrorKind::malformed || why.kind == ErrorKind::limit;
    return jmap::fail_method(form ? MethodError::invalid_arguments : MethodError::forbidden, text);
}

/// What the note comes to, found out off the writer thread.
struct Found {
    Hash card;  ///< the account's, that it was held against
    ConfirmSigner signer;
    Confirmable rows;
};

Result<SignedNote> read_note(const json::object& arguments) {
    const auto* text = arguments.if_contains("note");
    if (text == nullptr || !text->is_string())
        return jmap::fail_method(MethodError::invalid_arguments, "note: is no text");
    auto note = SignedNote::parse(text_of(text->get_string()));
    return note ? std::move(note) : Result<SignedNote>(refused(note.error()));
}

Result<Found> look(ReadTransaction& store,
                   const MethodCall& call,
                   const SignedNote& note,
                   const Confirmation& confirm) {
    const auto account = store.account(call.account());
    if (!account)
        return jmap::fail_method(MethodError::account_not_found);
    const auto chain = TRY(call.services->chains.get(store, account->root));
    auto signer = check_confirm(note, confirm, *chain, call.now());
    if (!signer)
        return refused(signer.error());
    auto rows = confirmable(store.unconfirmed(account->id), confirm, *signer, *chain, call.now());
    return Found{account->card, *std::move(signer), std::move(rows)};
}

/// What came of it.
struct Done {
    std::uint64_t gone = 0;
    std::uint64_t waiting = 0;
    bool met = false;  ///< a challenge, with the recovery key
};

Result<void> confirm_in(WriteContext& context, const Found& found, Done& done) {
    done = {};
    const auto account = context.store.account(context.account());
    if (!account || account->card != found.card)
        return jmap::fail_method(MethodError::forbidden, "the account has a newer card");
    const Time now = context.call.now();
    if (found.signer.by == ConfirmSigner::By::recovery) {
        done.met = meet_challenge(context.store, context.account(), now);
        context.changed.insert(ObjectType::card);
    } else if (is_challenged(context.store, context.account(), now)) {
        return jmap::fail_method(
            MethodError::forbidden,
            "several people say that somebody else writes as you: show that it is you first, with "
            "the recovery phrase or two devices");
    }
    done.gone = TRY(let_go(
        context.store, context.account(), found.rows.rows, context.call.limits().queue_life, now));
    done.waiting = context.store.unconfirmed(context.account()).size();
    context.changed.insert(ObjectType::submission);
    return {};
}

}  // namespace

awaitable<Result<MethodOutcome>> submission_confirm(MethodCall call, json::object arguments) {
    const SignedNote note = CO_TRY(read_note(arguments));
    const auto confirm = parse_confirm(note);
    if (!confirm)
        co_return refused(confirm.error());
    if (const auto good = check_times(*confirm, call.now()); !good)
        co_return refused(good.error());
    auto ask = [call, &note, &confirm](ReadTransaction& store) {
        return look(store, call, note, *confirm);
    };
    const Found found = CO_TRY(co_await ask_store(call.services, std::move(ask)));
    auto done = std::make_shared<Done>();
    auto write = [&found, done](WriteContext& context) {
        return confirm_in(context, found, *done);
    };
    MethodOutcome outcome;
    outcome.created = CO_TRY(co_await write_for(call, std::move(write)));
    call.services->outbox.notify();
    if (done->met)
        call.services->meter.braked(
            {.what = BrakeEvent::What::met, .account = call.account(), .recipients = 0});
    if (done->gone > 0)
        call.services->meter.braked({.what = BrakeEvent::What::confirmed,
                                     .account = call.account(),
                                     .recipients = done->gone});
    outcome.replies.push_back({"EmailSubmission/confirm",
                               {{"accountId", call.account_id()},
                                {"confirmed", done->gone},
                                {"forOthers", found.rows.for_others},
                                {"waiting", done->waiting}}});
    co_return outcome;
}

}  // namespace kith
