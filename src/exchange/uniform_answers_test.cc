// What an answer must not tell, it must not tell by when it comes either (protocol section 5): two
// kinds of deliveries go through a real socket in turn, and a statistic is asked whether it can
// tell their times apart. No time is asserted; whatever else the machine does meets both kinds
// alike.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <numbers>

#include "delivery/vouches.h"
#include "exchange/intake_tests.h"

namespace kith {
namespace {

constexpr std::size_t kSamples = 400;
constexpr std::size_t kBatch = 50;
constexpr double kTelling = 1e-4;  ///< of samples that are alike, one in ten thousand is under it
const Address kBob = *Address::parse("bob@two.test");

using Times = std::vector<double>;

double median_of(Times times) {
    std::ranges::sort(times);
    return times[times.size() / 2];
}

// Mann and Whitney's: is one of them rather the slower one? By ranks, so that what a busy machine
// does to single answers weighs no more than any other answer.
double p_of_ranks(const Times& a, const Times& b) {
    std::vector<std::pair<double, bool>> all;
    for (const double time : a)
        all.emplace_back(time, true);
    for (const double time : b)
        all.emplace_back(time, false);
    std::ranges::sort(all);
    double ranks = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].second)
            ranks += static_cast<double>(i + 1);
    const auto n = static_cast<double>(a.size());
    const auto m = static_cast<double>(b.size());
    const double u = ranks - n * (n + 1) / 2;
    const double z = (u - n * m / 2) / std::sqrt(n * m * (n + m + 1) / 12);
    return std::erfc(std::abs(z) / std::numbers::sqrt2);
}

// Kolmogorov and Smirnov's: are they of different shape?
double p_of_shapes(Times a, Times b) {
    std::ranges::sort(a);
    std::ranges::sort(b);
    double most = 0;
    for (const Times* of : {&a, &b})
        for (const double time : *of) {
            const auto below = [time](const Times& times) {
                return static_cast<double>(std::ranges::upper_bound(times, time) - times.begin()) /
                       static_cast<double>(times.size());
            };
            most = std::max(most, std::abs(below(a) - below(b)));
        }
    const auto n = static_cast<double>(a.size());
    const auto m = static_cast<double>(b.size());
    const double scaled = most * std::sqrt(n * m / (n + m));
    double p = 0;
    for (int k = 1; k < 100; ++k)
        p += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * scaled * scaled);
    return scaled < 0.3 ? 1 : std::clamp(p, 0.0, 1.0);
}

// The probability that two samples of one kind differ by so much.
double p_alike(const Times& a, const Times& b) {
    return std::min(p_of_ranks(a, b), p_of_shapes(a, b));
}

/// What came of calls of one kind.
struct Taken {
    Times seconds;
    std::vector<std::string> answers;  ///< each once
};

class UniformAnswersTest : public IntakeTest {
  protected:
    Bytes secret = Bytes(32, 9);  ///< that makes the introducer keys of bob's contact
    SignedCard clara = first_card_of("clara@one.test");
    int ids = 0;

    UniformAnswersTest() {
        admission_options.faults_a_minute = 1'000'000;
        admission_options.lookups_a_minute = 1'000'000;
    }

    void SetUp() override {
        IntakeTest::SetUp();
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
        GTEST_SKIP() << "under a sanitizer times say nothing";
#endif
        InboundOptions limits;
        limits.most_blob_octets = kMostBlob;
        limits.requests_a_day = 1'000'000;
        limits.deliveries_at_first = 1'000'000;
        limits.deliveries_per_domain_hour = 1'000'000;
        inbound->set_limits(limits);
        add_bob();
        ASSERT_TRUE(clara.note.cosign("one.test", key_of(kOneTest)));
    }

