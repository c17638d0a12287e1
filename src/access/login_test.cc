#include "note/login.h"

#include "access/client_fixture.h"
#include "access/login_nonce.h"

namespace kith {
namespace {

class Logins : public ClientFixture {
  protected:
    void SetUp() override {
        alice = settled("alice@one.test", 1);
        note = {.address = *Address::parse("alice@one.test"),
                .device = "laptop",
                .domain = "one.test",
                .nonce = nonce_for("alice@one.test"),
                .time = clock.now()};
    }

    std::string nonce_for(const std::string& address) {
        return text_at(get("/kith/1/login?address=" + address).parsed(), "/nonce");
    }

    Answer send(const Login& login, std::uint8_t key) {
        const auto signed_note = SignedNote::sign(
            write_login(login), login.address.text() + "/" + login.device, key_of(key));
        return post("/kith/1/login", signed_note->octets());
    }

    void expect_refused(const Answer& answer) {
        EXPECT_EQ(answer.status, 403U) << answer.body;
        EXPECT_EQ(answer.problem(), "login-refused");
    }

    Person alice;
    Login note;
};

TEST_F(Logins, ADeviceThatSignsTheNonceGetsATokenForTwelveHours) {
    const auto answer = send(note, alice.laptop);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    EXPECT_EQ(text_at(answer.parsed(), "/accountId"), alice.account_id);
    EXPECT_EQ(text_at(answer.parsed(), "/expires"),
              format_time(clock.now() + std::chrono::hours(12)));
    const auto token = text_at(answer.parsed(), "/token");
    EXPECT_EQ(get("/jmap/session", token).status, 200U);
    clock.advance(std::chrono::hours(12));
    EXPECT_EQ(get("/jmap/session", token).status, 401U);
}

TEST_F(Logins, NoncesSayNothingOfWhoIsHere) {
    const auto here = get("/kith/1/login?address=alice@one.test");
    const auto absent = get("/kith/1/login?address=nobody@one.test");
    EXPECT_EQ(absent.status, 200U);
    EXPECT_EQ(absent.body.size(), here.body.size());
    EXPECT_EQ(text_at(absent.parsed(), "/domain"), "one.test");
    EXPECT_EQ(get("/kith/1/login?address=nonsense").status, 400U);
    EXPECT_EQ(get("/kith/1/login").status, 400U);
}

TEST_F(Logins, AreRefusedForWhateverReasonInTheSameWords) {
    const auto unknown_person = send({.address = *Address::parse("nobody@one.test"),
                                      .device = "laptop",
                                      .domain = "one.test",
                                      .nonce = nonce_for("nobody@one.test"),
                                      .time = clock.now()},
                                     1);
    expect_refused(unknown_person);
    const auto refused_as_well = [&](Login login, std::uint8_t key) {
        const auto answer = send(login, key);
        expect_refused(answer);
        EXPECT_EQ(answer.body, unknown_person.body);
    };
    refused_as_well(note, kThief);
    auto changed = note;
    changed.device = "tablet";
    refused_as_well(changed, alice.laptop);
    changed = note;
    changed.domain = "two.test";
    refused_as_well(changed, alice.laptop);
    changed = note;
    changed.nonce = nonce_for("bob@one.test");
    refused_as_well(changed, alice.laptop);
    changed = note;
    changed.nonce = "made-up";
    refused_as_well(changed, alice.laptop);
    changed = note;
    changed.time = clock.now() - Seconds(301);
    refused_as_well(changed, alice.laptop);
}

TEST_F(Logins, ANonceIsGoodForTwoMinutes) {
    clock.advance(Seconds(121));
    note.time = clock.now();
    expect_refused(send(note, alice.laptop));
}

TEST_F(Logins, ALoginNoteIsGoodOnce) {
    EXPECT_EQ(send(note, alice.laptop).status, 200U);
    expect_refused(send(note, alice.laptop));
    note.device = "phone";
    expect_refused(send(note, alice.phone));
    note.nonce = nonce_for("alice@one.test");
    EXPECT_EQ(send(note, alice.phone).status, 200U);
    clock.advance(std::chrono::days(1) - clock.now().time_since_epoch() % std::chrono::days(1) -
                  Seconds(1));
    note.nonce = nonce_for("alice@one.test");
    note.time = clock.now();
    EXPECT_EQ(send(note, alice.phone).status, 200U);
    clock.advance(Seconds(2));
    expect_refused(send(note, alice.phone));
}

TEST_F(Logins, ANoteThatIsNotSignedWellDoesNotUseUpTheNonce) {
    expect_refused(send(note, kThief));
    EXPECT_EQ(send(note, alice.laptop).status, 200U);
}

TEST_F(Logins, WhatIsNoNoteIsMalformed) {
    const auto answer = post("/kith/1/login", "nonsense");
    EXPECT_EQ(answer.status, 400U);
    EXPECT_EQ(answer.problem(), "malformed");
    EXPECT_EQ(post("/kith/1/login", std::string(kMaxNote + 1, 'x')).status, 413U);
}

TEST_F(Logins, CallsWithoutASessionAreNotAnswered) {
    for (const std::string& token :
         {std::string(), std::string("made-up"), std::string(200, 'x')}) {
        const auto answer = get("/jmap/session", token);
        EXPECT_EQ(answer.status, 401U);
        EXPECT_EQ(answer.problem(), "not-logged-in");
        EXPECT_EQ(answer.headers.find("www-authenticate"), "Bearer realm=\"kith\"");
    }
    EXPECT_EQ(post("/jmap/api", "{}", "", "application/json").status, 401U);
    EXPECT_EQ(get("/jmap/nothing").status, 401U);
}

TEST_F(Logins, AFrozenAccountMayLogIn) {
    auto builder = CardBuilder::after(alice.card(), clock.now());
    builder.freeze();
    const auto frozen = *sign_with(builder.card(), {{"laptop", alice.laptop}});
    const auto set = ok(alice, "Card/set", create_one({{"note", frozen.note.octets()}}));
    ASSERT_EQ(text_at(set, "/created/c/hash"), frozen.hash.text()) << json::serialize(set);
    EXPECT_EQ(log_in(alice).status, 200U);
}

TEST_F(Logins, ADisabledAccountMayNotAndItsSessionsEnd) {
    write([&](WriteTransaction& store) -> Result<void> {
        store.set_account_state(store.account("alice@one.test")->id,
                                AccountRecord::State::disabled);
        return {};
    });
    EXPECT_EQ(get("/jmap/session", alice.token).status, 401U);
    expect_refused(send(note, alice.laptop));
}

TEST_F(Logins, ANetworkHasItsShareAndAnAccountItsOwn) {
    start({.logins_in_minute = 3});
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(get("/kith/1/login?address=alice@one.test").status, 200U);
    const auto refused = get("/kith/1/login?address=alice@one.test");
    EXPECT_EQ(refused.status, 429U);
    EXPECT_EQ(refused.headers.find("retry-after"), "60");

    start({.logins_in_day = 1});
    const auto second = send(note, alice.laptop);
    EXPECT_EQ(second.status, 429U) << second.body;
}

class Nonces : public ::testing::Test {
  protected:
    SeededRandom random{Bytes(32, 'r')};
    LoginNonces nonces{Secret::copy_of(Bytes(32, 'n')), Seconds(120)};
};

TEST_F(Nonces, AreGoodForTheirAddressAndTime) {
    const auto nonce = nonces.make("alice@one.test", kStart, random);
    EXPECT_TRUE(nonces.check(nonce, "alice@one.test", kStart + Seconds(120)));
    EXPECT_EQ(nonces.check(nonce, "bob@one.test", kStart).error().kind, ErrorKind::bad_signature);
    EXPECT_EQ(nonces.check(nonce, "alice@one.test", kStart + Seconds(121)).error().kind,
              ErrorKind::expired);
    EXPECT_EQ(nonces.check(nonce, "alice@one.test", kStart - Seconds(301)).error().kind,
              ErrorKind::future);
}

TEST_F(Nonces, OfOthersAreNotTaken) {
    const LoginNonces others(Secret::copy_of(Bytes(32, 'o')), Seconds(120));
    const auto foreign = others.make("alice@one.test", kStart, random);
    EXPECT_EQ(nonces.check(foreign, "alice@one.test", kStart).error().kind,
              ErrorKind::bad_signature);
    EXPECT_EQ(nonces.check("", "alice@one.test", kStart).error().kind, ErrorKind::malformed);
    EXPECT_EQ(nonces.check("AAAA", "alice@one.test", kStart).error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace kith
