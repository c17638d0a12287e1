#include "access/card_publication.h"

#include <algorithm>

#include "access/card_draft.h"
#include "access/guardian_cards.h"
#include "access/store_calls.h"
#include "delivery/alarms.h"
#include "delivery/thiefs_doings.h"
#include "exchange/answers.h"

namespace kith {
namespace {

Error wrong(const char* field, const char* why) {
    return fail(ErrorKind::conflict, std::string("card: ") + field, why);
}

// A thief's cards must not use up the day's of the recovery, which signs once anyhow.
bool is_by_devices(const SignedCard& card) {
    return !card.card.recovery_key && card.card.guardian_keys.empty();
}

bool is_by_guardians(const SignedCard& card) {
    return !card.card.guardian_keys.empty();
}

// What is of its time though it is dated earlier: a draft was when it came here, and the other
// device signs it later; guardians come one after the other.
bool may_be_late(const SignedCard& card, ReadTransaction& store, AccountId account, Time now) {
    return is_by_guardians(card) ? now - card.card.time <= kGuardiansLife
                                 : is_waiting_draft(store, account, card.hash, now);
}

// The 72 hours before guardians' new key may sign run from when their card came here, whatever the
// time in it: until then nobody was told.
Result<void> check_notice(const Chain& chain,
                          const SignedCard& card,
                          ReadTransaction& store,
                          Time now) {
    const SignedCard* at = card.card.prev ? chain.find(*card.card.prev) : nullptr;
    const bool replaces = card.card.recovery_key && at != nullptr && at->card.replacement &&
                          sha256(card.card.recovery_key->view()) == at->card.replacement->recovery;
    if (!replaces)
        return {};
    while (at != nullptr && !is_by_guardians(*at))
        at = at->card.prev ? chain.find(*at->card.prev) : nullptr;
    const auto announced = at != nullptr ? store.card(at->hash) : std::nullopt;
    if (!announced || now - announced->first_seen >= kReplacementWait)
        return {};
    return fail(ErrorKind::conflict,
                "card: recovery-key",
                "the guardians announced it less than 72 hours ago: it may sign from " +
                    format_time(announced->first_seen + kReplacementWait) + " on");
}

Result<void> check_publication(const SignedCard& card,
                               const AccountRecord& account,
                               ReadTransaction& store,
                               Time now) {
    if (card.card.address.text() != account.address)
        return wrong("address", "is not this account's");
    if (card.root() != account.root)
        return wrong("root", "is not this account's");
    if (card.card.time < now - kClockSkew && !may_be_late(card, store, account.id, now))
        return wrong("time", "is more than five minutes ago");
    return check_times(card.card, now);
}

// "A device that is revoked loses its sessions at once."
std::vector<std::string> drop_sessions(WriteTransaction& store,
                                       AccountId account,
                                       const Card& before,
                                       const Card& after) {
    std::vector<std::string> dropped;
    for (const CardDevice& device : before.devices) {
        const auto* now = after.device(device.name);
        if (now != nullptr && now->key == device.key)
            continue;
        store.remove_sessions(account, device.name);
        dropped.push_back(device.name);
    }
    return dropped;
}

void touch_devices(WriteTransaction& store,
                   AccountId account,
                   const Card& before,
                   const Card& after) {
    for (const CardDevice& device : after.devices) {
        const auto* was = before.device(device.name);
        if (was == nullptr || !(*was == device))
            store.touch(account, ObjectType::device, device.name);
    }
    for (const CardDevice& device : before.devices)
        if (after.device(device.name) == nullptr)
            store.touch(account, ObjectType::device, device.name);
}

// The recovery key, or two devices of which one is old.
bool meets_challenge(const CardChange& change, const Card& before, Time now) {
    if (change.by == CardChange::By::recovery)
        return true;
    const auto is_old = [&](const std::string& name) {
        const auto* device = before.device(std::string_view(name));
        return device != nullptr && !device->pending && now - device->added >= kSeniorTime;
    };
    return change.signers.size() >= 2 && std::ranges::any_of(change.signers, is_old);
}

Result<void> store_published(const ClientServices& services,
                             WriteTransaction& store,
                             const AccountRecord& account,
                             SignedCard card,
                             const Card& before,
                             Publication& publication) {
    const Time now = services.clock.now();
    TRY(card.note.cosign(services.domain, services.domain_key));
    publication.note = card.note.octets();
    store.add_card({.hash = card.hash,
                    .root = card.root(),
                    .address = card.card.address.text(),
                    .serial = static_cast<std::int64_t>(card.card.serial),
                    .note = card.note.octets(),
                    .first_seen = now});
    TRY(services.card_log.add(store, card.card.address, card.hash));
    const Card& after = publication.chain->current().card;
    store.set_account_card(account.id, publication.chain->current().hash);
    drop_draft(store, account.id);
    if (card.card.recovery_key)
        drop_guardian_cards(store, account.id);
    publication.revoked = drop_sessions(store, account.id, before, after);
    touch_devices(store, account.id, before, after);
    const auto came_by_thief = TRY(undo_thiefs_doings(store, account.id, before, after, now));
    publication.taken_back = TRY(heed_card(*publication.chain, store, now));
    if (came_by_thief > 0)
        publication.taken_back.push_back({account.id, came_by_thief, store.modseq(account.id)});
    publication.published = std::move(card);
    return {};
}

}  // namespace

Result<Publication> publish_card(const ClientServices& services,
                                 WriteTransaction& store,
                                 const AccountRecord& account,
                                 SignedCard card) {
    const Time now = services.clock.now();
    TRY(check_publication(card, account, store, now));
    const auto day = now.time_since_epoch() / std::chrono::days(1);
    if (is_by_devices(card) &&
        // Each costs the verification of the whole chain.
        store.count("cards/" + std::to_string(account.id), day, 1) >
            static_cast<std::int64_t>(services.limits.cards_in_day.get()))
        return fail(ErrorKind::limit, "card: serial", "too many cards for a day");
    const auto known = TRY(services.chains.get(store, account.root));
    TRY(check_notice(*known, card, store, now));
    auto chain = std::make_shared<Chain>(*known);
    const auto added = TRY(chain->add(card));
    if (added.place == Chain::Place::superseded)
        return wrong("prev", "another card stands already");
    Publication publication;
    publication.account = account.id;
    publication.chain = chain;
    if (added.place == Chain::Place::known) {
        const auto stored = store.card(card.hash);
        publication.note = stored ? stored->note : card.note.octets();
        return publication;
    }
    if (meets_challenge(added.change, known->current().card, now))
        publication.met_challenge = meet_challenge(store, account.id, now);
    TRY(store_published(
        services, store, account, std::move(card), known->current().card, publication));
    return publication;
}

void announce(const ClientServices& services, Publication publication) {
    for (const std::string& device : publication.revoked)
        services.hub.end_device(publication.account, device);
    for (const TakenBack& each : publication.taken_back)
        services.hub.changed(each.account, types_taken_back(), each.state);
    if (publication.met_challenge)
        services.meter.braked(
            {.what = BrakeEvent::What::met, .account = publication.account, .recipients = 0});
    if (!publication.published)
        return;
    services.card_log.notify();
    services.publisher.publish(publication.account, *std::move(publication.published));
}

// --- POST /kith/1/cards
// ----------------------------------------------------------------------------

namespace {

Result<AccountRecord> account_of(ReadTransaction& store, const SignedCard& card) {
    auto account = store.account(card.card.address.text());
    if (!account || account->state != AccountRecord::State::active)
        return fail(ErrorKind::not_found, "address", "there is no such account");
    return *std::move(account);
}

// Off the writer thread: whoever has no recovery key costs it nothing.
Result<void> check_posted(const ClientServices& services,
                          ReadTransaction& store,
                          const SignedCard& card) {
    if (is_by_devices(card))
        return fail(ErrorKind::denied, "card", "is signed by devices: they log in to publish");
    const AccountRecord account = TRY(account_of(store, card));
    TRY(check_publication(card, account, store, services.clock.now()));
    Chain chain = *TRY(services.chains.get(store, account.root));
    if (is_by_guardians(card)) {
        TRY(guardians_of(chain, card));
        return {};
    }
    TRY(check_notice(chain, card, store, services.clock.now()));
    TRY(chain.add(card));
    return {};
}

HttpResponse refusal(const Error& error) {
    const std::string what = error.where + ": " + error.detail;
    switch (error.kind) {
        case ErrorKind::not_found:
            return problem_answer(Problem::no_such_account);
        case ErrorKind::untrusted:
            return problem_answer(Problem::bad_signature, what);
        case ErrorKind::denied:
        case ErrorKind::conflict:
        case ErrorKind::limit:
            return problem_answer(Problem::refused, what);
        default:
            return problem_answer(error);
    }
}

HttpResponse gathering_answer(const GatheredSignatures& gathered) {
    return json_answer(202,
                       {{"address", gathered.card.card.address.text()},
                        {"hash", gathered.card.hash.text()},
                        {"signatures", gathered.have},
                        {"needed", gathered.needed},
                        {"expires", format_time(gathered.card.card.time + kGuardiansLife)}});
}

/// What became of a card that was posted.
struct Posted {
    Publication publication;
    std::optional<GatheredSignatures> waits;  ///< for more guardians
    ModSeq state = 0;                         ///< the account's
};

Result<Posted> post(const ClientServices& services, WriteTransaction& store, SignedCard card) {
    Posted posted;
    const AccountRecord account = TRY(account_of(store, card));
    if (is_by_guardians(card)) {
        const Time now = services.clock.now();
        TRY(check_publication(card, account, store, now));
        const auto chain = TRY(services.chains.get(store, account.root));
        auto gathered = TRY(gather_signatures(store, account.id, *chain, std::move(card), now));
        if (!gathered.enough()) {
            posted.waits = std::move(gathered);
            return posted;
        }
        card = std::move(gathered.card);
    }
    posted.publication = TRY(publish_card(services, store, account, std::move(card)));
    posted.state = store.modseq(account.id);
    return posted;
}

}  // namespace

awaitable<HttpResponse> post_card(const ClientServices* services,
                                  std::shared_ptr<HttpRequest> request) {
    const auto body = co_await request->body->read_all(kMaxNote);
    if (!body)
        co_return problem_answer(body.error());
    const auto card = read_card(as_text(*body));
    if (!card)
        co_return problem_answer(Problem::malformed,
                                 card.error().where + ": " + card.error().detail);
    auto check = [services, &card](ReadTransaction& store) {
        return check_posted(*services, store, *card);
    };
    if (const auto good = co_await ask_store(services, std::move(check)); !good)
        co_return refusal(good.error());
    Posted posted;
    auto write = [services, &card, &posted](WriteTransaction& store) -> Result<void> {
        posted = TRY(post(*services, store, *card));
        return {};
    };
    const auto written = co_await write_store(&services->store, std::move(write), Store::Adds::yes);
    if (!written)
        co_return refusal(written.error());
    if (posted.waits)
        co_return gathering_answer(*posted.waits);
    Publication& done = posted.publication;
    services->hub.changed(done.account, {ObjectType::card, ObjectType::device}, posted.state);
    auto answer = json_answer(201,
                              {{"address", card->card.address.text()},
                               {"serial", done.chain->current().card.serial},
                               {"hash", card->hash.text()},
                               {"disputed", done.chain->standing() == Chain::Standing::disputed},
                               {"card", done.note}});
    announce(*services, std::move(done));
    co_return answer;
}

}  // namespace kith
