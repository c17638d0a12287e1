#include "access/login.h"

#include "access/device_object.h"
#include "access/object_ids.h"
#include "access/store_calls.h"
#include "exchange/answers.h"
#include "identity/keystate.h"
#include "note/login.h"
#include "protocol/url_text.h"

namespace kith {
namespace {

struct Granted {
    AccountId account = 0;
    std::string device;
    std::string nonce;
};

Error refused(const char* why) {
    return fail(ErrorKind::denied, "login", why);
}

// As much work as a real check: one verification, against a key that nobody has.
void verify_in_vain(const SignedNote& note, const SigningKey& any_key) {
    const auto& signature = note.signatures().front();
    static_cast<void>(verify(any_key.public_key(), as_bytes(note.text()), signature.octets));
}

// May this device log in? A frozen account may: to read, and to thaw. So may one whose card has
// run out: to renew it.
Result<Granted> check_device(ReadTransaction& store,
                             const ClientServices& services,
                             const SignedNote& note,
                             const Login& login) {
    const auto account = store.account(login.address.text());
    if (!account || account->state != AccountRecord::State::active) {
        verify_in_vain(note, services.domain_key);
        return refused("there is no such account");
    }
    const auto chain = TRY(services.chains.get(store, account->root));
    const Card& card = chain->current().card;
    const auto* device = card.device(login.device);
    if (device == nullptr || chain->standing() == Chain::Standing::disputed) {
        verify_in_vain(note, services.domain_key);
        return refused("there is no such device");
    }
    TRY(verify_note(note, {card.key_name(device->name), device->key}));
    const auto standing = key_state(*chain, device->key, services.clock.now()).standing;
    if (standing == KeyStanding::revoked || standing == KeyStanding::unknown)
        return refused("the device is revoked");
    return Granted{account->id, device->name, {}};
}

// A login note is good once, also when the server was started anew in between. Nonces live two
// minutes: only midnight lies between two days.
Result<void> use_nonce(WriteTransaction& store, const std::string& nonce, std::int64_t day) {
    const auto key = "nonce/" + nonce;
    if (store.counter(key, day - 1) > 0 || store.count(key, day, 1) > 1)
        return refused("the nonce was used before");
    return {};
}

Result<Login> read_login(const ClientServices& services,
                         const LoginNonces& nonces,
                         const SignedNote& note) {
    auto login = TRY(parse_login(note));
    const auto now = services.clock.now();
    TRY(check_times(login, now));
    if (login.domain != services.domain)
        return refused("it is for another server");
    TRY(nonces.check(login.nonce, login.address.text(), now));
    return login;
}

}  // namespace

HttpResponse give_nonce(const ClientServices& services,
                        const LoginNonces& nonces,
                        const HttpRequest& request) {
    const auto text = query_parameter(request.query, "address");
    const auto address = text && *text ? Address::parse(**text)
                                       : Result<Address>(fail(ErrorKind::malformed, "address"));
    if (!address)
        return problem_answer(Problem::malformed, "address: is missing, or is not an address");
    const auto now = services.clock.now();
    return json_answer(200,
                       {{"nonce", nonces.make(address->text(), now, services.random)},
                        {"domain", services.domain},
                        {"expires", format_time(now + nonces.life())}});
}

awaitable<HttpResponse> log_in(const ClientServices* services,
                               const LoginNonces* nonces,
                               std::shared_ptr<HttpRequest> request) {
    const auto body = co_await request->body->read_all(kMaxNote);
    if (!body)
        co_return problem_answer(body.error());
    const auto note = SignedNote::parse(as_text(*body));
    if (!note)
        co_return problem_answer(Problem::malformed,
                                 "login: " + note.error().where + ": " + note.error().detail);
    auto ask = [services, nonces, &note](ReadTransaction& store) -> Result<Granted> {
        const auto login = TRY(read_login(*services, *nonces, *note));
        auto granted = TRY(check_device(store, *services, *note, login));
        granted.nonce = login.nonce;
        return granted;
    };
    const auto granted = co_await ask_store(services, std::move(ask));
    if (!granted && granted.error().kind == ErrorKind::unavailable)
        co_return busy_answer(Problem::busy, Seconds(5));
    if (!granted)
        co_return problem_answer(Problem::login_refused);

    const std::string token = base64url(services->random.array<32>());
    const auto now = services->clock.now();
    const SessionRecord session{.token = sha256(token),
                                .account = granted->account,
                                .device = granted->device,
                                .created = now,
                                .expires = now + services->limits.session_life.get()};
    auto write = [&session, &granted, services, now](WriteTransaction& store) -> Result<void> {
        const auto day = now.time_since_epoch() / std::chrono::days(1);
        TRY(use_nonce(store, granted->nonce, day));
        const auto key = "logins/" + std::to_string(session.account);
        if (store.count(key, day, 1) > static_cast<std::int64_t>(services->limits.logins_in_day))
            return fail(ErrorKind::limit, "login", "too many for a day");
        store.add_session(session);
        store.put_value(last_seen_key(session.account, session.device), format_time(now));
        return {};
    };
    const auto done = co_await write_store(&services->store, std::move(write), Store::Adds::yes);
    if (!done && done.error().kind == ErrorKind::denied)
        co_return problem_answer(Problem::login_refused);
    if (!done && done.error().kind == ErrorKind::limit)
        co_return busy_answer(Problem::over_quota, Seconds(3600), done.error().detail);
    if (!done)
        co_return problem_answer(done.error());
    co_return json_answer(200,
                          {{"token", token},
                           {"expires", format_time(session.expires)},
                           {"accountId", object_id(IdKind::account, session.account)}});
}

}  // namespace kith
