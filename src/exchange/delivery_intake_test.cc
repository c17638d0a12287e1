// POST /kith/1/deliveries and its neighbours.
#include <gmock/gmock.h>

#include "exchange/intake_tests.h"
#include "note/outcome.h"
#include "note/withdraw.h"

namespace kith {
namespace {

using ::testing::HasSubstr;

TEST_F(IntakeTest, NoMailIsTakenBeforeSomebodyLivesThere) {
    EXPECT_EQ(deliver(parts(stub())).type, "not-ready");
    add_bob();
    know_alice();
    EXPECT_EQ(deliver(parts(stub())).status, 201U);
}

TEST_F(IntakeTest, AKnownSendersMailIsStoredOnceHoweverOftenItComes) {
    add_bob();
    know_alice();
    for (int times = 0; times < 3; ++times)
        EXPECT_EQ(deliver(parts(stub())).status, 201U);
    EXPECT_EQ(messages(), 1U);
    EXPECT_GE(changes, 1);
    EXPECT_EQ(meter.events.front().tier, "known");
}

TEST_F(IntakeTest, AStrangerIsToldThePriceAndTheBodyNeedNotCross) {
    add_bob();
    body = std::string(150'000, 'x');
    const auto answer = deliver(parts(stub()));
    EXPECT_EQ(answer.status, 402U);
    EXPECT_THAT(answer.body, HasSubstr("kith/1 price"));
    EXPECT_EQ(messages(), 0U);
}

TEST_F(IntakeTest, ALargeBodyIsStoredAndIsWhatWasSent) {
    add_bob();
    know_alice();
    body = std::string(150'000, 'x');
    EXPECT_EQ(deliver(parts(stub())).status, 201U);
    const auto place = store->read()->blob(sha256(body));
    ASSERT_TRUE(place);
    EXPECT_EQ(to_text(*store->blobs().read(sha256(body), *place, 0, body.size())), body);
}

TEST_F(IntakeTest, ABodyThatIsNotTheStubsIsRefusedSmallAndLarge) {
    add_bob();
    know_alice();
    for (const std::size_t size : {std::size_t{20}, std::size_t{150'000}}) {
        body = std::string(size, 'x');
        const auto right = parts(stub());
        body[3] = 'y';
        EXPECT_EQ(deliver(right).type, "blob-mismatch");
        const auto other = parts(stub());
        body += "more";
        EXPECT_EQ(deliver(other).type, "blob-mismatch");
    }
    EXPECT_EQ(messages(), 0U);
}

TEST_F(IntakeTest, ABodyThatWasLeftOutIsAskedForUnlessItIsHere) {
    add_bob();
    know_alice();
    const auto bare = [&](const std::string& id) {
        return post("/kith/1/deliveries", write_delivery(parts(stub(id)), std::nullopt));
    };
    EXPECT_EQ(bare(std::string(32, 'a')).type, "blob-needed");
    EXPECT_EQ(deliver(parts(stub(std::string(32, 'b')))).status, 201U);
    EXPECT_EQ(bare(std::string(32, 'c')).status, 201U);
}

TEST_F(IntakeTest, BadInputIsRefusedWithItsReason) {
    add_bob();
    know_alice();
    auto stripped = parts(stub());
    stripped.cards = {first_card().note.octets()};
    EXPECT_EQ(deliver(stripped).type, "wrong-domain");
    auto missing = parts(stub());
    missing.cards.clear();
    EXPECT_EQ(deliver(missing).type, "card-needed");
    Stub wrong = stub();
    wrong.to = *parse_target("bob@three.test");
    EXPECT_EQ(deliver(parts(wrong)).type, "wrong-domain");
    wrong = stub();
    wrong.to = *parse_target("nobody@two.test");
    EXPECT_EQ(deliver(parts(wrong)).type, "no-such-account");
    wrong = stub();
    wrong.time = clock.now() + Seconds(3600);
    EXPECT_EQ(deliver(parts(wrong)).type, "future");
    wrong = stub();
    wrong.expires = clock.now() - Seconds(1);
    EXPECT_EQ(deliver(parts(wrong)).type, "expired");
    wrong = stub();
    wrong.size = kMostBlob + 1;
    EXPECT_EQ(deliver(parts(wrong)).type, "too-large");
    EXPECT_EQ(deliver(parts(stub(), kThief)).type, "bad-signature");
    EXPECT_EQ(deliver(parts(stub(), kLaptop, kTwoTest)).type, "wrong-domain");
    EXPECT_EQ(messages(), 0U);
}

TEST_F(IntakeTest, WhatDoesNotParseIsRefusedNamingThePart) {
    add_bob();
    EXPECT_THAT(post("/kith/1/deliveries", "stub 5\nhello").detail, HasSubstr("stub"));
    EXPECT_THAT(post("/kith/1/deliveries", "card 3\nabc").detail, HasSubstr("stub"));
    auto broken = parts(stub());
    broken.cards = {"nonsense"};
    EXPECT_THAT(deliver(broken).detail, HasSubstr("card"));
    EXPECT_EQ(post("/kith/1/deliveries", "stub 9999999999\n").status, 413U);
    EXPECT_EQ(post("/kith/1/deliveries", std::string(100, 'a')).status, 400U);
    EXPECT_EQ(post("/kith/1/deliveries", "").status, 400U);
}

TEST_F(IntakeTest, ADomainThatChangedItsKeyIsAskedAgain) {
    add_bob();
    know_alice();
    peers.next_key = peers.key;
    peers.key = key_of(kTwoTest).public_key();
    EXPECT_EQ(deliver(parts(stub())).status, 201U);
}

TEST_F(IntakeTest, ADomainWithoutARecordIsRefused) {
    add_bob();
    Stub other = stub();
    other.from = *Address::parse("alice@nowhere.test");
    EXPECT_EQ(deliver(parts(other)).type, "wrong-domain");
}

// --- before anything is judged

TEST_F(IntakeTest, MailForNobodyCostsNoLookUp) {
    add_bob();
    Stub other = stub();
    other.to = *parse_target("nobody@two.test");
    for (int times = 0; times < 3; ++times)
        EXPECT_EQ(deliver(parts(other)).type, "no-such-account");
    EXPECT_EQ(peers.asked, 0);
}

TEST_F(IntakeTest, AnAccountThatIsMadeIsSoonThere) {
    add_bob();
    Stub other = stub();
    other.to = *parse_target("carol@two.test");
    EXPECT_EQ(deliver(parts(other)).type, "no-such-account");
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        AccountRecord account;
        account.address = "carol@two.test";
        account.created = kStart;
        (void)TRY(write.add_account(account));
        return {};
    }));
    clock.advance(Recipients::kAbsent + Seconds(1));
    EXPECT_EQ(deliver(parts(other)).status, 402U);
}

TEST_F(IntakeTest, ANetworkThatBringsTooMuchThatIsWrongWaitsOutside) {
    add_bob();
    know_alice();
    admission_options.faults_a_minute = 5;
    admission->set_options(admission_options);
    for (int times = 0; times < 5; ++times)
        EXPECT_EQ(deliver(parts(stub(), kThief)).type, "bad-signature");
    const auto shut = deliver(parts(stub()));
    EXPECT_EQ(shut.type, "over-quota");
    EXPECT_EQ(shut.headers.find("retry-after"), "60");
    EXPECT_EQ(meter.events.back().shed, "faults");
    EXPECT_EQ(meter.events.back().network, "127.0.0.1");
    clock.advance(Seconds(60));
    EXPECT_EQ(deliver(parts(stub())).status, 201U) << "what waited comes in";
}

TEST_F(IntakeTest, ANetworkThatBringsWantedMailMayErrMoreOften) {
    add_bob();
    know_alice();
    admission_options.faults_a_minute = 5;
    admission->set_options(admission_options);
    EXPECT_EQ(deliver(parts(stub())).status, 201U);
    for (int times = 0; times < 40; ++times)
        EXPECT_EQ(deliver(parts(stub(), kThief)).type, "bad-signature");
    EXPECT_EQ(deliver(parts(stub(std::string(32, 'b')))).status, 201U);
}

TEST_F(IntakeTest, ANetworkThatBringsWantedMailDoesNotAnswerForItsNeighbours) {
    add_bob();
    know_alice();
    EXPECT_EQ(deliver(parts(stub())).status, 201U);
    for (const char* neighbour : {"127.0.0.7", "127.0.0.8", "127.0.0.9", "127.0.0.10"})
        admission->note_fault(boost::asio::ip::make_address(neighbour), 600);
    EXPECT_EQ(deliver(parts(stub(std::string(32, 'b')))).status, 201U);
    HttpRequest other;
    other.remote.address(boost::asio::ip::make_address("127.0.0.20"));
    EXPECT_EQ(admission->door(other), Admission::Door::shut) << "that nobody knows";
}

TEST_F(IntakeTest, WhoGoesOnBeforeAShutDoorIsShutOut) {
    add_bob();
    admission_options.faults_a_minute = 5;
    admission->set_options(admission_options);
    const auto here = boost::asio::ip::make_address("127.0.0.1");
    for (int times = 0; times < 10; ++times)
        deliver(parts(stub(), kThief));
    EXPECT_FALSE(admission->is_shut_out(here));
    for (int times = 0; times < 10; ++times)
        deliver(parts(stub(), kThief));
    EXPECT_TRUE(admission->is_shut_out(here));
    EXPECT_FALSE(admission->is_shut_out(boost::asio::ip::make_address("127.0.0.2")));
    clock.advance(Seconds(61));
    EXPECT_FALSE(admission->is_shut_out(here));
}

TEST_F(IntakeTest, UnderLoadAnUnknownNetworkComesBackWithACookie) {
    add_bob();
    know_alice();
    admission_options.cookies = AdmissionOptions::Cookies::always;
    admission->set_options(admission_options);
    const auto away = deliver(parts(stub()));
    EXPECT_EQ(away.status, 503U);
    EXPECT_EQ(away.type, "busy");
    EXPECT_EQ(away.headers.find("retry-after"), "2");
    const std::string cookie(away.headers.find("kith-cookie").value_or(""));
    EXPECT_EQ(meter.events.back().shed, "cookie");
    const auto bring = [&](const std::string& what, const std::string& id = std::string(32, 'a')) {
        HttpCall call_with;
        call_with.method = "POST";
        call_with.path = "/kith/1/deliveries";
        call_with.headers = {{"kith-cookie", what}};
        call_with.body = to_bytes(write_delivery(parts(stub(id)), body.size()) + body);
        return call(std::move(call_with)).status;
    };
    EXPECT_EQ(bring(cookie), 503U) << "not at once";
    clock.advance(Seconds(2));
    EXPECT_EQ(bring("x" + cookie.substr(1)), 503U);
    EXPECT_EQ(bring(cookie), 201U);
    EXPECT_EQ(deliver(parts(stub(std::string(32, 'b')))).status, 201U)
        << "a network that brought wanted mail needs none any more";
}

TEST_F(IntakeTest, ANetworkThatNeverBringsTheCookieWaitsOutside) {
    add_bob();
    know_alice();
    admission_options.cookies = AdmissionOptions::Cookies::always;
    admission_options.faults_a_minute = 5;
    admission->set_options(admission_options);
    for (int times = 0; times < 9; ++times)
        EXPECT_EQ(deliver(parts(stub())).status, 503U);
    EXPECT_EQ(deliver(parts(stub())).status, 429U);
}

TEST(ReturnCookie, IsForOneNetworkAndForATime) {
    const ReturnCookie cookies(secret_of('c'));
    const auto cookie = cookies.make("192.0.2.1", kStart);
    EXPECT_EQ(cookie.size(), 32U);
    EXPECT_FALSE(cookies.is_good(cookie, "192.0.2.1", kStart));
    EXPECT_TRUE(cookies.is_good(cookie, "192.0.2.1", kStart + ReturnCookie::kWait));
    EXPECT_TRUE(cookies.is_good(cookie, "192.0.2.1", kStart + ReturnCookie::kLife));
    EXPECT_FALSE(cookies.is_good(cookie, "192.0.2.1", kStart + ReturnCookie::kLife + Seconds(1)));
    EXPECT_FALSE(cookies.is_good(cookie, "192.0.2.2", kStart + ReturnCookie::kWait));
    EXPECT_FALSE(ReturnCookie(secret_of('d')).is_good(cookie, "192.0.2.1", kStart + Seconds(2)));
    for (const char* text : {"", "====", "aaaa"})
        EXPECT_FALSE(cookies.is_good(text, "192.0.2.1", kStart + Seconds(2))) << text;
}

TEST_F(IntakeTest, LookUpsThatANetworkCausesAreBounded) {
    add_bob();
    admission_options.lookups_a_minute = 2;
    admission->set_options(admission_options);
    Stub other = stub();
    for (const char* from : {"a@n1.test", "a@n2.test"}) {
        other.from = *Address::parse(from);
        EXPECT_EQ(deliver(parts(other)).type, "wrong-domain");
    }
    other.from = *Address::parse("a@n3.test");
    EXPECT_EQ(deliver(parts(other)).type, "busy") << "it may come again";
    EXPECT_EQ(meter.events.back().shed, "look-ups");
    EXPECT_EQ(peers.asked, 2);
    EXPECT_EQ(deliver(parts(stub())).type, "stamp-needed") << "what is known needs none";
}

TEST_F(IntakeTest, ChainsAreAskedForOnlyWhereTheDomainVouches) {
    add_bob();
    DeliveryParts forged = parts(stub(), kLaptop, kTwoTest);
    forged.cards = {alice.note.octets(), alice.note.octets()};
    Stub unknown = stub();
    unknown.card = sha256("a card that never was");
    auto told = parts(unknown, kLaptop, kTwoTest);
    told.cards = forged.cards;
    const int before = peers.asked;
    EXPECT_EQ(deliver(told).type, "card-needed");
    EXPECT_EQ(peers.asked, before + 1) << "for its keys, and not for its log or its cards";
    told = parts(unknown);
    told.cards = forged.cards;
    for (int times = 0; times < 3; ++times)
        EXPECT_EQ(deliver(told).type, "card-needed");
    EXPECT_EQ(peers.asked, before + 1 + 3 + 2) << "its key each time, its log and its cards once";
}

TEST_F(IntakeTest, NewsOfOneAddressMakeUsAskItsDomainOnlySoOften) {
    add_bob();
    know_alice();
    EXPECT_EQ(deliver(parts(stub())).status, 201U);
    int asked = 0;
    for (int times = 0; times < 12; ++times)
        asked += post("/kith/1/notes", alice.note.octets()).status == 202U ? 1 : 0;
    EXPECT_EQ(asked, 10);
    clock.advance(Seconds(60));
    EXPECT_EQ(post("/kith/1/notes", alice.note.octets()).status, 202U);
}

// Or anybody could tell by its time whom somebody here knows.
TEST_F(IntakeTest, NewsAreAnsweredWithoutWaitingForTheDomainThatIsAskedBecauseOfThem) {
    add_bob();
    know_alice();
    ASSERT_EQ(deliver(parts(stub())).status, 201U);
    const Card newer = CardBuilder::after(alice, kStart + Seconds(60)).card();
    const auto signed_newer = *sign_with(newer, {{"laptop", kLaptop}});
    peers.silent = true;
    const int before = peers.asked;
    EXPECT_EQ(post("/kith/1/notes", signed_newer.note.octets()).status, 202U);
    EXPECT_TRUE(testing::eventually([&] { return peers.asked > before; }));
    peers.silent = false;
}

TEST_F(IntakeTest, CardsAreGivenAsOneNoteOrAsAChain) {
    add_bob();
    SignedCard card = first_card();
    EXPECT_EQ(get("/kith/1/cards/nobody@two.test").type, "no-such-account");
    EXPECT_EQ(get("/kith/1/cards/bob@three.test").type, "no-such-account");
    EXPECT_EQ(get("/kith/1/cards/bob").status, 400U);
    EXPECT_EQ(get("/kith/1/cards/bob@two.test?from=x").status, 400U);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.add_card({card.hash, card.root(), "bob@two.test", 1, card.note.octets(), kStart});
        AccountRecord account;
        account.address = "carol@two.test";
        account.created = kStart;
        account.root = card.root();
        account.card = card.hash;
        (void)TRY(write.add_account(account));
        return {};
    }));
    EXPECT_EQ(get("/kith/1/cards/carol@two.test").body, card.note.octets());
    const auto row = parse_card_row(get("/kith/1/cards/carol@two.test?from=1").body);
    ASSERT_TRUE(row);
    EXPECT_EQ(*row, std::vector<std::string>{card.note.octets()});
    const std::string proven = "/kith/1/cards/carol@two.test?proof=1";
    EXPECT_FALSE(parse_proven_cards(get(proven).body)->proof);
    EXPECT_EQ(get("/kith/1/cards/carol@two.test?proof=2").status, 400U);

