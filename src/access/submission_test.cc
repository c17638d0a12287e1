#include "access/client_fixture.h"
#include "delivery/challenge.h"
#include "note/confirm.h"
#include "note/stamp.h"
#include "note/stub.h"

namespace kith {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kId = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

class Submissions : public ClientFixture {
  protected:
    void SetUp() override {
        alice = settled("alice@one.test", 1);
        blob = upload(alice, "letter");
        email = make_email(alice, draft(alice, blob, std::string(kId)));
    }

    Stub stub_for(const std::string& to) const {
        return {.id = std::string(kId),
                .time = clock.now(),
                .expires = clock.now() + std::chrono::days(14),
                .from = *Address::parse(alice.address),
                .root = alice.card().root(),
                .card = alice.card().hash,
                .to = *parse_target(to),
                .blob = sha256("letter"),
                .size = 6,
                .keys = test_keys(),
                .preview = to_bytes("sealed"),
                .answers = std::nullopt};
    }
    json::object recipient(const Stub& stub, std::uint8_t key = 1) const {
        const auto note =
            SignedNote::sign(write_stub(stub), alice.address + "/laptop", key_of(key));
        return {{"email", stub.to.text()},
                {"parameters", json::object{{"stub", note->octets()}, {"bcc", false}}}};
    }
    json::object submission(const json::array& recipients) const {
        return {{"identityId", "i" + alice.account_id.substr(1)},
                {"emailId", email},
                {"envelope", json::object{{"rcptTo", recipients}}}};
    }
    json::object set(json::object arguments) {
        return ok(alice, "EmailSubmission/set", std::move(arguments));
    }
    /// What is wrong with a stub for bob after `change`.
    template <class Change>
    std::string refused(Change change, std::uint8_t key = 1) {
        auto stub = stub_for("bob@two.test");
        change(stub);
        const auto response = set(create_one(submission({recipient(stub, key)})));
        EXPECT_EQ(set_error(response), "invalidProperties");
        EXPECT_THAT(bad_properties(response), ElementsAre("envelope/rcptTo/0"));
        return text_at(response, "/notCreated/c/description");
    }
    std::string sent(const std::string& to = "bob@two.test") {
        const auto made = set(create_one(submission({recipient(stub_for(to))})));
        const auto id = text_at(made, "/created/c/id");
        EXPECT_FALSE(id.empty()) << json::serialize(made);
        return id;
    }
    /// The note that recipient() sends; time stands still.
    SignedNote note_for(const std::string& to) const {
        return *SignedNote::sign(
            write_stub(stub_for(to)), alice.address + "/laptop", key_of(alice.laptop));
    }
    std::string state_of(const std::string& id, const std::string& address) {
        return text_at(object(alice, "EmailSubmission", id),
                       "/deliveryStatus/" + address + "/state");
    }
    std::vector<RecipientRecord> queued() { return store->read()->queue(100); }
    /// As the queue's runner writes an outcome down.
    void settle(RecipientState state,
                const std::string& answer,
                RecipientRecord::Held held = RecipientRecord::Held::no) {
        auto row = queued().at(0);
        row.state = state;
        row.held = held;
        row.answer = answer;
        row.attempts = 1;
        write([&](WriteTransaction& store_now) -> Result<void> {
            store_now.update_recipient(row);
            return {};
        });
    }
    std::string status(const std::string& id, const std::string& name) {
        return text_at(object(alice, "EmailSubmission", id),
                       "/deliveryStatus/bob@two.test/" + name);
    }