    // Bob knows nothing of alice.
    void block_clara() {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            GrantRecord record;
            record.root = clara.root();
            record.address = "clara@one.test";
            record.level = GrantRecord::Level::blocked;
            begin_ledger(record, write, bob, kStart);
            write.put_grant(bob, record);
            return {};
        }));
    }

    static SignedCard first_card_of(const std::string& address) {
        CardBuilder builder =
            CardBuilder::first(*Address::parse(address), commitment_of(kRecovery), kStart);
        builder.add_device(device_of("laptop", kPhone), CardBuilder::Admission::confirmed)
            .add_device(device_of("phone", kLaptop), CardBuilder::Admission::confirmed);
        return *sign_with(builder.card(), {{"laptop", kPhone}});
    }

    std::string next_id() {
        std::string id = std::to_string(++ids);
        return std::string(32 - id.size(), '0') + id;
    }

    DeliveryParts of_alice() { return delivery(alice, kLaptop); }
    DeliveryParts of_clara() { return delivery(clara, kPhone); }
    DeliveryParts delivery(const SignedCard& from, std::uint8_t device) {
        Stub out = stub(next_id());
        out.from = from.card.address;
        out.root = from.root();
        out.card = from.hash;
        SignedNote note =
            *SignedNote::sign(write_stub(out), from.card.key_name("laptop"), key_of(device));
        EXPECT_TRUE(note.cosign("one.test", key_of(kOneTest)));
        DeliveryParts parts;
        parts.cards = {from.note.octets()};
        parts.stub = note.octets();
        return parts;
    }

    std::string card_token() {
        const auto made = tokens.make(TokenKind::card, kBob, random);
        TokenRecord record;
        record.id = made.id;
        record.text = made.text;
        record.kind = TokenRecord::Kind::card;
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            write.put_token(bob, record);
            return {};
        }));
        return made.text;
    }

    static DeliveryParts with(DeliveryParts parts, const std::string& token) {
        parts.token = token;
        return parts;
    }

    // Bob has a contact, whose server has sent the key of this week along.
    HintKey key_of_a_contact() {
        const Hash root = sha256("a contact");
        const auto keys = weekly_keys(secret, root, clock.now());
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            GrantRecord record;
            record.root = root;
            record.address = "contact@three.test";
            record.level = GrantRecord::Level::known;
            begin_ledger(record, write, bob, kStart);
            write.put_grant(bob, record);
            keep_weekly_keys(write, bob, root, write_weekly_keys(keys));
            return {};
        }));
        return keys.front().key;
    }

    HttpCall call_of(const DeliveryParts& parts) const {
        HttpCall what;
        what.method = "POST";
        what.path = "/kith/1/deliveries";
        what.body = to_bytes(write_delivery(parts, body.size()) + body);
        return what;
    }

    static awaitable<void> time_one(HttpClient* client,
                                    HttpOrigin origin,
                                    HttpCall call,
                                    Taken* taken) {
        const auto began = std::chrono::steady_clock::now();
        const auto reply = co_await client->request(std::move(origin), std::move(call));
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        taken->seconds.push_back(took.count());
        const std::string answer = reply
                                       ? std::to_string(reply->status) + " " + to_text(reply->body)
                                       : reply.error().text();
        if (std::ranges::find(taken->answers, answer) == taken->answers.end())
            taken->answers.push_back(answer);
    }
    using Make = std::function<HttpCall()>;
    // A B B A: neither is always the one behind the other.
    static bool is_first(std::size_t at) { return at % 4 == 0 || at % 4 == 3; }
    static awaitable<void> in_turn(
        HttpClient* client, HttpOrigin origin, std::vector<HttpCall> calls, Taken* a, Taken* b) {
        for (std::size_t i = 0; i < calls.size(); ++i)
            co_await time_one(client, origin, std::move(calls[i]), is_first(i) ? a : b);
    }
    void take(const Make& make_a, const Make& make_b, std::size_t samples, Taken& a, Taken& b) {
        const HttpOrigin origin{"localhost",
                                server->endpoints().front().port(),
                                {boost::asio::ip::make_address("127.0.0.1")}};
        for (std::size_t done = 0; done < samples; done += kBatch) {
            std::vector<HttpCall> calls;
            for (std::size_t i = 0; i < 2 * kBatch; ++i)
                calls.push_back(is_first(i) ? make_a() : make_b());
            testing::await(threads.executor(0),
                           in_turn(client.get(), origin, std::move(calls), &a, &b));
        }
    }
    std::pair<Taken, Taken> sample(const Make& make_a, const Make& make_b) {
        Taken warm;
        take(make_a, make_b, kBatch, warm, warm);
        std::pair<Taken, Taken> taken;
        take(make_a, make_b, kSamples, taken.first, taken.second);
        return taken;
    }

    /// One answer, the same to both, and no telling its times apart: in one of three tries, as a
    /// machine has bad moments.
    ::testing::AssertionResult alike(const Make& make_a, const Make& make_b, unsigned status) {
        auto result = ::testing::AssertionFailure();
        for (int tries = 0; tries < 3; ++tries) {
            const auto [a, b] = sample(make_a, make_b);
            if (a.answers != b.answers || a.answers.size() != 1 ||
                !a.answers[0].starts_with(std::to_string(status) + " "))
                return ::testing::AssertionFailure()
                       << "answered " << ::testing::PrintToString(a.answers) << " and "
                       << ::testing::PrintToString(b.answers);
            const double p = p_alike(a.seconds, b.seconds);
            if (p >= kTelling)
                return ::testing::AssertionSuccess();
            result << "medians of " << median_of(a.seconds) * 1e6 << " and "
                   << median_of(b.seconds) * 1e6 << " us, p = " << p << "; ";
        }
        return result;
    }
};