    EXPECT_EQ(get("/kith/1/log/checkpoint").status, 404U);
    const Address carol = *Address::parse("carol@two.test");
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        TRY(log.add(write, carol, card.hash));
        return log.keep(write, TRY(log.sign(write)));
    }));
    const auto with_proof = parse_proven_cards(get(proven + "&from=1").body);
    ASSERT_TRUE(with_proof && with_proof->proof);
    const auto proof = parse_directory_proof(*with_proof->proof);
    ASSERT_TRUE(proof);
    EXPECT_TRUE(check_entry(*proof, carol, card.hash));
    EXPECT_EQ(get("/kith/1/log/checkpoint").body, proof->checkpoint.note.octets());
    EXPECT_EQ(get("/kith/1/log/tile/0/000.p/2").body.size(), 64U);
    for (const char* nowhere : {"tile/0/000.p/3", "tile/0/000", "tile/0/0", "tile/../x", ""})
        EXPECT_EQ(get(std::string("/kith/1/log/") + nowhere).status, 404U) << nowhere;
}

TEST_F(IntakeTest, ABlobIsGivenOnlyWhileMailThatIsOfferedNamesIt) {
    add_bob();
    know_alice();
    EXPECT_EQ(deliver(parts(stub())).status, 201U);
    const std::string path = "/kith/1/blobs/" + sha256(body).hex_text();
    EXPECT_EQ(get(path).status, 404U) << "it came to bob: it is nobody else's";
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        RecipientRecord row;
        row.account = bob;
        row.address = "alice@one.test";
        row.domain = "one.test";
        row.blob = sha256(body);
        row.state = RecipientState::held;
        row.expires = clock.now() + Seconds(100);
        write.add_submission(bob, 1, clock.now(), {row});
        return {};
    }));
    EXPECT_EQ(get(path).body, body);
    const auto part = get(path, {{"range", "bytes=2-4"}});
    EXPECT_EQ(part.status, 206U);
    EXPECT_EQ(part.body, body.substr(2, 3));
    EXPECT_EQ(get(path, {{"range", "bytes=900-"}}).status, 416U);
    clock.advance(Seconds(200));
    EXPECT_EQ(get(path).status, 404U);
    EXPECT_EQ(get("/kith/1/blobs/ABC").status, 400U);
}

