#include "access/accounts.h"

#include "access/object_ids.h"
#include "access/store_calls.h"
#include "exchange/answers.h"
#include "identity/chain.h"
#include "protocol/delivery_body.h"

namespace kith {
namespace {

struct Application {
    Hash code;
    std::vector<SignedCard> chain;  ///< one first card, or that of somebody who moves here

    const SignedCard& card() const { return chain.back(); }  ///< countersigned
};

std::string what(const Error& error) {
    return error.where + ": " + error.detail;
}

Error wrong(const char* field, const char* why) {
    return fail(ErrorKind::malformed, std::string("card: ") + field, why);
}

// Who moves here brings the chain, whose last card goes on at the new address; nothing of it may be
// left out, and it must be what stands of those cards.
Result<void> check_chain(const std::vector<SignedCard>& cards) {
    if (!cards.front().card.is_first())
        return wrong("serial", "must be 1: a chain begins with the first card");
    if (cards.size() == 1)
        return verify_first(cards.front());
    const auto resolution = TRY(resolve(cards, cards.front().hash));
    if (!resolution.refused.empty())
        return resolution.refused.front().second;
    if (resolution.chain.standing() == Chain::Standing::disputed)
        return wrong("recovery-key", "the account is disputed");
    if (resolution.chain.current().hash != cards.back().hash)
        return wrong("prev", "the last card is not the one that stands");
    return {};
}

// Everything that needs no store: form, the rules of cards, their times, our signature.
Result<Application> read_application(const ClientServices& services, ByteView body) {
    Application application;
    for (Part& part : TRY(parse_row(as_text(body), account_rules()))) {
        if (part.name == "invite")
            application.code = sha256(part.octets);
        else
            application.chain.push_back(TRY(read_card(std::string_view(part.octets))));
    }
    SignedCard& card = application.chain.back();
    if (card.card.address.domain() != services.domain)
        return wrong("address", "is not of this domain");
    if (card.card.moved)
        return wrong("moved", "leads away again");
    const auto now = services.clock.now();
    TRY(check_times(card.card, now));
    if (card.card.time < now - kClockSkew)
        return wrong("time", "is more than five minutes ago");
    TRY(check_chain(application.chain));
    TRY(card.note.cosign(services.domain, services.domain_key));
    return application;
}

struct Made {
    AccountId account = 0;
    std::string card;
};

Result<void> check_invitation(ReadTransaction& store, const Application& application, Time now) {
    const auto invitation = store.invitation(application.code);
    const std::string address = application.card().card.address.text();
    if (!invitation || invitation->expires <= now ||
        (!invitation->address.empty() && invitation->address != address))
        return fail(ErrorKind::denied, "invite", "is not valid, or no longer");
    return {};
}

CardRecord record_of(const SignedCard& card, Time now) {
    return {.hash = card.hash,
            .root = card.root(),
            .address = card.card.address.text(),
            .serial = static_cast<std::int64_t>(card.card.serial),
            .note = card.note.octets(),
            .first_seen = now};
}

// The whole of it: one write, so of two people with one invitation or one address one comes first.
Result<void> write_account(
    WriteTransaction& store, CardLog& log, const Application& application, Time now, Made& made) {
    const SignedCard& card = application.card();
    const std::string address = card.card.address.text();
    const auto taken = store.account(address);
    if (taken && taken->root == card.root() && store.card(card.hash) &&
        taken->state == AccountRecord::State::active) {
        const auto stored = store.card(card.hash);
        made = {taken->id, stored ? stored->note : card.note.octets()};
        return {};
    }
    TRY(check_invitation(store, application, now));
    if (taken)
        return fail(ErrorKind::conflict, "address", "is taken");
    AccountRecord account;
    account.address = address;
    account.created = now;
    account.root = card.root();
    account.card = card.hash;
    made.account = TRY(store.add_account(account));
    made.card = card.note.octets();
    for (const SignedCard& each : application.chain)
        store.add_card(record_of(each, now));
    TRY(log.add(store, card.card.address, card.hash));
    store.remove_invitation(application.code);
    return {};
}

HttpResponse refusal(const Error& error) {
    switch (error.kind) {
        case ErrorKind::denied:
            return problem_answer(Problem::invitation_invalid, what(error));
        case ErrorKind::conflict:
            return problem_answer(Problem::address_taken, what(error));
        default:
            return problem_answer(error);
    }
}

// 422 for whatever is wrong with the parts: they came well, but cannot be processed.
HttpResponse unprocessable(const Error& error) {
    if (error.kind == ErrorKind::unavailable || error.kind == ErrorKind::internal)
        return problem_answer(error);
    auto details = make_problem(Problem::malformed, what(error));
    details.status = 422;
    return problem_response(422, write_problem(details));
}

}  // namespace

awaitable<HttpResponse> make_account(const ClientServices* services,
                                     std::shared_ptr<HttpRequest> request) {
    const auto body = co_await request->body->read_all(account_rules().most_octets);
    if (!body)
        co_return problem_answer(body.error());
    auto read = [services, &body] { return read_application(*services, *body); };
    const auto application = co_await run(services->workers, std::move(read));
    if (!application)
        co_return unprocessable(application.error());
    Made made;
    const auto now = services->clock.now();
    auto write = [services, &application, now, &made](WriteTransaction& store) {
        return write_account(store, services->card_log, *application, now, made);
    };
    const auto done = co_await write_store(&services->store, std::move(write), Store::Adds::yes);
    if (!done)
        co_return refusal(done.error());
    services->card_log.notify();
    co_return json_answer(201,
                          {{"accountId", object_id(IdKind::account, made.account)},
                           {"address", application->card().card.address.text()},
                           {"domain", services->domain},
                           {"card", made.card}});
}

}  // namespace kith