    Person alice;
    std::string blob;
    std::string email;
};

TEST_F(Submissions, EveryRecipientHasARowInTheQueueAndTheOutboxIsTold) {
    auto blind = recipient(stub_for("carol@three.test"));
    blind["parameters"].as_object()["bcc"] = true;
    blind["parameters"].as_object()["token"] = "c123";
    const auto before = outbox.notified.load();
    const auto made =
        set(create_one(submission({recipient(stub_for("bob+news@two.test")), blind})));
    const auto id = text_at(made, "/created/c/id");
    ASSERT_FALSE(id.empty()) << json::serialize(made);
    EXPECT_EQ(text_at(made, "/created/c/undoStatus"), "pending");
    EXPECT_GT(outbox.notified.load(), before);

    const auto rows = queued();
    ASSERT_EQ(rows.size(), 2U);
    const auto& bob = rows[0].domain == "two.test" ? rows[0] : rows[1];
    const auto& carol = rows[0].domain == "two.test" ? rows[1] : rows[0];
    EXPECT_EQ(bob.address, "bob+news@two.test");
    EXPECT_EQ(bob.blob, sha256("letter"));
    EXPECT_EQ(bob.next_attempt, clock.now());
    EXPECT_EQ(bob.expires, clock.now() + std::chrono::days(5));
    EXPECT_EQ(carol.copy, RecipientRecord::Copy::blind);
    EXPECT_EQ(carol.token, "c123");

    const auto found = object(alice, "EmailSubmission", id);
    EXPECT_EQ(text_at(found, "/emailId"), email);
    EXPECT_EQ(text_at(found, "/envelope/mailFrom/email"), "alice@one.test");
    EXPECT_EQ(text_at(found, "/deliveryStatus/bob+news@two.test/state"), "queued");
    EXPECT_EQ(at(found, "/deliveryStatus/carol@three.test/bcc"), json::value(true));
    EXPECT_EQ(text_at(object(alice, "Email", email), "/kith/state"), "sent");
}

TEST_F(Submissions, WhatWasSentIsNoDraftThoughItsKeywordStays) {
    sent();
    ok(alice, "Email/set", update_one(email, {{"keywords/$flagged", true}}));
    EXPECT_EQ(text_at(object(alice, "Email", email), "/kith/state"), "sent");
}

TEST_F(Submissions, AStubThatDoesNotFitIsRefusedByItsRecipient) {
    EXPECT_THAT(refused([](Stub& stub) { stub.from = *Address::parse("carol@one.test"); }),
                ::testing::HasSubstr("stub: from"));
    EXPECT_THAT(refused([](Stub& stub) { stub.root = sha256("x"); }),
                ::testing::HasSubstr("stub: root"));
    EXPECT_THAT(refused([](Stub& stub) { stub.card = sha256("x"); }),
                ::testing::HasSubstr("stub: card"));
    EXPECT_THAT(refused([](Stub& stub) { stub.blob = sha256("x"); }),
                ::testing::HasSubstr("stub: blob"));
    EXPECT_THAT(refused([](Stub& stub) { stub.size = 7; }), ::testing::HasSubstr("stub: size"));
    EXPECT_THAT(refused([](Stub& stub) { stub.id = std::string(32, 'b'); }),
                ::testing::HasSubstr("stub: id"));
    EXPECT_THAT(refused([](Stub& stub) { stub.time += Seconds(301); }),
                ::testing::HasSubstr("stub: time"));
    EXPECT_THAT(refused([](Stub& stub) { stub.expires = stub.time + std::chrono::days(61); }),
                ::testing::HasSubstr("stub: expires"));
    EXPECT_FALSE(refused([](Stub&) {}, kThief).empty());
    EXPECT_TRUE(queued().empty());
}

TEST_F(Submissions, AnEnvelopeThatDoesNotFitIsRefused) {
    const auto bob = recipient(stub_for("bob@two.test"));
    EXPECT_THAT(bad_properties(set(create_one(submission({})))), ElementsAre("envelope"));
    EXPECT_THAT(bad_properties(set(create_one(submission({bob, bob})))),
                ElementsAre("envelope/rcptTo/1"));
    EXPECT_THAT(bad_properties(set(create_one(submission({bob, "carol@three.test"})))),
                ElementsAre("envelope/rcptTo/1"));
    auto other = bob;
    other["email"] = "carol@three.test";
    EXPECT_THAT(bad_properties(set(create_one(submission({other})))),
                ElementsAre("envelope/rcptTo/0"));
    other = bob;
    other["parameters"].as_object()["stamp"] = "no stamp";
    EXPECT_THAT(bad_properties(set(create_one(submission({other})))),
                ElementsAre("envelope/rcptTo/0"));
    other = bob;
    other.erase("parameters");
    EXPECT_THAT(bad_properties(set(create_one(submission({other})))),
                ElementsAre("envelope/rcptTo/0"));
    auto elsewhere = submission({bob});
    elsewhere["emailId"] = "m999";
    elsewhere["identityId"] = "i999";
    EXPECT_THAT(bad_properties(set(create_one(elsewhere))), ElementsAre("identityId", "emailId"));
}

TEST_F(Submissions, OnlyOnesOwnEmailsAreSent) {
    MessageRecord message;
    message.stub_id = std::string(kId);
    message.from = "bob@two.test";
    message.from_root = sha256("bob");
    message.size = 6;
    message.blob = sha256("letter");
    message.tier = MessageTier::known;
    auto foreign = submission({recipient(stub_for("bob@two.test"))});
    foreign["emailId"] = "m" + std::to_string(deliver(alice, message));
    EXPECT_THAT(bad_properties(set(create_one(foreign))), ElementsAre("emailId"));
}

TEST_F(Submissions, TheNumberOfRecipientsIsLimited) {
    start({.recipients_in_message = 1});
    const json::array two{recipient(stub_for("bob@two.test")),
                          recipient(stub_for("carol@three.test"))};
    const auto refused_all = set(create_one(submission(two)));
    EXPECT_EQ(set_error(refused_all), "tooManyRecipients");
    EXPECT_EQ(at(refused_all, "/notCreated/c/maxRecipients"), json::value(1));
    start({.recipients_in_hour = 1});
    EXPECT_EQ(set_error(set(create_one(submission(two)))), "overQuota");
    sent();
    EXPECT_EQ(set_error(set(create_one(submission({recipient(stub_for("bob@two.test"))})))),
              "overQuota");
}

TEST_F(Submissions, AFrozenAccountMayNotSend) {
    auto builder = CardBuilder::after(alice.card(), clock.now());
    builder.freeze();
    alice.cards.push_back(*sign_with(builder.card(), {{"laptop", alice.laptop}}));
    ok(alice, "Card/set", create_one({{"note", alice.card().note.octets()}}));
    EXPECT_EQ(set_error(set(create_one(submission({recipient(stub_for("bob@two.test"))})))),
              "forbiddenToSend");
}

TEST_F(Submissions, WhatIsQueuedCanBeCanceled) {
    const auto id = sent();
    set(update_one(id, {{"undoStatus", "canceled"}}));
    EXPECT_TRUE(queued().empty());
    const auto after = object(alice, "EmailSubmission", id);
    EXPECT_EQ(text_at(after, "/undoStatus"), "canceled");
    EXPECT_EQ(status(id, "state"), "failed");
    EXPECT_EQ(status(id, "answer/type"), "canceled");
    EXPECT_EQ(set_error(set(update_one(id, {{"undoStatus", "pending"}}))), "invalidProperties");
    EXPECT_EQ(set_error(set(update_one("s999", {{"undoStatus", "canceled"}}))), "notFound");
}

TEST_F(Submissions, WhatIsBeingSentGoesOnWhenTheRestIsCanceled) {
    const auto made = set(create_one(submission(
        {recipient(stub_for("bob@two.test")), recipient(stub_for("carol@three.test"))})));
    const auto id = text_at(made, "/created/c/id");
    write([&](WriteTransaction& store_now) -> Result<void> {
        const auto taken = store_now.take_due(
            {.now = clock.now(), .lease = clock.now() + Seconds(60), .limit = 1});
        EXPECT_EQ(taken.at(0).domain, "three.test");
        return {};
    });
    const auto canceled = set(update_one(id, {{"undoStatus", "canceled"}}));
    EXPECT_EQ(text_at(canceled, "/updated/" + id + "/undoStatus"), "pending");
    EXPECT_EQ(status(id, "state"), "failed");
    EXPECT_EQ(
        text_at(object(alice, "EmailSubmission", id), "/deliveryStatus/carol@three.test/state"),
        "sending");
    EXPECT_EQ(set_error(set(update_one(id, {{"undoStatus", "canceled"}}))), "cannotUnsend");
}

TEST_F(Submissions, WhatIsDeliveredCannot) {
    const auto id = sent();
    settle(RecipientState::delivered, R"({"status":201})");
    EXPECT_EQ(text_at(object(alice, "EmailSubmission", id), "/undoStatus"), "final");
    EXPECT_EQ(set_error(set(update_one(id, {{"undoStatus", "canceled"}}))), "cannotUnsend");
}

TEST_F(Submissions, TheLastAnswerIsToldInTheWordsOfSmtpToo) {
    const auto id = sent();
    EXPECT_EQ(status(id, "smtpReply"), "250 2.0.0 queued");
    settle(RecipientState::queued, R"({"status":503,"type":"busy","detail":"too much work"})");
    EXPECT_EQ(status(id, "smtpReply"), "451 4.3.2 too much work");
    settle(RecipientState::refused, R"({"status":404,"type":"no-such-account","detail":"nobody"})");
    EXPECT_EQ(status(id, "smtpReply"), "550 5.1.1 nobody");
}

TEST_F(Submissions, AStampAnswersAPriceAndQueuesTheRecipientAgain) {
    const auto id = sent();
    const auto stamp = write_stamp(
        {.puzzle = "equihash", .effort = 8, .seed = std::string(32, 'e'), .solution = {1, 2}});
    const json::object with_stamp{{"deliveryStatus/bob@two.test/stamp", stamp}};
    EXPECT_THAT(bad_properties(set(update_one(id, with_stamp))),
                ElementsAre("deliveryStatus/bob@two.test/stamp"));
    settle(RecipientState::needs_stamp, R"({"status":402,"type":"stamp-needed","price":"a note"})");
    EXPECT_EQ(status(id, "state"), "needs-stamp");
    EXPECT_EQ(status(id, "price"), "a note");
    EXPECT_EQ(status(id, "answer/type"), "stamp-needed");
    EXPECT_THAT(
        bad_properties(set(update_one(id, {{"deliveryStatus/bob@two.test/stamp", "none"}}))),
        ElementsAre("deliveryStatus/bob@two.test/stamp"));
    const auto before = outbox.notified.load();
    set(update_one(id, with_stamp));
    EXPECT_GT(outbox.notified.load(), before);
    EXPECT_EQ(status(id, "state"), "queued");
    ASSERT_EQ(queued().size(), 1U);
    EXPECT_EQ(queued().front().stamp, stamp);
}

TEST_F(Submissions, AnEmptyStampAsksForThePriceOnceMore) {
    const auto id = sent();
    settle(RecipientState::needs_stamp, R"({"status":402,"type":"stamp-needed","price":"a note"})");
    set(update_one(id, {{"deliveryStatus/bob@two.test/stamp", ""}}));
    EXPECT_EQ(status(id, "state"), "queued");
    ASSERT_EQ(queued().size(), 1U);
    EXPECT_TRUE(queued().front().stamp.empty());
}

TEST_F(Submissions, AStampIsRaisedWhileTheStubIsHeldAndItIsHeldAllTheWhile) {
    const auto line = [](std::uint64_t effort) {
        return write_stamp({.puzzle = "equihash",
                            .effort = effort,
                            .seed = std::string(32, 'e'),
                            .solution = {1, 2}});
    };
    const auto id = sent();
    const auto put = [&](const std::string& stamp) {
        set(update_one(id, {{"deliveryStatus/bob@two.test/stamp", stamp}}));
    };
    settle(RecipientState::needs_stamp, R"({"status":402,"type":"stamp-needed","price":"a note"})");
    put(line(8));
    const char* held =
        R"({"status":202,"expires":"2026-12-07T10:00:00Z","shown":false,"price":"another"})";
    settle(RecipientState::held, held, RecipientRecord::Held::yes);
    EXPECT_EQ(status(id, "answer/expires"), "2026-12-07T10:00:00Z");
    EXPECT_EQ(status(id, "price"), "another");
    EXPECT_EQ(status(id, "evidence/stamp"), line(8));

    put("");
    EXPECT_EQ(status(id, "state"), "held") << "while it is asked how it stands";
    EXPECT_NE(status(id, "nextAttempt"), "");
    EXPECT_EQ(text_at(object(alice, "EmailSubmission", id), "/undoStatus"), "final");
    EXPECT_EQ(set_error(set(update_one(id, {{"undoStatus", "canceled"}}))), "cannotUnsend");
    ASSERT_EQ(queued().size(), 1U);
    EXPECT_EQ(queued().front().stamp, line(8)) << "is not forgotten";
    settle(RecipientState::held, held, RecipientRecord::Held::yes);
    put(line(16));
    EXPECT_EQ(queued().front().stamp, line(16));
}

TEST_F(Submissions, OnlyAFinalOneIsTakenFromTheList) {
    const auto id = sent();
    EXPECT_EQ(set_error(set(destroy_one(id))), "forbidden");
    settle(RecipientState::refused, R"({"status":403,"type":"refused"})");
    const auto before = state(alice, "EmailSubmission");
    EXPECT_THAT(texts_at(set(destroy_one(id)), "/destroyed"), ElementsAre(id));
    EXPECT_THAT(
        texts_at(ok(alice, "EmailSubmission/changes", {{"sinceState", before}}), "/destroyed"),
        ElementsAre(id));
    EXPECT_TRUE(object(alice, "EmailSubmission", id).is_null());
}

TEST_F(Submissions, AreFoundByEmailAndStatus) {
    const auto id = sent();
    const auto found = [&](json::object filter) {
        return query(alice, "EmailSubmission", {{"filter", std::move(filter)}});
    };
    EXPECT_THAT(found({{"emailIds", json::array{email}}}), ElementsAre(id));
    EXPECT_THAT(found({{"emailIds", json::array{"m999"}}}), ElementsAre());
    const auto thread = text_at(object(alice, "Email", email), "/threadId");
    EXPECT_THAT(found({{"threadIds", json::array{thread}}}), ElementsAre(id));
    EXPECT_THAT(found({{"operator", "NOT"},
                       {"conditions", json::array{json::object{{"undoStatus", "pending"}}}}}),
                ElementsAre());
    EXPECT_THAT(found({{"undoStatus", "pending"}}), ElementsAre(id));
    EXPECT_THAT(found({{"undoStatus", "final"}}), ElementsAre());
    EXPECT_THAT(found({{"after", format_time(clock.now())}}), ElementsAre(id));
    EXPECT_THAT(found({{"before", format_time(clock.now())}}), ElementsAre());
    EXPECT_THAT(query(alice,
                      "EmailSubmission",
                      {{"sort", json::array{json::object{{"property", "sentAt"}}}}}),
                ElementsAre(id));
}

TEST_F(Submissions, ACreatedEmailIsSentInTheSameRequestAndMovedOnSuccess) {
    auto letter = draft(alice, upload(alice, "letter"), std::string(32, 'b'));
    auto stub = stub_for("bob@two.test");
    stub.id = std::string(32, 'b');
    auto order = submission({recipient(stub)});
    order["emailId"] = "#e";
    const auto sent_box = mailbox(alice, "sent");
    const json::object moved{{"mailboxIds", json::object{{sent_box, true}}},
                             {"keywords/$draft", nullptr}};
    const auto answer =
        api(alice,
            {json::array{"Email/set",
                         json::object{{"accountId", alice.account_id},
                                      {"create", json::object{{"e", letter}}}},
                         "0"},
             json::array{"EmailSubmission/set",
                         json::object{{"accountId", alice.account_id},
                                      {"create", json::object{{"c", order}}},
                                      {"onSuccessUpdateEmail", json::object{{"#c", moved}}}},
                         "1"}})
            .parsed();
    const auto made = text_at(answer, "/methodResponses/0/1/created/e/id");
    EXPECT_FALSE(text_at(answer, "/methodResponses/1/1/created/c/id").empty())
        << json::serialize(answer);
    EXPECT_EQ(text_at(answer, "/methodResponses/2/0"), "Email/set");
    const auto after = object(alice, "Email", made);
    EXPECT_EQ(at(after, "/mailboxIds"), json::value(json::object{{sent_box, true}}));
    EXPECT_EQ(at(after, "/keywords"), json::value(json::object{{"$seen", true}}));
}

TEST_F(Submissions, TheEmailIsDestroyedOnSuccessWhenAsked) {
    auto arguments = create_one(submission({recipient(stub_for("bob@two.test"))}));
    arguments["onSuccessDestroyEmail"] = json::array{"#c"};
    set(arguments);
    EXPECT_TRUE(object(alice, "Email", email).is_null());
    EXPECT_EQ(queued().size(), 1U);
    arguments["onSuccessDestroyEmail"] = 7;
    EXPECT_EQ(error(alice, "EmailSubmission/set", arguments), "invalidArguments");
}

TEST_F(Submissions, AnAnswerBringsTheReplyTokenThatCameWithWhatItAnswers) {
    MessageRecord message;
    message.stub_id = std::string(32, 'c');
    message.from = "bob@two.test";
    message.from_root = sha256("bob");
    message.blob = sha256("sealed");
    message.blob_at = MessageRecord::Blob::elsewhere;
    message.tier = MessageTier::known;
    message.reply_token = "rtoken";
    deliver(alice, message);
    auto stub = stub_for("bob@two.test");
    stub.answers = message.stub_id;
    auto to_carol = stub_for("carol@three.test");
    to_carol.answers = message.stub_id;
    set(create_one(submission({recipient(stub), recipient(to_carol)})));
    ASSERT_EQ(queued().size(), 2U);
    for (const RecipientRecord& row : queued())
        EXPECT_EQ(row.token, row.domain == "two.test" ? "rtoken" : "") << row.address;
}

// --- new threads

TEST_F(Submissions, OneThreadTooManyWaitsAndNothingOfItGoes) {
    ClientLimits limits;
    limits.new_threads_in_hour = 1;
    start(limits);
    sent("bob@two.test");
    const auto made = set(create_one(
        submission({recipient(stub_for("carol@two.test")), recipient(stub_for("dave@two.test"))})));
    const auto id = text_at(made, "/created/c/id");
    EXPECT_EQ(queued().size(), 1U);
    EXPECT_EQ(state_of(id, "carol@two.test"), "unconfirmed");
    const auto waiting = object(alice, "EmailSubmission", id);
    EXPECT_EQ(text_at(waiting, "/undoStatus"), "pending");
    const std::string at = "/deliveryStatus/dave@two.test";
    EXPECT_EQ(text_at(waiting, at + "/answer/type"), "unconfirmed");
    EXPECT_THAT(text_at(waiting, at + "/smtpReply"), ::testing::StartsWith("450 4.7.0 waiting"));
    EXPECT_EQ(text_at(waiting, at + "/expires"),
              format_time(clock.now() + limits.confirm_life.get()));
    EXPECT_EQ(text_at(waiting, at + "/stub"), note_for("dave@two.test").octets());
    const auto alarms = ok(alice, "Alarm/get", {{"ids", nullptr}});
    EXPECT_EQ(texts_at(alarms, "/unconfirmed"), std::vector{id});
    EXPECT_FALSE(alarms.at("challenged").as_bool());
    ASSERT_EQ(meter.brakes().size(), 1U);
    EXPECT_EQ(meter.brakes().front().what, BrakeEvent::What::held);
    EXPECT_EQ(meter.brakes().front().recipients, 2U);
    EXPECT_EQ(set_error(set(destroy_one(id))), "forbidden");
    set(update_one(id, {{"undoStatus", "canceled"}}));
    EXPECT_EQ(state_of(id, "carol@two.test"), "failed");
}

TEST_F(Submissions, WhatWaitsGoesWhenAnotherDeviceConfirmsIt) {
    ClientLimits limits;
    limits.new_threads_in_hour = 1;
    start(limits);
    sent("bob@two.test");
    const auto id = sent("carol@two.test");
    const int told = outbox.notified;
    Confirmation confirm{.address = *Address::parse(alice.address),
                         .root = alice.card().root(),
                         .time = clock.now(),
                         .recovery_key = std::nullopt,
                         .stubs = {note_for("carol@two.test").hash()}};
    const auto confirmed = [&](const std::string& device, std::uint8_t key) {
        const auto note =
            SignedNote::sign(write_confirm(confirm), alice.address + "/" + device, key_of(key));
        return ok(alice, "EmailSubmission/confirm", {{"note", note->octets()}});
    };
    auto answer = confirmed("laptop", alice.laptop);
    EXPECT_EQ(answer.at("confirmed"), 0) << "the device that wrote it";
    EXPECT_EQ(answer.at("forOthers"), 1);
    EXPECT_EQ(state_of(id, "carol@two.test"), "unconfirmed");
    answer = confirmed("phone", alice.phone);
    EXPECT_EQ(answer.at("confirmed"), 1);
    EXPECT_EQ(answer.at("waiting"), 0);
    EXPECT_EQ(state_of(id, "carol@two.test"), "queued");
    EXPECT_EQ(queued().size(), 2U);
    EXPECT_GT(outbox.notified, told);
    EXPECT_EQ(confirmed("phone", alice.phone).at("confirmed"), 0) << "once";
    EXPECT_EQ(meter.brakes().back().what, BrakeEvent::What::confirmed);
}

TEST_F(Submissions, AConfirmationThatIsNoneIsRefused) {
    const auto refused_as = [&](json::value note) {
        return error(alice, "EmailSubmission/confirm", {{"note", std::move(note)}});
    };
    EXPECT_EQ(refused_as(nullptr), "invalidArguments");
    EXPECT_EQ(refused_as("kith/1 confirm\n"), "invalidArguments");
    Confirmation confirm{.address = *Address::parse(alice.address),
                         .root = alice.card().root(),
                         .time = clock.now(),
                         .recovery_key = std::nullopt,
                         .stubs = {sha256("x")}};
    const auto by = [&](const std::string& name, std::uint8_t key) {
        return refused_as(
            json::value(SignedNote::sign(write_confirm(confirm), name, key_of(key))->octets()));
    };
    EXPECT_EQ(by(alice.address + "/phone", alice.laptop), "forbidden");
    EXPECT_EQ(by("bob@two.test/phone", alice.phone), "forbidden");
    confirm.time = clock.now() - Seconds(301);
    EXPECT_EQ(by(alice.address + "/phone", alice.phone), "forbidden");
}

TEST_F(Submissions, AChallengedAccountBeginsNothingUntilTheRecoveryKeyHasSpoken) {
    write([&](WriteTransaction& store_now) -> Result<void> {
        const auto account = store_now.account(alice.address);
        for (const char* name : {"bob", "carol", "dave"})
            hear_complaint(store_now, account->id, sha256(name), clock.now());
        return {};
    });
    const auto id = sent("bob@two.test");
    EXPECT_EQ(state_of(id, "bob@two.test"), "unconfirmed");
    EXPECT_TRUE(ok(alice, "Alarm/get", {{"ids", nullptr}}).at("challenged").as_bool());
    Confirmation confirm{.address = *Address::parse(alice.address),
                         .root = alice.card().root(),
                         .time = clock.now(),
                         .recovery_key = std::nullopt,
                         .stubs = {note_for("bob@two.test").hash()}};
    const auto by_phone =
        SignedNote::sign(write_confirm(confirm), alice.address + "/phone", key_of(alice.phone));
    EXPECT_EQ(error(alice, "EmailSubmission/confirm", {{"note", by_phone->octets()}}), "forbidden");
    confirm.recovery_key = key_of(alice.recovery).public_key();
    const auto by_recovery =
        SignedNote::sign(write_confirm(confirm), alice.address, key_of(alice.recovery));
    const auto answer = ok(alice, "EmailSubmission/confirm", {{"note", by_recovery->octets()}});
    EXPECT_EQ(answer.at("confirmed"), 1);
    EXPECT_FALSE(ok(alice, "Alarm/get", {{"ids", nullptr}}).at("challenged").as_bool());
    EXPECT_EQ(state_of(id, "bob@two.test"), "queued");
}

TEST_F(Submissions, TwoDevicesOfWhichOneIsOldMeetAChallenge) {
    clock.advance(std::chrono::days(91));
    log_in(alice);
    write([&](WriteTransaction& store_now) -> Result<void> {
        const auto account = store_now.account(alice.address);
        for (const char* name : {"bob", "carol", "dave"})
            hear_complaint(store_now, account->id, sha256(name), clock.now());
        return {};
    });
    const auto challenged = [&] {
        return ok(alice, "Alarm/get", {{"ids", nullptr}}).at("challenged").as_bool();
    };
    const auto publish = [&](const std::vector<TestSigner>& signers) {
        const auto next = CardBuilder::after(alice.card(), clock.now());
        alice.cards.push_back(*sign_with(next.card(), signers));
        ok(alice, "Card/set", create_one({{"note", alice.card().note.octets()}}));
    };
    publish({{"laptop", alice.laptop}});
    EXPECT_TRUE(challenged()) << "one may be the thief's";
    publish({{"laptop", alice.laptop}, {"phone", alice.phone}});
    EXPECT_FALSE(challenged());
    EXPECT_EQ(meter.brakes().back().what, BrakeEvent::What::met);
}

TEST_F(Submissions, OthersDoNotSeeThem) {
    const auto id = sent();
    const auto bob = settled("bob@one.test", 11);
    EXPECT_TRUE(object(bob, "EmailSubmission", id).is_null());
    EXPECT_EQ(set_error(ok(bob, "EmailSubmission/set", destroy_one(id))), "notFound");
}

}  // namespace
}  // namespace kith