TEST_F(IntakeTest, AMessageIsTakenBackUnlessItWasRead) {
    add_bob();
    know_alice();
    const auto withdraw = [&](const std::string& id, std::uint8_t key) {
        Withdraw note;
        note.id = id;
        note.from = alice.card.address;
        note.root = alice.root();
        note.to = *parse_target("bob@two.test");
        note.time = clock.now();
        return post(
            "/kith/1/notes",
            SignedNote::sign(write_withdraw(note), alice.card.key_name("laptop"), key_of(key))
                ->octets());
    };
    EXPECT_EQ(deliver(parts(stub())).status, 201U);
    EXPECT_EQ(withdraw(std::string(32, 'a'), kThief).status, 403U);
    EXPECT_EQ(messages(), 1U);
    EXPECT_EQ(withdraw(std::string(32, 'a'), kLaptop).status, 202U);
    EXPECT_EQ(messages(), 0U);
    EXPECT_EQ(withdraw(std::string(32, 'e'), kLaptop).status, 202U) << "nobody learns what is here";

    EXPECT_EQ(deliver(parts(stub(std::string(32, 'b')))).status, 201U);
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        auto message = *write.message_by_stub(bob, alice.root(), std::string(32, 'b'));
        message.keywords = "$seen";
        return write.update_message(bob, message);
    }));
    EXPECT_EQ(withdraw(std::string(32, 'b'), kLaptop).status, 202U);
    EXPECT_EQ(messages(), 1U);
}

