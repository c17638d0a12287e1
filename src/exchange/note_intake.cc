#include "exchange/note_intake.h"

#include <boost/asio/post.hpp>

#include "delivery/alarms.h"
#include "delivery/outcome_notes.h"
#include "delivery/reports.h"
#include "delivery/taking_back.h"
#include "delivery/withdrawal.h"
#include "exchange/answers.h"
#include "exchange/report_booking.h"
#include "exchange/store_calls.h"
#include "identity/keystate.h"
#include "net/address.h"

namespace kith {
namespace {

/// How often news of one address from one network make us ask its domain; a person changes cards
/// far less often.
constexpr std::uint64_t kNews = 10;
constexpr Seconds kNewsIn{600};
constexpr Seconds kNewsWait{60};
/// Outcomes that one domain may tell from one network: more than its people can have.
constexpr std::uint64_t kOutcomes = 600;
constexpr Seconds kOutcomesIn{600};
constexpr std::string_view kAlarmLine = "kith/1 alarm\n";
constexpr std::string_view kCardLine = "kith/1 card\n";
constexpr std::string_view kWithdrawLine = "kith/1 withdraw\n";
constexpr std::string_view kOutcomeLine = "kith/1 outcome\n";

HttpResponse accepted() {
    return text_response(202, "text/plain; charset=utf-8", "");
}

struct KnownCard {
    bool wanted = false;  ///< that person is somebody's contact, or has written to somebody here
    bool here = false;    ///< the store has the card, and what it takes back is taken back
};

// A delivery may have brought the card before its news came.
bool is_done(ReadTransaction& read, const SignedCard& card) {
    return read.card(card.hash) &&
           (card.card.revoked.empty() || is_taken_back(read, card.root(), card.hash));
}

}  // namespace

NoteIntake::NoteIntake(Executor home, NoteServices services)
    : home_(home),
      services_(std::move(services)),
      tasks_(home),
      news_(kNews, kNewsIn),
      outcomes_(kOutcomes, kOutcomesIn) {}

awaitable<void> NoteIntake::stop(Milliseconds limit) {
    tasks_.cancel();
    co_await tasks_.join(limit);
}

awaitable<HttpResponse> NoteIntake::take(std::shared_ptr<HttpRequest> request) {
    const auto body = co_await request->body->read_all(kMaxNote);
    if (!body)
        co_return problem_answer(body.error());
    auto note = SignedNote::parse(as_text(*body));
    if (!note)
        co_return problem_answer(note.error());
    const auto taken = co_await take_note(*std::move(note), request->remote.address());
    if (!taken && taken.error().kind == ErrorKind::unavailable)
        co_return busy_answer(Problem::busy, kNewsWait, taken.error().detail);
    if (!taken)
        co_return problem_answer(taken.error());
    co_return accepted();
}

awaitable<Result<void>> NoteIntake::take_note(SignedNote note, Admission::Client client) {
    if (note.text().starts_with(kCardLine))
        co_return co_await take_card(std::move(note), std::move(client));
    if (note.text().starts_with(kAlarmLine))
        co_return co_await take_alarm(std::move(note));
    if (note.text().starts_with(kWithdrawLine))
        co_return co_await take_withdraw(std::move(note));
    if (note.text().starts_with(kOutcomeLine))
        co_return co_await take_outcome_note(std::move(note), std::move(client));
    co_return fail(ErrorKind::malformed, "note", "is of a type that is not taken here");
}

// The note says that there is something new; what it is, the domain is asked. Beside the answer:
// else anybody could tell by its time whom somebody here knows.
awaitable<Result<void>> NoteIntake::take_card(SignedNote note, Admission::Client client) {
    SignedCard card = CO_TRY(read_card(std::move(note)));
    // Whoever it concerns: the answer tells nobody whom we know.
    auto right = services_.admission.look_up(client);
    const std::string news = client_prefix(client) + " " + card.card.address.text();
    if (!right || !news_.pass(news, services_.clock.steady()))
        co_return fail(ErrorKind::unavailable, "card", "too much news at once");
    auto shared = std::make_shared<Admission::LookUp>(*std::move(right));
    boost::asio::post(home_, [this, shared, card = std::move(card)] {
        tasks_.spawn(follow_card(card, shared));  // at most as many as there are rights
    });
    co_return Result<void>();
}

awaitable<void> NoteIntake::follow_card(SignedCard card,
                                        std::shared_ptr<Admission::LookUp> /*right*/) {
    auto ask = [&card](ReadTransaction& read) -> Result<KnownCard> {
        return KnownCard{read.newest_card(card.root()).has_value(), is_done(read, card)};
    };
    const auto known = co_await ask_store(services_.store, services_.workers, std::move(ask));
    if (!known || !known->wanted || known->here)
        co_return;
    const Address& where = card.card.address;
    const auto fetched = co_await services_.cards.fetch_now(where);
    if (!fetched) {
        services_.meter.warn("card-not-fetched", where.text() + ": " + fetched.error().text());
        co_return;
    }
    if (fetched->chain.root() != card.root())
        co_return;
    co_await follow_move(*fetched);
    const auto told = co_await tell_grantors(card.root());
    if (!told)
        services_.meter.warn("card-not-told", where.text() + ": " + told.error().text());
}

// Where they are now, their new server says. It may not know them yet: then it sends their next
// card when they have arrived.
awaitable<void> NoteIntake::follow_move(FetchedChain old) {
    const auto to = old.chain.current().card.moved;
    if (!to)
        co_return;
    const auto there = co_await services_.cards.fetch_now(*to);
    if (!there)
        services_.meter.warn("move-not-followed", to->text() + ": " + there.error().text());
}

awaitable<Result<void>> NoteIntake::tell_grantors(Hash root) {
    std::vector<std::pair<AccountId, ModSeq>> told;
    auto work = [&root, &told](WriteTransaction& write) -> Result<void> {
        told.clear();
        for (const AccountId account : write.grantors(root)) {
            write.touch(account, ObjectType::contact, root.hex_text());
            told.emplace_back(account, write.modseq(account));
        }
        return {};
    };
    CO_TRY(co_await write_store(&services_.store, std::move(work), Store::Adds::yes));
    for (const auto& [account, state] : told)
        services_.changed(account, {ObjectType::contact}, state);
    co_return Result<void>();
}

namespace {

Result<Chain> stored_chain(ReadTransaction& read, const Hash& root) {
    std::vector<SignedCard> cards;
    for (const CardRecord& record : read.cards(root))
        cards.push_back(TRY(read_card(record.note)));
    return TRY(resolve(std::move(cards), root)).chain;
}

// Whichever device of theirs, a thief's as well: what a thief has sent proves that, too.
Result<void> check_evidence(const Alarm& alarm, const Chain& chain) {
    const auto note = TRY(SignedNote::parse(alarm.stub));
    const auto stub = TRY(parse_stub(note));
    const SignedCard* card = chain.find(stub.card);
    if (card == nullptr)
        return fail(ErrorKind::untrusted, "alarm: stub", "names no card of that person");
    std::vector<NamedKey> devices;
    for (const CardDevice& device : card->card.devices)
        devices.push_back({card->card.key_name(device.name), device.key});
    TRY(verify_note(note, devices));
    return {};
}

Result<void> check_signer(const SignedNote& note, const Chain& chain, Time now) {
    const Card& card = chain.current().card;
    std::vector<NamedKey> active;
    for (const CardDevice& device : card.devices)
        if (key_state(chain, device.key, now).good())
            active.push_back({card.key_name(device.name), device.key});
    if (active.empty())
        return fail(ErrorKind::untrusted, "alarm: signature", "no device of theirs counts");
    TRY(verify_note(note, active));
    return {};
}

/// What is known here, before anybody is asked.
struct AlarmGround {
    AccountId account = 0;        ///< 0: it concerns nobody here
    std::optional<Chain> raiser;  ///< whose account is here, too
};

}  // namespace

// The evidence is looked at first: only who was written to by the account can have another server
// asked.
awaitable<Result<void>> NoteIntake::take_alarm(SignedNote note) {
    const Alarm alarm = CO_TRY(parse_alarm(note));
    const Time now = services_.clock.now();
    CO_TRY(check_times(alarm, now));
    auto ask = [&alarm](ReadTransaction& read) -> Result<AlarmGround> {
        const auto account = read.account(alarm.address.text());
        if (!account || account->root != alarm.root)
            return AlarmGround();
        const Chain chain = TRY(stored_chain(read, account->root));
        TRY(check_evidence(alarm, chain));
        AlarmGround ground{.account = account->id, .raiser = std::nullopt};
        if (const auto here = read.account(alarm.from.text()))
            ground.raiser = TRY(stored_chain(read, here->root));
        return ground;
    };
    auto ground = CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(ask)));
    if (ground.account == 0)
        co_return Result<void>();
    if (!ground.raiser)
        ground.raiser = CO_TRY(co_await services_.cards.fetch(alarm.from)).chain;
    if (ground.raiser->root() != alarm.from_root)
        co_return fail(ErrorKind::untrusted, "alarm: from-root", "is not whoever is there");
    CO_TRY(check_signer(note, *ground.raiser, now));
    Complaint heard = Complaint::ignored;
    ModSeq state = 0;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        heard = hear_alarm(write, ground.account, alarm, now);
        state = write.modseq(ground.account);
        return {};
    };
    CO_TRY(co_await write_store(&services_.store, std::move(work), Store::Adds::yes));
    if (heard == Complaint::challenges)
        services_.meter.braked(
            {.what = BrakeEvent::What::challenged, .account = ground.account, .recipients = 0});
    if (heard != Complaint::ignored)
        services_.changed(ground.account, {ObjectType::card}, state);
    co_return Result<void>();
}