TEST_F(UniformAnswersTest, the_statistic_tells_a_message_that_is_stored_from_one_that_is_not) {
    const std::string token = card_token();
    const DeliveryParts same = with(of_alice(), token);
    const auto [a, b] =
        sample([&] { return call_of(same); }, [&] { return call_of(with(of_alice(), token)); });
    EXPECT_LT(p_alike(a.seconds, b.seconds), kTelling);
}

TEST_F(UniformAnswersTest, two_strangers_are_not_told_apart) {
    EXPECT_TRUE(
        alike([&] { return call_of(of_alice()); }, [&] { return call_of(of_clara()); }, 402));
}

// Before what the one and the other write was the same, and what is read for them: medians 3 us
// apart of 380, p = 1e-7.
TEST_F(UniformAnswersTest, who_is_blocked_is_asked_the_price_after_the_same_time) {
    block_clara();
    EXPECT_TRUE(
        alike([&] { return call_of(of_alice()); }, [&] { return call_of(of_clara()); }, 402));
}

// Before: 43 us apart of 700, p = 1e-20.
TEST_F(UniformAnswersTest, who_is_blocked_hears_after_the_same_time_that_it_is_held) {
    block_clara();
    const std::string token = card_token();
    EXPECT_TRUE(alike([&] { return call_of(with(of_alice(), token)); },
                      [&] { return call_of(with(of_clara(), token)); },
                      202));
}

// Before: 20 us apart of 480, p = 1e-30.
TEST_F(UniformAnswersTest, a_stub_that_comes_again_is_answered_after_the_same_time) {
    block_clara();
    const std::string token = card_token();
    const DeliveryParts of_stranger = with(of_alice(), token);
    const DeliveryParts of_blocked = with(of_clara(), token);
    EXPECT_TRUE(
        alike([&] { return call_of(of_stranger); }, [&] { return call_of(of_blocked); }, 202));
}

// Before: 20 us apart of 700, p = 1e-5.
TEST_F(UniformAnswersTest, who_is_blocked_and_brings_a_token_hears_after_the_same_time_of_success) {
    block_clara();
    const auto reply_to = [&](const SignedCard& card) {
        return tokens.make_reply(kBob, card.card.address, clock.now(), random).text;
    };
    EXPECT_TRUE(alike([&] { return call_of(with(of_alice(), reply_to(alice))); },
                      [&] { return call_of(with(of_clara(), reply_to(clara))); },
                      201));
}

// Before the tags were looked at beside the answer: 14 us apart of 410, p = 1e-30.
TEST_F(UniformAnswersTest, whether_a_tag_is_of_a_contact_of_the_recipient_is_not_told) {
    const HintKey key = key_of_a_contact();
    const auto with_tags = [&](const std::vector<HintKey>& keys) {
        DeliveryParts parts = of_alice();
        const Stub stub = *parse_stub(*SignedNote::parse(parts.stub));
        parts.hints = to_text(make_hints(*HintMessage::of(stub.id, stub.to.address), keys, random));
        parts.ask =
            SignedNote::sign(write_ask(ask_of(stub)), "one.test", key_of(kOneTest))->octets();
        return call_of(parts);
    };
    EXPECT_TRUE(alike([&] { return with_tags({key}); }, [&] { return with_tags({}); }, 402));
}

// Before: 8 us apart of 160, p = 1e-60. Eve knows alice, for whom she has stood as often as may be,
// and nothing of clara.
TEST_F(UniformAnswersTest, whyever_there_is_no_vouch_it_is_told_after_the_same_time) {
    SignedCard eve = first_card_of("eve@two.test");
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        AccountRecord account;
        account.address = "eve@two.test";
        account.root = eve.root();
        account.card = eve.hash;
        const AccountId id = TRY(write.add_account(account));
        write.add_card({eve.hash, eve.root(), account.address, 1, eve.note.octets(), kStart});
        GrantRecord record;
        record.root = alice.root();
        record.address = "alice@one.test";
        record.level = GrantRecord::Level::known;
        GrantLedger ledger = GrantLedger::granted(GrantLevel::known, clock.now());
        while (ledger.take(GrantBucket::vouches, clock.now())) {
        }
        set_ledger(record, ledger);
        write.put_grant(id, record);
        return {};
    }));
    const auto asked_by = [&](const DeliveryParts& parts) {
        const Stub stub = *parse_stub(*SignedNote::parse(parts.stub));
        const auto ask = SignedNote::sign(write_ask(ask_of(stub)), "one.test", key_of(kOneTest));
        HttpCall call;
        call.method = "POST";
        call.path = "/kith/1/vouches";
        call.body = to_bytes(write_part("ask", ask->octets()) +
                             write_part("introducer", eve.root().hex_text()) +
                             write_part("recipient", sha256("bob").hex_text()));
        return call;
    };
    EXPECT_TRUE(
        alike([&] { return asked_by(of_alice()); }, [&] { return asked_by(of_clara()); }, 404));
}

}  // namespace
}  // namespace kith