// She was told that it waits, as a stranger is whom it is true of.
TEST_F(IntakeTest, WhoIsBlockedTakesBackWhatIsNotThereInTheSameWords) {
    add_bob();
    const auto token = [&] {
        return tokens
            .make_reply(*Address::parse("bob@two.test"), alice.card.address, clock.now(), random)
            .text;
    };
    const auto withdraw = [&](const std::string& id, std::uint8_t key) {
        Withdraw note;
        note.id = id;
        note.from = alice.card.address;
        note.root = alice.root();
        note.to = *parse_target("bob@two.test");
        note.time = clock.now();
        const auto answer =
            post("/kith/1/notes",
                 SignedNote::sign(write_withdraw(note), alice.card.key_name("laptop"), key_of(key))
                     ->octets());
        return std::to_string(answer.status) + " " + answer.body;
    };
    DeliveryParts kept = parts(stub(std::string(32, 'a')));
    DeliveryParts dropped = parts(stub(std::string(32, 'b')));
    kept.token = token();
    dropped.token = token();
    ASSERT_EQ(deliver(kept).status, 201U);
    know_alice(GrantRecord::Level::blocked);
    ASSERT_EQ(deliver(dropped).status, 201U);
    EXPECT_EQ(messages(), 1U);
    EXPECT_EQ(withdraw(std::string(32, 'b'), kThief), withdraw(std::string(32, 'a'), kThief));
    EXPECT_EQ(withdraw(std::string(32, 'b'), kLaptop), withdraw(std::string(32, 'a'), kLaptop));
    EXPECT_EQ(messages(), 0U);
}