awaitable<Result<void>> NoteIntake::take_withdraw(SignedNote note) {
    const Withdraw withdraw = CO_TRY(parse_withdraw(note));
    const Time now = services_.clock.now();
    CO_TRY(check_times(withdraw, now));
    std::optional<Result<void>> is_theirs;
    auto check = [&](ReadTransaction& read) -> Result<void> {
        is_theirs = check_withdraw(note, withdraw, read, now);
        return {};
    };
    CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(check)));
    Withdrawal done;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        done = TRY(withdraw_message(withdraw, *is_theirs, write, now));
        return {};
    };
    CO_TRY(co_await write_store(&services_.store, std::move(work), Store::Adds::no));
    if (done.outcome == Withdrawal::Outcome::removed)
        services_.changed(done.account, {ObjectType::email, ObjectType::mailbox}, done.state);
    co_return Result<void>();
}

// Whatever it is about, the answer is the same: nobody is told for whom people here stood.
awaitable<Result<void>> NoteIntake::take_outcome_note(SignedNote note, Admission::Client client) {
    const OutcomeNote outcome = CO_TRY(parse_outcome(note));
    const Time now = services_.clock.now();
    CO_TRY(check_times(outcome, now));
    if (!outcomes_.pass(client_prefix(client) + " " + outcome.domain, services_.clock.steady()))
        co_return fail(ErrorKind::unavailable, "outcome", "too many at once");
    const auto peer = co_await services_.peers.find(outcome.domain);
    if (!peer)
        co_return peer.error();
    std::vector<NamedKey> keys;
    for (const PublicKey& key : (*peer)->record.keys)
        keys.push_back({outcome.domain, key});
    CO_TRY(verify_note(note, keys));
    if (outcome.stub)
        co_return co_await take_report(outcome);
    std::optional<AccountId> account;
    ModSeq state = 0;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        const auto taken = take_outcome(outcome, write, now);
        account = taken ? *taken : std::nullopt;
        state = account ? write.modseq(*account) : 0;
        return {};
    };
    CO_TRY(co_await write_store(&services_.store, std::move(work), Store::Adds::no));
    if (account)
        services_.changed(*account, {ObjectType::contact}, state);
    co_return Result<void>();
}

namespace {

/// What a report is about, and whether whoever says it is known to have that address.
struct ReportGround {
    std::optional<SentStub> sent;
    bool is_recipient = false;
};

}  // namespace

// A stub that nobody here sent is answered like any other, and so is a root that is not its
// recipient's.
awaitable<Result<void>> NoteIntake::take_report(OutcomeNote outcome) {
    const Time now = services_.clock.now();
    auto ask = [&outcome, now](ReadTransaction& read) -> Result<ReportGround> {
        ReportGround ground{.sent = reported_stub(read, outcome, now)};
        const auto card = read.newest_card(*outcome.root);
        ground.is_recipient = ground.sent && card && card->address == ground.sent->address;
        return ground;
    };
    const auto ground =
        CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(ask)));
    if (!ground.sent)
        co_return Result<void>();
    if (!ground.is_recipient) {
        const auto there =
            co_await services_.cards.fetch(*Address::parse_normal(ground.sent->address));
        if (!there && there.error().kind == ErrorKind::unavailable)
            co_return there.error();
        if (!there || there->chain.root() != *outcome.root)
            co_return Result<void>();
    }
    co_return co_await book_report(
        &services_.store, &services_.meter, services_.changed, outcome, now);
}

}  // namespace kith