TEST_F(IntakeTest, ReportsOfWhatWasSentChallengeItsSenderAndAllAreAnsweredAlike) {
    add_bob();
    const std::vector<std::string> names{"ann", "ben", "cid"};
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        for (const std::string& name : names) {
            write.put_sent_stub({.hash = sha256("to " + name),
                                 .account = bob,
                                 .stub_id = name,
                                 .address = name + "@one.test",
                                 .sent = clock.now()});
            write.add_card({.hash = sha256("card of " + name),
                            .root = sha256(name),
                            .address = name + "@one.test",
                            .note = "a card",
                            .first_seen = clock.now()});
        }
        return {};
    }));
    const auto report = [&](const std::string& stub, std::uint8_t key = kOneTest) {
        const OutcomeNote note{.domain = "one.test",
                               .time = clock.now(),
                               .outcome = MessageOutcome::unwanted,
                               .vouch = std::nullopt,
                               .stub = sha256("to " + stub),
                               .root = sha256(stub)};
        return post("/kith/1/notes",
                    SignedNote::sign(write_outcome(note), "one.test", key_of(key))->octets())
            .status;
    };
    EXPECT_EQ(report("ann", kTwoTest), 403U);
    EXPECT_EQ(report("dan"), 202U) << "to whom nobody wrote";
    EXPECT_TRUE(meter.brakes.empty());
    EXPECT_EQ(report("ann"), 202U);
    EXPECT_EQ(report("ann"), 202U) << "again";
    EXPECT_EQ(report("ben"), 202U);
    EXPECT_EQ(meter.brakes, (std::vector{BrakeEvent::What::report, BrakeEvent::What::report}));
    EXPECT_EQ(changes, 0) << "nobody is told of a few";
    EXPECT_EQ(report("cid"), 202U);
    EXPECT_EQ(meter.brakes.size(), 4U);
    EXPECT_EQ(meter.brakes.back(), BrakeEvent::What::challenged);
    EXPECT_EQ(changes, 1);
    unsigned last = 202;
    for (int i = 0; i < 600 && last == 202; ++i)
        last = report("dan");
    EXPECT_EQ(last, 503U) << "a domain cannot go on for ever";
}

TEST_F(IntakeTest, NotesThatNobodyNeedsAreAcceptedAndNonsenseIsNot) {
    add_bob();
    EXPECT_EQ(post("/kith/1/notes", alice.note.octets()).status, 202U);
    EXPECT_EQ(post("/kith/1/notes", "nonsense").status, 400U);
    EXPECT_EQ(post("/kith/1/notes", std::string(70'000, 'a')).status, 413U);
    EXPECT_EQ(get("/kith/1/notes").status, 405U);
    EXPECT_EQ(get("/.well-known/kith").body, "v=kith1; host=mail.two.test\n");
}

}  // namespace
}  // namespace kith
